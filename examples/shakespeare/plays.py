"""Plays in Bosak's XML as plain text, a file each: who speaks on a line of its own, then the lines.

python examples/shakespeare/plays.py shakespeare.zip examples/shakespeare/data/plays
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

SPOKEN = ("LINE", "STAGEDIR")


def text_of(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def blocks(play: ElementTree.Element) -> Iterator[list[str]]:
    """Titles of acts and scenes, stage directions, and speeches, in the order of the play."""
    for element in play.iter():
        if element.tag in ("TITLE", "SCNDESCR"):
            yield [text_of(element)]
        elif element.tag == "SPEECH":
            speakers = ", ".join(text_of(speaker) for speaker in element.findall("SPEAKER"))
            yield [f"{speakers}:", *(text_of(line) for line in element if line.tag in SPOKEN)]


def main(archive: str, folder: str) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive) as files:
        for name in sorted(files.namelist()):
            if name.endswith(".xml"):
                play = ElementTree.fromstring(files.read(name))
                text = "\n\n".join("\n".join(block) for block in blocks(play))
                (out / f"{Path(name).stem}.txt").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
