"""Quiet around libraries that tell of their own insides."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Generator


@contextlib.contextmanager
def silence() -> Generator[None]:
    """No warnings, no log below an error, nothing on standard output, and no bars of progress on standard error."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
