"""What a report says of calibration: the way that was kept, and how well probabilities of the judged rows mean what they say,
before and after. N rows, K classes or labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from groundup.messages.translate import Translator, translator
from groundup.metrics.calibration import Calibration, label_calibration
from groundup.tasks.calibrate import MIN_ROWS
from groundup.tasks.probabilities import ProbabilityTask

FIGURES = ("ece", "log_loss")


def calibration_report(task: ProbabilityTask, answers: Any, raw: Any, targets: Sequence[Any], language: str) -> dict[str, Any]:
    """What the model folder says of its calibration, with the figures of these rows `before` and `after` it, where it changes
    probabilities, and a `text`. Empty for models that were published before there was any."""
    known = task.calibration
    if "setting" not in known:
        return {}
    report = {name: value for name, value in known.items() if name not in ("curves", "in_head", "in_windows")}
    labelled = [row for row, target in enumerate(targets) if target is not None]
    if known["method"] != "none" and labelled:
        numbers = task.calibration_targets([targets[row] for row in labelled])
        sides = {"before": np.asarray(raw), "after": np.asarray(answers)}
        report |= {name: figures_of(one[labelled], numbers) for name, one in sides.items()}
    return report | {"text": calibration_text(report, translator(language))}


def figures_of(probabilities: np.ndarray, targets: np.ndarray) -> dict[str, float | None]:
    """Expected calibration error and log loss of classes [N] (-1: one that the model lacks), or of labels [N, K]."""
    if targets.ndim == 2:
        return label_calibration(probabilities, targets)
    calibration = Calibration()
    calibration.add(probabilities, targets)
    value = calibration.value()
    return {name: value[name] for name in FIGURES}


def calibration_text(report: Mapping[str, Any], t: Translator) -> str:
    """One line for people."""
    losses = ", ".join(t(f"loss of {name}", loss=f"{loss:.3f}") for name, loss in report["log_loss"].items())
    rows = f"{report['rows']:,}"
    if report["setting"] == "none":
        return t("not to be calibrated")
    if not losses:
        return t("too few to calibrate", rows=rows, least=MIN_ROWS)
    more = {"temperature": f"{report['temperature']:.3g}"} if "temperature" in report else {}
    text = t(f"calibrated by {report['method']}", rows=rows, losses=losses, **more)
    if "before" not in report:
        return text
    before, after = report["before"], report["after"]
    values = {"ece_before": before["ece"], "ece_after": after["ece"]}
    values |= {"loss_before": before["log_loss"], "loss_after": after["log_loss"]}
    space = "" if text.endswith("。") else " "
    return text + space + t("calibration on test", **{name: f"{value:.3f}" for name, value in values.items()})
