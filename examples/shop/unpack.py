"""Bring the zip files of shop products or of houses into shape: tables with what recipes split by, and what they learn.

python examples/shop/unpack.py fashion_train.zip examples/shop/data/fashion
python examples/shop/unpack.py houses_train.zip examples/shop/data/houses
"""

from __future__ import annotations

import argparse
import csv
import math
import zipfile
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    with zipfile.ZipFile(given.archive) as archive:
        archive.extractall(given.folder)
    for name, change in (("products.csv", with_brand), ("houses.csv", with_price)):
        if (given.folder / name).is_file():
            with (given.folder / name).open(encoding="utf-8", newline="") as file:
                rows = [change(row) for row in csv.DictReader(file)]
            out = given.folder / f"table_of_{name}"
            with out.open("w", encoding="utf-8", newline="") as file:
                table = csv.DictWriter(file, list(rows[0]))
                table.writeheader()
                table.writerows(rows)
            print(f"{out}: {len(rows):,} rows")


def with_brand(row: dict[str, str]) -> dict[str, str]:
    """The brand is the first word of a title."""
    return row | {"brand": row["title"].split()[0]}


def with_price(row: dict[str, str]) -> dict[str, str]:
    """A house has four pictures, of which the front is read; what is learned is the decimal logarithm of its price."""
    return row | {"front": f"{row['id']}_frontal.jpg", "log_price": f"{math.log10(float(row['price'])):.4f}"}


if __name__ == "__main__":
    main()
