"""A model is read back and asked before it appears; labels are as many as outputs."""

import numpy as np
import pytest

from groundup.commands.shared.publishing import check_published
from groundup.errors import GroundupError, InputError
from groundup.families import checkpoint
from groundup.families.bert import BERT
from groundup.folders import new_folder
from groundup.nn.config import PooledHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import make_batch
from groundup.tasks.classification import Classification
from tests.tasks.reading_models import TEXTS, make_reader

ENCODER = make_reader()
NAMES = ["good", "bad", "ugly"]
TASK = Classification({"labels": NAMES})
FACTS = {"task": "classification", "facts": TASK.facts, "text_columns": ["text"], "max_length": 32, "too_long": "truncate"}


def model_of(seed):
    shape = TransformerConfig(
        vocab_size=ENCODER.encoder.vocab_size,
        hidden_size=32,
        num_layers=1,
        num_heads=2,
        intermediate_size=48,
        num_segments=2,
        pooler=True,
    )
    return Model(shape, {"label": PooledHeadConfig(classes=3)}, seed=seed).eval()


def batch():
    texts = [(text,) for text in TEXTS[:2]]
    framed = TASK.pack(texts, ENCODER, 32, "truncate")
    return make_batch(TASK.make_rows(texts, ["bad", "good"], framed, ENCODER, 0).batch(np.arange(2)), LabelCrossEntropy(), 1.0)


def publish(target, written, trained, labels=NAMES, facts=FACTS, tokenizer=True):
    with new_folder(target, kind="model", extra=facts) as folder:
        checkpoint.save(folder, written, BERT.name, labels=labels, specials=ENCODER.encoder.ids._asdict())
        if tokenizer:
            ENCODER.save(folder, 32, segments=True)
        check_published(folder.path, target, trained, [batch()], facts, {None: (TEXTS[0],)})


def test_a_model_that_says_the_same_appears(tmp_path):
    model = model_of(1)
    publish(tmp_path / "model", model, model)
    assert checkpoint.load(tmp_path / "model").labels == NAMES


def test_other_weights_than_the_trained_ones_never_appear(tmp_path):
    with pytest.raises(GroundupError, match=r"MODEL_UNUSABLE.*says something else than the trained model") as told:
        publish(tmp_path / "model", model_of(1), model_of(2))
    assert told.value.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_weights_that_are_no_numbers_never_appear(tmp_path):
    broken = model_of(1)
    broken.heads["label"].classes.bias.data[1] = float("nan")
    with pytest.raises(GroundupError, match=r"MODEL_UNUSABLE"):
        publish(tmp_path / "model", broken, broken)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_its_tokenizer_never_appears(tmp_path):
    model = model_of(1)
    with pytest.raises(GroundupError, match=r"MODEL_UNUSABLE.*cannot be read back: has no tokenizer.json"):
        publish(tmp_path / "model", model, model, tokenizer=False)
    assert list(tmp_path.iterdir()) == []


def test_what_the_task_remembers_must_fit_its_head(tmp_path):
    model, facts = model_of(1), FACTS | {"facts": {"labels": ["good", "bad"]}}
    with pytest.raises(GroundupError, match=r"MODEL_UNUSABLE.*2 names for a head of 3 outputs"):
        publish(tmp_path / "model", model, model, facts=facts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("names", [NAMES[:2], [*NAMES, "more"], []])
def test_labels_are_as_many_as_the_outputs_of_the_head(names, tmp_path):
    model = model_of(1)
    with pytest.raises(InputError, match=f"OUTPUTS_DIFFER labels: {len(names)} names for a head of 3 outputs"):
        publish(tmp_path / "model", model, model, labels=names)
    assert list(tmp_path.iterdir()) == []
