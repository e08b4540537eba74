"""Every task that an encoder can have gives in ONNX Runtime the answers that it gives in torch.

Tolerance: float32 sums in another order differ by about 1e-6 of the numbers' size; 1e-5 is ten times that.
"""

import numpy as np
import pytest

import groundup as library
from tests.compress.models import write_model
from tests.tasks.reading_models import TEXTS

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
        assert [ours.task.as_columns(answer) for answer in one] == [theirs.task.as_columns(answer) for answer in other]
        assert len({str(ours.task.as_columns(answer)) for answer in one}) > 1
