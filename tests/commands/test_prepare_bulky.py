"""Rows of a kind with large cells are prepared by what its row of the table says, whatever the kind is."""

from __future__ import annotations

import json
from pathlib import Path

from groundup.commands.prepare.bulky import BulkyKind, BulkyRow, prepare_bulky
from groundup.commands.prepare.settings import Prepare
from groundup.data.settings import SplitSettings

SOUNDS = {f"{label}/{n}.wav": bytes([n, place]) * 4 for place, label in enumerate(("bell", "drum")) for n in range(4)}


def read_sounds(settings, rejects):
    for name, data in [*SOUNDS.items(), ("bell/again.wav", SOUNDS["bell/2.wav"])]:
        rejects.read += 1
        rejects.delivered += 1
        lost = rejects.lost
        yield BulkyRow(name, name.partition("/")[0], None, data)
        rejects.delivered -= rejects.lost - lost


def prepared(tmp_path: Path) -> Path:
    kind = BulkyKind(
        "sound", "sounds", {".wav": "wav"}, lambda settings: {"length": 8}, read_sounds, lambda report: "<html></html>"
    )
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.wav").write_bytes(b"any")
    split = SplitSettings(validation=0.25, test=0.0, stratify=True)
    settings = Prepare(source=(str(tmp_path / "in"),), out=str(tmp_path / "out"), split=split, quiet=True)
    prepare_bulky(settings, kind)
    return tmp_path / "out"


def test_the_bytes_of_each_row_lie_in_the_file_of_its_split(tmp_path):
    out = prepared(tmp_path)
    rows = [json.loads(line) for line in (out / "sounds.jsonl").read_text().splitlines()]
    for split, count in {"train": 6, "validation": 2}.items():
        names = [row["id"] for row in rows if row["split"] == split]
        assert len(names) == count
        assert (out / f"shards/{split}.sounds").read_bytes() == b"".join(SOUNDS[name] for name in names)


def test_the_manifest_and_the_report_tell_of_the_kind(tmp_path):
    out = prepared(tmp_path)
    report = json.loads((out / "report.json").read_text())
    assert json.loads((out / "manifest.json").read_text())["extra"]["sound"] == {"length": 8}
    assert report["sounds"] == {"read": 9, "kept": 8, "faulty": 0, "left_out": {"EXACT_DUPLICATE": 1}}
    assert report["labels"] == {"bell": {"train": 3, "validation": 1}, "drum": {"train": 3, "validation": 1}}
