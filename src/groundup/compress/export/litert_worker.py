"""Runs in an environment of its own, with litert-torch: writes a model as a file of LiteRT, runs it, and keeps what it says.

`python -m groundup.compress.export.litert_worker FOLDER HEAD POOLING LENGTHS WORKPLACE`; a HEAD of `-` is none. The workplace holds
blocks.npz (inputs of each block, [1, T] int64) and gets model.tflite and said.npz.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

from groundup.compress.export.padded import PaddedModel
from groundup.families import checkpoint


def main(folder: str, head: str, pooling: str, lengths: str, workplace: str) -> None:
    """Convert and run. One signature for each length, for sizes that are not fixed cannot be converted yet (litert-torch 0.10)."""
    import litert_torch

    place = Path(workplace)
    blocks = dict(np.load(place / "blocks.npz"))
    inputs = sorted({name.split("/")[1] for name in blocks}, key=("input_ids", "attention_mask", "token_type_ids").index)
    loaded = checkpoint.load(folder)
    model = PaddedModel(loaded.model, None if head == "-" else head, "mean" if pooling == "mean" else "first").eval()
    converter = litert_torch
    for length in map(int, lengths.split(",")):
        sample = {name: torch.ones(1, length, dtype=torch.int32) for name in inputs}
        converter = converter.signature(f"tokens_{length}", model, sample_kwargs=sample)
    converter.convert().export(str(place / "model.tflite"))
    np.savez(place / "said.npz", **run(place / "model.tflite", blocks))


def run(path: Path, blocks: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the file says of each block, in LiteRT's own runtime."""
    from ai_edge_litert.interpreter import Interpreter

    runner, said = Interpreter(model_path=str(path)), {}
    for number in sorted({name.split("/")[0] for name in blocks}):
        fed = {name.split("/")[1]: block.astype(np.int32) for name, block in blocks.items() if name.startswith(f"{number}/")}
        asked = runner.get_signature_runner(f"tokens_{fed['input_ids'].shape[1]}")
        said[number] = next(iter(asked(**fed).values()))
    return said


if __name__ == "__main__":
    main(*sys.argv[1:])
