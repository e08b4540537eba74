"""Whatever happens while a folder or file is written: the old or the new one is there, whole, and the next writing works."""

from pathlib import Path

import pytest

from groundup.errors import StorageError
from groundup.events import Events, read_events
from groundup.folders import new_folder, write_file
from groundup.manifest import verify_folder
from tests.faults.harness import ACTS, Faulty, forked, operations_of

pytestmark = pytest.mark.forks


def write(target: Path) -> None:
    with new_folder(target, kind="data", settings={"a": 1}) as folder:
        folder.write_text("one.txt", "content" * 50)
        folder.write_bytes("inner/two.bin", bytes(range(256)))


def test_a_folder_is_there_whole_or_not_at_all_after_a_fault_at_every_operation(tmp_path):
    count = operations_of(lambda: write(tmp_path / "counted"), tmp_path / "count")
    assert count >= 15
    landed = {}
    for act in ACTS:
        for at in range(1, count + 1):
            place = tmp_path / f"{act.replace(' ', '-')}-{at}"
            place.mkdir()
            write(place / "old")
            status = forked(lambda place=place: write(place / "new"), at, act)
            landed[act] = landed.get(act, 0) + (status != 0)
            assert verify_folder(place / "old") == []
            if (place / "new").exists():
                assert verify_folder(place / "new") == []
            else:
                write(place / "new")
                assert verify_folder(place / "new") == []
            assert {p.name for p in place.iterdir()} == {"old", "new"}
    print(landed)
    assert landed["kill before"] == landed["kill after"] == count
    assert landed["full"] >= count - 1
    assert landed["short"] == 0


def test_a_file_is_the_old_or_the_new_one_after_a_fault_at_every_operation(tmp_path):
    path = tmp_path / "run.json"
    count = operations_of(lambda: write_file(tmp_path / "counted", "x"), tmp_path / "count")
    for act in ACTS:
        for at in range(1, count + 1):
            write_file(path, "old")
            forked(lambda: write_file(path, "new" * 9), at, act)
            assert path.read_text() in ("old", "new" * 9), (act, at)


@pytest.mark.parametrize("act", ACTS)
def test_a_log_loses_at_most_the_line_that_was_being_written(act, tmp_path):
    path = tmp_path / "events.jsonl"

    def append() -> None:
        log = Events(path)
        for number in range(3):
            log.append({"event": "step", "step": number})
        log.close()

    for at in range(1, 6):
        path.unlink(missing_ok=True)
        forked(append, at, act)
        before = read_events(path)
        assert [event["step"] for event in before] == list(range(len(before)))
        append()
        assert [event["step"] for event in read_events(path)] == [*range(len(before)), 0, 1, 2]


def in_place(target: Path) -> None:
    target.mkdir(exist_ok=True)
    from groundup import disk

    for name in ("one.txt", "manifest.json"):
        (target / name).unlink(missing_ok=True)
        descriptor = disk.open_new(target / name)
        disk.write(descriptor, b"half", target / name)
        disk.close(descriptor, target / name)


def test_the_harness_finds_a_writer_that_works_in_place(tmp_path):
    """A harness that never failed is not trusted."""
    write(tmp_path / "folder")
    assert forked(lambda: in_place(tmp_path / "folder"), 4, "kill before") < 0
    assert verify_folder(tmp_path / "folder") != []


def test_a_failure_of_the_disk_names_the_place_and_what_is_free(tmp_path, monkeypatch):
    from groundup import disk

    monkeypatch.setattr(disk, "operations", Faulty(2, "full"))
    with pytest.raises(StorageError, match=r"DISK_FULL .*new.*MiB free") as error:
        write(tmp_path / "new")
    assert error.value.exit_code == 74
    assert list(tmp_path.iterdir()) == []
