"""What one setting changes, and the entries of settings that many commands share."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any


@dataclass(frozen=True)
class Effect:
    """In the run `case` (the kind of a case of this command) this value of the setting changes what `seen` names.

    `seen` is a thing of observe.py or a pattern of one: `refused`, `printed`, `said`, `lines said`, `threads`, `place`, `*.safetensors`,
    `report.json:documents.kept`. `also` are settings that both runs have besides.
    """

    case: str
    value: Any
    seen: str
    also: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """A setting whose other value changes nothing, because what it says holds already."""

    why: str


WEIGHTS = "*.safetensors"
TRACKED = "*tfevents*" if find_spec("tensorboard") else "refused"
FLOAT32 = Kept("float32 is the only number format of a command that does not train")
SILENT = Kept("nothing is said but results")
TRACE = Kept("it is of faults of ours: tests/test_cli.py shows it")


def common(
    case: str, seed: str = "refused", threads: str = "threads", quiet: str | Kept = "lines said", spoken: str = "said"
) -> dict[str, Effect | Kept]:
    """The settings of every command."""
    return {
        "quiet": quiet if isinstance(quiet, Kept) else Effect(case, True, quiet),
        "verbose": Effect(case, True, "lines said"),
        "language": Effect(case, "zh", spoken),
        "debug": TRACE,
        "dry_run": Effect(case, True, "printed"),
        "seed": Effect(case, 7, seed),
        "device": Effect(case, "mps", "refused"),  # not there; tests/device shows one that is
        "precision": FLOAT32,
        "threads": Effect(case, 2, threads),
    }


def training(case: str, also: dict[str, Any] | None = None, quiet: str = "lines said") -> dict[str, Effect | Kept]:
    """The settings of every command, and those of the optimizer, of one that trains."""
    longer = {"steps": 4} | (also or {})
    values = {
        "method": "muon",
        "learning_rate": 0.01,
        "weight_decay": 0.9,
        "warmup": 0.9,
        "decay_start": 0.9,
        "clip": 0.001,
        "beta2": 0.5,
        "bias_correction": False,
    }
    return common(case, seed=WEIGHTS, quiet=quiet) | {
        "precision": Effect(case, "bfloat16", WEIGHTS),
        **{f"optimizer.{name}": Effect(case, value, WEIGHTS, longer) for name, value in values.items()},
    }


def reading(
    case: str,
    key: str = "data",
    seen: str = "refused",
    prefix: str = "",
    answers: bool = False,
    also: dict[str, Any] | None = None,
) -> dict[str, Effect]:
    """How a table is read; what is for other formats than csv is refused. `seen` shows that rows are read otherwise."""

    def place(name: str) -> dict[str, Any]:
        return {key: f"HOME/{name}"} | (also or {})

    found = {
        "encoding": Effect(case, "gb18030", seen, place("rows.gb.csv")),
        "format": Effect(case, "csv", "refused", place("rows.unknown")),
        "delimiter": Effect(case, "tab", "refused", place("rows.csv") if answers else {}),
        "quote": Effect(case, "none", seen, place("rows.csv")),
        "header": Effect(case, False, "refused", place("rows.csv") if answers else {}),
        "skip_lines": Effect(case, 1, "refused", place("rows.csv") if answers else {}),
        "header_lines": Effect(case, 2, "refused", place("rows.csv") if answers else {}),
        "column_names": Effect(case, ["text"], "refused"),
        "comment": Effect(case, "text", "refused", place("rows.csv") if answers else {}),
        "widths": Effect(case, [7, 7], "refused", place("rows.csv") if answers else {}),
        "sheet": Effect(case, "Two", "refused"),
        "missing": Effect(case, ["the old lamp"], seen, place("rows.csv")),
        "include": Effect(case, ["nothing*"], "refused"),
        "paragraphs": Effect(case, "line", "refused"),
        "max_rejects": Effect(case, 9, "refused", {} if answers else place("faulty.csv")),
        "allow_truncated_tail": Effect(case, True, seen, place("cut.jsonl")),
        "decimal": Effect(case, ",", "refused"),
        "markup": Effect(case, "text", "refused"),
        "translator": Effect(case, "A1", "refused"),
        "text_rows": Effect(case, "line", "refused"),
        "words_column": Effect(case, 1, "refused"),
        "tags_column": Effect(case, 1, "refused"),
        "offsets": Effect(case, "utf16", "refused"),
        "offset_shift": Effect(case, 1, "refused"),
        "inclusive_end": Effect(case, True, "refused"),
        "class_names": Effect(case, False, "refused"),
    }
    return {f"{prefix}read.{name}": effect for name, effect in found.items()}


def splitting(
    case: str, seen: str = "data/records.parquet", prefix: str = "", key: str = "data", also: dict[str, Any] | None = None
) -> dict[str, Effect]:
    """How a table is split."""
    also = also or {}
    parts = {f"{prefix}split.group_by": "containment", key: "HOME/parts.csv"}
    found = {
        "validation": Effect(case, 0.3, seen, also),
        "test": Effect(case, 0.3, seen, also),
        "group_by": Effect(case, "group", seen, also),
        "contained": Effect(case, "leave_out", seen, also | parts),
        "time_column": Effect(case, "date", seen, also),
        "dates": Effect(case, "dmy", "refused"),
        "stratify": Effect(case, False, seen, also),
    }
    return {f"{prefix}split.{name}": effect for name, effect in found.items()}


def labels(case: str, seen: str, prefix: str = "", also: dict[str, Any] | None = None) -> dict[str, Effect]:
    """What the label column means, of classification; what is for other tasks is refused."""
    found = {
        "separator": Effect(case, ";", "refused"),
        "names": Effect(case, ["one", "two"], "refused"),
        "columns": Effect(case, ["one", "two"], "refused"),
        "rename": Effect(case, ["bad, really=bad"], seen),
        "language": Effect(case, "ja", "refused"),
        "impossible": Effect(case, "leave_out", "refused"),
    }
    return {f"{prefix}label.{name}": Effect(one.case, one.value, one.seen, also or {}) for name, one in found.items()}
