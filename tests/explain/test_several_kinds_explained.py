"""Rows of several kinds explained: first which column matters, then which part of it."""

import numpy as np
import pytest

from groundup.evaluate.predictor import Predictor
from groundup.explain.explain import explain
from groundup.explain.records import record
from groundup.explain.subject import make_subject
from groundup.kinds.image.image_transform import ImageTransform
from groundup.kinds.image.reader import Image, ImageReader
from groundup.kinds.several.reader import SeveralReader
from groundup.kinds.table.reader import TableReader
from groundup.nn.config import PooledHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.tasks.known import make_task
from tests.tasks.reading_models import make_reader

NOTE = "the film was good and the room was cold"
COLUMNS = ["note", "picture", "age", "colour"]


def make_predictor(pooling="mean", too_long="truncate", length=24) -> Predictor:
    """An untrained model of a text, an image of four patches, and two columns."""
    image, table = ImageReader(ImageTransform(size=8), 4, ["picture"]), TableReader(["age", "colour"])
    reader = SeveralReader([make_reader().with_columns(["note"]), image, table])
    table.learn([(str(20 + number % 7), ("red", "blue")[number % 2]) for number in range(40)])
    shape = {"hidden_size": 24, "num_layers": 2, "num_heads": 3, "intermediate_size": 36, "num_segments": 0}
    config = TransformerConfig(vocab_size=reader.vocab_size, max_positions=length, inputs=reader.inputs, **shape)
    model = Model(config, {"label": PooledHeadConfig(classes=2, pooling=pooling)}, seed=3)
    for parameter in model.parameters():
        parameter.data *= 3  # so that answers hang on what is read
    task = make_task("classification", {"labels": ["no", "yes"]}, "label")
    facts = {"max_length": length, "too_long": too_long}
    return Predictor(model, reader, task, facts)


def row(note=NOTE, image=True, age="22", colour="blue") -> tuple:
    pixels = np.random.default_rng(3).integers(0, 256, (3, 8, 8)).astype(np.uint8)
    return (note, Image("a.png", pixels=pixels) if image else None, age, colour)


def without(*columns: str) -> tuple:
    return tuple(None if name in columns else cell for name, cell in zip(COLUMNS, row(), strict=True))


def logit(model: Predictor, cells: tuple) -> float:
    shares = model.probabilities([cells])[0]
    return float(np.log(shares[1] / shares[0]))


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_a_column_that_is_absent_is_one_that_the_row_lacks(pooling: str):
    model = make_predictor(pooling)
    subject = make_subject(model, row(), target="yes")
    assert [part.column for part in subject.parts] == COLUMNS
    assert [part.kind for part in subject.parts] == ["text", "image", "table", "table"]
    said = subject.without_background().values(
        np.array([[1, 1, 1, 1], [0, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 0, 0], [1, 1, 0, 0]], bool)
    )
    lacking = [(), ("note",), ("picture",), ("age",), ("note", "age", "colour"), ("age", "colour")]
    assert said == pytest.approx([logit(model, without(*columns)) for columns in lacking], abs=1e-4)
    assert len(set(np.round(said, 3))) == 6


def test_the_parts_of_a_column_are_asked_beside_all_other_columns():
    model = make_predictor()
    words, patches = make_subject(model, row(), target="yes").inner
    assert [part.name for part in words.parts] == NOTE.split()
    assert (words.texts, words.unit, patches.unit) == ((NOTE,), "word", "patch")
    assert [part.name for part in patches.parts] == ["patch 1, 1", "patch 1, 2", "patch 2, 1", "patch 2, 2"]
    for subject, column in ((words, "note"), (patches, "picture")):
        whole, bare = subject.values(np.array([[True], [False]]).repeat(len(subject.parts), axis=1))
        assert (whole, bare) == pytest.approx((logit(model, row()), logit(model, without(column))), abs=1e-4)
    assert patches.picture is not None
    assert patches.picture.side == 2


@pytest.mark.parametrize("method", ["shap", "partition"])
def test_columns_add_up_and_so_do_the_words_of_a_text(method: str):
    ((found,),) = explain(make_predictor(), [row()], method)
    assert found.scores.sum() == pytest.approx(found.value - found.baseline, abs=1e-4)
    assert [one.column for one in found.details] == ["note", "picture"]
    for one in found.details:
        assert one.scores.sum() == pytest.approx(one.value - one.baseline, abs=1e-4)
        assert one.value == pytest.approx(found.value, abs=1e-4)


def test_methods_that_look_inside_give_a_column_the_sum_of_its_parts():
    methods = ["gradient_x_input", "attention", "rollout", "gradient_attention", "gradient_norm"]
    model = make_predictor()
    found = explain(model, [row()], methods, target="yes")[0]
    slope, looks = found[0], found[1]
    assert slope.value == pytest.approx(logit(model, row()), abs=1e-3)
    for one in (slope, looks):
        for place, detail in enumerate(one.details):
            assert one.scores[place] == pytest.approx(detail.scores.sum(), abs=1e-4)
    assert looks.scores.sum() + looks.checks["special"] == pytest.approx(1, abs=1e-4)
    assert all(np.abs(one.scores).min() > 0 for one in found)


def test_a_long_text_is_explained_in_all_its_windows():
    model = make_predictor(too_long="window", length=8)
    subject = make_subject(model, row(), target="yes")
    assert len(subject.bounds) > 1
    (said,) = subject.values(np.ones((1, 4), dtype=bool))
    assert float(subject.numbers(subject.rows[None])[0].detach()) == pytest.approx(said, abs=1e-4)
    assert [part.name for part in subject.inner[0].parts] == NOTE.split()


def test_words_of_a_cut_text_are_counted():
    ((found,),) = explain(make_predictor(length=6), [row()], "occlusion")
    assert found.checks["unread"] > 0


def test_rows_that_lack_a_kind_have_no_part_of_it():
    ((found,),) = explain(make_predictor(), [(None, None, None, "blue")], "shap")
    assert [part.name for part in found.parts] == ["colour = blue", "age = (missing)"]
    assert found.details == ()


def test_the_record_names_columns_with_their_kind_and_then_their_parts():
    ((found,),) = explain(make_predictor(), [row()], "occlusion")
    told = record(found)
    assert [(part["column"], part["kind"]) for part in told["parts"]] == list(zip(COLUMNS, ["text", "image", "table", "table"]))
    assert [(one["column"], len(one["parts"])) for one in told["columns"]] == [("note", 9), ("picture", 4)]
    assert told["columns"][0]["texts"] == [NOTE]
