"""groundup export: a model in a form that others run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from groundup.config import Command, Fraction, NonNegativeFloat
from groundup.data.settings import ANSWERED, ROWS, ReadSettings
from groundup.kinds.settings import OtherColumns
from groundup.scope import NO_CHANCE, ON_PROCESSOR, Unfit


@dataclass(frozen=True, kw_only=True)
class Export(Command, OtherColumns):
    """Write a model as ONNX, for TensorFlow (LiteRT), or as a Hugging Face folder: run there, and published only if it agrees.

    A folder with model.onnx, what reads its rows and its labels is used by `predict` and `evaluate` like any model, without
    torch.
    """

    example: ClassVar[str] = "groundup export --model runs/sentiment --out runs/sentiment-onnx"
    main_settings: ClassVar[tuple[str, ...]] = ("model", "out", "format", "data", "task")

    unfit: ClassVar = (
        ON_PROCESSOR,
        NO_CHANCE,
        ROWS,
        ANSWERED,
        Unfit(lambda one: one.data is None, ("read", "agreement"), "goes with --data"),
        Unfit(
            lambda one: one.format in ("tensorflow", "huggingface"),
            ("data", "read", "agreement"),
            "is for onnx and onnx_int8, whose answers are compared",
        ),
    )

    model: str
    """Model folder or run."""
    out: str
    """Folder for the exported model."""
    format: Literal["onnx", "onnx_int8", "tensorflow", "huggingface"] = "onnx"
    """onnx: float32. onnx_int8: a quarter of the size, and faster. tensorflow: a file of LiteRT (TensorFlow Lite).
    huggingface: what transformers loads, and nothing besides."""
    output: Literal["auto", "labels", "words", "next", "vectors"] = "auto"
    """What it is asked for: labels (of a task), words at each token, the next word, or one vector per text. auto: the first of
    these that the model has."""
    task: str | None = None
    """Which task, of a model of several (groundup multitask)."""
    data: str | None = None
    """Rows, labelled or not: the answers to them are compared, too."""
    read: ReadSettings = field(default_factory=ReadSettings)
    tolerance: NonNegativeFloat = 1e-4
    """Largest difference from the model in torch, as a share of its largest number; int8 is held to --agreement instead."""
    agreement: Fraction = 0.95
    """Share of the answers to --data that must be those of the model in torch."""
    python: str | None = None
    """For tensorflow: the Python of an environment of its own with litert-torch (pip install litert-torch)."""

    def check(self) -> Iterable[tuple[str, str]]:
        if self.format == "tensorflow" and self.python is None:
            yield "python", "name the Python of an environment with litert-torch, whose packages do not go with ours"
        if self.format != "tensorflow" and self.python is not None:
            yield "python", "is for --format tensorflow"
        if self.format == "huggingface" and self.output != "auto":
            yield "output", "a Hugging Face folder holds what its class has; leave this out"
        for kind, columns in self.columns_by_kind.items():
            if columns and self.data is None:
                yield f"{kind}_column", "goes with --data"
