"""A model folder or run, opened for use in torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from groundup.data.batches.ragged_batch import Flat
from groundup.data.rows import Rows
from groundup.errors import InputError, printable
from groundup.evaluate.embedding import Span, embed, framed_texts, hidden_texts
from groundup.evaluate.opened import MASK, Opened, model_folder, task_of
from groundup.families import checkpoint
from groundup.kinds.known import open_kind
from groundup.kinds.reader import Reader
from groundup.manifest import is_ours, read_manifest
from groundup.nn.config import PooledHeadConfig, Pooling
from groundup.nn.cost.size import count_parameters
from groundup.nn.device import CPU, Choice, chosen_device
from groundup.nn.generate import HEAD
from groundup.nn.heads import mean_pool
from groundup.nn.inference.fused_projections import make_column_major
from groundup.nn.inference.int8 import fake_quantize
from groundup.nn.inference.int8_linear import fastest_kernel, generation_kernel, use_int8_kernels
from groundup.nn.model import Model
from groundup.objectives.objective import make_inputs
from groundup.tasks.known import TASKS, make_task
from groundup.tasks.task import Predictions, Task

__all__ = ["MASK", "Predictor", "load", "make_predictor", "model_folder"]


def load(path: str | Path, threads: int | None = None, task: str | None = None, device: str | None = None) -> Predictor:
    """Open a model folder or run (ours, or Hugging Face's with a tokenizer.json); of several tasks, for the one named.
    `device` is auto (CUDA where it is there), cpu, cuda or mps; by default what this process computes on."""
    if threads is not None:
        torch.set_num_threads(threads)
    folder = model_folder(path)
    return make_predictor(folder, load_for_use(folder, device=device), task)


def load_for_use(folder: Path, int8: bool = False, device: str | None = None) -> checkpoint.Loaded:
    """A model in the form that answers fastest here: its matrices are laid out for it; one of int8 matrices multiplies these,
    where that gains, and says so. With `int8` its matrices are rounded to such ones, if this machine multiplies them. Products
    of int8 matrices are computed on the processor only, and `auto` leaves such a model there."""
    loaded = checkpoint.load(folder)
    stored = loaded.storage == "int8"
    name = Choice.name if device is None else device
    place = CPU if name == "auto" and (int8 or stored) else chosen_device(name)
    if place.type != "cpu":
        refuse_int8(int8, place)
        loaded.model.to(place)
        return loaded
    if int8 or stored:
        kernel = generation_kernel() if HEAD in loaded.model.heads else fastest_kernel()
        if kernel and not stored:
            fake_quantize(loaded.model)
        how = "stored in int8" if stored else "rounded to int8" if kernel else "not rounded"
        loaded.notes.append(f"{folder}: {how}; {use_int8_kernels(loaded.model, kernel)}")
    make_column_major(loaded.model)
    return loaded


def refuse_int8(int8: bool, place: torch.device) -> None:
    if int8:
        what = f"products of int8 matrices are computed on the processor, not on {place.type}"
        raise InputError("INT8_DEVICE", "--int8", what, "add --device cpu, or leave --int8 out")


def make_predictor(folder: Path, loaded: checkpoint.Loaded, name: str | None = None, extra: dict | None = None) -> Predictor:
    """A loaded model with its reader, and how its rows are to be read; of a model of several tasks, for the one named.
    `extra` is what the manifest says, of a folder that has none yet."""
    if extra is None:
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
    reader = open_reader(folder, loaded)
    if name is not None:
        reader = reader.part({one.kind: extra.get(f"{one.kind}_columns", ()) for one in reader.readers})
    predictor = Predictor(loaded.model, reader, task, extra, loaded.pooling or "mean", name)
    predictor.notes = [*loaded.notes, *predictor.notes]
    predictor.folder, predictor.family = folder, loaded.family
    return predictor


def open_reader(folder: Path, loaded: checkpoint.Loaded) -> Reader:
    """What reads rows for the model of a folder."""
    reader, padding = open_kind(folder, loaded.config), padding_of(loaded)
    if padding is not None:
        reader.spare_padding(padding)
    return reader


def padding_of(loaded: checkpoint.Loaded) -> int | None:
    """The token that a decoder passes over, which reads its answer from the last other one: `pad_token_id` names it."""
    heads, token = loaded.model.head_configs.values(), loaded.metadata.get("pad_token_id")
    last = loaded.model.encoder is None and any(isinstance(head, PooledHeadConfig) and head.pooling == "last" for head in heads)
    return token if last and isinstance(token, int) and token >= 0 else None


def room_of(model: Model, writes: bool = False) -> int:
    """Tokens of a text that a model has room for: in the stack that reads it, or in both where the decoder reads it as well."""
    config = model.encoder_config
    if config is None:
        return model.config.max_positions
    return config.max_positions if writes else min(config.max_positions, model.config.max_positions)


class Predictor(Opened):
    """Answers of one model, computed in torch."""

    def __init__(
        self,
        model: Model,
        reader: Reader,
        task: Task | None,
        facts: dict,
        pooling: Pooling = "mean",
        name: str | None = None,
    ):
        positions = room_of(model, task is not None and task.writes)
        super().__init__(reader, task, facts, positions, name)
        self.model, self.positions = model.eval(), positions
        self.pooling = pooling  # how its states become one vector of a text

    @property
    def heads(self) -> list[str]:
        return list(self.model.heads)

    @property
    def parameters(self) -> int:
        """How many numbers the model was trained to; those of int8 layers, which hold no parameters, among them."""
        model = self.model
        return sum(count_parameters(model.config, model.head_configs, model.encoder_config).values())

    def evaluate_rows(self, rows: Rows, texts: Sequence[tuple[str, ...]]) -> Predictions:
        return self.trained_task.evaluate(self.model, rows, texts, self.reader)

    def logits(self, flat: Flat, head: str, places: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return self.model(*make_inputs(flat), {head: torch.from_numpy(places)})[head].float().cpu().numpy()

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        return embed(self.pooled, framed_texts(texts, self.encoder, self.length), self.model.config.hidden_size)

    def hidden_vectors(self, texts: Sequence[str], hidden: Sequence[Sequence[Span]]) -> np.ndarray:
        """[rows, C]: the same with [MASK] for each token of text n that touches the characters of `hidden[n]`."""
        framed = hidden_texts(texts, hidden, self.encoder, self.length)
        return embed(self.pooled, framed, self.model.config.hidden_size)

    def pooled(self, flat: Flat) -> np.ndarray:
        """[B, C] one vector per sequence."""
        inputs, starts = make_inputs(flat), torch.from_numpy(flat.starts)
        with torch.inference_mode():
            states = self.model.backbone(inputs.tokens, inputs.layout, None)  # [N, C]
            starts, layout = starts.to(states.device), inputs.layout.to(states.device)
            pooled = mean_pool(states, starts, layout) if self.pooling == "mean" else states.index_select(0, starts)
        return pooled.cpu().numpy()
