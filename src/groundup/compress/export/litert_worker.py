"""Runs in an environment of its own, with litert-torch: writes a model as a file of LiteRT, runs it, and keeps what it says.

`python -m groundup.compress.export.litert_worker FOLDER HEAD POOLING LENGTHS WORKPLACE`; a HEAD of `-` is none. The workplace
holds blocks.safetensors (inputs of each block, [1, T] int64) and gets model.tflite and said.safetensors.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

from groundup.compress.export.padded_model import PaddedModel
from groundup.families import checkpoint


def main(folder: str, head: str, pooling: str, lengths: str, workplace: str) -> None:
    """Convert and run. Each length has a signature: litert-torch 0.10 cannot convert sizes that are not fixed."""
    import litert_torch  # ty: ignore[import-not-found]

    place = Path(workplace)
    blocks = load_file(place / "blocks.safetensors")
    inputs = sorted({name.split("/")[1] for name in blocks}, key=("input_ids", "attention_mask", "token_type_ids").index)
    loaded = checkpoint.load(folder)
    model = PaddedModel(loaded.model, None if head == "-" else head, "mean" if pooling == "mean" else "first").eval()
    converter = litert_torch
    for length in map(int, lengths.split(",")):
        sample = {name: torch.ones(1, length, dtype=torch.int32) for name in inputs}
        converter = converter.signature(f"tokens_{length}", model, sample_kwargs=sample)
    converter.convert().export(str(place / "model.tflite"))
    save_file(run(place / "model.tflite", blocks), place / "said.safetensors")


def run(path: Path, blocks: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the file says of each block, in LiteRT's own runtime."""
    from ai_edge_litert.interpreter import Interpreter  # ty: ignore[import-not-found]

    runner, said = Interpreter(model_path=str(path)), {}
    for number in sorted({name.split("/")[0] for name in blocks}):
        fed = {name.split("/")[1]: block.astype(np.int32) for name, block in blocks.items() if name.startswith(f"{number}/")}
        asked = runner.get_signature_runner(f"tokens_{fed['input_ids'].shape[1]}")
        said[number] = np.ascontiguousarray(next(iter(asked(**fed).values())))
    return said


if __name__ == "__main__":
    main(*sys.argv[1:])
