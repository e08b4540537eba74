"""The one number that is explained: a weighted sum of what a head says at some tokens, and a constant.

Logits and not probabilities: these flatten out where the model is sure. By default the answer's logit less that of the
runner-up, for what all classes share explains no choice among them. W windows, M asked places, K outputs of a head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from groundup.config import nearest
from groundup.errors import InputError, printable
from groundup.evaluate.predictor import Predictor
from groundup.explain.embedded_input import EmbeddedInput, Positions
from groundup.explain.target_text import NUMBER
from groundup.tasks.answering import Answer
from groundup.tasks.tagging_sites import TagSite, tag_sites


class Target(NamedTuple):
    """A weighted sum of a head's outputs at some positions."""

    name: str
    head: str
    positions: Positions
    weights: Tensor
    """[M, K]."""
    offset: float = 0.0


class Read(Protocol):
    """An input of one window or more, as a model reads it."""

    @property
    def windows(self) -> Sequence[Any]: ...

    def outputs(self, head: str, positions: Positions) -> Tensor:
        """[1, M, K] what a head says at the asked places."""
        ...


class Question(NamedTuple):
    """What a model was asked, and what is to be explained of its answer."""

    predictor: Predictor
    task: Any
    inputs: EmbeddedInput
    texts: Sequence[str]
    label: str | None
    position: str | None

    @property
    def answer(self) -> Any:
        return self.predictor.answers([self.texts])[0]


def target_of(
    predictor: Predictor, inputs: EmbeddedInput, texts: Sequence[str], label: str | None = None, position: str | None = None
) -> Target:
    """The number that stands for the model's answer, or for the `label` that is named; of tags and their like `position` says
    which word is meant (the word itself, or the place of one of its characters). InputError for a model without answers."""
    task = predictor.task
    if position is not None and (task is None or task.traits.answer != "tags"):
        raise InputError("NO_PLACE", "position", "is asked of models that tag words", "leave it out")
    if is_generator(predictor):
        return next_token_target(predictor, inputs, label)
    target = TARGETS.get(predictor.trained_task.traits.answer)
    if target is None:
        raise InputError("NO_TARGET", "model", f"is one of {predictor.trained_task.name}, of which no number is known")
    return target(Question(predictor, task, inputs, texts, label, position))


def target_of_row(task: Any, inputs: Read, label: str | None = None) -> Target:
    """The same of a row that is no text."""
    target = ROW_TARGETS.get(task.traits.answer)
    if target is None:
        raise InputError("NO_TARGET", "model", f"is one of {task.name}, of which no number is known for such rows")
    return target(task, inputs, label)


def is_generator(predictor: Predictor) -> bool:
    """Whether the model continues a text. Raises InputError for one that has nothing to explain."""
    writes, encoder = "lm" in predictor.heads, predictor.model.encoder
    if encoder is not None or (predictor.task is not None and predictor.task.writes):
        what = "has an encoder and a decoder beside it; so far models of one stack are explained"
        raise InputError("MODEL_WRITES", "model", what, "name a model that reads, or one that writes on")
    if predictor.task is None and not writes:
        raise InputError("NO_LABELS", "model", "was pretrained only; it gives no answer to explain", "fine-tune it first")
    return predictor.task is None


def first_tokens(inputs: Read) -> Positions:
    """The positions of heads that read whole texts."""
    return [(number, 0) for number in range(len(inputs.windows))]


def head_outputs(inputs: Read, head: str, positions: Positions) -> Tensor:
    """[M, K] what the head says of the input."""
    with torch.inference_mode():
        logits = inputs.outputs(head, positions)[0]
    return logits.clone()  # outside, so that it may be changed


def output_weights(size: int, plus: int, minus: int | None = None, share: float = 1.0) -> Tensor:
    """[K] the weights of one output, or of one less another."""
    weights = torch.zeros(size)
    weights[plus] = share
    if minus is not None:
        weights[minus] = -share
    return weights


def runner_up(scores: Tensor, chosen: int) -> int:
    """The best output besides `chosen`."""
    others = scores.clone()
    others[chosen] = -torch.inf
    return int(others.argmax())


def label_index(label: str, labels: Sequence[str]) -> int:
    """The number of a label by its name."""
    if label not in labels:
        known = ", ".join(map(printable, labels))
        what = f"'{printable(label)}' is no label of the model.{nearest(label, labels)}"
        raise InputError("NO_SUCH_LABEL", "target", what, f"its labels are {known}")
    return list(labels).index(label)


def calibrated_mean(task: Any, windows: Tensor) -> Tensor:
    """[K] the probabilities of the answer, as the model gives it, from those of its windows [W, K]."""
    return torch.from_numpy(np.asarray(task.calibrated(windows.double().mean(0, keepdim=True).numpy())))[0]


def class_target(task: Any, inputs: Read, label: str | None) -> Target:
    """A class less the most probable other; the mean over windows, whose probabilities the answer is the mean of."""
    positions = first_tokens(inputs)
    shares = calibrated_mean(task, head_outputs(inputs, task.head, positions).softmax(-1))  # [K]
    chosen = int(shares.argmax()) if label is None else label_index(label, task.labels)
    other = runner_up(shares, chosen)
    weights = output_weights(len(shares), chosen, other, 1 / len(positions)).expand(len(positions), -1)
    return Target(f"{task.labels[chosen]} - {task.labels[other]} (logits)", task.head, positions, weights)


def label_target(task: Any, inputs: Read, label: str | None) -> Target:
    """The logit of a label, by default of the most probable one."""
    positions = first_tokens(inputs)
    shares = calibrated_mean(task, head_outputs(inputs, task.head, positions).sigmoid())
    chosen = int(shares.argmax()) if label is None else label_index(label, task.labels)
    weights = output_weights(len(shares), chosen, share=1 / len(positions)).expand(len(positions), -1)
    return Target(f"{task.labels[chosen]} (logit)", task.head, positions, weights)


def number_target(task: Any, inputs: Read, label: str | None) -> Target:
    """The number itself."""
    if label is not None:
        raise InputError("NO_SUCH_LABEL", "target", "is a label, and the model says a number", "leave it out")
    positions, (offset, factor) = first_tokens(inputs), task.scale
    weights = torch.full((len(positions), 1), factor / len(positions))
    return Target(NUMBER, task.head, positions, weights, float(offset))


class TaggedWord(NamedTuple):
    """A word that has a tag: in the window that shows most around it."""

    around: int
    window: int
    unit: TagSite


def tag_target(
    task: Any, inputs: EmbeddedInput, text: str, spans: Sequence[tuple[int, int, str]], label: str | None, position: str | None
) -> Target:
    """A tag less the best other one, at a word: by default the first of the first span, or where one comes nearest to be."""
    tagged: dict[tuple[int, int], TaggedWord] = {}
    for window, places in enumerate(inputs.places):
        last = len(places.start) - 1
        for unit in tag_sites(places, task.facts["unit"]):
            place = TaggedWord(min(unit.token, last - unit.token), window, unit)
            key = (unit.start, unit.repeat)
            tagged[key] = max(place, tagged.get(key, place), key=lambda one: one.around)
    words = [tagged[key] for key in sorted(tagged)]
    scores = head_outputs(inputs, task.head, [(one.window, one.unit.token) for one in words])  # [words, K]
    if position is not None:
        chosen = word_at(words, text, position)
    elif spans:
        chosen = next(n for n, one in enumerate(words) if one.unit.end > spans[0][0])
    else:
        entity_tags = [k for k, tag in enumerate(task.tags) if tag != "O"]
        chosen = int(scores[:, entity_tags].max(-1).values.argmax())
    tag = int(scores[chosen].argmax()) if label is None else label_index(label, task.tags)
    other, place = runner_up(scores[chosen], tag), words[chosen]
    name = f"{task.tags[tag]} - {task.tags[other]} at '{text[place.unit.start : place.unit.end]}' (logits)"
    return Target(name, task.head, [(place.window, place.unit.token)], output_weights(len(task.tags), tag, other)[None])


def word_at(words: Sequence[TaggedWord], text: str, position: str) -> int:
    """The word of this name, or the one that holds the character of this number."""
    start = next((one.unit.start for one in words if text[one.unit.start : one.unit.end] == position), None)
    if start is None:
        start = int(position) if position.isascii() and position.isdigit() else text.find(position)
    for number, one in enumerate(words):
        if one.unit.start <= start < one.unit.end:
            return number
    raise InputError(
        "NO_SUCH_WORD",
        "position",
        f"'{printable(position)}' is no word that the model reads in this text",
        f"name one of its words, or a character from 0 to {len(text) - 1}",
    )


def answer_target(task: Any, inputs: EmbeddedInput, text: str, answer: Answer, given_text: str | None) -> Target:
    """The logits of both ends of an answer, in the window where they are highest."""
    if given_text is None and not answer.text and answer.none > task.facts.get("threshold", np.inf):
        best = min(
            ([(window, 0), (window, 0)] for window in range(len(inputs.windows))),
            key=lambda two: float((head_outputs(inputs, task.head, two) * torch.eye(2)).sum()),
        )
        return Target("no answer: begin + end at the first token (logits)", task.head, best, torch.eye(2))
    start, answer_text = (answer.start, answer.text) if given_text is None else (text.find(given_text), given_text)
    if not answer_text or start < 0:
        raise InputError(
            "NO_ANSWER",
            "target",
            f"'{printable(answer_text)}' does not stand in the text",
            "name words of the second text" if answer_text else "give a text that answers the question",
        )
    ends = []
    for window, places in enumerate(inputs.places):
        inside = (
            (places.column == 1)
            & (places.end > start)
            & (places.start < start + len(answer_text))
            & (places.end > places.start)
        )
        positions = np.flatnonzero(inside)
        if len(positions) and places.end[positions[-1]] >= start + len(answer_text) and places.start[positions[0]] <= start:
            ends.append([(window, int(positions[0])), (window, int(positions[-1]))])
    if not ends:
        raise InputError("NO_ANSWER", "target", f"'{printable(answer_text)}' stands in no window as a whole", "name less")
    weights = torch.eye(2)
    best = max(ends, key=lambda two: float((head_outputs(inputs, task.head, two) * weights).sum()))
    return Target(f"begin + end of '{answer_text}' (logits)", task.head, best, weights)


def next_token_target(predictor: Predictor, inputs: EmbeddedInput, given_text: str | None) -> Target:
    """The next token, by default the likeliest, less the likeliest other one. No special token is either."""
    encoder, positions = predictor.encoder, [(0, len(inputs.windows[0]) - 1)]
    scores = head_outputs(inputs, "lm", positions)[0]  # [V]
    scores[encoder.vocab_size :] = -torch.inf
    scores[encoder.ids.all] = -torch.inf
    if given_text is None:
        chosen = int(scores.argmax())
    else:
        ids = encoder.encode_batch([given_text])[0]
        if not ids or ids[0] in encoder.ids.all:
            raise InputError("NO_SUCH_WORD", "target", f"'{printable(given_text)}' is no text that the model can write")
        chosen = ids[0]
    other = runner_up(scores, chosen)
    return Target(
        f"{quoted_token(predictor, chosen)} - {quoted_token(predictor, other)} (logits of the next token)",
        "lm",
        positions,
        output_weights(len(scores), chosen, other)[None],
    )


def quoted_token(predictor: Predictor, token: int) -> str:
    """A token between quotes, with its blanks."""
    return f"'{predictor.encoder.decode([token])}'"


ROW_TARGETS: dict[str, Callable[[Any, Read, str | None], Target]] = {
    "classes": class_target,
    "labels": label_target,
    "number": number_target,
}
TARGETS: dict[str, Callable[[Question], Target]] = {
    "classes": lambda q: class_target(q.task, q.inputs, q.label),
    "labels": lambda q: label_target(q.task, q.inputs, q.label),
    "number": lambda q: number_target(q.task, q.inputs, q.label),
    "tags": lambda q: tag_target(q.task, q.inputs, q.texts[0], q.answer, q.label, q.position),
    "span": lambda q: answer_target(q.task, q.inputs, q.texts[1], q.answer, q.label),
}  # by what a task answers (tasks/traits.py)
