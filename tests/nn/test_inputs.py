"""What a model reads: one kind of input or several, each token as it would be alone."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch

from groundup.data.batches.ragged_batch import Flat, twice
from groundup.errors import InputError
from groundup.nn.config import Learned, PooledHeadConfig, Rotary, TransformerConfig
from groundup.nn.cost.size import count_parameters
from groundup.nn.embed.cells import CellTable
from groundup.nn.inputs import Cells, Patches, Words
from groundup.nn.kind_tokens import KindTokens
from groundup.nn.layout import Layout
from groundup.nn.model import Model
from groundup.objectives.objective import make_inputs
from groundup.train.cached_states import check_cacheable

SIZES = {"vocab_size": 40, "hidden_size": 24, "num_layers": 2, "num_heads": 3, "intermediate_size": 40, "max_positions": 12}
PATCHES, CELLS = Patches(size=2, image_size=4, channels=1), Cells(rows=11, columns=3, values=2)
KINDS = (Words(), PATCHES, CELLS)
SEVERAL = TransformerConfig(**SIZES, inputs=KINDS)
HEADS = {"label": PooledHeadConfig(classes=3, pooling="first")}
TOLERANCE = {"atol": 2e-6, "rtol": 1e-5}  # float32, rows of other batches in other blocks


def words(rng):
    return rng.integers(0, 40, rng.integers(1, 12))


def patches(rng):
    return rng.normal(size=(5, 4)).astype(np.float32)


def cells(rng):
    """The trained token, a category of row 3, and a number of the column whose rows begin at 7."""
    return np.array([[0, 0, 0], [3, 0, 0], [7, 1, rng.uniform()]], dtype=np.float32)


READ = {"text": words, "image": patches, "table": cells}


def several(rows):
    """A batch of rows that are {kind: its tokens}, each kind's tokens behind one another."""
    lengths = np.array([1 + sum(len(tokens) for tokens in row.values()) for row in rows])
    starts, parts = np.cumsum(lengths) - lengths, {}
    for kind in READ:
        tokens, places, at = [], [], []
        for row, start in zip(rows, starts, strict=True):
            if kind in row:
                before = 1 + sum(len(row[one]) for one in list(READ)[: list(READ).index(kind)] if one in row)
                tokens.append(row[kind])
                places.append(np.arange(len(row[kind])) * (kind != "table"))
                at.append(start + before + np.arange(len(row[kind])))
        if tokens:
            parts[kind] = KindTokens(np.concatenate(tokens), np.concatenate(places), np.concatenate(at))
    return Flat(np.empty(0, dtype=np.int64), lengths, np.arange(len(rows)), parts=parts)


def rows_of(seed=0):
    """A row for every subset of the kinds, the empty one too."""
    rng = np.random.default_rng(seed)
    subsets = [one for size in range(4) for one in combinations(READ, size)]
    return [{kind: READ[kind](rng) for kind in subset} for subset in subsets]


def ask(model, rows):
    flat = several(rows)
    inputs = make_inputs(flat)
    return model(*inputs, {"label": torch.from_numpy(flat.starts)})["label"]


@pytest.mark.parametrize("positions", [Learned(), Rotary()])
def test_a_row_says_the_same_alone_and_among_others_whatever_it_lacks(positions):
    model = Model(replace(SEVERAL, positions=positions), HEADS, seed=1).eval()
    rows = rows_of()
    with torch.inference_mode():
        together = ask(model, rows)
        for row, expected in zip(rows, together, strict=True):
            torch.testing.assert_close(ask(model, [row])[0], expected, **TOLERANCE)
    assert len({tuple(row) for row in together.tolist()}) == len(rows)


def test_a_kind_that_a_row_lacks_moves_no_other_kind():
    whole, without = rows_of()[-1], {kind: tokens for kind, tokens in rows_of()[-1].items() if kind != "text"}
    places = [make_inputs(several([row])).layout.positions.tolist() for row in (whole, without)]
    count = len(whole["text"])
    assert places[0][1 : 1 + count] == list(range(count))
    assert places[0][1 + count :] == places[1][1 : len(places[0]) - count] == [0, 1, 2, 3, 4, 0, 0, 0]


def test_gradients_reach_exactly_what_is_there():
    model = Model(SEVERAL, HEADS, seed=0)
    rng = np.random.default_rng(0)
    ask(model, [{"text": words(rng)}, {"table": cells(rng)}]).sum().backward()
    reached = {name for name, one in model.backbone.embed.named_parameters() if one.grad is not None}
    assert {name for name in reached if "image" in name} == set()
    assert {"first", "marks.text", "marks.table", "kinds.text.tokens.weight", "kinds.table.cells.weight"} <= reached
    used = model.get_parameter("backbone.embed.kinds.table.cells.weight").grad.abs().sum(1) > 0
    assert used.nonzero()[:, 0].tolist() == [0, 3, 7, 8, 9]


def test_a_cell_is_its_vector_and_the_vectors_behind_it_by_their_weights():
    table = CellTable(CELLS, 4)
    torch.nn.init.normal_(table.weight, generator=torch.Generator().manual_seed(0))
    w = table.weight
    found = table(torch.tensor([[0.0, 0, 0], [10.0, 0, 0], [7.0, 1, 0.25]]))
    torch.testing.assert_close(found, torch.stack([w[0], w[10], w[7] + w[8] + 0.25 * w[9]]))


def test_parameters_of_several_kinds_are_counted_exactly():
    for config in (
        SEVERAL,
        replace(SEVERAL, inputs=(CELLS,), vocab_size=0),
        replace(SEVERAL, inputs=KINDS[:2], positions=Rotary()),
    ):
        model = Model(config, HEADS, seed=0)
        assert sum(count_parameters(config, HEADS).values()) == sum(one.numel() for one in model.parameters())


def test_the_longest_row_has_every_kind_and_the_first_token():
    assert SEVERAL.longest == 1 + 12 + 5 + 4
    assert replace(SEVERAL, inputs=(CELLS,)).longest == 4
    assert replace(SEVERAL, inputs=(Words(),)).longest == 12


def test_new_inputs_leave_the_old_ones_and_hang_on_seed_and_kind_alone():
    text = Model(replace(SEVERAL, inputs=(Words(),)), HEADS, seed=0)
    before = {name: one.detach().clone() for name, one in text.named_parameters()}
    old = text.backbone.embed
    text.add_inputs([CELLS, PATCHES], seed=5)
    assert text.backbone.embed.kinds["text"] is old
    assert text.config == replace(SEVERAL, inputs=(Words(), CELLS, PATCHES))
    for name, numbers in before.items():
        name = name.replace("backbone.embed.", "backbone.embed.kinds.text.")
        assert torch.equal(text.get_parameter(name), numbers), name
    other = Model(replace(SEVERAL, inputs=(PATCHES,)), HEADS, seed=3)
    other.add_inputs([CELLS], seed=5)
    for leaf in ("kinds.table.cells.weight", "marks.table", "first"):
        assert torch.equal(*(one.get_parameter(f"backbone.embed.{leaf}") for one in (text, other))), leaf
    ask(text, rows_of()).sum().backward()


def test_a_kind_that_is_added_again_is_new_and_stands_where_it_stood():
    model = Model(SEVERAL, HEADS, seed=0)
    image, first = model.backbone.embed.kinds["image"], model.backbone.embed.first
    model.add_inputs([replace(CELLS, rows=30)], seed=1)
    assert model.config.inputs == (Words(), PATCHES, replace(CELLS, rows=30))
    assert model.get_parameter("backbone.embed.kinds.table.cells.weight").shape == (30, 24)
    assert model.backbone.embed.kinds["image"] is image
    assert model.backbone.embed.first is first


def test_freezing_holds_the_old_embedder_and_trains_the_new_one():
    model = Model(replace(SEVERAL, inputs=(Words(),)), HEADS, seed=0)
    model.add_inputs([CELLS])
    model.freeze(1)
    free = {name for name, one in model.named_parameters() if one.requires_grad}
    assert "backbone.embed.kinds.text.tokens.weight" not in free
    assert "backbone.blocks.0.attention.query.weight" not in free
    assert {"backbone.embed.kinds.table.cells.weight", "backbone.embed.first", "backbone.embed.marks.text"} <= free


def test_places_are_told_of_streams_that_are_short_and_not_sorted():
    layout = Layout([1, 3, 1]).with_positions(torch.tensor([4, 0, 1, 2, 9]))
    assert layout.scatter(layout.positions).tolist() == [4, 0, 1, 2, 9]
    assert layout.num_positions == 10


def test_a_row_laid_twice_says_the_same_twice():
    model = Model(SEVERAL, HEADS, seed=0).eval()
    flat = twice(several(rows_of()))
    with torch.inference_mode():
        doubled = model(*make_inputs(flat), {"label": torch.from_numpy(flat.starts)})["label"]
        torch.testing.assert_close(doubled, ask(model, rows_of()).repeat_interleave(2, 0), **TOLERANCE)


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ((), "none"),
        ((Words(), Words()), "text, text"),
        ((replace(CELLS, rows=3),), "3 vectors of 3 columns"),
        ((replace(CELLS, values=11),), "11 values"),
    ],
)
def test_inputs_that_cannot_be_are_refused_by_name(inputs, problem):
    with pytest.raises(InputError, match=problem):
        replace(SEVERAL, inputs=inputs)


def test_states_below_a_new_embedding_are_not_kept():
    model = Model(replace(SEVERAL, inputs=(Words(),)), HEADS, seed=0)
    model.freeze(1)
    check_cacheable(model)
    model.add_inputs([CELLS])
    with pytest.raises(InputError, match="a new embedding, which is trained \\(table\\)"):
        check_cacheable(model)
