"""The padded form says what the stream without padding says, for every family, head and way to pool.

Tolerance: float32 sums in another order differ by about 1e-6 of the numbers' size; 1e-5 is ten times that.
"""

from dataclasses import replace

import pytest
import torch

from groundup.compress.export.drawn_rows import drawn_rows
from groundup.compress.export.faces import make_face
from groundup.compress.export.padded_model import PaddedModel
from groundup.families import checkpoint, presets
from groundup.kinds.known import make_feed
from groundup.nn.config import Learned, PooledHeadConfig, RelativeBias, Rotary, TransformerConfig
from groundup.nn.inputs import Cells, Patches, Words
from groundup.nn.layout import Layout
from groundup.nn.model import Model
from groundup.objectives.objective import make_inputs

pytest.importorskip("transformers")
from tests.families.zoo import CASES, LENGTHS, VOCAB, ask_ours, padded, rows, starts, unpadded

WRITING = ("bart", "t5", "t5 gated", "vit")
HEADED = [name for name, case in CASES.items() if case.head and case.family not in WRITING]


def close(one, other):
    torch.testing.assert_close(one, other, atol=1e-5, rtol=0)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Case -> our model of it, read once."""
    kept = {}

    def model(name):
        if name not in kept:
            folder = tmp_path_factory.mktemp("theirs")
            CASES[name].theirs().save_pretrained(folder)
            kept[name] = checkpoint.load(folder).model
        return kept[name]

    return model


@pytest.mark.parametrize("name", HEADED)
def test_a_block_with_padding_gives_what_the_stream_gives(name, read):
    case, model = CASES[name], read(name)
    with torch.inference_mode():
        said = PaddedModel(model, case.head)(*padded(rows(LENGTHS)))
        expected = ask_ours(case, model)
    if case.head == "lm":  # after the last token alone
        expected = expected[starts(LENGTHS) + torch.tensor(LENGTHS) - 1]
    close(unpadded(said, LENGTHS) if said.ndim == 3 else said, expected)


@pytest.mark.parametrize("pooling", ["mean", "first"])
@pytest.mark.parametrize("name", ["bert states", "roberta states", "distilbert states", "llama states"])
def test_vectors_pool_what_is_no_padding(name, pooling, read):
    model, lengths = read(name), LENGTHS
    with torch.inference_mode():
        said = PaddedModel(model, None, pooling)(*padded(rows(lengths)))
        parts = model.backbone(torch.cat(rows(lengths)), Layout(lengths)).split(lengths)
    close(said, torch.stack([part.mean(0) if pooling == "mean" else part[0] for part in parts]))


@pytest.mark.parametrize("regime", ["fast", "paper"])
@pytest.mark.parametrize("pooling", ["first", "mean"])
def test_models_of_ours_read_pairs_and_pool(regime, pooling):
    config = presets.make_config("tiny", regime, VOCAB, None, 24)
    model = Model(config, {"label": PooledHeadConfig(classes=3, pooling=pooling)}, seed=1).eval()
    kinds = torch.cat([(torch.arange(n) > n // 2).long() for n in LENGTHS])
    ids, mask = padded(rows(LENGTHS))
    blocks = torch.zeros_like(ids)
    blocks[mask.bool()] = kinds
    with torch.inference_mode():
        expected = model(torch.cat(rows(LENGTHS)), Layout(LENGTHS), kinds, {"label": starts(LENGTHS)})["label"]
        close(PaddedModel(model, "label")(ids, mask, blocks), expected)


def test_a_pruned_model_with_layers_of_sizes_of_their_own():
    config = presets.make_config("tiny", "paper", VOCAB, None, 24)
    sizes = {"heads_per_layer": (1,) * config.num_layers, "widths_per_layer": tuple(range(5, 5 + config.num_layers))}
    model = Model(replace(config, **sizes), {"label": PooledHeadConfig(classes=3)}, seed=1).eval()
    ids, mask = padded(rows(LENGTHS))
    with torch.inference_mode():
        expected = model(torch.cat(rows(LENGTHS)), Layout(LENGTHS), None, {"label": starts(LENGTHS)})["label"]
        close(PaddedModel(model, "label")(ids, mask), expected)


@pytest.mark.parametrize("name", ["bert tags", "modernbert tags"])
def test_what_stands_in_the_padding_and_beside_it_does_not_matter(name, read):
    model = PaddedModel(read(name), "label")
    ids, mask = padded(rows(LENGTHS))
    other = torch.where(mask.bool(), ids, 42)
    with torch.inference_mode():
        alone = model(ids[2:3, :7], mask[2:3, :7])
        close(model(ids, mask)[mask.bool()], model(other, mask)[mask.bool()])
        close(model(ids, mask)[2, :7], alone[0])


def test_a_window_that_sees_only_padding_gives_numbers(read):
    """Rows of padding far behind a short sequence: a softmax over nothing would be NaN, and NaN spreads."""
    model = PaddedModel(read("modernbert"), "mlm")
    ids, mask = padded(rows([24, 1]))
    with torch.inference_mode():
        assert torch.isfinite(model(ids, mask)).all()


def test_the_padded_model_uses_the_parameters_and_leaves_the_model_as_it_was(read):
    model = read("llama")
    before = [type(module).__name__ for module in model.modules()]
    made = PaddedModel(model, "lm")
    assert [type(module).__name__ for module in model.modules()] == before
    assert {id(p) for p in made.parameters()} == {id(p) for p in model.parameters()}


KINDS = {
    "text": Words(),
    "image": Patches(size=4, image_size=8, channels=3),
    "table": Cells(rows=20, columns=5, values=4),
}
BACKBONES = {
    "learned": {"positions": Learned(), "num_segments": 2},
    "rotary and windows": {"positions": Rotary(window_base=100.0), "windows": (0, 3)},
    "biases, looking back": {"positions": RelativeBias(), "causal": True},
}


@pytest.mark.parametrize("pooling", ["first", "mean", "last"])
@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize("kinds", ["table", "text table", "text image table"])
def test_rows_of_any_kinds_in_blocks_say_what_the_stream_says_whatever_is_missing(kinds, backbone, pooling):
    inputs = tuple(KINDS[kind] for kind in kinds.split())
    sizes = {"hidden_size": 16, "num_layers": 2, "num_heads": 2, "intermediate_size": 24, "max_positions": 40}
    config = TransformerConfig(vocab_size=50 if "text" in kinds else 0, inputs=inputs, **sizes, **BACKBONES[backbone])
    model = Model(config, {"label": PooledHeadConfig(classes=3, pooling=pooling)}, seed=1).eval()
    for parameter in model.parameters():
        parameter.data *= 6  # or places and neighbours would hardly matter
    face = make_face(model, "label")
    assert all(len(set(flat.lengths.tolist())) > 1 for flat in face.rows[1:])
    for flat in face.rows:
        fed = face.feed(flat)
        with torch.inference_mode():
            said = face.model(*(torch.from_numpy(fed[name]) for name in face.names))
            expected = model(*make_inputs(flat), {"label": torch.from_numpy(flat.starts)})["label"]
        torch.testing.assert_close(said, expected, atol=1e-5 * float(expected.abs().max()), rtol=0)


def test_every_subset_of_the_kinds_is_missing_from_some_drawn_row():
    config = TransformerConfig(
        vocab_size=50, inputs=tuple(KINDS.values()), hidden_size=8, num_layers=1, num_heads=1, intermediate_size=8
    )
    (flat,) = drawn_rows(make_feed(config.inputs), config, pairs=False)[1:2]
    has = {kind: set(flat.rows[part.at].tolist()) for kind, part in flat.parts.items()}
    assert len({tuple(row in rows for rows in has.values()) for row in range(len(flat.lengths))}) == 8
