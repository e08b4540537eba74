"""Cells that are hidden and told from the others."""

from __future__ import annotations

import numpy as np
import torch

from groundup.kinds.reader import Row
from groundup.kinds.table.reader import TableReader
from groundup.nn.config import NumberHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.objectives.masked_cells import MaskedCells
from groundup.objectives.objective import make_batch

NAMES = ("size", "colour", "weight")
ROWS: list[Row] = [(str(i % 50), "abc"[i % 3], str(2 * (i % 50) + 1) if i % 4 else None) for i in range(150)]


def parts() -> tuple[TableReader, MaskedCells]:
    reader = TableReader(NAMES)
    reader.learn(ROWS)
    return reader, MaskedCells(reader.encoder.parts, reader.encoder.answers, reader.encoder.marks, reader.encoder.numeric, 0)


def test_targets_are_vectors_of_the_column_that_was_hidden():
    reader, objective = parts()
    flat = reader.pack(ROWS).lay(np.arange(150), np.arange(150), {})
    before = flat.tokens.copy()
    places, targets = objective.prepare(flat, 0.0)["cells"]
    assert 0.2 < len(places) / (len(before) - 150) < 0.4
    columns = reader.encoder.parts[before[places, 0].astype(int)]
    assert (objective.answers.numpy()[targets] == columns).all()
    assert (flat.tokens[places, 1:] == 0).all()
    untouched = np.setdiff1d(np.arange(len(before)), places)
    assert (flat.tokens[untouched] == before[untouched]).all()
    colours = columns == 1
    assert (targets[colours] == before[places][colours, 0]).all()


def test_what_is_hidden_depends_on_the_example_alone():
    reader, objective = parts()
    packed = reader.pack(ROWS)
    whole = packed.lay(np.arange(150), np.arange(150), {})
    places, _ = objective.prepare(whole, 0.0)["cells"]
    one = packed.lay(np.array([7]), np.array([7]), {})
    alone, _ = objective.prepare(one, 0.0)["cells"]
    (at,) = np.flatnonzero(whole.sequences == 7)
    inside = places[(places >= whole.starts[at]) & (places < whole.starts[at] + whole.lengths[at])]
    assert (inside - whole.starts[at]).tolist() == alone.tolist()


def test_a_model_learns_a_column_from_another():
    """Half of the weight's tells are its own column's size: what is hidden of one is told by the other."""
    reader, objective = parts()
    shape = TransformerConfig(
        vocab_size=1,
        hidden_size=32,
        num_layers=2,
        num_heads=2,
        intermediate_size=64,
        positions=None,
        inputs=(reader.input,),
        norm_place="before",
        final_norm=True,
        initialization="scaled",
    )
    model = Model(shape, {"cells": NumberHeadConfig(outputs=reader.input.rows)}, seed=1)
    packed, optimizer = reader.pack(ROWS), torch.optim.AdamW(model.parameters(), lr=5e-3)
    losses = []
    for step in range(60):
        numbers = np.arange(150) + 150 * step
        batch = make_batch(packed.lay(np.arange(150), numbers, {}), objective)
        loss = objective.losses(batch.forward(model), batch.targets)["cells"] / len(batch.targets["cells"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert abs(losses[0] - 1.75) < 0.3  # two columns of eight bins and one of three values
    assert np.mean(losses[-5:]) < 1.35
