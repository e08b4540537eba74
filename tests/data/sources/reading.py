"""What the tests of reading share."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_documents, read_rows
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError


def read(path: Path, rejects: Rejects | None = None, **settings) -> list[Row]:
    return list(read_rows([str(path)], ReadSettings(**settings), Rejects() if rejects is None else rejects))


def values(path: Path, **settings) -> list[dict]:
    return [row.values for row in read(path, **settings)]


def texts(path: Path, rejects: Rejects | None = None, column: str | None = None, **settings) -> list[list[str]]:
    """Paragraphs of the documents."""
    found = read_documents([str(path)], ReadSettings(**settings), Rejects() if rejects is None else rejects, column)
    return [document.paragraphs for document in found]


def refused(path: Path, **settings) -> InputError:
    with pytest.raises(InputError) as error:
        read(path, **settings)
    return error.value


def write(path: Path, content: str | bytes | Sequence[str]) -> Path:
    """A file with this content; a list holds its lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, (str, bytes)):
        content = "".join(line + "\n" for line in content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
