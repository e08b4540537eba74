"""A text, or two, and the number that a model says of them, as a function of which words are there.

A word that is not there keeps its places: rows of the embedding that say nothing stand for its tokens. S questions, P parts,
N tokens, C hidden, M asked places.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from groundup.data.settings import Chinese
from groundup.errors import InputError
from groundup.evaluate.predictor import Predictor
from groundup.explain.embedded_input import EmbeddedInput, in_batches, prompt_input, task_input
from groundup.explain.explanation import Subject
from groundup.explain.settings import Replacement
from groundup.explain.target import Target, is_generator, target_of
from groundup.explain.unit_subject import UnitSubject, make_unit_subject
from groundup.kinds.parts import ExplanationUnit, UnitKind
from groundup.kinds.text.parts import words_of
from groundup.nn.heads import PooledHead
from groundup.nn.model import Model


class EmbeddedSubject(Subject, Protocol):
    """A subject whose parts are rows of numbers that a Transformer of ours reads: what gradients and attention ask for."""

    @property
    def model(self) -> Model: ...

    @property
    def rows(self) -> Tensor:
        """[N, C] what the model reads."""
        ...

    @property
    def baseline(self) -> Tensor:
        """[N, C] what it reads where no part is there; rows of no part are as they were."""
        ...

    @property
    def other_baseline(self) -> Tensor:
        """[N, C] the same with another replacement, which shows how much the choice matters."""
        ...

    @property
    def owner(self) -> np.ndarray:
        """[N] the part of each row; -1 for none."""
        ...

    @property
    def bounds(self) -> Sequence[tuple[int, int]]:
        """Where each sequence lies among the rows."""
        ...

    @property
    def readout(self) -> Sequence[np.ndarray]:
        """[T] for each sequence: how much of the number is read at each of its rows; 1 in all."""
        ...

    @property
    def offset(self) -> float:
        """The constant in the number."""
        ...

    def numbers(self, rows: Tensor) -> Tensor:
        """The number [S] for each of these [S, N, C], with gradients."""
        ...

    def max_batch(self, gradients: bool = False) -> int:
        """The largest batch."""
        ...


class TextSubject:
    """Embedded: words of a text or pair."""

    unit: UnitKind = "word"
    column, picture = "", None
    inner: tuple[UnitSubject, ...] = ()

    def __init__(
        self,
        predictor: Predictor,
        inputs: EmbeddedInput,
        texts: Sequence[str],
        target: Target,
        chinese: Chinese = "words",
        replacement: Replacement = "auto",
    ):
        self.predictor, self.inputs, self.texts, self.target_output, self.chinese = (
            predictor,
            inputs,
            tuple(texts),
            target,
            chinese,
        )
        self.model, self.rows, self.bounds, self.max_batch = inputs.model, inputs.rows, inputs.bounds, inputs.max_batch
        self.parts: tuple[ExplanationUnit, ...]
        self.parts, self.owner, self.unread = words_of(texts, inputs.places, chinese)
        self.replacement = default_replacement(predictor) if replacement == "auto" else replacement
        self.baseline, self.other_baseline = (
            self.baseline_rows(self.replacement),
            self.baseline_rows(other_replacement(predictor, self.replacement)),
        )

    def with_model(self, model: Model) -> TextSubject:
        """The same question to another model of the same shape."""
        predictor = copy.copy(self.predictor)
        predictor.model = model
        inputs = dataclasses.replace(self.inputs, model=model)
        return TextSubject(predictor, inputs, self.texts, self.target_output, self.chinese, self.replacement)

    def baseline_rows(self, replacement: Replacement) -> Tensor:
        """[N, C] the rows of an input of which no word is there."""
        owned = torch.from_numpy(self.owner >= 0)[:, None]
        return torch.where(owned, replacement_row(self.predictor, replacement), self.rows)

    @property
    def target(self) -> str:
        return self.target_output.name

    @property
    def offset(self) -> float:
        return self.target_output.offset

    def with_replacement(self, replacement: Replacement) -> TextSubject:
        """The same with something else in the place of words that are not there."""
        return TextSubject(self.predictor, self.inputs, self.texts, self.target_output, self.chinese, replacement)

    def values(self, present: np.ndarray) -> np.ndarray:
        """The number [S] float64 for inputs of which only these parts [S, P] (bool) are there."""
        present = np.concatenate([present, np.ones((len(present), 1), dtype=bool)], axis=1)  # what is of no part stays
        there = torch.from_numpy(present[:, self.owner])  # [S, N]

        def ask(batch: slice) -> np.ndarray:
            with torch.inference_mode():
                return self.numbers(torch.where(there[batch, :, None], self.rows, self.baseline)).double().cpu().numpy()

        return in_batches(len(there), self.max_batch(), ask) if len(there) else np.zeros(0)

    def numbers(self, rows: Tensor) -> Tensor:
        logits = self.inputs.outputs(self.target_output.head, self.target_output.positions, rows)  # [S, M, K]
        return (logits * self.target_output.weights).sum((1, 2)) + self.target_output.offset

    @property
    def readout(self) -> list[np.ndarray]:
        """Of heads that read the mean of all states, all rows, of those that read the last state, its row; else those that are
        asked."""
        head, positions = self.model.heads[self.target_output.head], self.target_output.positions
        views = [np.zeros(stop - start) for start, stop in self.bounds]
        for window, place in positions:
            at = slice(None) if isinstance(head, PooledHead) and head.pools_mean else place
            at = -1 if isinstance(head, PooledHead) and head.pools_last else at
            views[window][at] += 1 / len(positions) / (len(views[window]) if at == slice(None) else 1)
        return views


def default_replacement(predictor: Predictor) -> Replacement:
    """The mask, where the model has learned what it means; the mean embedding for models that write on."""
    return "mean" if predictor.encoder.ids.mask < 0 or predictor.model.config.causal else "mask"


def other_replacement(predictor: Predictor, replacement: Replacement) -> Replacement:
    """Another one: the mean of all embeddings, or where that is it already what is there of mask, padding and zero."""
    if replacement != "mean":
        return "mean"
    ids = predictor.encoder.ids
    return "mask" if ids.mask >= 0 else "pad" if ids.pad >= 0 else "zero"


def replacement_row(predictor: Predictor, replacement: Replacement) -> Tensor:
    """[C] the row that says nothing: of the mask token, of padding, the mean of all, or zero."""
    table, ids = predictor.model.backbone.token_embedding.weight.detach().cpu(), predictor.encoder.ids
    if replacement == "zero":
        return torch.zeros_like(table[0])
    if replacement == "mean":
        return table[: predictor.encoder.vocab_size].mean(0)
    token = ids.mask if replacement == "mask" else ids.pad
    if token < 0:
        raise InputError("NO_SUCH_TOKEN", "replacement", f"the tokenizer has no {replacement} token", "say mean")
    return table[token]


def reads_words(predictor: Predictor) -> bool:
    """Whether the parts of a row are words; else they are columns or patches."""
    return predictor.reader.unit == "word"


def holds_words(predictor: Predictor) -> bool:
    """Whether a part of a row may be cut into words: a text, or the text column of a row of several kinds."""
    return any(one.unit == "word" for one in predictor.reader.readers)


def make_subject(
    predictor: Predictor,
    texts: Any,
    *,
    target: str | None = None,
    position: str | None = None,
    chinese: Chinese = "words",
    replacement: Replacement = "auto",
) -> TextSubject | UnitSubject:
    """A text, or two for a model of pairs, or a row as the reader of another kind has it (unit_subject.py), and the number that
    a model says of it: by default the answer's logit less that of the runner-up (target.py). `target` names another label or
    word, `position` a word whose tag is asked. Words that are not there are replaced, token by token, by the mask, padding, the
    mean of all embeddings, or zero.

    Raises InputError for a model without answers, a text without words, a label or word that is none; and where there are no
    words for `position`, `chinese` and `replacement`.
    """
    if not reads_words(predictor):
        words_only = {"position": position, "replacement": replacement != "auto"}
        if not holds_words(predictor):
            words_only["chinese"] = chinese != "words"
        for name in [name for name, is_set in words_only.items() if is_set]:
            raise InputError("BAD_SETTING", name, "is for words, and the model reads none", "leave it out")
        return make_unit_subject(predictor, texts, target, chinese)
    texts = (texts,) if isinstance(texts, str) else tuple(texts)
    if not all(text.strip() for text in texts):
        raise InputError("NO_TEXT", "text", "is empty", "give some words")
    inputs = prompt_input(predictor, texts) if is_generator(predictor) else task_input(predictor, texts)
    return TextSubject(predictor, inputs, texts, target_of(predictor, inputs, texts, target, position), chinese, replacement)


Embedded = EmbeddedSubject  # the former name, for one version
