"""All values of an optimizer and its schedule: the user's, and defaults for the kind of training where the user gives none.

Free of torch. Only this module chooses them. optimizers.py builds the optimizer from them; run.json, reports and `--dry-run`
show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from groundup.messages.translate import ENGLISH, Translator
from groundup.train.defaults import PRETRAINED, TrainingDefaults
from groundup.train.settings import OptimizerSettings

METHOD_NAMES = {"adamw": "AdamW", "muon": "Muon"}
LORA_LEARNING_RATE_FACTOR = 5.0  # LoRA learns so many times as fast


@dataclass(frozen=True)
class Hyperparameters:
    """All values of an optimizer and its schedule. `warmup` and `decay_start` are fractions of the updates."""

    learning_rate: float  # at its peak
    warmup: float
    decay_start: float
    weight_decay: float
    beta2: float
    epsilon: float
    bias_correction: bool
    method: str = "adamw"
    beta1: float = 0.9
    clip: float = 1.0

    def __str__(self) -> str:
        """`AdamW, peak learning rate 0.00048, 10% warm-up, linear decay`."""
        return self.text(ENGLISH)

    def text(self, t: Translator) -> str:
        """The same in a language."""
        decay = t("linear decay from", share=self.decay_start) if self.decay_start else t("linear decay")
        peak, warmup = f"{self.learning_rate:.3g}", f"{100 * self.warmup:.3g}%"
        return t("optimizer", method=METHOD_NAMES[self.method], peak=peak, warmup=warmup, decay=decay)


def with_overrides(settings: OptimizerSettings, defaults: Hyperparameters) -> Hyperparameters:
    """The defaults, replaced by the values that the user gives."""
    names = {field.name for field in fields(defaults)}
    overrides = {name: value for name, value in asdict(settings).items() if name in names and value is not None}
    return replace(defaults, **overrides)


def finetuning_hyperparameters(
    settings: OptimizerSettings,
    width: int,
    lora: bool = False,
    weight_decay: float = 0.01,
    defaults: TrainingDefaults = PRETRAINED,
) -> Hyperparameters:
    """The values for fine-tuning a model of hidden size `width`, or for training LoRA matrices beside it."""
    peak = defaults.peak(width) * (LORA_LEARNING_RATE_FACTOR if lora else 1.0)
    return with_overrides(settings, Hyperparameters(peak, 0.1, 0.0, weight_decay, 0.999, 1e-8, True))


def summary_line(resolved: Mapping, t: Translator = ENGLISH) -> str:
    """The resolved settings of a training in one line: `AdamW, peak ...; 150 steps of 32 rows = 0.6 epochs; float32`."""
    return t("semicolon").join([optimizer_in(resolved).text(t), length_in(resolved, t), resolved["precision"]])


def optimizer_in(resolved: Mapping) -> Hyperparameters:
    """The values of the optimizer in the resolved settings of a training."""
    values = resolved["optimizer"]
    return Hyperparameters(**{field.name: values[field.name] for field in fields(Hyperparameters)})


def length_in(resolved: Mapping, t: Translator = ENGLISH) -> str:
    """How long a training is: `150 steps of 32 rows (about 1,200 tokens) = 0.6 epochs`."""
    size, tokens, epochs = (resolved.get(name) for name in ("batch_size", "tokens_per_batch", "epochs"))
    length = t(f"length of {resolved.get('unit', 'rows')}" if size else "length of steps", steps=resolved["steps"], size=size)
    length = t("about tokens", length=length, tokens=tokens) if size and tokens else length
    return length if epochs is None else t("in epochs", length=length, epochs=epochs)


def summary_lines(resolved: Mapping, t: Translator = ENGLISH) -> list[str]:
    """What decides a training, in two lines: the optimizer, and the length with precision, seed and threads."""
    values, seed = optimizer_in(resolved), str(resolved["seed"])
    further = t("optimizer further", beta1=values.beta1, beta2=values.beta2, decay=values.weight_decay, clip=values.clip)
    machine = t("on the machine", precision=resolved["precision"], seed=seed, threads=resolved["threads"])
    return [t("comma of clauses").join([values.text(t), further]), t("semicolon").join([length_in(resolved, t), machine])]
