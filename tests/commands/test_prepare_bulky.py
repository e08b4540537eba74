"""Rows of a kind with large cells are prepared by what its row of the table says, whatever the kind is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from groundup.commands.prepare.bulky import BulkyKind, BulkyRow, prepare_bulky
from groundup.commands.prepare.settings import Prepare
from groundup.data.settings import SplitSettings
from groundup.errors import InputError
from groundup.folders import new_folder
from groundup.kinds import store
from groundup.kinds.image.image_transform import ImageTransform
from groundup.kinds.image.reader import ImageReader
from groundup.kinds.store import Store, is_store
from groundup.kinds.stored_kind import StoredKind

SOUNDS = {f"{label}/{n}.wav": bytes([n, place]) * 4 for place, label in enumerate(("bell", "drum")) for n in range(4)}
STORED_SOUNDS = StoredKind(kind="sound", plural="sounds", shape=lambda facts: (facts["length"] // 2,), dtype=np.uint16)


def read_sounds(settings, rejects):
    for name, data in [*SOUNDS.items(), ("bell/again.wav", SOUNDS["bell/2.wav"])]:
        rejects.read += 1
        rejects.delivered += 1
        lost = rejects.lost
        yield BulkyRow(name, name.partition("/")[0], None, data)
        rejects.delivered -= rejects.lost - lost


def prepared(tmp_path: Path) -> Path:
    kind = BulkyKind(
        STORED_SOUNDS, {".wav": "wav"}, lambda settings: {"length": 8}, read_sounds, lambda report: "<html></html>"
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


def test_a_store_opens_any_kind_that_is_stored_and_a_reader_of_another_refuses_it(tmp_path, monkeypatch):
    out = prepared(tmp_path)
    assert not is_store(out)
    with pytest.raises(InputError, match=r"NOT_STORED .*: holds text"):
        Store(out)
    monkeypatch.setattr(store, "STORED", (*store.STORED, STORED_SOUNDS))
    opened = Store(out)
    assert (opened.stored.kind, opened.shape, opened.cells("train").dtype) == ("sound", (4,), np.uint16)
    for split in ("train", "validation"):
        cells, rows = opened.cells(split), opened.splits[split]
        assert [cell.tobytes() for cell in cells] == [SOUNDS[row.name] for row in rows]
    assert opened.cells("test").shape == (0, 4)
    assert opened.leaks("validation").exact == 0
    with pytest.raises(InputError, match=r"NOT_STORED .*: holds sounds"):
        Store(out, "image")
    with pytest.raises(InputError, match=r"WRONG_MODEL .*: holds sounds, and the model reads image"):
        ImageReader(ImageTransform(size=8), 4).use_store(opened)


def test_a_folder_of_images_that_was_written_before_opens(tmp_path):
    """Its manifest says the size and the channels of images, and no more."""
    pixels = np.arange(2 * 3 * 4 * 4, dtype=np.uint8).reshape(2, 3, 4, 4)
    with new_folder(tmp_path / "old", kind="data", extra={"image": {"size": 4, "channels": 3}}) as folder:
        with folder.open("shards/train.images") as file:
            file.write(pixels.tobytes())
        lines = [json.dumps({"id": f"a/{n}.png", "label": "a", "split": "train"}) + "\n" for n in range(2)]
        folder.write_text("images.jsonl", "".join(lines))
    opened = Store(tmp_path / "old")
    np.testing.assert_array_equal(opened.cells("train"), pixels)
    assert [row.place for row in opened.splits["train"]] == [0, 1]
