"""What notebooks show of an object that Python callers get. Their pages are imported when a notebook asks."""

from __future__ import annotations

from importlib import import_module


class Shown:
    """Has an HTML repr: the `view` of `pages/notebook.py`."""

    def _repr_html_(self) -> str:
        return import_module("groundup.pages.notebook").view(self)
