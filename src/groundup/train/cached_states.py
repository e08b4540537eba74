"""Hidden states after the frozen blocks, computed once: while the first k blocks are frozen, the states of a text never change.

A folder holds the states of all tokens of all sequences, without padding, in the order of computation. A memory map reads them.
N tokens of the stream, B sequences, S sequences of the folder, C hidden.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from groundup import disk
from groundup.data.batches.ragged_batch import Flat
from groundup.data.rows import Rows
from groundup.errors import InputError, StorageError
from groundup.folders import new_folder
from groundup.manifest import is_ours, read_manifest, verify_folder
from groundup.messages.current import message
from groundup.nn.config import RelativeBias
from groundup.nn.layout import Layout
from groundup.nn.model import Model
from groundup.objectives.objective import Batch, Objective, make_inputs
from groundup.strict_json import canonical

Precision = Literal["fp16", "fp32"]
DTYPES: dict[Precision, type[np.floating]] = {"fp16": np.float16, "fp32": np.float32}
STATES, STARTS, KIND = "states.bin", "starts.bin", "features"


class CachedStates:
    """Makes batches of `rows` from the states in a folder instead of from tokens."""

    def __init__(self, folder: Path, rows: Rows, blocks: int, precision: Precision, hidden_size: int):
        self.rows, self.blocks = rows, blocks
        self.states = np.memmap(folder / STATES, DTYPES[precision], "r").reshape(-1, hidden_size)
        self.starts = np.frombuffer((folder / STARTS).read_bytes(), "<i8")  # [S] first state of each sequence

    def batch(self, flat: Flat, objective: Objective, progress: float = 0.0) -> Batch:
        """Like `make_batch`, but its tokens are the states [N, C] after the frozen blocks.

        Raises InputError when the objective changes the input tokens.
        """
        tokens = flat.tokens.copy()
        targets = objective.prepare(flat, progress)
        if flat.source is not None or not np.array_equal(tokens, flat.tokens):
            raise InputError(
                "CHANGING_INPUT", "features", "the objective changes the text in every epoch", "leave the cache out"
            )
        return Batch(
            self.states_of(flat),
            Layout(flat.lengths.tolist()),
            None,
            {head: torch.from_numpy(positions) for head, (positions, _) in targets.items()},
            {head: torch.from_numpy(values) for head, (_, values) in targets.items()},
            start=self.blocks,
        )

    def states_of(self, flat: Flat) -> torch.Tensor:
        """[N, C] float32 states of a batch of the rows."""
        starts = self.starts[flat.origins]
        sequences = [self.states[start : start + length] for start, length in zip(starts, flat.lengths, strict=True)]
        return torch.from_numpy(np.concatenate(sequences).astype(np.float32, copy=False))


def load_or_compute(
    folder: Path, model: Model, rows: Rows, precision: Precision = "fp16", log: Callable[[str], None] = lambda line: None
) -> CachedStates:
    """The states of `rows` after the frozen blocks of a model (`Model.freeze`). Computes them where the folder has none.

    States of other weights or texts are computed again, which `log` reports. Raises InputError for a model whose frozen blocks
    depend on something that is trained, StorageError when the states will not fit on the disk.
    """
    check_cacheable(model)
    if folder.is_dir():
        try:
            return open_states(folder, model, rows, precision)
        except InputError as error:
            if error.code != "STALE_FEATURES":
                raise
            log(message("states again", what=error.what))
            disk.remove_tree(folder)
    write_states(folder, model, rows, precision)
    return open_states(folder, model, rows, precision)


def open_states(folder: Path, model: Model, rows: Rows, precision: Precision) -> CachedStates:
    """The states in a folder. Raises InputError STALE_FEATURES when they belong to other weights, texts or settings."""
    if not is_ours(folder) or read_manifest(folder).extra.get("kind") != KIND:
        raise InputError("NOT_FEATURES", folder, "is not a folder of features", "name another folder")
    if read_manifest(folder).extra["key"] != cache_key(model, rows, precision):
        raise InputError("STALE_FEATURES", folder, "the features are of other weights, texts or settings", "remove the folder")
    problems = verify_folder(folder)
    if problems:
        raise StorageError("DAMAGED", problems[0].place, problems[0].what, "remove the folder of features")
    return CachedStates(folder, rows, model.frozen, precision, model.config.hidden_size)


def write_states(folder: Path, model: Model, rows: Rows, precision: Precision, tokens: int = 8192) -> None:
    """Run every sequence through the frozen blocks once, about `tokens` tokens per batch."""
    dtype = np.dtype(DTYPES[precision])
    lengths = rows.packed.lengths
    needed = int(lengths.sum()) * model.config.hidden_size * dtype.itemsize + 8 * len(lengths)
    disk.require_free(folder.parent, needed * 21 // 20, "the states of the frozen blocks")
    starts, done, training = np.zeros(len(lengths), "<i8"), 0, model.training
    model.eval()
    try:
        with new_folder(folder, extra={"kind": KIND, "key": cache_key(model, rows, precision)}) as new, torch.inference_mode():
            with new.open(STATES) as file:
                for flat in rows.in_order_of_length(tokens):
                    with np.errstate(over="ignore"):  # checked below
                        states = compute_states(model, flat).astype(dtype)
                    if not np.isfinite(states).all():
                        raise InputError("NON_FINITE", folder, f"a state is not finite in {precision}", "keep them in fp32")
                    file.write(states.tobytes())
                    starts[flat.origins] = done + flat.starts
                    done += int(flat.lengths.sum())
            new.write_bytes(STARTS, starts.tobytes())
    finally:
        model.train(training)


def compute_states(model: Model, flat: Flat) -> np.ndarray:
    """[N, C] states after the frozen blocks."""
    return model.backbone.states_after(*make_inputs(flat), model.frozen).cpu().numpy()


def cache_key(model: Model, rows: Rows, precision: Precision) -> str:
    """SHA-256 of all that the states depend on: shape, embedding, frozen blocks, and the inputs of every sequence."""
    shape = {name: value for name, value in asdict(model.config).items() if "dropout" not in name}
    digest = hashlib.sha256(canonical({"shape": shape, "blocks": model.frozen, "precision": precision}).encode())
    for part in (model.backbone.embed, *model.backbone.blocks[: model.frozen]):
        for name, parameter in part.named_parameters():
            digest.update(f"{name}\0{list(parameter.shape)}\0".encode())
            digest.update(parameter.detach().cpu().contiguous().numpy().tobytes())
    digest.update(rows.packed.digest().encode())
    return digest.hexdigest()


def check_cacheable(model: Model) -> None:
    """Raise InputError when frozen blocks depend on trained parameters."""
    what = ""
    if not model.frozen:
        what = "no block is frozen"
    elif model.new_inputs:
        what = f"its blocks read a new embedding, which is trained ({', '.join(sorted(model.new_inputs))})"
    elif model.encoder is not None:
        what = "its blocks attend to an encoder"
    elif isinstance(model.config.positions, RelativeBias):
        what = "its blocks share trained relative positions"
    if what:
        raise InputError("NO_FEATURES", "features", f"{what}, so that no states can be cached", "leave the cache out")
