"""Which settings a run reads. A value that is only copied into other settings counts when it is read there.

Reading for the record (`lasting`, `to_dict`, fingerprints), for `check` and for the rules of scope.py does not count.
"""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from groundup import config, flags, scope

FOR_THE_RECORD = {str(Path(module.__file__).resolve()) for module in (config, flags, scope)}
FRAMES_OF_PYTHON = (dataclasses.__file__, "<string>")  # dataclasses makes its methods of strings


def leaves(settings: Any, prefix: str = "") -> Iterator[str]:
    """Dotted names of all settings, of groups by name (tasks.NAME.data), too."""
    for field in dataclasses.fields(settings):
        value, name = getattr(settings, field.name), prefix + field.name
        if dataclasses.is_dataclass(value):
            yield from leaves(value, f"{name}.")
        elif isinstance(value, dict) and value and all(map(dataclasses.is_dataclass, value.values())):
            for key, inner in value.items():
                yield from leaves(inner, f"{name}.{key}.")
        else:
            yield name


class Watch:
    """Counts the reads of the leaves of one settings value, and of what is made of it."""

    def __init__(self, settings: Any):
        self.counts: Counter[str] = Counter()
        self.paths: dict[int, dict[str, str]] = {}  # object -> field -> leaf
        self.kept: list[Any] = []  # so that no number is given to another object
        self.copied: dict[tuple[int, str], str] = {}  # (frame, field) -> leaf that was read there last
        self.classes: dict[type, tuple[Any, Any]] = {}
        self.add(settings, "")

    def add(self, settings: Any, prefix: str) -> None:
        self.kept.append(settings)
        self.paths[id(settings)] = {field.name: prefix + field.name for field in dataclasses.fields(settings)}
        for field in dataclasses.fields(settings):
            value = getattr(settings, field.name)
            if dataclasses.is_dataclass(value):
                self.add(value, f"{prefix}{field.name}.")
            elif isinstance(value, dict):
                for key, inner in value.items():
                    if dataclasses.is_dataclass(inner):
                        self.add(inner, f"{prefix}{field.name}.{key}.")

    def note(self, settings: Any, name: str, frame: FrameType) -> None:
        path = self.paths.get(id(settings), {}).get(name)
        if path is None or not counts_as_read(frame):
            return
        self.counts[path] += 1
        while frame.f_code.co_name in ("<listcomp>", "<dictcomp>", "<genexpr>") and frame.f_back:
            frame = frame.f_back
        self.copied[id(frame), name] = path

    def made(self, settings: Any, given: dict[str, Any], frame: FrameType) -> None:
        """New settings, made while the command runs: of others by `replace`, or of values that were read just now."""
        self.kept.append(settings)
        if frame.f_code.co_filename == dataclasses.__file__:
            origin, changes = frame.f_locals.get("obj"), frame.f_locals.get("changes", {})
            self.paths[id(settings)] = {
                k: p
                for k, p in self.paths.get(id(origin), {}).items()
                if getattr(origin, k) is changes.get(k, getattr(origin, k))
            }
            return
        linked = {}
        for name in given:
            path = self.copied.pop((id(frame), name), None)
            if path is not None:
                self.counts[path] -= 1
                linked[name] = path
        self.paths[id(settings)] = linked

    @contextmanager
    def watching(self, classes: set[type]) -> Iterator[None]:
        watch = self

        def reading(self: Any, name: str) -> Any:
            if not name.startswith("_"):
                watch.note(self, name, sys._getframe(1))
            return object.__getattribute__(self, name)

        def making(original: Any) -> Any:
            def init(self: Any, **given: Any) -> None:
                original(self, **given)
                watch.made(self, given, sys._getframe(1))

            return init

        before = {cls: cls.__dict__["__init__"] for cls in classes}
        for cls in classes:
            cls.__getattribute__ = reading
            cls.__init__ = making(before[cls])
        try:
            yield
        finally:
            for cls in classes:
                del cls.__getattribute__
                cls.__init__ = before[cls]

    def read(self) -> set[str]:
        return {path for path, count in self.counts.items() if count > 0}


def counts_as_read(frame: FrameType) -> bool:
    while frame.f_code.co_name in ("asdict", "_asdict_inner") and frame.f_back:  # of a group, which is then used as a whole
        frame = frame.f_back
    file, name = frame.f_code.co_filename, frame.f_code.co_name
    if file in FOR_THE_RECORD or file in FRAMES_OF_PYTHON or file == __file__:
        return False
    if name.startswith("check") and dataclasses.is_dataclass(frame.f_locals.get("self")):
        return False
    return not (name == "<lambda>" and frame.f_back is not None and frame.f_back.f_code.co_filename in FOR_THE_RECORD)


def settings_classes() -> set[type]:
    """Every class of settings of every command, and the groups in them."""
    from groundup.commands.table import COMMANDS, command_class

    found: set[type] = set()

    def add(cls: type) -> None:
        if cls in found:
            return
        found.add(cls)
        for kind in config.fields_of(cls).values():
            for inner in config.groups_of(kind):
                add(inner)
            if named := config.named_group(kind):
                add(named)

    for name in COMMANDS:
        add(command_class(name))
    return found
