"""States kept of frozen blocks: the same loss as without, never of something else, and less time.

Tolerances: float32 in batches of another make-up differs by 1e-7 of a loss; float16 keeps 11 bits of a state, and errors of 5e-4
in states of size 1 average out in a loss of 1e-3.
"""

import shutil
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from groundup import disk
from groundup.data.batches.ragged_batch import twice
from groundup.data.rows import Rows
from groundup.errors import InputError, StorageError
from groundup.kinds.text.packed import PackedTexts
from groundup.nn.config import PooledHeadConfig, RelativeBias, Rotary, TokenHeadConfig, TransformerConfig
from groundup.nn.layout import Layout
from groundup.nn.lora import add_lora
from groundup.nn.model import Model
from groundup.objectives.causal_lm import CausalLM
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.masked_lm import MaskedLM, Masking
from groundup.objectives.objective import make_batch
from groundup.objectives.r_drop import RDrop
from groundup.train.adamw import AdamW
from groundup.train.cached_states import cache_key, load_or_compute, open_states, write_states
from groundup.train.loop import train
from groundup.train.schedule import Schedule

SIZES = {"vocab_size": 64, "hidden_size": 32, "num_layers": 4, "num_heads": 4, "intermediate_size": 64}
BERT = TransformerConfig(**SIZES, num_segments=2, pooler=True, dropout=0.1, attention_dropout=0.1)
LLAMA = TransformerConfig(
    **SIZES,
    causal=True,
    positions=Rotary(),
    norm="rms",
    norm_place="before",
    gated=True,
    final_norm=True,
    embedding_norm=False,
    num_kv_heads=2,
    windows=(0, 3, 0, 3),
)
CASES = {
    "first": (BERT, PooledHeadConfig(classes=3)),
    "mean": (replace(BERT, num_segments=0, pooler=False), PooledHeadConfig(classes=3, pooling="mean", dense=True)),
    "llama": (LLAMA, PooledHeadConfig(classes=3, pooling="mean")),
}
cases = pytest.mark.parametrize("case", CASES)


def build(case="first", frozen=3) -> Model:
    config, head = CASES[case]
    model = Model(config, {"label": head}, seed=0)
    generator = torch.Generator().manual_seed(1)
    for p in model.parameters():
        p.data += 0.05 * torch.randn(p.shape, generator=generator)
    model.freeze(frozen)
    return model


def rows(case="first", count=23, seed=0, longest=19) -> Rows:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, longest, count)
    sequences = [rng.integers(5, 64, n) for n in lengths]
    second = lengths // 2 if CASES[case][0].num_segments else None
    framed = PackedTexts(sequences, second, np.arange(count), np.zeros(count, dtype=bool))
    return Rows(framed, rng.integers(0, 3, count), seed=3)


def losses(model, make, steps=5, objective=None):
    """The losses of training on batches of 7 rows."""
    objective = objective or LabelCrossEntropy()
    optimizer = AdamW(model.named_parameters())
    batches = lambda number: [make(np.arange(7 * number - 7, 7 * number))]  # noqa: E731
    return [step.losses for step in train(model, objective, batches, optimizer, Schedule(1e-3, 0.1), steps=steps)]


@cases
@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 1e-6), ("fp16", 1e-3)])
@pytest.mark.parametrize("frozen", [1, 3, 4])
def test_losses_with_kept_states_are_those_without(case, precision, tolerance, frozen, tmp_path):
    source = rows(case)
    without = losses(build(case, frozen), lambda numbers: make_batch(source.batch(numbers), LabelCrossEntropy()))
    model = build(case, frozen)
    features = load_or_compute(tmp_path / "features", model, source, precision)
    kept = losses(model, lambda numbers: features.batch(source.batch(numbers), LabelCrossEntropy()))
    assert [x["label"] for x in kept] == pytest.approx([x["label"] for x in without], abs=tolerance)


def test_only_query_rows_run_in_the_last_block(tmp_path):
    model, source = build().eval(), rows()
    batch = load_or_compute(tmp_path / "features", model, source, "fp32").batch(source.batch(np.arange(9)), LabelCrossEntropy())
    seen = []
    model.backbone.blocks[3].feed_forward.register_forward_hook(lambda module, inputs, output: seen.append(len(inputs[0])))
    batch.forward(model)
    assert seen == [9]
    assert len(batch.tokens) > 40


def test_a_model_goes_on_from_any_block():
    model = build(frozen=0).eval()
    tokens = torch.randint(5, 64, (13,), generator=torch.Generator().manual_seed(0))
    asked = {"label": torch.tensor([0, 6])}
    whole = model(tokens, Layout([6, 7]), None, asked)["label"]
    for start in (1, 2, 3, 4):
        states = model.backbone.states_after(tokens, Layout([6, 7]), None, start)
        told = model(states, Layout([6, 7]), None, asked, start=start)["label"]
        torch.testing.assert_close(told, whole, atol=1e-6, rtol=1e-6)


def test_it_adds_to_adapters_and_to_two_passes(tmp_path):
    source, objective = rows(), RDrop(LabelCrossEntropy(), 2.0)
    found = []
    for kept in (False, True):
        model = build()
        add_lora(model, rank=2)
        features = load_or_compute(tmp_path / "features", model, source, "fp32")
        make = features.batch if kept else make_batch
        found.append(
            losses(model, lambda numbers, make=make: make(twice(source.batch(numbers)), objective), objective=objective)
        )
    for one, other in zip(*found, strict=True):
        assert one == pytest.approx(other, abs=1e-6)


def test_a_second_use_reads_what_the_first_wrote(tmp_path, monkeypatch):
    model, source = build(), rows()
    one = load_or_compute(tmp_path / "features", model, source)
    monkeypatch.setattr("groundup.train.cached_states.compute_states", None)
    other = load_or_compute(tmp_path / "features", model, source)
    flat = source.batch(np.arange(5))
    assert torch.equal(one.states_of(flat), other.states_of(flat))
    tokens = sum(len(s) for s in source.packed.sequences)
    assert (tmp_path / "features" / "states.bin").stat().st_size == 2 * 32 * tokens


def change_weight(model, source):
    model.backbone.blocks[1].feed_forward.input.bias.data[3] += 1e-4


def change_embedding(model, source):
    model.backbone.embed.tokens.weight.data[7, 0] += 1e-4


def change_token(model, source):
    source.packed.sequences[4] = np.append(source.packed.sequences[4][:-1], 6 if source.packed.sequences[4][-1] != 6 else 7)


def change_boundary(model, source):
    first, second = source.packed.sequences[0], source.packed.sequences[1]
    source.packed.sequences[0], source.packed.sequences[1] = np.append(first, second[0]), second[1:]


def change_segments(model, source):
    source.packed.second_starts[2] += 1


def freeze_fewer(model, source):
    model.freeze(2)


@pytest.mark.parametrize(
    "change", [change_weight, change_embedding, change_token, change_boundary, change_segments, freeze_fewer]
)
def test_features_of_something_else_are_found_stale_and_made_anew(change, tmp_path):
    model, source, told = build().eval(), rows(), []
    load_or_compute(tmp_path / "features", model, source, "fp32", told.append)
    change(model, source)
    with pytest.raises(InputError, match="STALE_FEATURES"):
        open_states(tmp_path / "features", model, source, "fp32")
    features = load_or_compute(tmp_path / "features", model, source, "fp32", told.append)
    assert told == ["the features are of other weights, texts or settings: they are computed again"]
    flat = source.lay(np.arange(6), np.arange(6))
    told = features.batch(flat, LabelCrossEntropy()).forward(model)["label"]
    expected = make_batch(source.lay(np.arange(6), np.arange(6)), LabelCrossEntropy()).forward(model)["label"]
    torch.testing.assert_close(told, expected, atol=1e-6, rtol=1e-6)


def test_what_is_trained_does_not_make_features_stale():
    model, source = build(), rows()
    before = cache_key(model, source, "fp16")
    model.backbone.blocks[3].attention.query.weight.data += 1.0
    model.heads["label"].classes.weight.data += 1.0
    assert cache_key(model, source, "fp16") == before
    assert cache_key(model, source, "fp32") != before


def test_a_disk_that_is_too_small_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "free_bytes", lambda place: 1000)
    with pytest.raises(StorageError, match="the states of the frozen blocks need"):
        load_or_compute(tmp_path / "features", build(), rows())
    assert not list(tmp_path.iterdir())


def test_a_damaged_folder_and_a_foreign_one_are_refused(tmp_path):
    model, source = build(), rows()
    load_or_compute(tmp_path / "features", model, source)
    path = tmp_path / "features" / "states.bin"
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(StorageError, match="DAMAGED"):
        load_or_compute(tmp_path / "features", model, source)
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match="NOT_FEATURES"):
        load_or_compute(tmp_path / "mine", model, source)
    assert (tmp_path / "mine").is_dir()


def test_an_objective_that_changes_the_text_is_refused(tmp_path):
    config = replace(BERT, dropout=0.0)
    model, source = Model(config, {"mlm": TokenHeadConfig()}, seed=0), rows()
    model.freeze(2)
    features = load_or_compute(tmp_path / "features", model, source, "fp32")
    with pytest.raises(InputError, match="changes the text"):
        features.batch(source.batch(np.arange(5)), MaskedLM(Masking(), 4, [0, 1, 2, 3, 4], 64, seed=0))
    assert len(features.batch(source.batch(np.arange(5)), CausalLM()).tokens) > 5


def test_models_whose_frozen_blocks_look_at_trained_parts_are_refused(tmp_path):
    biased = Model(replace(BERT, positions=RelativeBias()), {"label": CASES["first"][1]}, seed=0)
    biased.freeze(1)
    for model, why in ((build(frozen=0), "no block is frozen"), (biased, "trained relative positions")):
        with pytest.raises(InputError, match=why):
            load_or_compute(tmp_path / "features", model, rows())


def test_states_that_float16_does_not_hold_are_refused(tmp_path):
    model, source = build("llama"), rows("llama")
    model.backbone.embed.tokens.weight.data *= 1e6
    with pytest.raises(InputError, match="keep them in fp32"):
        load_or_compute(tmp_path / "features", model, source, "fp16")
    assert not (tmp_path / "features").exists()
    write_states(tmp_path / "features", model, source, "fp32")


@pytest.mark.slow
def test_an_epoch_takes_a_third_of_the_time_or_less(tmp_path):
    """4 blocks of width 256, 3 of them frozen, 16 texts of 128 tokens a batch; the two kinds of epoch in turns."""
    config = TransformerConfig(
        vocab_size=8192,
        hidden_size=256,
        num_layers=4,
        num_heads=4,
        intermediate_size=1024,
        dropout=0.1,
        attention_dropout=0.1,
        pooler=True,
    )
    rng = np.random.default_rng(0)
    framed = PackedTexts([rng.integers(5, 8192, 128) for _ in range(128)], None, np.arange(128), np.zeros(128, dtype=bool))
    source = Rows(framed, rng.integers(0, 3, 128), seed=0)
    models = {}
    for name, frozen in (("full", 0), ("frozen", 3), ("cached", 3)):
        model = Model(config, {"label": PooledHeadConfig(classes=3)}, seed=0)
        model.freeze(frozen)
        models[name] = model
    features = load_or_compute(tmp_path / "features", models["cached"], source)
    seconds = {name: [] for name in models}
    for _ in range(3):
        for name, model in models.items():
            make = features.batch if name == "cached" else make_batch
            optimizer = AdamW(model.named_parameters())
            begun = time.perf_counter()
            for _ in train(
                model,
                LabelCrossEntropy(),
                lambda n, make=make: [make(source.batch(np.arange(16 * n - 16, 16 * n)), LabelCrossEntropy())],
                optimizer,
                Schedule(1e-4, 0.1),
                steps=8,
            ):
                pass
            seconds[name].append(time.perf_counter() - begun)
    best = {name: min(times) for name, times in seconds.items()}
    print({name: round(value, 3) for name, value in best.items()})
    shutil.rmtree(tmp_path / "features")
    assert best["full"] >= 3 * best["cached"]
