"""The hyper-parameters of a training as a short table: what decides a result, in words of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from groundup.messages.translate import Translator
from groundup.train.hyperparameters import METHOD_NAMES, optimizer_in


def short_values(resolved: Mapping, t: Translator) -> list[tuple[str, str]]:
    """Name and value of what matters most; what a run of an older version did not keep is left out."""
    values, steps = optimizer_in(resolved), resolved["steps"]
    warmup = t("value share of steps", percent=f"{100 * values.warmup:.3g}", steps=round(values.warmup * steps))
    decay = t("value decay from", percent=f"{100 * values.decay_start:.3g}") if values.decay_start else t("value decay")
    size, tokens, epochs = (resolved.get(name) for name in ("batch_size", "tokens_per_batch", "epochs"))
    rows = {
        "value optimizer": METHOD_NAMES[values.method],
        "value learning rate": f"{values.learning_rate:.3g}",
        "value warmup": warmup,
        "value schedule": decay,
        "value betas": f"{values.beta1:g}, {values.beta2:g}",
        "value weight decay": f"{values.weight_decay:g}",
        "value clip": f"{values.clip:g}",
        "value steps": f"{steps:,}",
        "value epochs": None if epochs is None else f"{epochs:.3g}",
        "value batch": None if not size else f"{size:,} {t('value unit ' + resolved.get('unit', 'rows'))}",
        "value tokens": None if not tokens else f"{tokens:,}",
        "value precision": resolved.get("precision"),
        "value seed": None if resolved.get("seed") is None else str(resolved["seed"]),
        "value threads": None if resolved.get("threads") is None else str(resolved["threads"]),
        "value trained": None if not resolved.get("trained_parameters") else f"{resolved['trained_parameters']:,}",
    }
    return [(t(name), value) for name, value in rows.items() if value is not None]
