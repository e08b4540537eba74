"""A model that has learned that one word decides, and nothing else: its explanations must say so.

A third of the texts holds no such word and is of a label of its own: of two labels a model needs to know one word alone, and
says the other without it, which no method that compares with an empty text can explain. Other words are masked at times, as in
pretraining: to a model that has never met it, the mask may be a sign of any label.
"""

from dataclasses import replace

import numpy as np
import pytest

from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.training import train_tokenizer
from groundup.evaluate.predictor import Predictor
from groundup.explain.explain import explain
from groundup.explain.planted_words import PlantedText, plant_words, ranked_first
from groundup.kinds.text.packed import frame
from groundup.kinds.text.reader import TextReader
from groundup.nn.config import PooledHeadConfig
from groundup.nn.model import Model
from groundup.objectives.objective import make_batch
from groundup.tasks.known import make_task
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.schedule import Schedule
from tests.commands.life import sentence
from tests.explain.readers import SHAPES

WORDS = {"one": "zorp", "two": "blick"}
STEPS, BATCH, SEEN, ASKED = 150, 32, 1500, 20


@pytest.fixture(scope="module")
def learned():
    """A model that has learned it, and texts that it has not seen."""
    chance = np.random.default_rng(0)
    rows = plant_words([sentence(chance, False) for _ in range(SEEN + ASKED)], WORDS)
    rows[: SEEN // 3] = [PlantedText(sentence(chance, False), "none", 0, 0) for _ in range(SEEN // 3)]
    encoder = train_tokenizer(lambda: (row.text for row in rows), TokenizerSettings(vocab_size=300))
    task = make_task("classification", {"labels": ["none", *WORDS]})
    config = replace(SHAPES["modern"], bias=True, norm_bias=True, vocab_size=encoder.vocab_size)
    model = Model(config, {"label": PooledHeadConfig(classes=3, pooling="first")}, seed=1)
    framed = frame([(row.text,) for row in rows[:SEEN]], encoder, 64)
    decisive = [token for ids in encoder.encode_batch(list(WORDS.values())) for token in ids]
    for ids in framed.sequences:
        words = np.flatnonzero(~np.isin(ids, [*decisive, *encoder.ids.all]))
        ids[words[chance.random(len(words)) < chance.random()]] = encoder.ids.mask
    made = task.make_rows([(row.text,) for row in rows[:SEEN]], [row.label for row in rows[:SEEN]], framed, encoder, 0)
    objective = task.make_objective([], "none")

    def batches(step):
        return [make_batch(made.batch(np.arange(step * BATCH, (step + 1) * BATCH)), objective)]

    optimizer = AdamW(model.named_parameters(), (0.9, 0.999), 1e-8)
    for _ in train(model, objective, batches, optimizer, Schedule(3e-3, 0.1), steps=STEPS):
        pass
    model = Predictor(model, TextReader(encoder), task, {"max_length": 64, "text_columns": ["text"]})
    asked = rows[SEEN:]
    right = [answer["label"] == row.label for answer, row in zip(model.predict([row.text for row in asked]), asked)]
    assert all(right)
    return model, asked


@pytest.mark.parametrize("method", ["ig", "lrp", "cp_lrp", "shap", "occlusion", "lime", "partition"])
def test_the_planted_word_comes_first(learned, method):
    model, rows = learned
    found = [explain(model, row.text, method, target=row.label, samples=300)[0][0] for row in rows]
    share = ranked_first(found, rows).value
    assert share >= 0.95
