"""What is done with a model works for every family of the zoo: each way to compress and each way to explain it.

Attention: weights made of our scores are those of transformers; a distance of 1e-5 is float32 in another order.
"""

import numpy as np
import pytest
import torch

pytest.importorskip("transformers")

from groundup.compress.distill import distill
from groundup.compress.prune import prune
from groundup.compress.prune_settings import PruneSettings
from groundup.compress.quantize import quantize
from groundup.compress.quantize_settings import QuantizeSettings
from groundup.compress.settings import DistillSettings, TheseusSettings
from groundup.compress.theseus import theseus
from groundup.data.rows import Rows
from groundup.errors import InputError
from groundup.explain.methods.registry import METHODS, apply_method
from groundup.families import checkpoint
from groundup.folders import new_folder
from groundup.kinds.image.packed import PackedImages
from groundup.nn.layout import Layout
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import make_batch
from tests.compress import workshop
from tests.explain.readers import Tokens
from tests.families.zoo import CASES, LENGTHS, PAD, padded, rows

QUICK = "qwen3 label"
slow = pytest.mark.slow
CLASSIFIERS = [name for name, case in CASES.items() if case.head == "label" and not case.tokens]
METHODS_OF_COMPRESSION = {
    **{recipe: lambda work, recipe=recipe: distill(work, DistillSettings(recipe=recipe)) for recipe in ("logits", "minilm")},
    **{
        recipe: lambda work, recipe=recipe: distill(work, DistillSettings(recipe=recipe, layers=2))
        for recipe in ("distilbert", "tinybert")
    },
    "theseus": lambda work: theseus(work, TheseusSettings(layers=1)),
    "prune": lambda work: prune(work, PruneSettings(block_flops=0.5, parts="both", examples=8)),
    "units": lambda work: prune(work, PruneSettings(block_flops=0.25, parts="units", examples=8, multiple=1)),
    "layers": lambda work: prune(work, PruneSettings(layers=1, block_flops=0.4, parts="units", examples=8)),
    **{
        mask: lambda work, mask=mask: prune(work, PruneSettings(block_flops=0.5, mask=mask, examples=8))
        for mask in ("magnitude", "wanda", "movement")
    },
    "int8": lambda work: quantize(work, QuantizeSettings()),
    "int8 smooth": lambda work: quantize(work, QuantizeSettings(smooth=0.5)),
}
TWO_STACKS = {"logits", "minilm", "distilbert", "tinybert", "theseus"}
NORMS_AFTER = {"bert", "roberta", "distilbert", "bart"}


def refusal_of(family, method):
    """The code of the error with which a method says that it is not for a family; None where it is."""
    if family in ("bart", "t5", "t5 gated") and method in TWO_STACKS:
        return "TWO_STACKS"
    if family in ("t5", "t5 gated") and method == "prune":
        return "CANNOT_PRUNE"  # half of the body is more than its units: heads share their distances
    return "NORMS_AFTER" if method == "int8 smooth" and family in NORMS_AFTER else None


def opened(name, folder):
    CASES[name].theirs().save_pretrained(folder)
    return CASES[name], checkpoint.load(folder).model


def examples_of(family, model):
    """Rows of three classes that the model reads."""
    if family == "vit":
        random = np.random.default_rng(1)
        pixels = random.integers(0, 256, (23, 2, 12, 12), dtype=np.uint8)
        return Rows(PackedImages(pixels, np.arange(23), 4), random.integers(0, 3, 23), 0)
    return workshop.rows(segments=model.config.num_segments > 0)


def answers(model, examples):
    with torch.inference_mode():
        return make_batch(examples.batch(np.arange(23)), LabelCrossEntropy()).forward(model)["label"]


@pytest.mark.parametrize(
    ("name", "method"),
    [
        pytest.param(name, method, marks=[] if name == QUICK else slow)
        for name in CLASSIFIERS
        for method in METHODS_OF_COMPRESSION
    ],
)
def test_every_method_makes_a_model_that_comes_back_from_its_folder(name, method, tmp_path):
    case, model = opened(name, tmp_path / "theirs")
    examples, sizes = examples_of(case.family, model), sum(one.numel() for one in model.parameters())
    work, refusal = workshop.work(model, tmp_path, steps=2, examples=examples), refusal_of(case.family, method)
    before = answers(model, examples)
    if refusal:
        with pytest.raises(InputError) as error:
            METHODS_OF_COMPRESSION[method](work)
        assert error.value.code == refusal
        return
    made = METHODS_OF_COMPRESSION[method](work)
    after = answers(made, examples)
    assert after.isfinite().all()
    assert not torch.equal(after, before)
    smaller = sum(one.numel() for one in made.parameters()) < sizes
    assert smaller == (method not in ("magnitude", "wanda", "movement", "int8", "int8 smooth"))
    with new_folder(tmp_path / "ours", kind="model") as folder:
        checkpoint.save(
            folder,
            made,
            case.family,
            specials={"pad": PAD, "cls": 0, "sep": 2},
            storage="int8" if "int8" in method else "float32",
        )
    assert torch.equal(answers(checkpoint.load(tmp_path / "ours").model, examples), after)


def their_attention(name, folder):
    """Attention weights of each layer [B, H, T, T] of transformers over the padded rows, and our model of the same weights."""
    theirs = CASES[name].theirs()
    theirs.save_pretrained(folder)
    ids, mask = padded(rows(LENGTHS))
    with torch.no_grad():
        return theirs(input_ids=ids, attention_mask=mask, output_attentions=True).attentions, checkpoint.load(folder).model


@pytest.mark.parametrize(
    "name",
    [name for name, case in CASES.items() if case.head in ("mlm", "lm") and case.family not in ("bart", "t5", "t5 gated")],
)
def test_the_scores_of_attention_are_those_of_transformers(name, tmp_path):
    expected, model = their_attention(name, tmp_path)
    layout, lengths = Layout(LENGTHS), sorted(set(LENGTHS), reverse=True)
    with torch.no_grad():
        x = model.backbone.embed_inputs(torch.cat(rows(LENGTHS)), layout, None)
        for block, weights in zip(model.backbone.blocks, expected, strict=True):
            for length, scores in zip(lengths, block.attention.scores(block.before_attention(x), layout), strict=True):
                rows_of_length = [number for number, one in enumerate(LENGTHS) if one == length]
                theirs = weights[rows_of_length][:, :, :length, :length]
                torch.testing.assert_close(scores.softmax(-1), theirs, atol=1e-5, rtol=1e-4)
            x = block(x, layout)


EXPLAINED = [name for name in CLASSIFIERS if CASES[name].family not in ("vit", "bart", "t5", "t5 gated")]


@pytest.mark.parametrize(
    ("name", "method"),
    [pytest.param(name, method, marks=[] if name == QUICK else slow) for name in EXPLAINED for method in METHODS],
)
def test_every_method_explains_every_family_of_one_stack(name, method, tmp_path):
    _, model = opened(name, tmp_path)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.2 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(2))
    subject = Tokens(model, [[7, 19, 40, 11, 88, 5, 19, 60, 9, 33]])
    found = apply_method(method, subject, samples=64)
    assert len(found.scores) == len(subject.parts)
    assert np.isfinite(found.scores).all()
    assert np.abs(found.scores).max() > 0
    whole, nothing = subject.values(np.array([[True], [False]]).repeat(len(subject.parts), 1))
    assert found.value == pytest.approx(whole, abs=1e-4)
    if method == "occlusion":
        one_less = ~np.eye(len(subject.parts), dtype=bool)
        np.testing.assert_allclose(found.scores, whole - subject.values(one_less), atol=1e-4)
    if method == "shap":
        assert found.scores.sum() == pytest.approx(whole - nothing, abs=1e-3)
