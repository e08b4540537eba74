"""BBC news with their extractive summaries (Greene and Cunningham, 2006) as a table.

    python examples/summaries/news.py bbc_news_summary.zip examples/summaries/data

Writes `news.csv`: the text without its headline, the summary, the headline, the topic. The sentences of a summary come from the
text, but in another order.
"""

from __future__ import annotations

import csv
import sys
import zipfile
from pathlib import Path

ARTICLES, SUMMARIES = "News Articles/", "Summaries/"


def main(source: str, folder: str) -> None:
    rows = []
    with zipfile.ZipFile(source) as archive:
        for name in sorted(name for name in archive.namelist() if ARTICLES in name and name.endswith(".txt")):
            title, _, text = read(archive, name).partition("\n")
            summary = read(archive, name.replace(ARTICLES, SUMMARIES))
            rows.append((text.strip(), summary.strip(), title.strip(), name.split("/")[-2]))
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "news.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("text", "summary", "title", "topic"), *rows])
    print(f"{len(rows):,} rows in {out / 'news.csv'}")


def read(archive: zipfile.ZipFile, name: str) -> str:
    """One file is Latin-1, the others UTF-8."""
    data = archive.read(name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
