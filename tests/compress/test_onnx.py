"""Files of ONNX say in ONNX Runtime what the model says, over uneven blocks of sizes they were not traced with.

Tolerance: float32 sums in another order differ by about 1e-6 of the numbers' size; 1e-5 is ten times that.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from groundup.compress.export.faces import make_face
from groundup.errors import InputError
from groundup.families import checkpoint
from groundup.kinds.known import make_feed
from groundup.nn.inputs import Words

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")
pytest.importorskip("transformers")
from groundup.compress.export.parity import answer_agreement  # noqa: E402
from groundup.compress.export.to_onnx import to_int8, to_onnx  # noqa: E402
from groundup.evaluate.exported import Session  # noqa: E402
from groundup.evaluate.limits import RowAnswers  # noqa: E402
from groundup.tasks.regression import Regression  # noqa: E402
from tests.families.zoo import CASES, LENGTHS, padded, rows  # noqa: E402

FEW = ("distilbert label", "modernbert tags", "gpt2")  # each takes seconds to trace
TWO_STACKS_OR_IMAGES = ("vit", "bart", "t5", "t5 gated")
MANY = {
    (case.family, case.head, case.tokens): name
    for name, case in CASES.items()
    if case.family not in TWO_STACKS_OR_IMAGES and name not in FEW
}  # one of each family and head
CALLS = (LENGTHS, [1], [22], [3, 3], [22, 1, 1, 1, 1, 1, 1])  # RoBERTa has 22 places of the 24


def write(name, folder):
    CASES[name].theirs().save_pretrained(folder)
    model = checkpoint.load(folder).model
    face = make_face(model, CASES[name].head)
    return face, to_onnx(face, "logits", {"made": "here", "labels": '["好","坏"]'})


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Case -> (model, file), made once."""
    kept = {}

    def one(name):
        if name not in kept:
            kept[name] = write(name, tmp_path_factory.mktemp("theirs"))
        return kept[name]

    return one


def blocks(lengths, names):
    ids, mask = padded(rows(lengths))
    return dict(zip(names, (ids, mask, torch.zeros_like(ids))))


@pytest.mark.parametrize("name", [*FEW, *(pytest.param(name, marks=pytest.mark.slow) for name in MANY.values())])
def test_onnx_runtime_gives_the_numbers_of_torch_whatever_the_sizes(name, written):
    face, data = written(name)
    session = Session(data, Path("model.onnx"), 1, face.feed)
    for lengths in CALLS:
        fed = blocks(lengths, session.inputs)
        with torch.inference_mode():
            expected = face.model(*fed.values()).numpy()
        said = session.session.run(None, {key: block.numpy() for key, block in fed.items()})[0]
        inside = fed["attention_mask"].numpy().astype(bool) if said.ndim == 3 else slice(None)
        np.testing.assert_allclose(said[inside], expected[inside], atol=1e-5, rtol=0)


def test_a_file_names_its_sizes_and_inputs_and_nothing_of_this_machine(written):
    _, data = written("distilbert label")
    file = onnx.load_from_string(data)
    shapes = {
        one.name: [size.dim_param or size.dim_value for size in one.type.tensor_type.shape.dim]
        for one in (*file.graph.input, *file.graph.output)
    }
    assert shapes == {"input_ids": ["batch", "tokens"], "attention_mask": ["batch", "tokens"], "logits": ["batch", 3]}
    assert {one.key: one.value for one in file.metadata_props} == {"made": "here", "labels": '["好","坏"]'}
    assert b"site-packages" not in data
    assert b"groundup/" not in data
    onnx.checker.check_model(file)


@pytest.mark.slow
def test_the_same_model_gives_the_same_bytes(tmp_path):
    assert write("bert tags", tmp_path / "a")[1] == write("bert tags", tmp_path / "b")[1]


def product(weights):
    """x [batch, K] -> x W."""
    from onnx import TensorProto, helper, numpy_helper

    k, m = weights.shape
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", k])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", m])],
        [numpy_helper.from_array(weights, "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10).SerializeToString()


def run(data, x):
    import onnxruntime

    return onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]


@pytest.mark.parametrize("sign", [1, -1])
def test_int8_never_saturates_where_all_values_are_extreme(sign):
    """Products of 8 bits are added by twos in 16 bits where the processor has no better instruction: 2 x 255 x 127 does not fit."""
    weights, x = np.full((256, 32), sign, np.float32), np.full((9, 256), 1, np.float32)
    weights[:, 1::2] *= -1
    np.testing.assert_allclose(run(to_int8(product(weights)), x), x @ weights, rtol=0.01)


def test_int8_keeps_weights_to_7_bits_one_scale_per_output():
    weights = np.random.default_rng(0).normal(size=(64, 8)).astype(np.float32) * np.logspace(-3, 3, 8, dtype=np.float32)
    file = onnx.load_from_string(to_int8(product(weights)))
    kept = {one.name: onnx.numpy_helper.to_array(one) for one in file.graph.initializer}
    whole = next(value for value in kept.values() if value.dtype == np.int8 and value.shape == (64, 8))
    assert np.abs(whole.astype(int)).max() in (63, 64)
    assert (np.abs(whole.astype(int)).max(0) >= 63).all()  # the small columns use all levels, too
    x = np.random.default_rng(1).normal(size=(200, 64)).astype(np.float32)
    said, expected = run(file.SerializeToString(), x), x @ weights
    assert (np.linalg.norm(said - expected, axis=0) < 0.05 * np.linalg.norm(expected, axis=0)).all()


def test_int8_is_near_float32_and_a_quarter_of_its_size(written):
    face, data = written("distilbert label")
    small = to_int8(data)
    session = Session(small, Path("model.onnx"), 1, face.feed)
    fed = blocks(LENGTHS, session.inputs)
    with torch.inference_mode():
        expected = face.model(*fed.values()).numpy()
    said = session.session.run(None, {key: block.numpy() for key, block in fed.items()})[0]
    assert np.abs(said - expected).max() < 0.1 * np.abs(expected).max()
    weights = sum(onnx.numpy_helper.to_array(one).nbytes for one in onnx.load_from_string(small).graph.initializer)
    assert weights < 0.4 * sum(
        p.nbytes for p in face.model.parameters()
    )  # norms and biases stay, which are much of so small a model


def test_a_file_that_is_none_is_refused_in_a_line(tmp_path):
    with pytest.raises(InputError, match="BAD_ONNX") as error:
        Session(b"no file of ONNX", tmp_path / "model.onnx", None, make_feed((Words(),)))
    assert "onnxruntime" in error.value.line()


class Says:
    """Has numbers for answers."""

    trained_task = Regression.of_outputs(["number"])

    def __init__(self, *numbers):
        self.numbers = np.array(numbers)

    def row_answers(self, rows):
        return RowAnswers(self.numbers, np.zeros(0, bool), np.zeros(0, bool))


@pytest.mark.parametrize(
    ("ours", "theirs", "agreed"),
    [
        ((1, 2, 4), (2, 4, 8), 1.0),
        ((1, 2, 4), (3, 3, 3), 0.0),
        ((3, 3, 3), (1, 2, 4), 0.0),
        ((3, 3, 3), (3, 3, 3), 1.0),
        ((3,), (3,), 1.0),
        ((3,), (5,), 0.0),
    ],
)
def test_numbers_that_are_all_the_same_agree_with_their_like_alone(ours, theirs, agreed):
    assert answer_agreement(Says(*ours), Says(*theirs), [("text",)] * len(ours)) == pytest.approx(agreed)
