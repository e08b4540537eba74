"""Labelled tables for sentiment of three and more classes, in Chinese and English.

    python examples/sentiment/classes.py smp2020_ewect_usual examples/sentiment/data                          # Chinese
    python examples/sentiment/classes.py sentence_polarity.zip subjectivity.zip examples/sentiment/data       # English

Chinese (SMP2020-EWECT, short messages; people named six emotions): `emotions-train.csv`, `emotions-test.csv` with all six,
and `moods-train.csv`, `moods-test.csv` with three, where happy is positive, and anger, sadness and fear are negative. Surprise,
which may be either, is left out of these.

English: `films.csv`. Positive and negative are sentences of reviews (Pang and Lee, 2005), neutral ones tell what happens in a
film (the objective half of Pang and Lee, 2004). So neutral sentences come from another source than the others, and are easier
to tell than neutral opinions would be: read the figures of each class, not the mean alone.
"""

from __future__ import annotations

import csv
import gzip
import sys
import zipfile
from pathlib import Path

EMOTIONS = ("neutral", "angry", "happy", "sad", "fear", "surprise")
MOODS = {"neutral": "neutral", "happy": "positive", "angry": "negative", "sad": "negative", "fear": "negative"}
FILMS = (  # which archive, which file of it, what its sentences are
    (0, "sentence_polarity/rt-polarity.pos", "positive"),
    (0, "sentence_polarity/rt-polarity.neg", "negative"),
    (1, "subjectivity/plot.tok.gt9.5000", "neutral"),
)


def emotions(source: Path, out: Path) -> None:
    """The tables with six emotions and with three moods; the development rows train, too."""
    for split, files in {"train": ("train.tsv.gz", "dev.tsv"), "test": ("test.tsv",)}.items():
        rows = []
        for name in files:
            with (gzip.open if name.endswith(".gz") else open)(source / name, "rt", encoding="utf-8", newline="\n") as file:
                lines = [line.rstrip("\r\n").split("\t", 1) for line in file][1:]
            rows += [(text, EMOTIONS[int(label)]) for label, text in lines if text.strip()]
        write(out / f"emotions-{split}.csv", rows)
        write(out / f"moods-{split}.csv", [(text, MOODS[label]) for text, label in rows if label in MOODS])


def films(archives: list[Path], out: Path) -> None:
    """The table of sentences about films."""
    rows = []
    for archive, name, label in FILMS:
        with zipfile.ZipFile(archives[archive]) as opened:
            rows += [(line.strip(), label) for line in opened.read(name).decode("latin-1").split("\n") if line.strip()]
    write(out / "films.csv", rows)


def write(path: Path, rows: list[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("text", "label"), *rows])
    print(f"{len(rows):,} rows in {path}")


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    *sources, folder = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    if len(sources) == 1:
        emotions(sources[0], folder)
    else:
        films(sources, folder)
