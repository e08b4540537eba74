"""The story of preparing rows of a kind with large cells (images): read, drop repeats, split, store, report.

A kind is a row of BULKY; nothing else here knows which one it is.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from groundup import disk
from groundup.commands.prepare.closing import told_rows
from groundup.commands.prepare.settings import Prepare
from groundup.config import identity_settings
from groundup.data import draws
from groundup.data.sources.files.formats import IMAGES
from groundup.data.sources.files.open import open_inputs
from groundup.data.sources.records import Rejects
from groundup.data.sources.split_names import split_of
from groundup.data.splits.split import SPLITS, empty_splits
from groundup.folders import NewFolder, check_output, new_folder
from groundup.kinds.image.files import read_images
from groundup.kinds.image.stored import STORED_IMAGES
from groundup.kinds.stored_kind import StoredKind
from groundup.messages.current import counted, message
from groundup.pages.images_page import images_page
from groundup.runs import Outcome, is_made
from groundup.scope import at_default, settings_given
from groundup.strict_json import canonical, read_json
from groundup.terminal.live import each
from groundup.terminal.log import say, text

COLUMNS = ("id", "label", "split")


class BulkyRow(NamedTuple):
    """The bytes of one cell, with the class and the split that its place tells."""

    id: str
    label: str
    split: str | None
    data: bytes


@dataclass(frozen=True)
class BulkyKind:
    """A kind whose cells are stored as bytes of one size, one file a split."""

    stored: StoredKind  # its name is that of its group of settings, and of its shape in the manifest
    formats: Mapping[str, str]  # of the files that hold it: how their names end -> what that is
    shape: Callable[[Prepare], dict[str, int]]
    read: Callable[[Prepare, Rejects], Iterator[BulkyRow]]
    page: Callable[[Mapping], str]

    @property
    def name(self) -> str:
        return self.stored.kind

    @property
    def plural(self) -> str:
        """Of its files, and of its part of the report."""
        return self.stored.plural


def image_shape(settings: Prepare) -> dict[str, int]:
    """Size and channels of the images of a data folder."""
    assert settings.image is not None
    return {"size": settings.image.size, "channels": settings.image.channels}


def image_rows(settings: Prepare, rejects: Rejects) -> Iterator[BulkyRow]:
    """Every image of the sources, scaled."""
    assert settings.image is not None
    for picture in read_images(settings.source, settings.read, settings.image, rejects):
        yield BulkyRow(picture.id, picture.label, picture.split, picture.pixels.tobytes())


BULKY = (BulkyKind(STORED_IMAGES, IMAGES, image_shape, image_rows, images_page),)


def bulky_kind(settings: Prepare) -> BulkyKind | None:
    """The kind with large cells whose settings were given; None: running text."""
    return next((kind for kind in BULKY if getattr(settings, kind.name) is not None), None)


def prepare_bulky(settings: Prepare, kind: BulkyKind) -> Outcome:
    """Make the data folder, complete or not at all."""
    out, fixed = Path(settings.out), identity_settings(settings)
    check_output(out)
    if is_made(out, fixed, at_default(settings)):
        say(text("finished already", out=out))
        return Outcome(out, told_rows(out, read_json(out / "report.json")))
    rejects = Rejects()
    with new_folder(out, kind="data", settings=fixed, extra={kind.name: kind.shape(settings)}) as folder:
        counts = write_rows(folder, unrepeated(settings, kind, rejects), settings, kind, rejects)
        rejects.check_sum(sum(counts.values()))
        folder.write_text("rejects.jsonl", "".join(canonical(r).replace("\n", "") + "\n" for r in rejects.described))
        report = make_report(settings, kind, rejects, counts)
        folder.write_json("report.json", report)
        folder.write_text("report.html", kind.page(report))
    splits = message("comma").join(f"{message(f'split {name}')} {count:,}" for name, count in report["splits"].items())
    rows = counted(kind.plural, rejects.read)
    say(message("rows kept", kept=sum(counts.values()), rows=rows, splits=splits))
    for note in (*rejects.reasons(kind.plural), *rejects.notes()):
        say(f"    {note}")
    return Outcome(out, told_rows(out, report))


def unrepeated(settings: Prepare, kind: BulkyKind, rejects: Rejects) -> Iterator[BulkyRow]:
    """Every row once: one with the very bytes of another is left out."""
    known: dict[bytes, str] = {}
    for row in each(kind.read(settings, rejects), message("phase reading"), unit=kind.plural):
        key = hashlib.sha256(row.data).digest()
        if settings.dedup.exact and key in known:
            rejects.drop(row.id, "EXACT_DUPLICATE", f"repeats {known[key]}")
            continue
        known[key] = row.id
        yield row


def write_rows(folder: NewFolder, rows: Iterator[BulkyRow], settings: Prepare, kind: BulkyKind, rejects: Rejects) -> Counter:
    """One file of bytes per split and the list of rows; (split, label) -> how many.

    Bytes wait in one file until all labels are known. A source that comes in splits keeps them; what it lacks is drawn from
    its training part.
    """
    places: list[tuple[str, str, str | None]] = []  # name, label and split of each row
    spool, size = folder.scratch_file(f"all.{kind.plural}"), 0
    try:
        for row in rows:
            spool.write(row.data)
            size = len(row.data)
            places.append((row.id, row.label, row.split))
    finally:
        spool.close()
    shares = shares_of(settings, kind)
    splits = draw_splits(places, settings, shares)
    for note in empty_splits(Counter(splits), shares):
        rejects.inform(note)
    lines = []
    with ExitStack() as stack:
        files = {name: stack.enter_context(folder.open(kind.stored.shard(name))) for name in SPLITS}
        cells = stack.enter_context(spool.path.open("rb"))
        for (name, label, _), split in zip(places, splits, strict=True):
            files[split].write(cells.read(size))
            lines.append(canonical(dict(zip(COLUMNS, (name, label, split)))).replace("\n", "") + "\n")
    disk.unlink(spool.path)
    folder.write_text(kind.stored.listing, "".join(lines))
    return Counter((split, label) for (_, label, _), split in zip(places, splits, strict=True))


def shares_of(settings: Prepare, kind: BulkyKind) -> dict[str, float]:
    """Shares of validation and test to draw: none of a split that the source has."""
    there = {split_of(opened.name) for opened in open_inputs(settings.source, settings.read, Rejects(), kind.formats)}
    for name in there.intersection(SPLITS[1:]):
        if f"split.{name}" in settings_given(settings):
            say(f"    {message('split of the source', name=name, split=message(f'split {name}'))}")
    return {name: 0.0 if name in there else getattr(settings.split, name) for name in SPLITS[1:]}


def draw_splits(rows: Sequence[tuple[str, str, str | None]], settings: Prepare, shares: Mapping[str, float]) -> list[str]:
    """The split of each row, from a draw that is its name's own. Stratified, the lowest draws of each label are held out, so
    that the shares are exact; else each row by itself, so that its split stays when others come."""
    key = draws.key(settings.seed, "split")
    splits = [split if split in SPLITS[1:] else "train" for _, _, split in rows]
    strata: dict[str, list[tuple[float, int]]] = {}
    for place, ((name, label, _), split) in enumerate(zip(rows, splits, strict=True)):
        u = float(draws.uniform(key, number_of(name)))
        if split != "train":
            continue
        if settings.split.stratify:
            strata.setdefault(label, []).append((u, place))
        elif u < sum(shares.values()):
            splits[place] = "validation" if u < shares["validation"] else "test"
    for members in strata.values():
        places = [place for _, place in sorted(members)]
        for split, share in shares.items():
            count = round(share * len(members))
            for place in places[:count]:
                splits[place] = split
            del places[:count]
    return splits


def number_of(name: str) -> int:
    """64 bits of a name."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "little")


def make_report(settings: Prepare, kind: BulkyKind, rejects: Rejects, counts: Counter) -> dict:
    """What is in the data, and where everything went."""
    labels: dict[str, Counter] = {}
    for (split, label), count in sorted(counts.items()):
        labels.setdefault(label, Counter())[split] += count
    return {
        "language": settings.language,
        "files": rejects.files_read(settings.source),
        kind.plural: {
            "read": rejects.read,
            "kept": sum(counts.values()),
            "faulty": rejects.faults,
            "left_out": dict(sorted(rejects.counts.items())),
        },
        "reading": rejects.notes(),
        "splits": {name: sum(n for (split, _), n in counts.items() if split == name) for name in SPLITS},
        "labels": {label: dict(per_label) for label, per_label in labels.items()},
        "rejects": rejects.described[:20],
    }
