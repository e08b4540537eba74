"""A table of two languages as two files, line by line: what `groundup finetune` and `groundup evaluate` read as a pair.

    python examples/translation/sides.py cmn.txt.gz examples/translation/data/tatoeba en zh

Writes `text.en` and `text.zh`; the first two columns of the table are read.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path


def main(source: str, folder: str, *languages: str) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with gzip.open(source, "rt", encoding="utf-8") if source.endswith(".gz") else open(source, encoding="utf-8") as file:
        rows = [line.rstrip("\r\n").split("\t") for line in file]
    for column, language in enumerate(languages):
        (out / f"text.{language}").write_text("".join(f"{row[column]}\n" for row in rows), "utf-8", newline="\n")
    print(f"{len(rows):,} pairs in {out}")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
