"""A function of the caller follows a training, ends it, pauses it, or fails in it."""

import random

import numpy as np
import pytest

import groundup
from groundup.events import read_events

STEPS = 12
SETTINGS = {"label_column": "y", "table_column": "*", "steps": STEPS, "num_evaluations": 3, "baselines": False, "quiet": True}


def table(count=60):
    draw = random.Random(0)
    rows = [{"age": draw.randint(18, 80), "job": draw.choice("abc")} for _ in range(count)]
    return [row | {"y": "old" if row["age"] > 45 else "young"} for row in rows]


def finetune(out, callback, **more):
    return groundup.finetune(data=table(), out=out, callback=callback, **SETTINGS | more)


def test_a_callback_gets_every_update_with_the_figures_of_the_log(tmp_path):
    steps = []
    finetune(tmp_path / "run", steps.append)
    assert [one.step for one in steps] == list(range(1, STEPS + 1))
    assert {(one.steps, one.run) for one in steps} == {(STEPS, tmp_path / "run")}
    events = read_events(tmp_path / "run" / "events.jsonl")
    evaluations = {event["step"]: event for event in events if event["event"] == "evaluation"}
    assert {one.step for one in steps if one.validation is not None} == set(evaluations)
    for one in steps:
        if one.validation is not None:
            assert one.validation.items() <= evaluations[one.step].items()
            assert one.is_best == evaluations[one.step]["best"]
    rates = {event["step"]: event["learning_rate"] for event in events if event["event"] == "step"}
    assert rates == {one.step: one.learning_rate for one in steps if one.step in rates}
    assert np.isfinite([one.loss for one in steps]).all()


def test_a_callback_changes_nothing_of_the_model(tmp_path):
    def draw(step):
        np.random.default_rng().random()
        random.random()

    finetune(tmp_path / "with", draw)
    finetune(tmp_path / "without", None)
    names = [tmp_path / name / "model" / "groundup.safetensors" for name in ("with", "without")]
    assert names[0].read_bytes() == names[1].read_bytes()


def test_stop_ends_the_training_and_the_best_weights_so_far_become_the_model(tmp_path):
    def stop(step):
        if step.step == 2:
            step.stop("seen enough")

    outcome = finetune(tmp_path / "run", stop)
    assert (outcome.facts["steps"], outcome.facts["best_step"]) == (2, 2)
    assert groundup.load(outcome.path).predict({"age": 30, "job": "a"})["label"] in ("old", "young")
    assert groundup.verify(folder=str(outcome.path), quiet=True).reservations == []
    assert finetune(tmp_path / "run", None).facts["report"] == outcome.facts["report"]  # finished: nothing is trained


def test_a_paused_run_goes_on_to_the_same_weights(tmp_path):
    def pause(step):
        if step.step == 5:
            step.pause()

    with pytest.raises(groundup.Interrupted, match="stopped at step 5 after saving"):
        finetune(tmp_path / "run", pause)
    steps = []
    finetune(tmp_path / "run", steps.append)
    assert [one.step for one in steps] == list(range(6, STEPS + 1))
    finetune(tmp_path / "whole", None)
    names = [tmp_path / name / "model" / "groundup.safetensors" for name in ("run", "whole")]
    assert names[0].read_bytes() == names[1].read_bytes()


def test_an_error_in_a_callback_ends_the_run_in_one_line_and_the_run_goes_on_later(tmp_path):
    def fail(step):
        if step.step == 3:
            raise KeyError("loss_of_mine")

    with pytest.raises(groundup.CallbackError) as caught:
        finetune(tmp_path / "run", fail)
    assert str(caught.value).startswith("error CALLBACK_FAILED callback: failed at step 3 with KeyError: 'loss_of_mine'.")
    assert isinstance(caught.value.__cause__, KeyError)
    steps = []
    finetune(tmp_path / "run", steps.append)
    assert steps[0].step == 4


@pytest.mark.parametrize(
    ("command", "settings", "message"),
    [
        ("finetune", {"callback": 3}, "BAD_SETTING callback: is a int, not a function"),
        ("finetune", {"callbacks": [print]}, "BAD_SETTING callbacks: is no setting. Fix: one function of a TrainingStep"),
        ("evaluate", {"callback": print, "model": "m"}, "BAD_SETTING callback: is for commands that train"),
    ],
)
def test_what_is_no_callback_is_refused(tmp_path, command, settings, message):
    with pytest.raises(groundup.InputError) as caught:
        getattr(groundup, command)(data=table(), out=tmp_path / "run", **(SETTINGS if command == "finetune" else {}) | settings)
    assert message in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_an_estimator_is_followed_and_stopped_alike():
    steps = []

    def stop(step):
        steps.append(step.step)
        if step.step == 4:
            step.stop()

    rows = table()
    model = groundup.Classifier(steps=50).fit([[row["age"], ord(row["job"])] for row in rows], [row["y"] for row in rows], stop)
    assert steps == [1, 2, 3, 4]
    assert set(model.predict([[20, 97], [70, 98]])) <= {"old", "young"}
