"""A model that writes, opened for use: what follows a text, or what it makes of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import torch

from groundup.adapter_folder import sibling
from groundup.config import make_settings
from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.errors import InputError
from groundup.evaluate.generation_config import FILE, Generation, read_generation
from groundup.evaluate.predictor import MASK, Predictor, load_for_use, make_predictor, model_folder
from groundup.evaluate.query_rows import query_rows
from groundup.families import checkpoint
from groundup.manifest import is_ours, read_manifest
from groundup.messages.translate import plural
from groundup.nn.cost.size import count_parameters
from groundup.nn.decoding import Decoding
from groundup.nn.generate import HEAD, generate
from groundup.nn.inference.fused_projections import fuse_projections
from groundup.nn.layout import Layout
from groundup.nn.model import Inputs, Model
from groundup.shown import Shown

BROKEN = "\ufffd"  # what stands for a character of which only some bytes are written yet


@dataclass(frozen=True)
class GeneratedText:
    """An answer, and why it ends: end (the model said so), stop (a stop text) or length."""

    text: str
    reason: str
    tokens: int


def load_writer(path: str | Path, threads: int | None = None, int8: bool = False, generation_config: bool = True) -> Writer:
    """Open a model folder or run whose model writes; with `int8` its matrices are rounded. Without `generation_config` what
    the folder says of how it writes is left out, but for the tokens that begin and end a text."""
    if threads is not None:
        torch.set_num_threads(threads)
    folder = model_folder(path)
    return make_writer(folder, load_for_use(folder, int8), generation_config)


def load_either(
    path: str | Path, threads: int | None = None, task: str | None = None, device: str | None = None
) -> Writer | Predictor:
    """Open a model folder or run: a Writer if its model writes and was fine-tuned for no task, else a Predictor (of a model of
    several tasks, for the one named)."""
    if threads is not None:
        torch.set_num_threads(threads)
    folder = model_folder(path)
    loaded = load_for_use(folder, device=device)
    tasked = is_ours(folder) and "task" in read_manifest(folder).extra
    return make_writer(folder, loaded) if HEAD in loaded.model.heads and not tasked else make_predictor(folder, loaded, task)


def make_writer(folder: Path, loaded: checkpoint.Loaded, generation_config: bool = True) -> Writer:
    """A loaded model with its tokenizer, and how its folder says that it writes."""
    if HEAD not in loaded.model.heads:
        what = f"is a {loaded.family} that does not write"
        raise InputError("NO_LANGUAGE_MODEL", folder, what, "use a causal or an encoder-decoder model")
    generation = read_generation(sibling(folder, FILE), loaded.metadata, generation_config)
    encoder = load_tokenizer(folder)
    encoder.check_room(loaded.config.vocab_size, folder)
    writer = Writer(fuse_projections(loaded.model), encoder, generation)
    writer.folder, writer.family = folder, loaded.family
    writer.notes = [*loaded.notes, *encoder.notes, *generation.notes]
    return writer


class Writer(Shown):
    """Answers of one model. `[SEP]` in a text is plain text, as everywhere; what a setting leaves open is what the model's
    folder says."""

    folder: Path | None = None  # where it was opened
    family: str = ""

    def __init__(self, model: Model, encoder: Encoder, generation: Generation):
        self.model, self.encoder, self.generation = model.eval(), encoder, generation
        self.ends, self.start = generation.ends, generation.start
        self.notes: list[str] = []
        if model.encoder is not None and self.start is None:
            what = "its folder does not say what its decoder begins with"
            raise InputError("NO_START", "model", what, "name decoder_start_token_id in its config.json")

    @overload
    def generate(self, text: str, *, stop: Sequence[str] = (), **decoding: Any) -> str: ...

    @overload
    def generate(self, text: Sequence[str], *, stop: Sequence[str] = (), **decoding: Any) -> list[str]: ...

    def generate(self, text: str | Sequence[str], *, stop: Sequence[str] = (), **decoding: Any) -> str | list[str]:
        """What the model writes after (or makes of) a text, or each of several; `decoding` as in Decoding: max_new_tokens,
        temperature, beams."""
        outputs = self.write([text] if isinstance(text, str) else texts_alone(text), make_settings(Decoding, decoding), stop)
        return outputs[0].text if isinstance(text, str) else [one.text for one in outputs]

    __call__ = generate

    @property
    def parameters(self) -> int:
        """How many numbers the model was trained to."""
        return sum(count_parameters(self.model.config, self.model.head_configs, self.model.encoder_config).values())

    def __repr__(self) -> str:
        """`<Writer; 1.2 M parameters; room for 1,024 tokens>`."""
        return f"<Writer; {self.parameters / 1e6:.1f} M parameters; room for {self.model.config.max_positions:,} tokens>"

    def write(
        self,
        texts: Sequence[str],
        decoding: Decoding,
        stop: Sequence[str] = (),
        show: Callable[[int, str], None] | None = None,
    ) -> list[GeneratedText]:
        """One answer per text. `show(number, piece)` is told each new piece of one as it is written, or found by a beam search.

        Raises InputError for a text that leaves no room in the model.
        """
        prompts, source = self.prompts(texts)
        num_shown = [0] * len(texts)
        longest = max(map(len, stop), default=0)

        def watch(number: int, tokens: list[int]) -> bool:
            text = self.encoder.decode(tokens) if stop or show else ""
            at = first_of(text, stop)
            if show and not text.endswith(BROKEN):
                safe = at if at >= 0 else max(num_shown[number], len(text) - longest)  # a stop text may be half written
                if safe > num_shown[number]:
                    show(number, text[num_shown[number] : safe])
                    num_shown[number] = safe
            return at >= 0

        watching = watch if stop or show else None
        outputs = generate(
            self.model,
            prompts,
            decoding.resolve(self.generation.settings),
            self.ends,
            source,
            watching,
            self.encoder.vocab_size,
            self.generation.logits_rules,
        )
        answers = []
        for number, one in enumerate(outputs):
            text = self.encoder.decode(one.tokens)
            at = first_of(text, stop)
            text = text[:at] if at >= 0 else text
            if show and len(text) > num_shown[number]:
                show(number, text[num_shown[number] :])
            answers.append(GeneratedText(text, "stop" if at >= 0 else one.reason, len(one.tokens)))
        return answers

    def room(self, text: str) -> int:
        """How many tokens the model can write after a text; 0 or less when it is too long."""
        if self.model.encoder is None:
            return self.model.config.max_positions - len(self.framed(text))
        assert self.model.encoder_config is not None
        over = len(self.framed(text)) - self.model.encoder_config.max_positions
        return -over if over >= 0 else self.model.config.max_positions - 1

    def prompts(self, texts: Sequence[str]) -> tuple[list[list[int]], Inputs | None]:
        """What the decoder begins with, and what the encoder reads."""
        framed = [self.framed(text) for text in texts]
        if self.model.encoder is not None:
            assert self.start is not None
            rows = [torch.tensor(ids) for ids in framed]
            return [[self.start]] * len(texts), Inputs(torch.cat(rows), Layout([len(row) for row in rows]))
        prompts = [ids[:-1] if ids and ids[-1] in self.ends else ids for ids in framed]
        first = self.ends[:1] if self.generation.begin is None else [self.generation.begin]
        if not all(prompts) and not first:
            raise InputError("NO_TEXT", "text", "is empty, and the model has no token to begin with", "give some words")
        return [prompt or first for prompt in prompts], None

    def framed(self, text: str) -> list[int]:
        """The ids of a text as the model reads it. For an encoder each `[MASK]` stands for what is missing."""
        if self.model.encoder is None or MASK not in text:
            return self.encoder.framed(text)
        pieces = self.encoder.encode_batch(text.split(MASK))
        missing = self.encoder.sentinels(len(pieces) - 1) or [self.encoder.ids.mask] * (len(pieces) - 1)
        if len(missing) < len(pieces) - 1 or min(missing) < 0:
            raise InputError("TOO_MANY_MASKS", "text", f"has {len(pieces) - 1} {MASK}", limit=f"{max(0, len(missing))}")
        inner = [*pieces[0], *(token for hole, piece in zip(missing, pieces[1:], strict=False) for token in (hole, *piece))]
        *before, end = self.encoder.framed("")
        return [*before, *inner, end]


def texts_alone(query: Any) -> list[str]:
    """The texts of rows of one each. Raises InputError for other rows."""
    rows = query_rows(query, ())
    for number, row in enumerate(rows, 1):
        if len(row) != 1:
            raise InputError("WRONG_TEXTS", f"row {number}", f"has {plural(len(row), 'text')}", "the model goes on with one")
    return [text for (text,) in rows]


def first_of(text: str, stop: Sequence[str]) -> int:
    """Where the first of the stop texts stands; -1 for nowhere."""
    return min((at for at in (text.find(one) for one in stop) if at >= 0), default=-1)
