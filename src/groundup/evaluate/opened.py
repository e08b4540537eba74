"""A model opened for use, whatever computes it: labels for texts, words for masks, and whether one sentence follows another.

Free of torch: what is particular to it stands in predictor.py, to ONNX Runtime in exported.py.
M asked tokens, O outputs of a head.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from groundup.adapter_folder import base_of, is_adapter
from groundup.data.batches.pairs import Specials
from groundup.data.batches.ragged_batch import Flat, lay
from groundup.data.rows import Rows
from groundup.data.single_rows import row_of
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.errors import DataWarning, InputError, printable
from groundup.evaluate.limits import RowAnswers, together, truncation_warning, unfinished_warning
from groundup.evaluate.query_rows import query_rows
from groundup.kinds.reader import Reader, Row, TooLong
from groundup.kinds.text.packed import fit, joined
from groundup.kinds.text.reader import encoder_of
from groundup.manifest import is_ours, read_manifest
from groundup.messages.current import message
from groundup.messages.nouns import noun
from groundup.messages.translate import plural
from groundup.shown import Shown
from groundup.strict_json import fields, read_json
from groundup.tasks.rows.cells import lines_without
from groundup.tasks.task import Answers, Predictions, Task
from groundup.terminal.live import each

MASK = "[MASK]"
SHOWN_LABELS = 6  # by name, in a line about a model


def model_folder(path: str | Path) -> Path:
    """The model folder that a path names: itself, or the `model` of a run."""
    folder = Path(path).resolve()
    inner = folder / "model"
    if inner.is_dir():
        return inner
    if is_export(folder):
        raise InputError(
            "EXPORTED",
            path,
            "is an exported model: it can be used and judged, not trained or taken apart",
            "name the model folder that it was made from",
        )
    if is_adapter(folder):
        base_of(folder)  # which refuses an adapter whose base is not here
    elif not folder.exists():
        raise InputError(
            "NO_MODEL",
            path,
            "does not exist, and nothing is downloaded",
            "name the folder of a model on this machine, with config.json and model.safetensors",
        )
    elif not (folder / "config.json").is_file():
        started = refused_or_begun(folder) if (folder / "run.json").is_file() else ""
        raise InputError(
            "NO_MODEL",
            path,
            f"is neither a model folder nor a finished run{started}",
            "name a folder with config.json and model.safetensors",
        )
    return folder


def refused_or_begun(folder: Path) -> str:
    """Why a run has no model."""
    report = folder / "report.json"
    if report.is_file() and fields(read_json(report), report).get("published") is False:
        return " (what the run made was past its limits and is not published: see its report.html)"
    return " (the run has not finished: run its command again)"


def is_export(folder: Path) -> bool:
    """Whether a folder holds a model in a form of others (groundup export)."""
    return is_ours(folder) and read_manifest(folder).kind == "export"


def task_of(folder: Path, tasks: Mapping[str, object], name: str | None) -> str:
    """The task of a model of several: the one that is named, or the only one."""
    known = ", ".join(tasks)
    if name is None and len(tasks) > 1:
        raise InputError("WHICH_TASK", folder, f"is a model of several tasks: {known}", "name one of them with --task")
    if name is not None and name not in tasks:
        raise InputError("NO_SUCH_TASK", folder, f"has no task '{printable(name)}'", f"its tasks are {known}")
    return name or next(iter(tasks))


class Opened(Shown, ABC):
    """Answers of one model. Texts are plain text: `[MASK]` has a meaning only in `fill`.

    `facts` are what the folder says of how its texts are to be read; `longest` tokens are read where it says nothing.
    """

    folder: Path | None = None  # where it was opened
    family: str = ""  # of its weights, where that is known

    def __init__(self, reader: Reader, task: Task | None, facts: dict, longest: int, name: str | None = None):
        self.reader, self.task, self.facts = reader, task, facts
        self.name = name  # of the task, in a model of several
        self.notes: list[str] = list(reader.notes)  # what was noticed when it was loaded
        self.positions: int | None = None  # tokens that the model itself has room for, where that is known
        self.length = int(facts.get("max_length", longest))
        self.too_long: TooLong = facts.get("too_long", "truncate")
        self.columns: list[str] = []
        for one in reader.readers:
            columns = facts.get(f"{one.kind}_columns", facts.get("text_columns", []))
            self.columns += columns
            one.columns = tuple(columns) or one.columns

    @property
    def encoder(self) -> Encoder:
        """The tokenizer, of a model that reads texts."""
        return encoder_of(self.reader)

    @property
    @abstractmethod
    def heads(self) -> list[str]:
        """What it can be asked for."""

    @property
    @abstractmethod
    def parameters(self) -> int:
        """How many numbers the model was trained to."""

    @abstractmethod
    def evaluate_rows(self, rows: Rows, texts: Sequence[tuple[str, ...]]) -> Predictions:
        """The task's answer to every row."""

    @abstractmethod
    def logits(self, flat: Flat, head: str, places: np.ndarray) -> np.ndarray:
        """[M, O] float32: what a head says at flat positions."""

    @abstractmethod
    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """[rows, C] float32: one vector per text (embedding.py), which changes with its meaning."""

    @property
    def labels(self) -> list[str] | None:
        """Names of the labels, of a model that gives them."""
        return None if self.task is None else self.task.labels

    @property
    def trained_task(self) -> Task:
        """The task, of a model that has one."""
        if self.task is None:
            raise InputError("NO_LABELS", "model", "was pretrained only; it has no labels to predict", "fine-tune it first")
        return self.task

    def answers(self, texts: Sequence[str | Sequence[str]]) -> Answers:
        """The task's answer to each text: of a classifier the probabilities [rows, classes] float32.

        A text is a string, or two strings for a model of pairs; of a table in memory the texts are those of `columns`. Raises
        InputError for what is no list of texts (query_rows.py).
        """
        return self.answers_with_limits(texts).answers

    def answers_with_limits(self, texts: Sequence[str | Sequence[str]]) -> RowAnswers:
        """The same, and which texts were longer than the model reads, and which answers end at a limit."""
        return self.row_answers(self.read_rows(texts))

    def read_rows(self, texts: Any) -> list[Row]:
        """What a Python caller gives, as rows of the reader."""
        rows = self.reader.rows_in_memory(texts)
        if rows is None:
            rows = query_rows(texts, self.columns)
            self.check_widths(rows)
        return rows

    def row_answers(self, rows: Sequence[Row]) -> RowAnswers:
        """The same of rows as the reader has them; of a kind that takes much memory a part of them at a time."""
        step = self.reader.at_once or max(1, len(rows))
        starts = range(0, max(1, len(rows)), step)
        if len(starts) > 1:
            starts = each(starts, message("phase answering"), len(starts))
        return together([self.batch_answers(rows[start : start + step]) for start in starts])

    def batch_answers(self, rows: Sequence[Row]) -> RowAnswers:
        task = self.trained_task
        packed = task.pack(rows, self.reader, self.length, self.too_long)
        predictions = self.evaluate_rows(task.make_rows(rows, None, packed, self.reader, 0), rows)
        unfinished = np.zeros(len(rows), dtype=bool) if predictions.unfinished is None else predictions.unfinished
        raw = predictions.raw if task.traits.probabilities else None
        return RowAnswers(predictions.answers, packed.long, unfinished, raw)

    @property
    def cuts(self) -> bool:
        """Whether texts that are longer than it reads lose their end."""
        writes = self.task is not None and self.task.writes
        return self.reader.limited and (self.too_long == "truncate" or (self.too_long == "window" and writes))

    def long(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """[rows] bool: longer than the model reads."""
        rows = [tuple(text) for text in texts]
        if self.task is None:
            return self.reader.pack(rows, self.length, "truncate").long
        return self.task.pack(rows, self.reader, self.length, "truncate").long

    def limit_warnings(self, longer: int, total: int, unfinished: int = 0) -> list[str]:
        """What limits did to texts and answers, in lines for people; none where there is nothing to tell."""
        trained, lines = "max_length" in self.facts, []
        if longer:
            setting = (
                message("max_length of training up to", most=self.positions)
                if (trained and self.positions is not None)
                else message("max_length of training" if trained else "no more positions")
            )
            line = truncation_warning(longer, total, self.length, "truncate" if self.cuts else "window", setting)
            lines.append(f"warning: {line}" if self.cuts else line)
        if unfinished:
            limit = self.trained_task.facts.get("longest", 0)
            lines.append("warning: " + unfinished_warning(unfinished, total, limit, message("longest targets")))
        return lines

    def check_widths(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Refuse rows of more or fewer texts than the model reads."""
        task, trained = self.trained_task, len(self.columns)
        least, most = (trained, trained) if trained else (task.traits.min_columns, task.traits.max_columns)
        for number, row in enumerate(rows):
            if not least <= len(row) <= most or len(row) != len(rows[0]):
                widths = f"{least}" if least == most else f"{least} or {most}, as many in each row"
                raise InputError(
                    "WRONG_TEXTS", f"row {number + 1}", f"has {plural(len(row), 'text')}", f"the model reads {widths}"
                )

    def probabilities(self, texts: Sequence[str | Sequence[str]]) -> np.ndarray:
        """[rows, classes] float32, of a classifier."""
        if not self.trained_task.traits.classes:
            raise InputError("NO_CLASSES", "model", f"is one of {self.trained_task.name}", "ask for its answers")
        return np.asarray(self.answers(texts))

    def refused(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """[rows] bool: too long for a model that was trained to refuse such texts; of the others, none."""
        if self.too_long != "error":
            return np.zeros(len(texts), dtype=bool)
        return self.long(texts)

    def predict(self, rows: Any) -> Any:
        """One dictionary per row: of a classifier the label, its probability, and those of all labels; `truncated` where the
        end of the text was not read.

        `rows` is one (a text; a tuple of two texts for a model of pairs; a dictionary, a named tuple, `frame.iloc[0]`), which
        is answered by one dictionary, or several (a list, an array or an iterator of such, a column, a table of pandas,
        polars, pyarrow or `datasets`), answered by a list. What was not read as in training is said by a DataWarning.
        """
        pair = self.pairs and isinstance(rows, tuple) and len(rows) == 2 and all(isinstance(text, str) for text in rows)
        alone = isinstance(rows, (str, PurePath)) or pair or bool(row_of(rows, self.columns))
        rows = [rows] if alone else list(rows) if hasattr(rows, "__next__") else rows
        read = self.read_rows(rows)
        answered = self.row_answers(read)
        for line in self.warnings_about(rows, read, answered):
            warnings.warn(line, DataWarning, stacklevel=2)
        answers = self.answer_dicts(answered)
        return answers[0] if alone else answers

    __call__ = predict

    def predictions(self, rows: Any) -> list[dict]:
        """One dictionary per row of several, without a warning."""
        return self.answer_dicts(self.answers_with_limits(rows))

    def answer_dicts(self, answered: RowAnswers) -> list[dict]:
        """Answers as people get them in Python."""
        cut = answered.long if self.cuts else np.zeros_like(answered.long)
        return [
            self.trained_task.as_dict(answer) | ({"truncated": True} if long else {})
            for answer, long in zip(answered.answers, cut, strict=True)
        ]

    def warnings_about(self, rows: Any, read: Sequence[Row], answered: RowAnswers) -> list[str]:
        """What of rows in memory was not read as in training, a line each; `read` is what the reader made of them."""
        cut, unfinished = int(answered.long.sum()) if self.cuts else 0, int(answered.unfinished.sum())
        lines = [*self.limit_warnings(cut, len(read), unfinished), *self.reader.complaints(read)]
        lines += lines_without(self.reader.kinds_absent(rows, len(read)))
        return [line.removeprefix("warning: ") for line in lines]

    @property
    def pairs(self) -> bool:
        """Whether it reads two texts together."""
        return len(self.columns) == 2 or (self.task is not None and self.task.traits.min_columns == 2)

    def __repr__(self) -> str:
        """`<Predictor of classification: good, bad; 1.2 M parameters; reads 128 tokens>`."""
        task = "no task" if self.task is None else self.task.name + (f" '{self.name}'" if self.name else "")
        labels = self.labels or []
        names = f": {', '.join(labels[:SHOWN_LABELS])}" if labels else ""
        names += f" and {len(labels) - SHOWN_LABELS} more" if len(labels) > SHOWN_LABELS else ""
        reads = f"{self.length:,} tokens" if self.reader.limited else noun(self.reader.kind)
        return f"<{type(self).__name__} of {task}{names}; {self.parameters / 1e6:.1f} M parameters; reads {reads}>"

    def fill(self, text: str, top: int = 5) -> list[list[tuple[str, float]]]:
        """For each [MASK] of the text, its `top` most probable words with their probabilities."""
        if "mlm" not in self.heads:
            raise InputError("NO_MASKED_LM", "model", "has no masked-language-model head", "use a pretrained model")
        pieces = text.split(MASK)
        ids = self.encoder.encode_batch(pieces)
        tokens = [t for i, piece in enumerate(ids) for t in ([self.encoder.ids.mask] if i else []) + piece]
        if len(pieces) < 2 or len(tokens) > self.length - 2:
            raise InputError(
                "NO_MASK",
                "text",
                f"has {len(pieces) - 1} [MASK] in {plural(len(tokens), 'token')}",
                "write [MASK] where a word is missing, in a text that fits",
                limit=f"{self.length - 2} tokens",
            )
        flat = lay_sequences([joined([tokens], self.specials)])
        places = np.flatnonzero(flat.tokens == self.encoder.ids.mask)
        shares = softmax(self.logits(flat, "mlm", places))[:, : self.encoder.vocab_size]  # [masks, words]
        shares[:, self.encoder.ids.all] = 0  # no special token is a word
        best = np.argsort(-shares, axis=1, kind="stable")[:, : min(top, shares.shape[1] - len(self.encoder.ids.all))]
        return [
            [(self.encoder.decode([token]), float(row[token])) for token in chosen.tolist()]
            for row, chosen in zip(shares, best, strict=True)
        ]

    def follows(self, first: str, second: str) -> float:
        """The probability that `second` is the text right after `first`."""
        if "nsp" not in self.heads:
            raise InputError("NO_NEXT_SENTENCE", "model", "has no next-sentence head", "pretrain with gamma above 0")
        whole = self.encoder.encode_batch([first, second])
        lengths = fit([len(ids) for ids in whole], self.length - 3, self.encoder.manner.cut)
        parts = [ids[part] for ids, part in zip(whole, lengths, strict=True)]
        flat = lay_sequences([joined(parts, self.specials)], np.array([len(parts[0]) + 2]))
        return float(softmax(self.logits(flat, "nsp", flat.starts))[0, 0])

    @property
    def specials(self) -> Specials:
        return Specials(self.encoder.ids.cls, self.encoder.ids.sep)


def lay_sequences(sequences: list[np.ndarray], second_starts: np.ndarray | None = None) -> Flat:
    """Sequences in one stream, numbered as they come."""
    return lay(sequences, np.arange(len(sequences)), second_starts)


def softmax(numbers: np.ndarray) -> np.ndarray:
    """Shares along the last axis."""
    powers = np.exp(numbers.astype(np.float64) - numbers.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)
