"""A tiny masked language model that has learned the sentences of a small English and Chinese world."""

import numpy as np
import pytest

from groundup.augment.masked_lm import MaskedWords
from groundup.data.batches.ragged_batch import lay
from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.training import train_tokenizer
from groundup.nn.config import TokenHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.objectives.masked_lm import MaskedLM, Masking
from groundup.objectives.objective import make_batch
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.schedule import Schedule
from tests.commands.life import sentence

STEPS, BATCH = 600, 12


@pytest.fixture(scope="session")
def sentences():
    """600 sentences, every second one Chinese."""
    rng = np.random.default_rng(0)
    return [sentence(rng, number % 2 == 1) for number in range(600)]


@pytest.fixture(scope="session")
def encoder(sentences):
    return train_tokenizer(lambda: iter(sentences), TokenizerSettings(vocab_size=300))


@pytest.fixture(scope="session")
def model(sentences, encoder):
    pytest.importorskip("rjieba")
    config = TransformerConfig(
        vocab_size=encoder.vocab_size + 4,
        hidden_size=40,
        num_layers=1,
        num_heads=4,
        intermediate_size=80,
        max_positions=40,
        norm_place="before",
        final_norm=True,
    )
    model = Model(config, {"mlm": TokenHeadConfig()}, seed=0)
    masking = Masking(0.25, 0.25, masked=1.0, random=0.0)
    objective = MaskedLM(masking, encoder.ids.mask, encoder.ids.all, encoder.vocab_size, seed=0)
    rows = [np.array([encoder.ids.cls, *ids, encoder.ids.sep]) for ids in encoder.encode_batch(sentences)]

    def batches(step):
        numbers = np.arange(step * BATCH, (step + 1) * BATCH)
        return [make_batch(lay([rows[n % len(rows)] for n in numbers], numbers), objective, 0.0)]

    optimizer = AdamW(model.named_parameters(), (0.9, 0.99), 1e-8)
    *_, last = train(model, objective, batches, optimizer, Schedule(1e-2, 0.1), steps=STEPS)
    assert last.losses["mlm"] < 3.0
    return model.eval()


@pytest.fixture(scope="session")
def masked(model, encoder):
    return MaskedWords(model, encoder)
