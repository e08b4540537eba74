"""Every objective can learn eight examples by heart: what it draws, its head and its loss belong together."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from groundup.data.batches.pairs import Pairs, Specials
from groundup.data.batches.ragged_batch import lay
from groundup.data.batches.streams import Streams
from groundup.data.rows import Rows
from groundup.kinds.image.packed import PackedImages
from groundup.nn.config import NumberHeadConfig, PooledHeadConfig, TokenHeadConfig, TransformerConfig
from groundup.nn.inputs import Patches
from groundup.nn.model import Model
from groundup.nn.replaced_token_model import ReplacedTokenModel, sample_tokens
from groundup.objectives.causal_lm import CausalLM
from groundup.objectives.denoising import Denoising, PrefixLM, SpanCorruption, TextInfilling
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.masked_image import MaskedImage
from groundup.objectives.masked_lm import MaskedLM, Masking
from groundup.objectives.next_sentence import NextSentence
from groundup.objectives.objective import make_batch
from groundup.objectives.replaced_token_detection import ReplacedTokenDetection
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.schedule import Schedule
from tests.data.corpora import random_corpus

VOCAB, CLS, SEP, MASK, STEPS = 64, 2, 3, 4, 200
EIGHT = np.arange(8)


def pairs():
    return Pairs(random_corpus(vocab=VOCAB), Specials(CLS, SEP), 40, seed=0).batch(EIGHT)


def labelled():
    """Eight random texts of 1 to 22 tokens, 5 labels."""
    rng = np.random.default_rng(1)
    rows = [np.concatenate([[CLS], rng.integers(5, VOCAB, 1 + 3 * i), [SEP]]) for i in EIGHT]
    return lay(rows, EIGHT, None, {"label": EIGHT % 5})


CASES = {
    "mlm": (MaskedLM(Masking(), MASK, [0, 1, 2, 3, 4], VOCAB, seed=0), TokenHeadConfig(), pairs),
    "nsp": (NextSentence(), PooledHeadConfig(classes=2), pairs),
    "label": (LabelCrossEntropy(), PooledHeadConfig(classes=5), labelled),
    "label by the mean": (
        LabelCrossEntropy([1.0, 2.0, 0.5, 1.0, 3.0]),
        PooledHeadConfig(classes=5, pooling="mean", dense=True),
        labelled,
    ),
}


SIZES = {"vocab_size": VOCAB, "hidden_size": 32, "num_layers": 2, "num_heads": 4, "intermediate_size": 64}
ENCODER = TransformerConfig(**SIZES, num_segments=2, pooler=True)
DECODER = TransformerConfig(**SIZES, causal=True, norm_place="before", final_norm=True, embedding_norm=False)
PATCHES = Patches(size=2, image_size=8, channels=1)
IMAGE = TransformerConfig(
    **(SIZES | {"vocab_size": 0, "max_positions": 17}), inputs=(PATCHES,), norm_place="before", final_norm=True
)


def windows():
    return Streams(random_corpus(vocab=VOCAB), Specials(CLS, SEP), 24, seed=0).batch(EIGHT)


def parts():
    return Streams(random_corpus(vocab=VOCAB), Specials(CLS, SEP), 24, seed=0, overlap=0, framed=False).batch(EIGHT)


def images():
    pixels = np.random.default_rng(0).integers(0, 256, (8, 1, 8, 8), dtype=np.uint8)
    return Rows(PackedImages(pixels, EIGHT, 2), None, seed=0).batch(EIGHT)


def pair(config):
    """A decoder that looks at an encoder."""
    return replace(config, cross_attention=True), replace(config, causal=False)


WORDS = TokenHeadConfig(dense=False, output_bias=False)
WRITING = {
    "next word": (CausalLM(), WORDS, windows, (DECODER, None)),
    "spans": (Denoising(SpanCorruption([60, 61, 62, 63], SEP, seed=0), start=0), WORDS, parts, pair(DECODER)),
    "infilling": (Denoising(TextInfilling(MASK, CLS, SEP, seed=0), start=SEP), WORDS, parts, pair(DECODER)),
    "continuation": (Denoising(PrefixLM(SEP, seed=0), start=0), WORDS, parts, pair(DECODER)),
    "patches": (MaskedImage(seed=0), NumberHeadConfig(outputs=4), images, pair(IMAGE)),
}


def losses(objective, head, examples, shape=(ENCODER, None), steps=STEPS):
    """The loss of each update on the same eight examples, drawn once."""
    model = Model(shape[0], {objective.name: head}, seed=0, encoder=shape[1])
    batch = make_batch(examples(), objective, 0.0)
    optimizer = AdamW(model.named_parameters(), (0.9, 0.99), 1e-8)
    for step in train(model, objective, lambda _: [batch], optimizer, Schedule(4e-3, 0.1), steps=steps):
        yield step.losses[objective.name]


@pytest.mark.parametrize("case", CASES)
def test_eight_examples_are_learned_by_heart(case):
    objective, head, examples = CASES[case]
    first, *_, last = losses(objective, head, examples)
    assert last < 0.03 < 0.5 < first


@pytest.mark.parametrize("case", WRITING)
def test_models_that_write_and_see_learn_eight_examples_by_heart(case):
    objective, head, examples, shape = WRITING[case]
    first, *_, last = losses(objective, head, examples, shape, steps=400)
    assert last < 0.1 * first


def test_replaced_tokens_of_eight_examples_are_found_by_heart():
    masked = MaskedLM(Masking(masked=1.0, random=0.0), MASK, [0, 1, 2, 3, 4], VOCAB, seed=0)
    objective, words = ReplacedTokenDetection(masked), TokenHeadConfig()
    model = ReplacedTokenModel(ENCODER, {"replaced": NumberHeadConfig(outputs=1)}, 0, ENCODER, words)
    batch = make_batch(pairs(), objective, 0.0)
    optimizer = AdamW(model.named_parameters(), (0.9, 0.99), 1e-8)
    steps = list(train(model, objective, lambda _: [batch], optimizer, Schedule(2e-3, 0.1), steps=300))
    assert steps[-1].losses["mlm"] < 0.1 * steps[0].losses["mlm"]
    assert steps[-1].losses["replaced"] < 0.1 * steps[0].losses["replaced"]


def test_a_token_that_is_drawn_as_it_stood_was_not_replaced():
    predictions = {"drawn": torch.tensor([7, 9, 8])}
    targets = {"mlm": torch.tensor([7, 8, 8]), "replaced": torch.tensor([-1, 0, -1, 1, 2])}
    assert ReplacedTokenDetection.is_replaced(predictions, targets).tolist() == [False, False, False, True, False]


def test_tokens_are_drawn_by_the_generators_probabilities():
    logits = torch.tensor([[0.5, 2.0, -1.0]]).expand(20_000, 3)
    shares = torch.bincount(sample_tokens(logits, 3), minlength=3) / 20_000
    torch.testing.assert_close(shares, logits[0].softmax(-1), atol=0.012, rtol=0)
    assert torch.equal(sample_tokens(logits, 3), sample_tokens(logits, 3))


def test_the_first_loss_is_that_of_guessing_evenly():
    for case, choices in (("mlm", VOCAB), ("nsp", 2), ("label", 5)):
        assert next(losses(*CASES[case])) == pytest.approx(np.log(choices), rel=0.1)


def test_a_label_that_was_never_trained_has_no_loss():
    objective, head, _ = CASES["label"]

    def without_labels():
        flat = labelled()
        flat.labels["label"][:] = -1
        return flat

    assert list(losses(objective, head, without_labels, steps=3)) == [0.0, 0.0, 0.0]
