"""The values that are decided where a user says nothing: for training, and for `--dry-run` as far as they are known without
the data. Free of torch: config.json is read at most.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from groundup.errors import InputError
from groundup.strict_json import read_json
from groundup.train.hyperparameters import EPOCHS, FEWEST_UPDATES, Hyperparameters, of_finetuning
from groundup.train.settings import OptimizerSettings

if TYPE_CHECKING:
    from groundup.commands.compress import Compress
    from groundup.commands.finetune import Finetune
    from groundup.commands.ladder import Ladder
    from groundup.commands.pretrain import Pretrain


class Steps(Protocol):
    """Settings that say how long to train."""

    @property
    def steps(self) -> int | None: ...

    @property
    def batch_size(self) -> int: ...


WIDTHS = ("hidden_size", "d_model", "n_embd", "dim")  # what config.json of the families calls the numbers of a token
LATER = "resolved at the start:"


def config_of(model: str) -> dict:
    """config.json of a model folder or run; empty where there is none to read yet."""
    for folder in (Path(model) / "model", Path(model)):
        try:
            if (folder / "config.json").is_file():
                found = read_json(folder / "config.json")
                return found if isinstance(found, dict) else {}
        except InputError:
            return {}
    return {}


def width_of(model: str) -> int | None:
    """The numbers of a token in a model; None where it does not say."""
    config = config_of(model)
    return next((config[name] for name in WIDTHS if isinstance(config.get(name), int) and config[name] > 0), None)


def lines_of(values: Hyperparameters) -> list[str]:
    """The values of an optimizer for people."""
    rest = {name: value for name, value in asdict(values).items() if name not in ("method", "learning_rate")}
    told = ", ".join(
        f"{name} {str(value).lower() if isinstance(value, bool) else format(value, 'g')}" for name, value in rest.items()
    )
    return [f"resolved: {values}", f"resolved: {told}"]


def optimizer_of(settings: Finetune, width: int) -> Hyperparameters:
    """All values of the optimizer, by the numbers per token. What l2_sp pulls to its start must not decay to 0 as well."""
    decay = 0.0 if settings.stay.method == "l2_sp" else 0.01
    return of_finetuning(settings.optimizer, width, bool(settings.lora.rank), decay)


def optimizer_settings(settings: Compress) -> OptimizerSettings:
    """What a method says of the optimizer: blocks that replace others by and by are not pulled to 0."""
    chosen = settings.optimizer
    return replace(chosen, weight_decay=0.0) if settings.method == "theseus" and chosen.weight_decay is None else chosen


def dry_finetune(settings: Finetune) -> list[str]:
    width = width_of(settings.model)
    return [*told(settings.model, None if width is None else optimizer_of(settings, width)), *steps_told(settings)]


def dry_compress(settings: Compress) -> list[str]:
    if settings.method == "quantize":
        return ["resolved: nothing is trained"]
    student = settings.distill.student if settings.method == "distill" else None
    return dry_transfer(student or settings.model, optimizer_settings(settings), settings)


def dry_ladder(settings: Ladder) -> list[str]:
    theseus = any("theseus" in rung for rung in settings.rungs) and settings.optimizer.weight_decay is None
    return [
        *dry_transfer(settings.model, settings.optimizer, settings),
        *(["resolved: weight_decay 0 in the rungs of theseus"] if theseus else []),
    ]


def dry_transfer(model: str, optimizer: OptimizerSettings, settings: Steps, tasks: int = 1) -> list[str]:
    """Of a command that trains a pretrained model on labelled rows as fine-tuning does."""
    width = width_of(model)
    return [*told(model, None if width is None else of_finetuning(optimizer, width)), *steps_told(settings, tasks)]


def told(model: str, values: Hyperparameters | None) -> list[str]:
    """The values of an optimizer for people; None where the model does not say how wide it is."""
    return (
        lines_of(values)
        if values is not None
        else [f"{LATER} the learning rate, of the width of {model}, which has no config.json to read"]
    )


def steps_told(settings: Steps, tasks: int = 1) -> list[str]:
    """How long the training is; of several tasks an update has rows of each."""
    size = settings.batch_size * tasks
    if settings.steps is not None:
        return [f"resolved: {settings.steps:,} steps of {size:,} rows; {LATER} how many epochs that is"]
    epochs = getattr(settings, "epochs", None)  # a learning curve has none
    how = f"{epochs} epochs" if epochs is not None else f"{EPOCHS} epochs, and at least {FEWEST_UPDATES:,} steps"
    return [f"{LATER} the number of steps of {size:,} rows, by the number of training rows ({how})"]


def dry_pretrain(settings: Pretrain) -> list[str]:
    """Of pretraining, anew or of a model continued."""
    from groundup.commands import regimes
    from groundup.families.presets import size_of

    config = {} if settings.model is None else config_of(settings.model)
    kind = settings.objective or regimes.NATURAL.get(config.get("model_type", ""), "masked")
    regime = regimes.regime_of(settings, kind)
    width = size_of(settings.preset).hidden_size if settings.model is None else width_of(settings.model)
    size = settings.batch_size or regime.batch_size
    lines = told(str(settings.model), None if width is None else regimes.optimizer_of(settings, regime, width))
    masked = kind in ("masked", "replaced")
    rates = f", mask_rate {regime.masking.rate:g} falling to {regime.masking.final_rate:g}" if masked else ""
    gamma = f", gamma {regime.gamma:g}" if kind == "masked" else ""
    embeddings = f", embeddings {regime.embeddings}" if settings.model is None else ""
    shape = f"{size:,} sequences of {settings.length:,} tokens a step"
    lines.append(f"resolved: objective {kind}, {shape}{rates}{gamma}{embeddings}")
    if settings.steps is None:
        return [*lines, f"{LATER} the number of steps, by timing the first ones ({settings.budget})"]
    return [*lines, f"resolved: {settings.steps:,} steps; {LATER} how many epochs that is"]
