"""The training of a run folder: logging, evaluation, checkpoints and stopping, in order, for every command that trains."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field

import torch

from groundup import disk
from groundup.errors import Interrupted, StorageError
from groundup.messages.current import current_translator, message
from groundup.nn.device import device_of
from groundup.nn.model import Model
from groundup.objectives.objective import Batch, Objective
from groundup.runs import RunFolder
from groundup.terminal.log import say
from groundup.terminal.training_table import TrainingTable
from groundup.train import memory
from groundup.train.adamw import AdamW
from groundup.train.callback import TrainingStep, call_back, callback_error
from groundup.train.checkpoint import State, checkpoint_size, load_checkpoint, non_finite, save_checkpoint
from groundup.train.hyperparameters import Hyperparameters, summary_lines
from groundup.train.loop import Step, add_up, train
from groundup.train.precision import PRECISIONS, choose_precision, precision_advice
from groundup.train.regularization import Regularizer
from groundup.train.settings import Precision, PrecisionChoice
from groundup.train.stop_signals import StopSignals
from groundup.train.task_weighting import TaskWeighting
from groundup.train.tracking import Tracker
from groundup.train.weight_averaging import WeightAverage

KEEP_CHECKPOINTS = 2  # newest checkpoints, besides the best one
GO_ON = "run the same command again to go on"
MAX_FAILED_SAVES = 3  # in a row, then the run ends


@dataclass(frozen=True)
class Plan:
    """The plan of a run. It never changes, and all schedules count its steps."""

    steps: int
    log_every: int
    evaluate_every: int
    save_every: int
    patience: int | None = None  # evaluations without improvement, then training stops

    def should_log(self, step: int) -> bool:
        return step % self.log_every == 0 or step == self.steps

    def should_evaluate(self, step: int) -> bool:
        """Every `evaluate_every` steps and at the end, but not in the last half interval before the end."""
        remaining = self.steps - step
        return remaining == 0 or (step % self.evaluate_every == 0 and remaining >= self.evaluate_every / 2)

    @property
    def num_evaluations(self) -> int:
        """How many evaluations there are, unless the run stops early."""
        return 1 + max(0, int((self.steps - self.evaluate_every / 2) // self.evaluate_every))

    def should_save(self, step: int) -> bool:
        return step % self.save_every == 0 or step == self.steps


@dataclass
class Training:
    """Everything an update needs. `num_frozen` gives the number of frozen blocks by update; `ema` holds averaged weights."""

    model: Model
    objective: Objective
    batches: Callable[[int], list[Batch]]
    optimizer: AdamW
    schedule: Callable[[int, int], float]
    seed: int = 0
    clip: float = 1.0
    regularizer: Regularizer | None = None
    num_frozen: Callable[[int], int] | None = None
    ema: WeightAverage | None = None
    task_weighting: TaskWeighting | None = None
    precision: PrecisionChoice = "float32"
    hyperparameters: Hyperparameters | None = None  # of the optimizer and the schedule
    facts: dict = field(default_factory=dict)  # further decisions of the command, for people and run.json

    def ema_weights(self) -> AbstractContextManager[None]:
        """A context in which the model has the weights to evaluate and publish: the averaged ones, if there are any."""
        return nullcontext() if self.ema is None else self.ema.swap_in(self.model)


def run_training(
    run: RunFolder,
    training: Training,
    plan: Plan,
    evaluate: Callable[[], dict[str, float | None]],
    best_metric: str,
    higher_is_better: bool,
    track: Sequence[str] = (),
    columns: Sequence[str] = (),
) -> State:
    """Train from the newest checkpoint of the run folder to the end of the plan, and return the final state.

    `evaluate` returns metrics on the validation split. `best_metric` names the one that chooses the best checkpoint. `track`
    names further sinks of the metrics (tracking.py), and `columns` the metrics that people are shown first. Raises Interrupted
    after a signal or where a callback pauses, and CallbackError where one fails, once a checkpoint is saved.
    """
    precision = training.precision if training.precision != "auto" else precision_of(run, training)
    announce(run, training, plan, precision)
    state = start_or_resume(run, training)
    tracker = Tracker(track, run.path, state.step, say)
    clock, failed = Clock(), 0
    table = TrainingTable(plan.steps, training.facts.get("epochs"), columns or (best_metric,), plan.num_evaluations)

    def evaluate_step() -> tuple[bool, dict]:
        with training.ema_weights(), table.evaluating():
            figures = evaluate()
        improved = is_better(figures.get(best_metric), state.best_value, higher_is_better)
        tracker(record_evaluation(run, state, figures, best_metric, improved))
        table.evaluated(figures, improved, mean_loss(state))
        return improved, figures

    with StopSignals() as signals, table.live(state.step):
        for step in () if state.stopped else remaining_steps(training, plan, state, precision):
            count_step(training, state, step)
            if plan.should_log(step.number):
                event, figures = log_step(run, training.objective, step, state, clock)
                table.trained(event, figures)
                tracker(event)
            improved, figures = False, None
            if plan.should_evaluate(step.number):
                improved, figures = evaluate_step()
                if plan.patience is not None and state.worse > plan.patience and step.number < plan.steps:
                    state.stopped = message("no better", metric=best_metric, count=state.worse)
            progress = progress_of(run, step, plan, figures, improved)
            failure = call_back(progress)
            if progress.end == "stop" and not state.stopped and step.number < plan.steps:
                improved = evaluate_step()[0] if figures is None else improved
                state.stopped = callback_text(progress.reason)
            pause = signals.signal or (signal.SIGINT if progress.end == "pause" else 0)
            if improved or plan.should_save(step.number) or state.stopped or pause or failure:
                failed = try_to_save(run, training, state, failed)
            table.end_of_step(step.number)
            if failure is not None:
                raise callback_error(progress, failure) from failure
            if pause:
                raise Interrupted(pause, run.path, f"stopped at step {step.number} after saving", GO_ON)
            if state.stopped:
                say(f"    {message('stopped at', step=step.number, why=state.stopped)}")
                break
    return state


def callback_text(reason: str) -> str:
    """That a callback ended the training, and why, where it says so."""
    return message("callback ended why", why=reason) if reason else message("callback ended")


def announce(run: RunFolder, training: Training, plan: Plan, precision: Precision) -> None:
    """Record every setting of the training in run.json, and tell people the main ones."""
    if training.hyperparameters is not None:
        resolved = run.resolve(resolved_settings(training, plan) | {"precision": precision})
        for line in summary_lines(resolved, current_translator()):
            say(f"    {line}")
    if advice := precision_advice(precision, device_of(training.model)):
        say(f"    {advice}")


def start_or_resume(run: RunFolder, training: Training) -> State:
    """The state of the newest checkpoint, loaded; of a new run that of step 0. Raises StorageError when the disk is full."""
    state = resume(run, training.model, training.optimizer, training.ema)
    if training.task_weighting is not None and state.weighing:
        training.task_weighting.load_state(state.weighing)
    if state.step:
        say(f"    {message('going on from', step=state.step)}")
    else:
        size = checkpoint_size(training.model, training.optimizer, training.ema)
        disk.require_free(run.path, 2 * (KEEP_CHECKPOINTS + 1) * size, "the checkpoints of this run")
    return state


def remaining_steps(training: Training, plan: Plan, state: State, precision: Precision) -> Iterator[Step]:
    """The updates that the plan still has, each done when it is yielded."""
    return train(
        training.model,
        training.objective,
        training.batches,
        training.optimizer,
        training.schedule,
        steps=plan.steps,
        done=state.step,
        seed=training.seed,
        clip=training.clip,
        measure=plan.should_log,
        skipped=state.skipped,
        regularizer=training.regularizer,
        num_frozen=training.num_frozen,
        task_weighting=training.task_weighting,
        precision=precision,
    )


def progress_of(run: RunFolder, step: Step, plan: Plan, figures: dict | None, improved: bool) -> TrainingStep:
    """A finished update as a callback gets it; `figures` are those of the validation rows, if they were evaluated."""
    loss = None if step.skipped else step.total
    return TrainingStep(run.path, step.number, plan.steps, loss, step.learning_rate, step.losses, figures, improved)


def count_step(training: Training, state: State, step: Step) -> None:
    """Add a finished update to the state and to the averaged weights."""
    state.step = step.number
    state.window = add_up([state.window, step_sums(step)])
    memory.release(step.number)
    if training.ema is not None and not step.skipped:
        training.ema.update(step.number, training.model)


def precision_of(run: RunFolder, training: Training) -> Precision:
    """The faster precision on this machine; a resumed run keeps the one it began with."""
    before = run.resolved.get("precision")
    if before in PRECISIONS:
        return before
    timed = choose_precision(training.model, training.objective, training.batches)
    say(f"    {timed}")
    return timed.precision


def resolved_settings(training: Training, plan: Plan) -> dict:
    """Every setting of a training with its final value, for run.json, reports and people."""
    assert training.hyperparameters is not None
    parameters = [p for p in training.model.parameters() if p.requires_grad]
    return {
        "optimizer": asdict(training.hyperparameters),
        "steps": plan.steps,
        "num_evaluations": plan.num_evaluations,
        "evaluate_every": plan.evaluate_every,
        "patience": plan.patience,
        "save_every": plan.save_every,
        "precision": training.precision,
        "threads": torch.get_num_threads(),
        "seed": training.seed,
        "trained_parameters": sum(p.numel() for p in parameters),
        **training.facts,
    }


def resume(run: RunFolder, model: Model, optimizer: AdamW, ema: WeightAverage | None = None) -> State:
    """Load the newest good checkpoint, and truncate the event log to that step."""
    newest = run.newest(non_finite)
    if newest is None:
        run.events.truncate(0)
        return State()
    state = load_checkpoint(newest, model, optimizer, ema)
    run.events.truncate(state.events[0])
    return state


def try_to_save(run: RunFolder, training: Training, state: State, failed: int) -> int:
    """Save a checkpoint and remove old ones. A failed save keeps the older ones; the third in a row ends the run."""
    run.require()
    if training.task_weighting is not None:
        state.weighing = training.task_weighting.state()
    try:
        save_checkpoint(run, training.model, training.optimizer, state, training.ema)
    except StorageError as error:
        if failed + 1 >= MAX_FAILED_SAVES or state.stopped:
            raise
        say(message("older checkpoint stays", error=error.line()))
        return failed + 1
    run.retain(keep=KEEP_CHECKPOINTS, pinned={state.best_step} if state.best_step else set())
    return 0


def step_sums(step: Step) -> dict[str, float]:
    """What a step adds to the sums between two log lines."""
    if step.skipped:
        return {"steps": 1.0, "tokens": float(step.tokens)}
    means = {f"loss.{name}": value for name, value in step.losses.items()} | {"loss": step.total}
    return {"steps": 1.0, "good": 1.0, "tokens": float(step.tokens), **means}


def mean_loss(state: State) -> float | None:
    """The mean training loss since the last logged step; None right after it."""
    good = state.window.get("good", 0.0)
    return state.window["loss"] / good if good else None


def log_step(run: RunFolder, objective: Objective, step: Step, state: State, clock: Clock) -> tuple[dict, dict]:
    """An event with the means since the last one, and these figures alone."""
    window, good = state.window, state.window.get("good", 0.0)
    figures: dict = {name: window[name] / good for name in window if name.startswith("loss")} if good else {}
    figures |= objective.summary(step.sums)
    seconds = clock.lap()
    event = {
        "event": "step",
        "step": step.number,
        **figures,
        "learning_rate": step.learning_rate,
        "gradient_norm": step.gradient_norm if not step.skipped else None,
        "tokens": window["tokens"],
        "skipped": len(state.skipped),
        "wall_seconds": round(seconds, 3),
    }
    run.events.append(event)
    state.window = {}
    return event, figures


def record_evaluation(run: RunFolder, state: State, figures: dict, best_metric: str, improved: bool) -> dict:
    """Record an evaluation in the event log and in the state. An undefined metric is never the best."""
    if improved:
        state.best_step, state.best_value, state.worse = state.step, figures[best_metric], 0
    else:
        state.worse += 1
    event = {"event": "evaluation", "step": state.step, **figures, "best": improved}
    run.events.append(event)
    return event


def is_better(value: float | None, best: float | None, higher: bool) -> bool:
    """Whether a defined, finite value beats the best so far."""
    if value is None or value != value or abs(value) == float("inf"):
        return False
    return best is None or (value > best if higher else value < best)


class Clock:
    """Wall time between logged steps. No decision depends on it."""

    def __init__(self):
        self.last = time.monotonic()

    def lap(self) -> float:
        """Seconds since the last time."""
        now = time.monotonic()
        seconds, self.last = now - self.last, now
        return seconds
