"""Draws `report.png`, the picture of a report in the README: `python docs/pictures/make_report_picture.py`.

A table of scikit-learn that every user has (digits: 1,797 rows, the 64 pixels of handwritten figures as columns) is fine-tuned
beside its baselines; the page of the run is photographed by a headless Chromium, and packed with 64 colors.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import groundup

PICTURE, WIDTH, HEIGHT = Path(__file__).resolve().with_name("report.png"), 1280, 1180
MOST_BYTES, STEPS = 150_000, 300


def write_table(path: Path) -> None:
    """The rows of the set, the label in words."""
    from sklearn.datasets import load_digits

    cells = load_digits()
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*cells.feature_names, "digit"])
        writer.writerows([*row, f"digit {label}"] for row, label in zip(cells.data.tolist(), cells.target))


def photograph(page: Path, picture: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("neither chromium nor google-chrome is on the path")
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}"]
    subprocess.run([browser, *words, f"--screenshot={picture}", page.as_uri()], check=True, timeout=120)


def pack(picture: Path) -> None:
    from PIL import Image

    with Image.open(picture) as image:
        packed = image.convert("RGB").quantize(64)
    packed.save(picture, optimize=True)
    if picture.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{picture} has {picture.stat().st_size:,} bytes, more than {MOST_BYTES:,}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_table(Path("digits.csv"))
        groundup.finetune(data="digits.csv", table_column=["*"], label_column="digit", steps=STEPS, out="runs/digits")
        photograph(Path("runs/digits/report.html").resolve(), PICTURE)
        os.chdir("/")
    pack(PICTURE)


if __name__ == "__main__":
    main()
