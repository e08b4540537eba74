"""Every task that an encoder can have gives in ONNX Runtime the answers that it gives in torch.

Tolerance: float32 sums in another order differ by about 1e-6 of the numbers' size; 1e-5 is ten times that.
"""

import numpy as np
import pytest
import torch

import groundup as library
from groundup.families import checkpoint, presets
from groundup.folders import new_folder
from groundup.nn.config import PooledHeadConfig
from groundup.nn.model import Model
from groundup.tasks.known import make_task
from tests.tasks.reading_models import TEXTS, make_encoder

pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")
LONG = " ".join(TEXTS * 3)  # read through windows
SINGLE = [(TEXTS[0],), (TEXTS[1],), ("a",), (LONG,), ("王小明在北京。",)]
PAIRS = [("a b?", TEXTS[0]), ("谁在北京？", TEXTS[1] * 4), ("c", "d"), (TEXTS[3], LONG)]
CASES = [
    ("tagging", {"labels": ["LOC", "PER"], "unit": "word"}, SINGLE),
    ("answering", {"longest": 8}, PAIRS),
    pytest.param("multilabel", {"labels": ["x", "y", "z"]}, SINGLE, marks=pytest.mark.slow),
    pytest.param("regression", {"mean": 0.0, "deviation": 1.0}, PAIRS, marks=pytest.mark.slow),
    pytest.param("classification", {"labels": ["x", "y", "z"]}, PAIRS, marks=pytest.mark.slow),
]


def write_model(folder, name, facts):
    """A random model with the head of a task, which tells its answers apart."""
    task, encoder = make_task(name, facts), make_encoder()
    config = presets.make_config("tiny", "paper", encoder.vocab_size, None, 24)
    usual = PooledHeadConfig(classes=max(1, len(facts.get("labels", []))))
    model = Model(config, {task.head: task.make_head(usual, config)}, seed=3).eval()
    for name_, parameter in model.heads.named_parameters():
        if name_.endswith("weight"):
            torch.nn.init.normal_(parameter, generator=torch.Generator().manual_seed(1))
    with new_folder(folder, kind="model", extra={"task": name, "facts": facts, "max_length": 24, "too_long": "window"}) as new:
        checkpoint.save(new, model, "bert", labels=getattr(task, "tags", None) or task.labels or None, problem=name)
        encoder.save(new, 24)
    return folder


@pytest.mark.parametrize(("name", "facts", "rows"), CASES)
def test_a_task_answers_as_in_torch(name, facts, rows, tmp_path):
    folder = write_model(tmp_path / "model", name, facts)
    library.export(model=folder, out=tmp_path / "onnx", quiet=True)
    ours, theirs = library.load(folder), library.load(tmp_path / "onnx")
    one, other = ours.answers(rows), theirs.answers(rows)
    if isinstance(one, np.ndarray):
        np.testing.assert_allclose(other, one, atol=1e-5)
        assert len(np.unique(np.round(one, 4), axis=0)) > 1
    else:
        assert [ours.task.columns(answer) for answer in one] == [theirs.task.columns(answer) for answer in other]
        assert len({str(ours.task.columns(answer)) for answer in one}) > 1
