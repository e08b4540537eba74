"""What tasks have in common whose answers are probabilities of classes or labels: they are calibrated.

A temperature is put into the last layer of the head, so that every program that runs the model gives the calibrated
probabilities. Isotonic curves, and the temperature of rows that are read in windows, stand in `facts` and are applied to the
answers. N rows, K classes or labels.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from groundup.data.packed import Packed
from groundup.kinds.reader import Reader
from groundup.tasks.calibrate import Calibration, apply, calibrate, tempered
from groundup.tasks.task import Answers, Task

if TYPE_CHECKING:
    from groundup.nn.model import Model


class ProbabilityTask(Task[Reader, Packed]):
    """Facts: `calibration`, what `calibrate` found; `in_head` says that the weights hold its temperature."""

    sum_to_one: ClassVar[bool] = True

    @abstractmethod
    def calibration_targets(self, targets: Sequence[Any]) -> np.ndarray:
        """Targets as `tasks/calibrate.py` takes them."""

    @property
    def calibration(self) -> dict[str, Any]:
        """How the answers are calibrated; empty where the model was published by a version that did not."""
        return self.facts.get("calibration", {})

    def calibrate(
        self, raw: Callable[[], Answers], targets: Sequence[Any], setting: Calibration, in_windows: bool = False
    ) -> None:
        classes = self.calibration_targets(targets)
        probabilities = np.asarray(raw()) if setting != "none" and len(classes) else np.zeros((0, len(self.labels)))
        self.facts["calibration"] = calibrate(probabilities, classes[: len(probabilities)], setting)
        if in_windows:
            self.facts["calibration"]["in_windows"] = True

    def calibrated(self, raw: Answers) -> Answers:
        in_head = self.calibration.get("in_head", False)
        return raw if in_head else apply(self.calibration, np.asarray(raw), self.sum_to_one)

    def uncalibrated(self, raw: Answers) -> Answers:
        in_head = self.calibration.get("in_head", False)
        return tempered(np.asarray(raw), 1 / self.calibration["temperature"], self.sum_to_one) if in_head else raw

    def fold_scale(self, model: Model) -> None:
        """The last layer divides by the temperature. Not where a row is several windows: its answer is a mean over these."""
        if self.calibration.get("method") == "temperature" and not {"in_windows", "in_head"} & self.calibration.keys():
            self.scale_head(model, 1 / self.calibration["temperature"])
            self.facts["calibration"] = self.calibration | {"in_head": True}

    def unfold_scale(self, model: Model) -> None:
        """The last layer says the logits that were trained."""
        if self.calibration.get("in_head"):
            self.scale_head(model, self.calibration["temperature"])
            self.facts["calibration"] = {name: value for name, value in self.calibration.items() if name != "in_head"}

    def scale_head(self, model: Model, factor: float) -> None:
        import torch

        from groundup.nn.heads import PooledHead

        head = model.heads[self.head]
        assert isinstance(head, PooledHead)
        with torch.no_grad():
            head.classes.weight.mul_(factor)
            if head.classes.bias is not None:
                head.classes.bias.mul_(factor)
