"""Sinks of a run's figures: they get the same numbers, go on where a run goes on, send nothing, and never stop training."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from groundup.errors import InputError
from groundup.train.tracking import SINKS, Tracker, numbers_of

EVENTS = [{"event": "step", "step": step, "loss": 1 / step, "best": True, "note": "x"} for step in (1, 2, 3, 4)]


def track(name, folder, monkeypatch):
    """Two processes' worth of events: the second goes on after step 2."""
    monkeypatch.setenv("HOME", str(folder))
    for variable in ("MLFLOW_TRACKING_URI", "WANDB_MODE"):
        monkeypatch.delenv(variable, raising=False)
    lines: list[str] = []
    for step, events in ((0, EVENTS[:2]), (2, EVENTS[2:])):
        tracker = Tracker([name], folder, step, lines.append)
        for event in events:
            tracker(event)
    assert lines == []
    return folder / name


def test_numbers_of_an_event_carry_its_name():
    assert numbers_of(EVENTS[1]) == {"step/loss": 0.5}


@pytest.mark.parametrize(("name", "module"), [("mlflow", "mlflow"), ("wandb", "wandb"), ("tensorboard", "tensorboard")])
def test_a_sink_that_is_not_installed_is_refused_with_its_extra(name, module, tmp_path):
    if find_spec(module):
        pytest.skip(f"{module} is installed")
    with pytest.raises(InputError, match=r"pip install 'groundup\["):
        SINKS[name](tmp_path / name, 0)


def test_a_sink_that_fails_is_said_once_and_counted(tmp_path, monkeypatch):
    def fails(event):
        raise OSError("no space")

    monkeypatch.setitem(SINKS, "tensorboard", lambda folder, step: fails)
    lines: list[str] = []
    tracker = Tracker(["tensorboard"], tmp_path, 0, lines.append)
    for event in EVENTS:
        tracker(event)
    assert lines == ["warning: tensorboard failed (no space); the run goes on without it"]
    assert tracker.failures == {"tensorboard": 4}


def test_mlflow_has_one_run_with_all_steps(tmp_path, monkeypatch):
    pytest.importorskip("mlflow", reason="mlflow-skinny is not installed: pip install '.[mlflow]'")
    run = tmp_path / "sentiment"
    run.mkdir()
    folder = track("mlflow", run, monkeypatch)
    from mlflow.tracking import MlflowClient

    client = MlflowClient(folder.resolve().as_uri())
    (kept,) = client.search_runs([client.get_experiment_by_name("groundup").experiment_id])
    assert kept.info.run_name == "sentiment"
    assert [(metric.step, metric.value) for metric in client.get_metric_history(kept.info.run_id, "step/loss")] == [
        (event["step"], event["loss"]) for event in EVENTS
    ]


def test_wandb_writes_offline_into_the_run(tmp_path, monkeypatch):
    """In a process of its own: wandb speaks with a helper over a socket, and tests open none."""
    if find_spec("wandb") is None:
        pytest.skip("wandb is not installed: pip install '.[wandb]'")
    code = (
        "import sys; from pathlib import Path; from groundup.train.tracking import Tracker\n"
        "for step in (0, 2):\n"
        "    tracker = Tracker(['wandb'], Path(sys.argv[1]), step, print)\n"
        "    for number in (1, 2): tracker({'event': 'step', 'step': step + number, 'loss': 0.5})\n"
    )
    run = tmp_path / "sentiment"
    run.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("WANDB_MODE", raising=False)
    done = subprocess.run([sys.executable, "-c", code, str(run)], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout == ""
    kept = {path.name for path in (run / "wandb/wandb").glob("offline-run-*/run-*.wandb")}
    assert kept == {f"run-{(run / 'wandb/run_id').read_text('utf-8')}.wandb"}


def test_a_sink_that_cannot_begin_does_not_stop_training(tmp_path, monkeypatch):
    def broken(folder, step):
        raise OSError("no service")

    monkeypatch.setitem(SINKS, "mlflow", broken)
    lines: list[str] = []
    Tracker(["mlflow"], tmp_path, 0, lines.append)(EVENTS[0])
    assert lines == ["warning: mlflow failed (no service); the run goes on without it"]
