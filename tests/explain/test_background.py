"""Explanations of columns start from training rows: the number of none of them is the mean over these rows."""

import json
from pathlib import Path

import numpy as np
import pytest

from groundup.evaluate.predictor import Predictor
from groundup.explain.explain import explain
from groundup.explain.subject import make_subject
from groundup.folders import new_folder
from groundup.kinds.table.background import background_rows, features, herd
from groundup.kinds.table.reader import TableReader
from groundup.kinds.table.settings import ColumnSettings
from groundup.nn.config import PooledHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.tasks.known import make_task
from tests.explain import test_several_kinds_explained as several

NAMES = ["number", "age", "colour", "day"]


def rows_of(count: int) -> list[tuple]:
    """Numbered rows, each seventh without an age, most of them red."""
    chance = np.random.default_rng(5)
    return [
        (
            f"K{place:05}",
            None if place % 7 == 3 else str(int(chance.integers(18, 90))),
            ("red", "red", "red", "blue", "green")[int(chance.integers(5))],
            f"2024-{1 + place % 12:02}-{1 + place % 28:02}",
        )
        for place in range(count)
    ]


def make_predictor(**settings) -> Predictor:
    """An untrained model of three columns beside one of ids, whose answers depend on what is read."""
    reader = TableReader(NAMES, ColumnSettings(**settings))
    reader.learn(rows_of(300))
    shape = {"hidden_size": 24, "num_layers": 2, "num_heads": 3, "intermediate_size": 36, "num_segments": 0}
    config = TransformerConfig(vocab_size=1, max_positions=8, inputs=reader.inputs, **shape)
    model = Model(config, {"label": PooledHeadConfig(classes=2, pooling="mean")}, seed=3)
    for parameter in model.parameters():
        parameter.data *= 3
    return Predictor(model, reader, make_task("classification", {"labels": ["no", "yes"]}, "label"), {"max_length": 8})


def logits(model: Predictor, rows: list[tuple]) -> np.ndarray:
    shares = np.asarray(model.row_answers(rows).answers, dtype=np.float64)
    return np.log(shares[:, 1] / shares[:, 0])


def test_without_a_column_the_number_is_the_mean_over_rows_with_the_cells_of_training_rows():
    model, (row,) = make_predictor(), [("K9", "33", "blue", "2024-03-05")]
    subject = make_subject(model, row, target="yes")
    assert [part.column for part in subject.parts] == NAMES[1:]  # a column of ids is never a part
    present = np.array([[1, 1, 1], [0, 1, 1], [1, 0, 0], [0, 0, 0]], dtype=bool)
    kept = model.reader.background
    mixed = [
        [
            (None, *(cell if here else other for here, cell, other in zip(one, row[1:], kept_row[1:], strict=True)))
            for kept_row in kept
        ]
        for one in present
    ]
    assert subject.values(present) == pytest.approx([logits(model, rows).mean() for rows in mixed], abs=1e-4)


def test_scores_add_up_from_the_mean_over_training_rows_to_the_answer():
    model = make_predictor()
    ((found,),) = explain(model, [("K9", None, "blue", "2024-03-05")], "shap", target="yes")
    assert found.background == 32
    assert [part.name for part in found.parts] == ["colour = blue", "day = 2024-03-05", "age = (missing)"]
    assert found.baseline == pytest.approx(logits(model, list(model.reader.background)).mean(), abs=1e-4)
    assert found.scores.sum() == pytest.approx(found.value - found.baseline, abs=1e-4)


def test_the_kept_rows_are_nearer_to_the_mean_over_all_rows_than_no_cells_and_than_rows_by_chance():
    model, rows = make_predictor(), rows_of(300)
    ((found,),) = explain(model, [rows[0]], "shap", target="yes")
    ((bare,),) = explain(make_predictor(background=0), [rows[0]], "shap", target="yes")
    mean, everywhere = logits(model, rows).mean(), logits(model, rows)
    assert bare.background == 0
    assert abs(found.baseline - mean) < 0.2 * abs(bare.baseline - mean)
    chance = np.random.default_rng(0)
    drawn = [abs(everywhere[chance.choice(300, 32, replace=False)].mean() - mean) for _ in range(200)]
    assert abs(found.baseline - mean) < np.median(drawn)


def test_herding_takes_different_rows_whose_mean_is_that_of_all():
    all_features = np.random.default_rng(1).standard_normal((200, 5))
    chosen = herd(all_features, 20)
    assert len(set(chosen)) == 20
    assert np.abs(all_features[chosen].mean(0) - all_features.mean(0)).max() < 0.1


def test_few_rows_are_kept_whole_and_cells_that_are_not_read_are_not_kept():
    reader = TableReader(NAMES)
    reader.learn(rows_of(40))
    assert background_rows(rows_of(9), reader.encoder, 32) == tuple((None, *row[1:]) for row in rows_of(9))
    assert np.isfinite(features(rows_of(9), reader.encoder)).all()


def test_kept_rows_are_read_again_and_are_not_in_exports(tmp_path: Path):
    reader = make_predictor().reader
    for name, one in (("model", reader), ("export", reader.for_export())):
        with new_folder(tmp_path / name, kind="model", settings={}) as folder:
            one.save(folder)
    assert TableReader.open(tmp_path / "model").background == reader.background
    assert len(json.loads((tmp_path / "model" / "background.json").read_text("utf-8"))["rows"]) == 32
    assert not (tmp_path / "export" / "background.json").exists()
    assert TableReader.open(tmp_path / "export").background == ()


def test_a_reader_of_some_columns_keeps_what_training_rows_held_there():
    part = make_predictor().reader.part({"table": ["colour", "age"]})
    assert {colour for colour, _ in part.background} == {"red", "blue", "green"}
    assert len(part.background) == 32


@pytest.mark.parametrize("length", [24, 8])
def test_of_rows_of_several_kinds_columns_start_from_training_rows_beside_the_other_kinds(length: int):
    model = several.make_predictor(too_long="truncate" if length == 24 else "window", length=length)
    subject, row = make_subject(model, several.row(), target="yes"), several.row()
    kept = model.reader.readers[2].background
    for present, mixed in (
        ([1, 1, 1, 1], [row]),
        ([1, 1, 0, 1], [(*row[:2], age, row[3]) for age, _ in kept]),
        ([1, 0, 0, 0], [(row[0], None, *cells) for cells in kept]),
    ):
        means = np.mean([several.logit(model, cells) for cells in mixed]) if length == 24 else None
        (number,) = subject.values(np.array([present], dtype=bool))
        assert number == pytest.approx(means, abs=1e-4) if means is not None else np.isfinite(number)
    ((found,),) = explain(model, [row], "shap", target="yes")
    assert found.scores.sum() == pytest.approx(found.value - found.baseline, abs=1e-4)


def test_of_many_questions_the_first_rows_stand_for_all_and_scores_still_add_up_from_all():
    model = make_predictor()
    subject = make_subject(model, ("K9", "33", "blue", "2024-03-05"), target="yes")
    assert subject.background is not None
    assert [subject.background.rows_for(questions) for questions in (2, 256, 512, 5000)] == [32, 32, 16, 8]
    many = np.array([[1, 0, 1], [0, 0, 0], [1, 1, 1]] * 400, dtype=bool)
    few, none, whole = subject.values(many)[:3]
    kept = list(model.reader.background)
    mixed = [(None, "33", colour, "2024-03-05") for _, _, colour, _ in kept]
    assert few == pytest.approx(logits(model, mixed[:8]).mean(), abs=1e-4)
    assert none == pytest.approx(logits(model, kept).mean(), abs=1e-4)
    assert whole == pytest.approx(logits(model, [(None, "33", "blue", "2024-03-05")])[0], abs=1e-4)
