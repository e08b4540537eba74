"""What is refused, as the callers of scikit-learn expect it: errors of ours that are ValueErrors and TypeErrors, too."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from groundup.errors import InputError


class Refused(InputError, ValueError):
    """A value that cannot be used, as scikit-learn's callers expect it."""


class NotText(InputError, TypeError):
    """Something else than text, as scikit-learn's callers expect it."""


@contextmanager
def refusals() -> Generator[None]:
    """What the library refuses is a ValueError, too."""
    try:
        yield
    except InputError as error:
        if isinstance(error, (ValueError, TypeError)):
            raise
        raise Refused(error.code, error.place, error.what, error.fix, error.limit, error.problems) from None
