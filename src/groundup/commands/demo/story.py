"""The story of the demo: one life of a model, from data to a verdict, on one page. Each kind has a life of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundup.commands.demo.image import image_life
from groundup.commands.demo.settings import Demo
from groundup.commands.demo.table import table_life
from groundup.commands.demo.text import text_life

LIVES: dict[str, Callable[[Demo], dict[str, Any]]] = {"text": text_life, "table": table_life, "image": image_life}


def demo(settings: Demo) -> dict[str, Any]:
    """Every stage is an ordinary command with its own folder; a second call resumes where the first one was."""
    return LIVES[settings.kind](settings)
