"""The tasks by name. Adding one: docs/guides/add-a-task.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundup.config import nearest
from groundup.errors import InputError, printable
from groundup.former.names import former_value
from groundup.tasks.answering import Answering
from groundup.tasks.classification import Classification
from groundup.tasks.extraction import Extraction
from groundup.tasks.multilabel import Multilabel
from groundup.tasks.regression import Regression
from groundup.tasks.summarization import Summarization
from groundup.tasks.tagging import Tagging
from groundup.tasks.task import Task
from groundup.tasks.translation import Translation

TASKS: dict[str, type[Task]] = {
    task.name: task
    for task in (
        Classification,
        Multilabel,
        Regression,
        Tagging,
        Answering,
        Translation,
        Summarization,
        Extraction,
    )
}


def make_task(name: str, facts: Mapping[str, Any] | None = None, head: str | None = None) -> Task:
    """The task of a name, with what a model folder remembers of it."""
    name = former_value("task", name, {})
    if name not in TASKS:
        raise InputError("NO_SUCH_TASK", printable(name), f"is no task.{nearest(name, list(TASKS))}", "use a newer groundup")
    return TASKS[name](facts, head)
