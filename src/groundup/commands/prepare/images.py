"""The story of preparing images: read, scale, drop repeats, split, report."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from groundup import disk
from groundup.commands.prepare.settings import Prepare
from groundup.config import identity_settings
from groundup.data import draws
from groundup.data.settings import ImageSettings
from groundup.data.sources.files.open import IMAGES, open_inputs
from groundup.data.sources.records import Rejects
from groundup.data.sources.split_names import split_of
from groundup.data.splits.split import SPLITS, empty_splits
from groundup.folders import NewFolder, check_output, new_folder
from groundup.kinds.image.files import Picture, read_images
from groundup.machine import say
from groundup.pages.images_page import images_page
from groundup.runs import Outcome, is_made
from groundup.scope import at_default, given
from groundup.strict_json import canonical

COLUMNS = ("id", "label", "split")


def prepare_images(settings: Prepare) -> Outcome:
    """Make the data folder, complete or not at all."""
    assert settings.image is not None
    out, fixed = Path(settings.out), identity_settings(settings)
    check_output(out)
    if is_made(out, fixed, at_default(settings)):
        say(settings, f"{out} is there already, made with the same settings")
        return Outcome(out)
    rejects = Rejects()
    image = {"size": settings.image.size, "channels": settings.image.channels}
    with new_folder(out, kind="data", settings=fixed, extra={"image": image}) as folder:
        counts = write_pictures(folder, kept(settings, settings.image, rejects), settings, rejects)
        rejects.check_sum(sum(counts.values()))
        folder.write_text("rejects.jsonl", "".join(canonical(r).replace("\n", "") + "\n" for r in rejects.kept))
        report = make_report(settings, rejects, counts)
        folder.write_json("report.json", report)
        folder.write_text("report.html", images_page(report))
    say(
        settings,
        f"kept {sum(counts.values()):,} of {rejects.read:,} images: "
        + ", ".join(f"{name} {count:,}" for name, count in report["splits"].items()),
    )
    for note in (*rejects.reasons("images"), *rejects.notes()):
        say(settings, f"    {note}")
    return Outcome(out, report)


def kept(settings: Prepare, image: ImageSettings, rejects: Rejects) -> Iterator[Picture]:
    """Every image once: one with the very pixels of another is left out."""
    seen: dict[bytes, str] = {}
    for picture in read_images(settings.source, settings.read, image, rejects):
        key = hashlib.sha256(picture.pixels.tobytes()).digest()
        if settings.dedup.exact and key in seen:
            rejects.drop(picture.id, "EXACT_DUPLICATE", f"repeats {seen[key]}")
            continue
        seen[key] = picture.id
        yield picture


def write_pictures(folder: NewFolder, pictures: Iterator[Picture], settings: Prepare, rejects: Rejects) -> Counter:
    """One file of pixels per split and the list of images; (split, label) -> how many.

    Pixels wait in one file until all labels are known. A source that comes in splits keeps them; what it lacks is drawn from
    its training part.
    """
    found: list[tuple[str, str, str | None]] = []  # name, label and split of each image
    spool, size = folder.scratch_file("all.images"), 0
    try:
        for picture in pictures:
            data = picture.pixels.tobytes()
            spool.write(data)
            size = len(data)
            found.append((picture.id, picture.label, picture.split))
    finally:
        spool.close()
    shares = shares_of(settings)
    splits = draw_splits(found, settings, shares)
    for note in empty_splits(Counter(splits), shares):
        rejects.inform(note)
    lines = []
    with ExitStack() as stack:
        files = {name: stack.enter_context(folder.open(f"shards/{name}.images")) for name in SPLITS}
        pixels = stack.enter_context(spool.path.open("rb"))
        for (name, label, _), split in zip(found, splits, strict=True):
            files[split].write(pixels.read(size))
            lines.append(canonical(dict(zip(COLUMNS, (name, label, split)))).replace("\n", "") + "\n")
    disk.unlink(spool.path)
    folder.write_text("images.jsonl", "".join(lines))
    return Counter((split, label) for (_, label, _), split in zip(found, splits, strict=True))


def shares_of(settings: Prepare) -> dict[str, float]:
    """Shares of validation and test to draw: none of a split that the source has."""
    there = {split_of(opened.name) for opened in open_inputs(settings.source, settings.read, Rejects(), IMAGES)}
    for name in there.intersection(SPLITS[1:]):
        if f"split.{name}" in given(settings):
            say(settings, f"    the source comes with a {name} split, which stays as it is: --split.{name} draws none")
    return {name: 0.0 if name in there else getattr(settings.split, name) for name in SPLITS[1:]}


def draw_splits(found: Sequence[tuple[str, str, str | None]], settings: Prepare, shares: Mapping[str, float]) -> list[str]:
    """The split of each image, from a draw that is its name's own. Stratified, the lowest draws of each label are held out, so
    that the shares are exact; else each image by itself, so that its split stays when others come."""
    key = draws.key(settings.seed, "split")
    splits = [split if split in SPLITS[1:] else "train" for _, _, split in found]
    strata: dict[str, list[tuple[float, int]]] = {}
    for place, ((name, label, _), split) in enumerate(zip(found, splits, strict=True)):
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


def make_report(settings: Prepare, rejects: Rejects, counts: Counter) -> dict:
    """What is in the data, and where everything went."""
    labels: dict[str, Counter] = {}
    for (split, label), count in sorted(counts.items()):
        labels.setdefault(label, Counter())[split] += count
    return {
        "language": settings.language,
        "files": {
            "sources": [Path(s).name for s in settings.source],
            "read": rejects.files,
            "bytes": rejects.bytes,
            "sha256": rejects.fingerprint,
            "passed_over": dict(sorted(rejects.skipped.items())),
        },
        "images": {
            "read": rejects.read,
            "kept": sum(counts.values()),
            "faulty": rejects.faults,
            "left_out": dict(sorted(rejects.counts.items())),
        },
        "reading": rejects.notes(),
        "splits": {name: sum(n for (split, _), n in counts.items() if split == name) for name in SPLITS},
        "labels": {label: dict(found) for label, found in labels.items()},
        "rejects": rejects.kept[:20],
    }
