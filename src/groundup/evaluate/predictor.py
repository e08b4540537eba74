"""A model folder or run, opened for use: labels for texts, words for masks, and whether one sentence follows another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from groundup.data.flat import Flat, lay
from groundup.data.pairs import Specials
from groundup.data.rows import TooLong, fit, joined
from groundup.data.tokenize import Encoder, load_tokenizer
from groundup.errors import InputError, printable
from groundup.evaluate.embedding import Span, embed, framed_texts, hidden_texts
from groundup.families import checkpoint
from groundup.folders import is_ours, read_manifest
from groundup.nn.config import Pooling
from groundup.nn.integer import quicken
from groundup.nn.layout import Layout
from groundup.nn.model import Model
from groundup.nn.size import count_parameters
from groundup.tasks.classification import Classification
from groundup.tasks.known import TASKS, make_task
from groundup.tasks.task import Answers, Task

MASK = "[MASK]"


def model_folder(path: str | Path) -> Path:
    """The model folder that a path names: itself, or the `model` of a run."""
    folder = Path(path).resolve()
    inner = folder / "model"
    if inner.is_dir():
        return inner
    if not (folder / "config.json").is_file():
        started = " (the run has not finished: run its command again)" if (folder / "run.json").is_file() else ""
        raise InputError("NO_MODEL", path, f"is neither a model folder nor a finished run{started}",
                         "name a folder with config.json and model.safetensors")  # fmt: skip
    return folder


def load(path: str | Path, threads: int | None = None, task: str | None = None) -> Predictor:
    """Open a model folder or run (ours, or Hugging Face's with a tokenizer.json); of several tasks, for the one named."""
    if threads is not None:
        torch.set_num_threads(threads)
    folder = model_folder(path)
    return make_predictor(folder, load_for_use(folder), task)


def load_for_use(folder: Path) -> checkpoint.Loaded:
    """A model in the form that answers fastest here: one of int8 matrices multiplies these, where that gains, and says so."""
    loaded = checkpoint.load(folder)
    if loaded.storage == "int8":
        loaded.notes.append(f"{folder}: stored in int8; {quicken(loaded.model)}")
    return loaded


def make_predictor(folder: Path, loaded: checkpoint.Loaded, name: str | None = None) -> Predictor:
    """A loaded model with its tokenizer, and how its texts are to be read; of a model of several tasks, for the one named."""
    extra = read_manifest(folder).extra if is_ours(folder) else {}
    if "tasks" in extra:
        name = task_of(folder, extra["tasks"], name)
        extra = extra["tasks"][name]
    elif name is not None:
        what = f"has no tasks by name, so none called '{printable(name)}'"
        raise InputError("NO_SUCH_TASK", folder, what, "leave the name out")
    if "task" in extra:
        task = make_task(extra["task"], extra["facts"], name)
    else:
        task = None if loaded.problem is None else TASKS[loaded.problem].of_outputs(loaded.labels)
    made = Predictor(loaded.model, load_tokenizer(folder), task, extra, loaded.pooling or "mean", name)
    made.notes = loaded.notes
    return made


def task_of(folder: Path, tasks: Mapping[str, object], name: str | None) -> str:
    """The task of a model of several: the one that is named, or the only one."""
    known = ", ".join(tasks)
    if name is None and len(tasks) > 1:
        raise InputError("WHICH_TASK", folder, f"is a model of several tasks: {known}", "name one of them with --task")
    if name is not None and name not in tasks:
        raise InputError("NO_SUCH_TASK", folder, f"has no task '{printable(name)}'", f"its tasks are {known}")
    return name or next(iter(tasks))


class Predictor:
    """Answers of one model. Texts are plain text: `[MASK]` has a meaning only in `fill`."""

    def __init__(
        self, model: Model, encoder: Encoder, task: Task | None, facts: dict, pooling: Pooling = "mean",
        name: str | None = None,
    ):  # fmt: skip
        self.model, self.encoder, self.task, self.facts = model.eval(), encoder, task, facts
        self.name = name  # of the task, in a model of several
        self.notes: list[str] = []  # what was noticed when it was loaded
        self.pooling = pooling  # how its states become one vector of a text
        self.length = int(facts.get("max_length", min(512, model.config.max_positions)))
        self.too_long: TooLong = facts.get("too_long", "truncate")
        self.columns: list[str] = facts.get("text_columns", [])

    @property
    def heads(self) -> list[str]:
        return list(self.model.heads)

    @property
    def parameters(self) -> int:
        """How many numbers the model was trained to; those of int8 layers, which hold no parameters, among them."""
        model = self.model
        return sum(count_parameters(model.config, model.head_configs, model.encoder_config).values())

    @property
    def labels(self) -> list[str] | None:
        """Names of the labels, of a model that gives them."""
        return None if self.task is None else self.task.labels

    @property
    def trained_task(self) -> Task:
        """The task, of a model that has one."""
        if self.task is None:
            raise InputError("NO_LABELS", "model", "was pretrained only; it has no labels to predict",
                             "fine-tune it first, or fill masks with a text that contains [MASK]")  # fmt: skip
        return self.task

    def answers(self, texts: Sequence[str | Sequence[str]]) -> Answers:
        """The task's answer to each text: of a classifier the probabilities [rows, classes] float32.

        A text is a string, or two strings for a model of pairs.
        """
        task, rows = self.trained_task, [(text,) if isinstance(text, str) else tuple(text) for text in texts]
        self.check_widths(rows)
        framed = task.frame(rows, self.encoder, self.length, self.too_long)
        return task.judge(self.model, task.make_rows(rows, None, framed, self.encoder, 0), rows, self.encoder).answers

    def check_widths(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Refuse rows of more or fewer texts than the model reads."""
        task, trained = self.trained_task, len(self.columns)
        least, most = (trained, trained) if trained else (task.fewest_texts, task.most_texts)
        for number, row in enumerate(rows):
            if not least <= len(row) <= most or len(row) != len(rows[0]):
                told = f"{least}" if least == most else f"{least} or {most}, as many in each row"
                raise InputError("WRONG_TEXTS", f"row {number + 1}", f"has {len(row)} texts", f"the model reads {told}")

    def probabilities(self, texts: Sequence[str | Sequence[str]]) -> np.ndarray:
        """[rows, classes] float32, of a classifier."""
        if not isinstance(self.trained_task, Classification):
            raise InputError("NO_CLASSES", "model", f"is one of {self.trained_task.name}", "ask for its answers")
        return np.asarray(self.answers(texts))

    def refused(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """[rows] bool: too long for a model that was trained to refuse such texts; of the others, none."""
        if self.too_long != "error":
            return np.zeros(len(texts), dtype=bool)
        return self.trained_task.frame([tuple(text) for text in texts], self.encoder, self.length, "truncate").long

    def predict(self, texts: Sequence[str | Sequence[str]]) -> list[dict]:
        """One dictionary per text: of a classifier the label, its probability, and those of all labels."""
        return [self.trained_task.told(answer) for answer in self.answers(texts)]

    def fill(self, text: str, top: int = 5) -> list[list[tuple[str, float]]]:
        """For each [MASK] of the text, its `top` most probable words with their probabilities."""
        if "mlm" not in self.model.heads:
            raise InputError("NO_MASKED_LM", "model", "has no masked-language-model head", "use a pretrained model")
        pieces = text.split(MASK)
        ids = self.encoder.encode_batch(pieces)
        tokens = [t for i, piece in enumerate(ids) for t in ([self.encoder.ids.mask] if i else []) + piece]
        if len(pieces) < 2 or len(tokens) > self.length - 2:
            raise InputError("NO_MASK", "text", f"has {len(pieces) - 1} [MASK] in {len(tokens)} tokens",
                             "write [MASK] where a word is missing, in a text that fits",
                             limit=f"{self.length - 2} tokens")  # fmt: skip
        flat = self._lay([joined([tokens], self._specials)])
        places = np.flatnonzero(flat.tokens == self.encoder.ids.mask)
        shares = torch.softmax(self._run(flat, "mlm", places), -1)[:, : self.encoder.vocab_size]  # [masks, words]
        shares[:, self.encoder.ids.all] = 0  # no special token is a word
        best = shares.topk(min(top, shares.shape[1] - len(self.encoder.ids.all)))
        return [
            [(self.encoder.decode([token]), p) for token, p in zip(row.tolist(), ps.tolist(), strict=True)]
            for row, ps in zip(best.indices, best.values, strict=True)
        ]

    def follows(self, first: str, second: str) -> float:
        """The probability that `second` is the text right after `first`."""
        if "nsp" not in self.model.heads:
            raise InputError("NO_NEXT_SENTENCE", "model", "has no next-sentence head", "pretrain with gamma above 0")
        whole = self.encoder.encode_batch([first, second])
        parts = [ids[kept] for ids, kept in zip(whole, fit([len(ids) for ids in whole], self.length - 3), strict=True)]
        flat = self._lay([joined(parts, self._specials)], np.array([len(parts[0]) + 2]))
        return float(torch.softmax(self._run(flat, "nsp", flat.starts), -1)[0, 0])

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """[rows, C] float32: one vector per text (embedding.py), which changes with its meaning."""
        return embed(self.model, framed_texts(texts, self.encoder, self.length), self.pooling)

    def hidden_vectors(self, texts: Sequence[str], hidden: Sequence[Sequence[Span]]) -> np.ndarray:
        """[rows, C]: the same with [MASK] for each token of text n that touches the characters of `hidden[n]`."""
        return embed(self.model, hidden_texts(texts, hidden, self.encoder, self.length), self.pooling)

    @property
    def _specials(self) -> Specials:
        return Specials(self.encoder.ids.cls, self.encoder.ids.sep)

    def _lay(self, sequences: list[np.ndarray], second_starts: np.ndarray | None = None) -> Flat:
        return lay(sequences, np.arange(len(sequences)), second_starts)

    def _run(self, flat: Flat, head: str, places: np.ndarray) -> torch.Tensor:
        """Logits of one head at flat positions."""
        segments = None if flat.segments is None else torch.from_numpy(flat.segments)
        with torch.inference_mode():
            return self.model(torch.from_numpy(flat.tokens), Layout(flat.lengths.tolist()), segments,
                              {head: torch.from_numpy(places)})[head].float()  # fmt: skip
