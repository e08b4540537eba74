"""Inspec's keywords as marked parts of the texts they stand in: what `groundup finetune --task tagging` learns from.

    python examples/keywords/spans.py inspec examples/keywords/data       # the folder of Training.zip and Validation.zip

Writes `train.jsonl` and `test.jsonl`: the text (title and abstract) and its spans. Every occurrence of a keyword is marked, in
small letters or large; of two that overlap the longer one. Keywords that do not stand in the text (about one in four) are not.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from score import Document, inspec  # beside this file


def spans_of(document: Document) -> list[tuple[int, int, str]]:
    """Where the keywords of a document stand, the longer ones first, none within another."""
    found: list[tuple[int, int, str]] = []
    for phrase in sorted(document.gold, key=len, reverse=True):
        for match in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", document.text, re.IGNORECASE):
            if all(match.end() <= start or end <= match.start() for start, end, _ in found):
                found.append((match.start(), match.end(), "keyword"))
    return sorted(found)


def main(source: str, folder: str) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    for name, archive in (("train", "Training.zip"), ("test", "Validation.zip")):
        documents = inspec(Path(source) / archive, True)
        lines = [json.dumps({"text": one.text, "label": spans_of(one)}, ensure_ascii=False) for one in documents]
        (out / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        print(f"{len(lines):,} documents in {out / f'{name}.jsonl'}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
