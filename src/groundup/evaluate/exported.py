"""An exported folder (compress/export), opened for use in ONNX Runtime. Nothing here imports torch.

B sequences, T positions, M asked tokens, O outputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from groundup.data.batches.ragged_batch import Flat
from groundup.data.rows import Rows
from groundup.errors import InputError
from groundup.evaluate.embedding import embed, framed_texts
from groundup.evaluate.opened import Opened, task_of
from groundup.kinds.block import Feed
from groundup.kinds.known import make_feed, open_kind
from groundup.kinds.reader import Reader
from groundup.manifest import read_manifest, read_verified
from groundup.nn.inputs import INPUTS, Input, Patches, Words
from groundup.objectives.special_labels import IGNORE
from groundup.tasks.known import make_task
from groundup.tasks.task import Predictions
from groundup.tasks.windows import split_by_sequence

MODEL = "model.onnx"
TOKENS = 256  # of a block: larger ones have more padding (twice the time at 4096, on uneven sentences), and are no faster
UNKNOWN = 2**62  # rows of the word embedding, of a folder that does not say how many there are


class ExportedShape(NamedTuple):
    """What of an exported model its readers depend on."""

    inputs: tuple[Input, ...]
    vocab_size: int


def load_exported(path: str | Path, threads: int | None = None, task: str | None = None) -> Exported:
    """Open an exported folder. Raises InputError when it is damaged, holds no ONNX file, or ONNX Runtime is not installed."""
    folder = Path(path).resolve()
    about = read_manifest(folder).extra
    if task is not None:
        task_of(folder, {about["name"]: None} if "name" in about else {}, task)
    if "onnx" not in about:
        raise InputError(
            "NOT_ONNX",
            folder,
            f"is an export for {about.get('format', 'others')}",
            "groundup itself runs exports to ONNX; README.md in the folder says how this one is run",
        )
    shape = shape_of(about["onnx"])
    session = Session(read_verified(folder, MODEL), folder / MODEL, threads, make_feed(shape.inputs))
    exported = Exported(session, open_reader(folder, shape, about["onnx"]), about)
    exported.folder = folder
    return exported


def describe_shape(shape: ExportedShape) -> dict[str, Any]:
    """What the manifest says of it."""
    return {"reads": [{"kind": one.kind, "sizes": asdict(one)} for one in shape.inputs], "vocab_size": shape.vocab_size}


def shape_of(onnx: Mapping[str, Any]) -> ExportedShape:
    """The inverse. Folders of former versions tell the patches of images; where they tell nothing, texts are read."""
    if "reads" in onnx:
        return ExportedShape(tuple(INPUTS[one["kind"]](**one["sizes"]) for one in onnx["reads"]), onnx["vocab_size"])
    return ExportedShape((Patches(**onnx["patches"]) if "patches" in onnx else Words(),), UNKNOWN)


def open_reader(folder: Path, shape: ExportedShape, onnx: Mapping[str, Any]) -> Reader:
    """What reads rows for an exported model."""
    reader = open_kind(folder, shape)
    if "padding" in onnx:
        reader.spare_padding(onnx["padding"])
    return reader


class Session:
    """A file of ONNX that can be run."""

    def __init__(self, data: bytes, place: Path, threads: int | None, feed: Feed):
        try:
            import onnxruntime
        except ImportError:
            raise InputError(
                "MISSING_EXTRA", place, "is run by ONNX Runtime, which is not installed", "pip install 'groundup[export]'"
            ) from None
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads or 0
        try:
            self.session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the library has exceptions of its own for each reason
            raise InputError(
                "BAD_ONNX",
                place,
                f"ONNX Runtime {onnxruntime.__version__} cannot read it: {error}",
                "export the model again, or use a newer onnxruntime",
            ) from None
        self.feed = feed
        self.inputs = [one.name for one in self.session.get_inputs()]
        self.outputs: int = self.session.get_outputs()[0].shape[-1]  # O

    def __call__(self, flat: Flat) -> np.ndarray:
        """[B, O] or [B, T, O] for sequences that are filled up on the right."""
        blocks = self.feed(flat)
        return np.asarray(self.session.run(None, {name: blocks[name] for name in self.inputs})[0])

    @property
    def shapes(self) -> dict[str, list[int | str]]:
        """Input -> its sizes, by name where they are not fixed."""
        return {one.name: one.shape for one in self.session.get_inputs()}


def unpad(values: np.ndarray, flat: Flat) -> np.ndarray:
    """Outputs for the tokens [N, O], out of [B, T, O]; of sequences [B, O] it is as it was."""
    return values[np.arange(values.shape[1]) < flat.lengths[:, None]] if values.ndim == 3 else values


class Exported(Opened):
    """Answers of one exported model. It can be asked for one thing: what it was exported for."""

    def __init__(self, session: Session, reader: Reader, about: dict[str, Any]):
        self.session, self.head = session, about["onnx"]["head"]
        task = make_task(about["task"], about["facts"], self.head) if "task" in about else None
        super().__init__(reader, task, about, about["max_length"], about.get("name"))

    @property
    def heads(self) -> list[str]:
        return [self.head] if self.head else []

    @property
    def parameters(self) -> int:
        return self.facts["onnx"]["parameters"]

    def evaluate_rows(self, rows: Rows, texts: Sequence[tuple[str, ...]]) -> Predictions:
        task, outputs = self.trained_task, [np.zeros((0, 0), np.float32)] * rows.size
        for flat in rows.in_order_of_length(TOKENS):
            places = flat.starts if flat.marks is None else np.flatnonzero(flat.marks != IGNORE)
            for place, numbers in split_by_sequence(self.logits(flat, task.head, places), places, flat):
                outputs[place] = numbers
        raw = task.decode(outputs, rows, texts)
        return Predictions(task.calibrated(raw), 0.0, 0.0, raw=task.uncalibrated(raw))

    def logits(self, flat: Flat, head: str, places: np.ndarray) -> np.ndarray:
        self.check_head(head)
        logits = unpad(self.session(flat), flat)
        return logits[places] if len(logits) == len(flat.tokens) else logits[flat.rows[places]]

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        self.check_head(None)
        return embed(self.session, framed_texts(texts, self.encoder, self.length), self.facts["onnx"]["outputs"])

    def check_head(self, head: str | None) -> None:
        """Refuse what the file does not compute."""
        if head != self.head:
            raise InputError(
                "NOT_EXPORTED",
                "model",
                f"was exported for {self.facts['onnx']['output']}",
                "export it again with another --output",
            )
