"""A model as a file of LiteRT (TensorFlow Lite), made and run by litert-torch in an environment of its own: it pins packages
that do not go with ours, and needs a gigabyte. Sequences come one at a time, filled up to one of a few lengths.

T positions, O outputs.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors.numpy import load_file, save_file

from groundup.compress.export.parity import Parity, Predict, compare
from groundup.data.batches.ragged_batch import Flat
from groundup.errors import InputError
from groundup.evaluate.exported import unpad
from groundup.kinds.text.block import pad

LENGTHS = (16, 32, 64, 128, 256, 512)
LONGEST_SECONDS = 3600
CHECK = "import litert_torch, ai_edge_litert, safetensors, tokenizers"


class Converted(NamedTuple):
    data: bytes
    lengths: list[int]
    parity: Parity


def lengths_up_to(longest: int) -> list[int]:
    """The lengths a file has: powers of two, and the longest itself."""
    return [*(length for length in LENGTHS if length < longest), longest]


def check_python(python: str) -> None:
    """Refuse an environment that cannot do it."""
    try:
        process = subprocess.run([python, "-c", CHECK], capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
    except OSError as error:
        raise InputError("NO_PYTHON", python, f"cannot be run: {error.strerror}", "name the python of an environment") from None
    if process.returncode:
        raise InputError(
            "MISSING_EXTRA",
            python,
            f"lacks what is needed: {last_line(process.stderr)}",
            "python -m venv litert; litert/bin/pip install litert-torch==0.10.0",
        )


def to_litert(
    python: str,
    folder: Path,
    head: str | None,
    pooling: str,
    inputs: Sequence[str],
    longest: int,
    ours: Predict,
    singles: list[Flat],
) -> Converted:
    """The file, and how it compares with `ours` on blocks of one sequence each."""
    lengths = lengths_up_to(longest)
    with tempfile.TemporaryDirectory() as scratch:
        blocks = {
            f"{number}/{name}": pad_to_length(pad(one)[name], lengths) for number, one in enumerate(singles) for name in inputs
        }
        save_file(blocks, f"{scratch}/blocks.safetensors")
        source = str(Path(__file__).parents[3])
        told = subprocess.run(
            [
                python,
                "-W",
                "ignore",
                "-m",
                "groundup.compress.export.litert_worker",
                str(folder),
                head or "-",
                pooling,
                ",".join(map(str, lengths)),
                scratch,
            ],
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
            env=os.environ | {"PYTHONPATH": source},
        )
        if told.returncode:
            raise InputError("NOT_CONVERTED", folder, f"litert-torch failed: {last_line(told.stderr)}", "export it as onnx")
        said = load_file(f"{scratch}/said.safetensors")
        data = Path(scratch, "model.tflite").read_bytes()
    answers = {id(one): unpad(crop(said[str(number)], one), one) for number, one in enumerate(singles)}
    return Converted(data, lengths, compare(ours, lambda flat: answers[id(flat)], singles))


def pad_to_length(block: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """[1, T] up to the least length that holds it."""
    length = next(one for one in lengths if one >= block.shape[1])
    return np.pad(block, ((0, 0), (0, length - block.shape[1])))


def crop(outputs: np.ndarray, flat: Flat) -> np.ndarray:
    """[1, T, O] without what was filled up; [1, O] as it is."""
    return outputs[:, : flat.lengths[0]] if outputs.ndim == 3 else outputs


def last_line(text: str) -> str:
    """What a process said last."""
    lines = [line for line in text.split("\n") if line.strip()]
    return lines[-1].strip()[:300] if lines else "it said nothing"
