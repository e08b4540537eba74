"""Further sinks of a run's metrics besides its event log. They receive the same numbers. Their failure never stops training."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from groundup import disk
from groundup.errors import InputError
from groundup.folders import write_file
from groundup.messages.current import message

Event = dict
Log = Callable[[str], None]
Sink = Callable[[Event], None]


def numbers_of(event: Event) -> dict[str, float]:
    """The numbers of an event under the name of the event: {"step/loss": 0.7}."""
    numbers = {name: value for name, value in event.items() if isinstance(value, (int, float)) and not isinstance(value, bool)}
    return {f"{event['event']}/{name}": float(value) for name, value in numbers.items() if name != "step"}


def tensorboard(folder: Path, step: int) -> Sink:
    """A function that writes an event's numbers for TensorBoard. It hides what an earlier process wrote beyond `step`."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise InputError("NO_TENSORBOARD", "track", "TensorBoard is not installed", "pip install 'groundup[track]'") from None
    writer = SummaryWriter(str(folder), purge_step=step + 1 if step else None, flush_secs=10)

    def write(event: Event) -> None:
        for name, value in numbers_of(event).items():
            writer.add_scalar(name, value, event["step"])

    return write


def mlflow(folder: Path, step: int) -> Sink:
    """A function that writes an event's numbers for MLflow: into `folder`, or where MLFLOW_TRACKING_URI says. A resumed run is
    one run there, too."""
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")  # folders are in maintenance, and all that needs no server
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    try:
        client_of: Any = import_module("mlflow.tracking").MlflowClient
    except ImportError:
        raise InputError("NO_MLFLOW", "track", "MLflow is not installed", "pip install 'groundup[mlflow]'") from None
    if not folder.is_dir():
        disk.mkdir(folder)
    client = client_of(os.environ.get("MLFLOW_TRACKING_URI") or folder.resolve().as_uri())
    known = folder / "run_id"
    if not known.exists():
        experiment = client.get_experiment_by_name("groundup")
        identity = experiment.experiment_id if experiment else client.create_experiment("groundup")
        write_file(known, client.create_run(identity, run_name=folder.resolve().parent.name).info.run_id)
    run_id = known.read_text("utf-8")

    def write(event: Event) -> None:
        for name, value in numbers_of(event).items():
            client.log_metric(run_id, name, value, step=event["step"])

    return write


def wandb(folder: Path, step: int) -> Sink:
    """A function that writes an event's numbers for Weights & Biases: into `folder`, offline unless WANDB_MODE says otherwise.
    `wandb sync` sends such a folder later."""
    os.environ.setdefault("WANDB_SILENT", "true")
    try:
        service: Any = import_module("wandb")
    except ImportError:
        raise InputError("NO_WANDB", "track", "Weights & Biases is not installed", "pip install 'groundup[wandb]'") from None
    if not folder.is_dir():
        disk.mkdir(folder)
    known = folder / "run_id"
    run = service.init(
        project="groundup",
        name=folder.resolve().parent.name,
        id=known.read_text("utf-8") if known.exists() else None,
        resume="allow",
        dir=str(folder),
        mode=os.environ.get("WANDB_MODE", "offline"),
        settings=service.Settings(console="off"),
    )
    write_file(known, run.id)

    def write(event: Event) -> None:
        run.log(numbers_of(event), step=event["step"])

    return write


SINKS = {"tensorboard": tensorboard, "mlflow": mlflow, "wandb": wandb}


class Tracker:
    """Passes every event to the sinks. It logs the first failure of each sink and counts all."""

    def __init__(self, names: Sequence[str], folder: Path, step: int, log: Log):
        self.log = log
        self.failures: dict[str, int] = {}
        self.sinks: dict[str, Sink] = {}
        for name in names:
            try:
                self.sinks[name] = SINKS[name](folder / name, step)
            except InputError:  # not installed: said before training begins
                raise
            except Exception as error:  # third-party code: whatever it raises, the run continues
                self.fail(name, error)

    def __call__(self, event: Event) -> None:
        for name, sink in self.sinks.items():
            try:
                sink(event)
            except Exception as error:
                self.fail(name, error)

    def fail(self, name: str, error: Exception) -> None:
        """Count a failure of a sink, and log the first one."""
        self.failures[name] = self.failures.get(name, 0) + 1
        if self.failures[name] == 1:
            self.log(message("sink failed", name=name, error=error))
