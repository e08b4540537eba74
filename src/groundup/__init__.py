"""groundup: from raw files to a Transformer that is pretrained, fine-tuned, evaluated and used.

Every command is also a function of the same name that takes the same settings: `groundup.pretrain(data=..., out=...)`. Each
returns an Outcome; `groundup.load` opens what it made.
"""

from __future__ import annotations

import sys
import types
from importlib import import_module
from typing import Any

from groundup.commands.table import BY_NAME, COMMANDS
from groundup.offline import send_nothing
from groundup.version import VERSION

send_nothing()
__version__ = VERSION
HOMES = {  # public names -> where they stand; each is imported when it is first asked for
    "CallbackError": "train.callback",
    "Classifier": "estimators.known",
    "DataWarning": "errors",
    "GroundupError": "errors",
    "InputError": "errors",
    "Interrupted": "errors",
    "MultilabelClassifier": "estimators.known",
    "MultilabelTextClassifier": "estimators.known",
    "Outcome": "runs",
    "Regressor": "estimators.known",
    "Tagger": "estimators.known",
    "TextClassifier": "estimators.known",
    "TextRegressor": "estimators.known",
    "TextTagger": "estimators.known",
    "TrainingStep": "train.callback",
    "load": "evaluate.loading",
}
__all__ = sorted([*HOMES, *COMMANDS])


def __getattr__(name: str) -> Any:
    """A public name, made when it is first asked for: a command's function needs its settings, an estimator scikit-learn."""
    if name in BY_NAME:
        from groundup.usage.functions import make_function

        globals()[name] = value = make_function(BY_NAME[name])
        if (package := sys.modules.get(f"{__name__}.{name}")) is not None:
            share_names(value, package)
    elif name in HOMES:
        globals()[name] = value = getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    else:
        raise AttributeError(f"module 'groundup' has no attribute '{name}'")
    return value


def __dir__() -> list[str]:
    """The commands, the estimators, `load`, and what they return and raise."""
    return sorted(__all__)


def share_names(function: Any, package: types.ModuleType) -> None:
    """Give the function of a command the names of the package of the same name: `groundup.evaluate.report` is a module."""
    package.__dict__.update(function.__dict__)
    function.__dict__ = package.__dict__


class Package(types.ModuleType):
    """Importing groundup.evaluate, say, does not put that package in the place of the command of the same name."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in BY_NAME and isinstance(value, types.ModuleType)):
            super().__setattr__(name, value)
        elif (function := self.__dict__.get(name)) is not None:
            share_names(function, value)


sys.modules[__name__].__class__ = Package
