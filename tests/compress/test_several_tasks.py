"""Of a model of several tasks one is exported, by its name."""

import numpy as np
import pytest

import groundup as library
from groundup.errors import InputError
from groundup.manifest import read_manifest
from tests.compress.models import write_several
from tests.tasks.reading_models import TEXTS

TEXT = "The lamp of 北京大学 is old."


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    return write_several(tmp_path_factory.mktemp("several") / "model")


def test_the_task_must_be_named(several, tmp_path):
    with pytest.raises(InputError, match="WHICH_TASK"):
        library.export(model=several, out=tmp_path / "new", format="huggingface", quiet=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["mood", "parts"])
def test_a_hugging_face_folder_has_the_head_of_one_task_as_its_own(name, several, tmp_path):
    transformers = pytest.importorskip("transformers")
    out = tmp_path / "theirs"
    library.export(model=several, out=out, task=name, format="huggingface", quiet=True)
    cls = {"mood": "BertForSequenceClassification", "parts": "BertForTokenClassification"}[name]
    about = read_manifest(out).extra["huggingface"]
    assert about["architecture"] == cls
    assert {"mood", "parts"} - {name} <= set(about["left"])
    assert name not in about["left"]
    made = transformers.AutoConfig.from_pretrained(out)
    assert list(made.id2label.values()) == {"mood": ["bad", "好"], "parts": ["O", "B-LOC", "I-LOC"]}[name]
    ours, theirs = library.load(several, task=name), library.load(out)
    assert ours.predict([TEXT]) == theirs.predict([TEXT])
    assert about["parity"]["share"] < 1e-5


@pytest.mark.slow
def test_an_onnx_folder_answers_for_its_task_and_knows_its_name(several, tmp_path):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    library.export(model=several, out=tmp_path / "mood", task="mood", quiet=True)
    ours, theirs = library.load(several, task="mood"), library.load(tmp_path / "mood", task="mood")
    np.testing.assert_allclose(theirs.probabilities(TEXTS), ours.probabilities(TEXTS), atol=1e-5)
    assert theirs.labels == ["bad", "好"]
    with pytest.raises(InputError, match="its tasks are mood"):
        library.load(tmp_path / "mood", task="parts")
