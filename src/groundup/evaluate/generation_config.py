"""How a model's folder says that it writes: generation_config.json, or where there is none its config.json, as `generate` of
transformers (5.23) reads them.

What our own settings have is their default, what `LogitsRules` has is kept, what changes nothing here is passed over, and the
rest is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundup.errors import InputError, printable
from groundup.manifest import read_verified
from groundup.messages.current import message
from groundup.nn.logits_rules import LogitsRules
from groundup.strict_json import parse_json

FILE, LARGEST = "generation_config.json", 2**20
WAY_OUT = "write with --no-generation_config, which takes nothing from it but the tokens that begin and end a text"
OF_CLASS = {  # what a configuration of transformers has where config.json does not say it, by model_type
    "bart": {"forced_eos_token_id": 2, "decoder_start_token_id": 2, "bos_token_id": 0, "eos_token_id": 2},
    "t5": {"decoder_start_token_id": 0, "eos_token_id": 1},
    "gpt2": {"bos_token_id": 50256, "eos_token_id": 50256},
    "llama": {"bos_token_id": 1, "eos_token_id": 2},
}
REFUSED = {  # key -> the values that change nothing
    "num_beam_groups": (1,),
    "diversity_penalty": (0,),
    "penalty_alpha": (0,),
    "dola_layers": (),
    "constraints": (),
    "force_words_ids": (),
    "guidance_scale": (1,),
    "sequence_bias": (),
    "stop_strings": (),
    "max_time": (),
    "num_return_sequences": (1,),
    "watermarking_config": (),
    "token_healing": (False,),
    "remove_invalid_values": (False,),
    "forced_decoder_ids": (),
}
OF_DRAWS = {"typical_p": (1,), "epsilon_cutoff": (0,), "eta_cutoff": (0,), "top_h": ()}  # where tokens are drawn
OF_BEAMS = {"renormalize_logits": (False,)}  # where a beam search is made


@dataclass(frozen=True)
class Generation:
    """What the folder says: the tokens that end a text, the first of a decoder and of a text; settings by our names, further
    rules, and notes for people."""

    ends: list[int]
    start: int | None
    begin: int | None
    settings: dict[str, Any]
    logits_rules: LogitsRules
    notes: list[str]


class Keys:
    """The values of the file, asked for by name and kind."""

    def __init__(self, values: Mapping[str, Any], place: Path):
        self.values, self.place = {key: value for key, value in values.items() if value is not None}, place

    def refuse(self, name: str, what: str, fix: str = "mend the file, or " + WAY_OUT) -> InputError:
        return InputError("BAD_GENERATION_CONFIG", f"{self.place}: {name}", what, fix)

    def of(self, name: str, holds: Callable[[Any], bool], expected: str) -> Any:
        value = self.values.get(name)
        if value is not None and not holds(value):
            raise self.refuse(name, f"{printable(repr(value), 40)} is not {expected}")
        return value

    def count(self, name: str) -> int:
        return self.of(name, is_count, "a whole number from 0 on") or 0

    def number(self, name: str, default: float, least: float = -1e9, most: float = 1e9) -> float:
        value = self.of(name, lambda v: is_number(v) and least <= v <= most, f"a number from {least:g} to {most:g}")
        return default if value is None else float(value)

    def flag(self, name: str) -> bool:
        return bool(self.of(name, lambda v: isinstance(v, bool), "true or false"))

    def token(self, name: str) -> int | None:
        return self.of(name, is_count, "the id of a token")

    def tokens(self, name: str) -> tuple[int, ...]:
        ids = self.of(name, lambda v: (isinstance(v, list) and all(map(is_count, v))) or is_count(v), "an id, or a list of ids")
        return () if ids is None else (ids,) if isinstance(ids, int) else tuple(ids)


def is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def read_generation(folder: Path, metadata: Mapping[str, Any], obeyed: bool = True) -> Generation:
    """What a model's folder says; `metadata` is its config.json. Not `obeyed`: only the tokens that begin and end a text.
    Raises InputError BAD_GENERATION_CONFIG for a key that changes what is written and that we lack."""
    filed = (folder / FILE).is_file()
    usual = OF_CLASS.get(str(metadata.get("model_type")), {})
    keys = Keys(read_file(folder) if filed else usual | dict(metadata), folder / (FILE if filed else "config.json"))
    fallback = Keys(usual | dict(metadata), folder / "config.json")
    ends, begin, start = list(keys.tokens("eos_token_id")), keys.token("bos_token_id"), keys.token("decoder_start_token_id")
    if start is None:
        start = begin if filed and begin is not None else fallback.token("decoder_start_token_id")
    if not obeyed:
        return Generation(ends or list(fallback.tokens("eos_token_id")), start, begin, {}, LogitsRules(), [])
    settings, restraints = settings_of(keys), make_logits_rules(keys)
    check(keys, "temperature" in settings, settings.get("beams", 1) > 1)
    values = {name: value for name, value in settings.items() if value is not None}
    values |= {name: value for name, value in vars(restraints).items() if value != getattr(LogitsRules(), name)}
    summary = ", ".join(f"{name} {value:g}" if is_number(value) else f"{name} {value}" for name, value in values.items())
    notes = [message("generation settings", place=keys.place, values=printable(summary))]
    notes = [*(notes if summary else []), *prefix_notes(folder / "config.json", metadata)]
    return Generation(ends, start, begin, settings, restraints, notes)


def prefix_notes(place: Path, metadata: Mapping[str, Any]) -> list[str]:
    """The words that config.json wants before texts of a task, which `generate` puts nowhere."""
    tasks = metadata.get("task_specific_params")
    groups = [metadata, *(tasks.values() if isinstance(tasks, dict) else ())]
    prefixes = [group["prefix"] for group in groups if isinstance(group, dict) and isinstance(group.get("prefix"), str)]
    names = ", ".join(f"'{printable(one, 40)}'" for one in dict.fromkeys(prefixes) if one)
    return [message("prefixes unread", place=place, names=names)] if names else []


def read_file(folder: Path) -> dict[str, Any]:
    path = folder / FILE
    if path.stat().st_size > LARGEST:
        raise InputError("TOO_LARGE", path, f"has {path.stat().st_size:,} bytes", limit=f"{LARGEST:,}")
    value = parse_json(read_verified(folder, FILE), path, any_integer=True)
    if not isinstance(value, dict):
        raise InputError("BAD_GENERATION_CONFIG", path, "is not an object", "fetch it again")
    return value


def settings_of(keys: Keys) -> dict[str, Any]:
    """What our settings have, by our names; only what says something."""
    values: dict[str, Any] = {}
    if keys.flag("do_sample"):
        values["temperature"] = keys.number("temperature", 1.0, least=1e-6)
        values["top_k"] = keys.count("top_k") if "top_k" in keys.values else 50
        values |= {name: keys.number(name, usual, 0, 1) for name, usual in (("top_p", 1.0), ("min_p", 0.0))}
    beams = keys.count("num_beams")
    if beams > 1:
        values |= {"beams": beams, "length_penalty": keys.number("length_penalty", 1.0)}
        values["early_stopping"] = bool(keys.of("early_stopping", lambda v: isinstance(v, bool), "true or false"))
    if values.get("temperature") and beams > 1:
        raise keys.refuse("do_sample", f"draws tokens for {beams} beams, which is not done here", WAY_OUT)
    if penalty := keys.number("repetition_penalty", 1.0, least=1e-6):
        values["repetition_penalty"] = penalty
    values["no_repeat_ngram"] = keys.count("no_repeat_ngram_size")
    if new := keys.count("max_new_tokens"):
        values["max_new_tokens"] = new
    elif length := keys.count("max_length"):
        values["max_length"] = length
    usual = {"repetition_penalty": 1.0, "no_repeat_ngram": 0, "top_p": 1.0, "min_p": 0.0, "length_penalty": 1.0}
    return {name: value for name, value in values.items() if usual.get(name) != value}


def make_logits_rules(keys: Keys) -> LogitsRules:
    """Rules that no setting of ours has."""
    words = (
        keys.of(
            "bad_words_ids",
            lambda v: isinstance(v, list) and all(isinstance(run, list) and run and all(map(is_count, run)) for run in v),
            "a list of lists of ids",
        )
        or []
    )
    decay = keys.of(
        "exponential_decay_length_penalty",
        lambda v: isinstance(v, list) and len(v) == 2 and is_count(v[0]) and is_number(v[1]),
        "a number of tokens and a factor",
    )
    return LogitsRules(
        forced_bos=keys.token("forced_bos_token_id"),
        forced_eos=keys.tokens("forced_eos_token_id"),
        min_length=keys.count("min_length"),
        min_new_tokens=keys.count("min_new_tokens"),
        suppress_tokens=keys.tokens("suppress_tokens"),
        begin_suppress_tokens=keys.tokens("begin_suppress_tokens"),
        bad_words=tuple(tuple(run) for run in words),
        encoder_no_repeat_ngram=keys.count("encoder_no_repeat_ngram_size"),
        encoder_repetition_penalty=keys.number("encoder_repetition_penalty", 1.0, least=1e-6),
        length_decay=None if decay is None else (decay[0], float(decay[1])),
    )


def check(keys: Keys, draws: bool, beams: bool) -> None:
    """Refuse what changes the text and is not known here."""
    refused = REFUSED | (OF_DRAWS if draws else {}) | (OF_BEAMS if beams else {})
    for name, harmless in refused.items():
        value = keys.values.get(name)
        if value is not None and value not in harmless and value != []:
            raise keys.refuse(name, f"{printable(repr(value), 40)} changes what is written, in a way not known here", WAY_OUT)
