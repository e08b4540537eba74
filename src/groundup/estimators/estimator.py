"""What all estimators have in common: settings, rows, training, and the model folder. n rows."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from groundup import disk
from groundup.commands.finetune.settings import Finetune
from groundup.config import make_settings
from groundup.data.single_rows import as_table
from groundup.errors import DataWarning, InputError, Interrupted
from groundup.estimators.columns import are_texts, rows_by_name
from groundup.estimators.fitted import Fitted, new_temporary, remove
from groundup.estimators.refused import Refused, refusals
from groundup.estimators.rows import Text, is_frame, plain, rows_of
from groundup.estimators.targets import Answering
from groundup.former.names import with_current_names
from groundup.kinds.table.reader import ALL
from groundup.terminal.log import speaking
from groundup.train.callback import calling

if TYPE_CHECKING:
    from groundup.evaluate.predictor import Predictor

LARGEST_SEED = 2**31 - 1
COLUMNS = ("text_column", "image_column", "table_column")
NO_SETTINGS = {*COLUMNS, "best_metric", "validation", "test", "train_rows", "label", "label_column"}
USE_GENERAL = "use the estimator of the same name without Text"
READ_IN_MEMORY = {"missing", "decimal"}  # settings of reading that mean something without a file


class Estimator(Answering, BaseEstimator):
    """What all have in common: settings, rows, training, and the model folder."""

    n_features_in_: int

    def __init__(
        self,
        model=None,
        *,
        text_column=None,
        image_column=None,
        table_column=None,
        out=None,
        validation=0.1,
        epochs=None,
        steps=None,
        batch_size=32,
        max_length=128,
        too_long="truncate",
        learning_rate=None,
        freeze=0,
        patience=3,
        best_metric=None,
        settings=None,
        threads=None,
        verbose=False,
        random_state=0,
        judge=None,
    ):
        """`model` is a model folder or run (ours or Hugging Face's); None is a new small model, for rows of a table or of
        several kinds. `text_column`, `image_column` and `table_column` name columns of X, one or a list of them; `*` is every
        column that has no other part. Without them all of X is a table, or texts where it is one column of strings without a
        name.

        `out` is a run folder that stays; without it a temporary one lives as long as the estimator. `validation` is the share
        of the rows, drawn in `fit`, that decides which checkpoint is best; with 0 all rows train, and the last checkpoint is
        the model. `settings` are others of `groundup finetune`, like {"layer_decay": 1, "optimizer": {"warmup": 0.2}}; its help
        explains all. `judge` is the former name of `best_metric`."""
        self.model = model
        self.text_column = text_column
        self.image_column = image_column
        self.table_column = table_column
        self.out = out
        self.validation = validation
        self.epochs = epochs
        self.steps = steps
        self.batch_size = batch_size
        self.max_length = max_length
        self.too_long = too_long
        self.learning_rate = learning_rate
        self.freeze = freeze
        self.patience = patience
        self.best_metric = best_metric
        self.settings = settings
        self.threads = threads
        self.verbose = verbose
        self.random_state = random_state
        self.judge = judge

    def fit(self, X, y, callback=None):
        """Train. X: [n] rows (a frame, a list of mappings, an array [n, features] or texts); y: [n] labels, as the class says.
        `callback` is a function of a `groundup.TrainingStep`, called after each update, that may end the training. Raises
        Refused (a ValueError) or NotText (a TypeError) for what cannot be learned from or set."""
        self.__dict__.pop("_fitted", None)  # an older model does not outlive a fit that fails
        rows = self._rows(X, reset=True)
        if y is None:
            raise Refused("NO_LABELS", "y", f"{type(self).__name__} requires y to be passed, but the target y is None")
        if len(rows) < 2:
            raise Refused("ONE_ROW", "X", "holds 1 sample; a minimum of 2 is required to learn", "give more rows")
        labels = self._labels(y)
        check_consistent_length(rows, labels)
        temporary = None if self.out is not None else new_temporary()
        try:
            with refusals():
                from groundup.commands.finetune.in_memory import fit_rows

                settings = self._finetune(temporary / "run" if temporary is not None else self.out)
                with speaking(settings), calling(callback):
                    folder, reader = fit_rows(settings, rows, labels)
        except BaseException as error:
            if temporary is not None:
                remove(temporary, os.getpid())
                if isinstance(error, Interrupted):  # nothing is left that could go on
                    raise KeyboardInterrupt from None
            raise
        if temporary is not None and (checkpoints := folder.parent / "checkpoints").is_dir():
            disk.remove_tree(checkpoints)
        self._fitted = Fitted(folder, temporary, self.threads)
        if unread := [name for one in reader.readers for name in set(one.columns) - set(one.absent(()))]:
            why = "verbose=True says why, and settings={'table': {'kinds': ['NAME=category']}} reads one"
            columns = "1 column is" if len(unread) == 1 else f"{len(unread)} columns are"
            warnings.warn(f"{columns} not read: {', '.join(sorted(unread))}; {why}", DataWarning, stacklevel=2)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return "_fitted" in self.__dict__

    @property
    def model_folder_(self) -> Path:
        """The model folder, which every command takes. A temporary one goes with the estimator: copy it."""
        check_is_fitted(self)
        return self._fitted.folder

    @property
    def predictor_(self) -> Predictor:
        """The fitted model as `groundup.load` opens it."""
        check_is_fitted(self)
        return self._fitted.predictor

    def _answers(self, X):
        """The task's answers to rows, and the task."""
        check_is_fitted(self)
        given = self._rows(X, reset=False)
        predictor = self._fitted.predictor
        with refusals():
            rows = predictor.read_rows(given)
            predictions = predictor.row_answers(rows)
        for line in predictor.warnings_about(given, rows, predictions):
            warnings.warn(line, DataWarning, stacklevel=3)
        return predictions.answers, predictor.trained_task

    def _finetune(self, out) -> Finetune:
        """The settings, all mistakes reported at once."""
        settings_here = ("epochs", "steps", "batch_size", "max_length", "too_long", "freeze", "patience", "threads")
        settings = {name: getattr(self, name) for name in settings_here} | {
            "model": self.model,
            "task": self.task,
            "out": out,
            "data": "rows in memory",
            "quiet": not self.verbose,
            "seed": seed_of(self.random_state),
            "baselines": False,
            "split": {"validation": self.validation, "test": 0},
        }
        metric = {"best_metric": self.best_metric, "judge": self.judge}
        settings |= self._columns()
        settings |= self._current({name: value for name, value in metric.items() if value is not None})
        further = self._current(self.settings or {})
        if clash := sorted((settings.keys() | NO_SETTINGS) & further.keys()):
            fix = "give them to the estimator itself, where it has them"
            raise InputError("BAD_SETTING", "settings", f"{', '.join(clash)} cannot stand among the further settings", fix)
        if of_files := sorted(set(further.get("read") or {}) - READ_IN_MEMORY):
            raise InputError("BAD_SETTING", f"read.{of_files[0]}", "is for files, and rows are in memory", "leave it out")
        if self.learning_rate is not None:
            further["optimizer"] = dict(further.get("optimizer") or {}) | {"learning_rate": self.learning_rate}
        return make_settings(Finetune, plain(settings | further))

    def _current(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Settings of `groundup finetune` under today's names; a FutureWarning for each former one."""
        renamed: list[str] = []
        result = with_current_names(Finetune, settings, renamed.append)
        for line in renamed:
            warnings.warn(line, FutureWarning, stacklevel=4)
        return result

    def _columns(self) -> dict[str, tuple[str, ...]]:
        """The columns of each kind, as settings."""
        if self._of_texts:
            unnamed = ("text",) if self.n_features_in_ == 1 else ("first", "second")
            return {"text_column": tuple(map(str, getattr(self, "feature_names_in_", unnamed)))}
        return self._named() or {"table_column": (ALL,)}

    def _named(self) -> dict[str, tuple[str, ...]]:
        """The columns that are named for a kind."""
        named = {name: getattr(self, name) for name in COLUMNS if getattr(self, name) is not None}
        return {name: (columns,) if isinstance(columns, str) else tuple(columns) for name, columns in named.items()}

    def _rows(self, X, reset: bool) -> list[Any]:
        """The rows of X: of texts, or by the names of columns."""
        X = as_table(X) if hasattr(X, "__next__") or isinstance(X, list) else X  # one row alone is refused, as everywhere there
        if reset:
            self._of_texts = self._are_texts(X)
        if self._of_texts:
            return self._texts(X, reset)
        strict = not self._named()  # all of X is read, so it must be what was fitted
        return rows_by_name(self, X, reset, strict)

    def _are_texts(self, X) -> bool:
        """Whether all of X is texts."""
        return not self._named() and are_texts(X)

    def _texts(self, X, reset: bool) -> list[Text]:
        """The texts of X, as many columns as were fitted."""
        texts = rows_of(X)
        if len(texts[0]) > self.max_columns:
            what = f"has {len(texts[0])} columns; {type(self).__name__} reads {self.max_columns} at most"
            raise Refused("TOO_MANY_COLUMNS", "X", what, "name the columns with the text")
        frame = X if is_frame(X) else np.array(texts, dtype=object)
        validate_data(self, frame, reset=reset, skip_check_array=True)
        return texts

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.categorical = tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        return tags


class TextEstimator(Estimator):
    """Reads all of X as texts: one column, or two of pairs."""

    def _are_texts(self, X) -> bool:
        if columns := self._named():
            what = f"is not for {type(self).__name__}, which reads all of X as texts"
            raise Refused("BAD_SETTING", next(iter(columns)), what, USE_GENERAL)
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = tags.input_tags.categorical = tags.input_tags.allow_nan = False
        return tags


def seed_of(random_state) -> int:
    """A whole number as it is; else one drawn from scikit-learn's generators."""
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    return int(check_random_state(random_state).randint(LARGEST_SEED))
