"""Opening a model for use, whatever its folder holds. Nothing heavy is imported before it is known what that is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from groundup.errors import InputError

if TYPE_CHECKING:
    from groundup.evaluate.exported import Exported
    from groundup.evaluate.predictor import Predictor
    from groundup.evaluate.writer import Writer


def load(
    folder: str | os.PathLike[str], threads: int | None = None, task: str | None = None, device: str | None = None
) -> Predictor | Writer | Exported:
    """A model, ready to use: `load("runs/sentiment").predict("a fine film")`.

    `folder` is a run, a model folder (ours or Hugging Face's), the folder of an adapter of `peft` (its base model is looked for
    as `groundup predict` does), or an export to ONNX, which is opened without torch.

    Returns a Predictor, which is called like its `predict`: a text or a row (a dictionary, a Series) is answered by one
    dictionary, a list or a table by a list of them. Of a model that writes it is a Writer, which is called like its `generate`:
    `load("runs/gpt")("HAMLET:", temperature=0.8)`.
    `task` names the one to answer for, of a model of several. `threads`: of the computation, all cores by default.
    `device` is auto (CUDA where it is there), cpu, cuda or mps; by default what this process computes on. An export is computed
    on the processor.

    Raises InputError for a folder that holds no model, is damaged, or is of a kind that is not supported, and for a device that
    is not there.
    """
    from groundup.evaluate.opened import is_export

    path = Path(folder)
    if is_export(path):
        from groundup.evaluate.exported import load_exported

        if device not in (None, "auto", "cpu"):
            what = f"device {device}: an export is computed on the processor"
            raise InputError("NO_DEVICE", path, what, "leave device out, or load the model that was exported")
        return load_exported(path, threads, task)
    from groundup.evaluate.writer import load_either

    return load_either(path, threads, task, device)
