"""A cache of a teacher's logits for every row in a folder, so that the teacher reads each row once.

Of up to MOST classes all logits are kept; of more, the shares of the BEST and of all others together. M asked positions of a
sequence, K outputs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from groundup import disk
from groundup.data.batches.ragged_batch import Flat
from groundup.data.rows import Rows
from groundup.errors import StorageError
from groundup.folders import new_folder
from groundup.manifest import read_manifest, verify_folder
from groundup.messages.current import message
from groundup.nn.model import Model
from groundup.objectives.distillation import SOFT_TARGETS, TOP_CLASSES
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import Objective, make_batch
from groundup.objectives.tag_cross_entropy import TagCrossEntropy
from groundup.train.checkpoint import tensors

MAX_FULL_CLASSES, TOP_K = 128, 32
VALUES, CLASS_NUMBERS, COUNTS = "said.bin", "classes.bin", "counts.bin"


class TeacherLogits:
    """The kept answers of one teacher to `rows`."""

    def __init__(self, folder: Path, width: int, best: int):
        self.counts = np.frombuffer((folder / COUNTS).read_bytes(), "<i8")  # [S] asked positions of each sequence
        self.starts = np.cumsum(self.counts) - self.counts
        self.values = np.memmap(folder / VALUES, np.float32, "r").reshape(-1, best + 1 if best else width)
        self.classes = np.memmap(folder / CLASS_NUMBERS, np.int32, "r").reshape(-1, best) if best else None

    def targets_of(self, flat: Flat) -> dict[str, Tensor]:
        """The targets of a batch, in the order in which its head is asked."""
        spans = [np.arange(self.starts[place], self.starts[place] + self.counts[place]) for place in flat.origins]
        rows = np.concatenate(spans)
        targets = {SOFT_TARGETS: torch.from_numpy(self.values[rows])}
        if self.classes is not None:
            targets[TOP_CLASSES] = torch.from_numpy(self.classes[rows].astype(np.int64))
        return targets


def load_or_compute_logits(
    folder: Path,
    teacher: Model,
    rows: Rows,
    objective: Objective,
    head: str,
    temperature: float,
    log: Callable[[str], None] = lambda line: None,
) -> TeacherLogits:
    """The teacher's answers to `rows` at this temperature, from a folder that holds them or will.

    Answers of another teacher or of other rows are made anew. Raises StorageError for a damaged folder.
    """
    key = cache_key(teacher, rows, temperature)
    if folder.is_dir() and read_manifest(folder).extra.get("key") != key:
        disk.remove_tree(folder)
    if not folder.is_dir():
        log(f"    {message('teacher reads', count=rows.size)}")
        write_logits(folder, teacher, rows, objective, head, temperature, key)
    if problems := verify_folder(folder):
        raise StorageError("DAMAGED", problems[0].place, problems[0].what, "remove the folder of the teacher's answers")
    extra = read_manifest(folder).extra
    return TeacherLogits(folder, extra["width"], extra["best"])


def write_logits(
    folder: Path, teacher: Model, rows: Rows, objective: Objective, head: str, temperature: float, key: str
) -> None:
    """One pass, sequences in the order of their place."""
    parts: list[np.ndarray] = [np.zeros((0, 0), np.float32)] * rows.size
    teacher.eval()
    with torch.inference_mode():
        for flat in rows.in_order_of_length():
            batch = make_batch(flat, objective, 0.0)
            logits = batch.forward(teacher)[head].float() / temperature
            counts = np.bincount(flat.rows[batch.positions[head].cpu().numpy()], minlength=len(flat.lengths))
            for place, one in zip(flat.origins, np.split(logits.cpu().numpy(), np.cumsum(counts)[:-1]), strict=True):
                parts[place] = one
    whole = np.concatenate(parts)  # [M of all, K]
    best = TOP_K if whole.shape[1] > MAX_FULL_CLASSES and isinstance(objective, LabelCrossEntropy | TagCrossEntropy) else 0
    disk.require_free(folder.parent, whole.nbytes * 21 // 20, "the teacher's answers")
    extra = {"kind": "answers", "key": key, "width": whole.shape[1], "best": best}
    with new_folder(folder, extra=extra) as new:
        shares, classes = top_k_log_probs(whole, best) if best else (whole, None)
        new.write_bytes(VALUES, np.ascontiguousarray(shares, "<f4").tobytes())
        if classes is not None:
            new.write_bytes(CLASS_NUMBERS, np.ascontiguousarray(classes, "<i4").tobytes())
        new.write_bytes(COUNTS, np.array([len(one) for one in parts], "<i8").tobytes())


def top_k_log_probs(logits: np.ndarray, best: int) -> tuple[np.ndarray, np.ndarray]:
    """Log-shares [M, best + 1] of the most probable classes [M, best], the last that of all others together."""
    logs = torch.from_numpy(logits).log_softmax(-1)
    top = logs.topk(best)
    others = logs.scatter(1, top.indices, -torch.inf).logsumexp(-1, keepdim=True)
    return torch.cat([top.values, others], -1).cpu().numpy(), top.indices.cpu().numpy()


def cache_key(teacher: Model, rows: Rows, temperature: float) -> str:
    """SHA-256 of all that the logits depend on: the weights and the inputs of every sequence."""
    digest = hashlib.sha256(f"{temperature}\0{rows.name}".encode())
    for name, tensor in tensors(teacher).items():
        digest.update(f"{name}\0{list(tensor.shape)}\0".encode())
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    digest.update(rows.packed.digest().encode())
    return digest.hexdigest()
