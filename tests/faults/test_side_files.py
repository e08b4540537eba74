"""Files beside the folders of a run: what vouches for them, what may lie in their place, and what two processes do to one folder."""

import json
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from groundup import disk, locks
from groundup.commands.verify.settings import Verify
from groundup.commands.verify.story import verify
from groundup.errors import GateError, InputError, StorageError
from groundup.events import Events, read_events
from groundup.finished import FINISHED, verify_run
from groundup.folders import make_parents, new_folder, remove_all_leftovers, remove_leftovers
from groundup.locks import lock
from groundup.manifest import verify_folder
from groundup.openings import OPENINGS, close_rows, open_rows, verify_openings
from groundup.runs import RunFolder

ROWS = "a" * 64
VOUCHED = ("run.json", "events.jsonl", OPENINGS, "report.json", "report.html")


@pytest.fixture
def run(tmp_path) -> Path:
    """A finished run as commands leave it, judged twice."""
    out = tmp_path / "run"
    with RunFolder.open(out, {"seed": 1}) as folder:
        folder.events.append({"event": "step", "loss": 0.5})
        with new_folder(out / "model", kind="model") as new:
            new.write_text("config.json", "{}")
        open_rows(out, 3, ROWS, "the run itself")
        (out / "report.json").write_text('{"kind": "test"}\n')
        (out / "report.html").write_text("<p>report</p>\n")
    open_rows(out, 3, ROWS, "judged")
    close_rows(out, "judged")
    return out


def flips(data: bytes, count: int, seed: int):
    """The bytes with one bit changed, at drawn places, the first and the last byte among them."""
    places = [0, len(data) - 1, *np.random.default_rng(seed).integers(0, len(data), count).tolist()]
    for number, place in enumerate(places):
        yield data[:place] + bytes([data[place] ^ (1 << number % 8)]) + data[place + 1 :]


@pytest.mark.parametrize("name", VOUCHED)
def test_every_flipped_bit_in_a_finished_run_is_found(name, run):
    assert verify_run(run) == []
    whole = (run / name).read_bytes()
    for broken in flips(whole, 60, seed=len(name)):
        (run / name).write_bytes(broken)
        assert verify_run(run) != [], broken
        with pytest.raises(InputError):
            verify(Verify(folder=(str(run),)))
    (run / name).write_bytes(whole)
    assert verify(Verify(folder=(str(run),))).exit_code == 0


@pytest.mark.parametrize("name", [*VOUCHED, "model/manifest.json"])
def test_a_file_that_is_gone_or_cut_is_found(name, run):
    whole = (run / name).read_bytes()
    (run / name).write_bytes(whole[:-1])
    assert verify_run(run)
    (run / name).unlink()
    assert verify_run(run)


def test_openings_that_the_finished_run_had_cannot_be_taken_back(run):
    lines = (run / OPENINGS).read_bytes().split(b"\n")
    (run / OPENINGS).write_bytes(b"\n".join(lines[1:]))
    assert "does not begin with" in verify_run(run)[0].what
    (run / OPENINGS).write_bytes(b"\n".join([lines[0], lines[2], b""]))
    assert "digest" in verify_run(run)[0].what


def test_a_run_that_vouches_for_nothing_is_named(run, capsys):
    (run / FINISHED).unlink()
    found = verify(Verify(folder=(str(run),)))
    assert found.exit_code == 3
    assert "does not vouch for run.json" in found.reservations[0]
    assert "partly" in capsys.readouterr().out


def test_a_finished_run_called_again_is_left_byte_for_byte(run):
    before = {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in run.rglob("*") if path.is_file() and path.name != "lock"
    }
    with RunFolder.open(run, {"seed": 1}):
        assert not (run / FINISHED).exists(), "nothing vouches for a run while a command works on it"
    after = {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in run.rglob("*") if path.is_file() and path.name != "lock"
    }
    assert after == before


def test_a_finished_run_that_was_damaged_is_not_gone_on_with(run):
    (run / "report.json").write_text("{}")
    with pytest.raises(InputError, match=r"DAMAGED .*report.json has 2 bytes"), RunFolder.open(run, {"seed": 1}):
        raise AssertionError("it was opened")


def test_a_finished_run_whose_model_is_gone_may_make_it_again(run):
    for path in (run / "model").iterdir():
        path.unlink()
    (run / "model").rmdir()
    with RunFolder.open(run, {"seed": 1}), new_folder(run / "model", kind="model") as new:
        new.write_text("config.json", "{}")
    assert verify_run(run) == []


def test_a_run_that_changes_again_vouches_for_what_it_then_is(run):
    with RunFolder.open(run, {"seed": 1}) as folder:
        folder.events.append({"event": "more"})
    assert verify_run(run) == []
    with pytest.raises(KeyError), RunFolder.open(run, {"seed": 1}) as folder:  # noqa: PT012
        folder.events.append({"event": "half"})
        raise KeyError
    assert not (run / FINISHED).exists(), "what was half done vouches for nothing"


def test_a_result_that_a_gate_refused_is_vouched_for(tmp_path):
    with pytest.raises(GateError), RunFolder.open(tmp_path / "run", {}):  # noqa: PT012
        (tmp_path / "run" / "report.json").write_text("{}")
        raise GateError("GATE", "", "too large a loss")
    assert verify_run(tmp_path / "run") == []


# ------------------------------------------------------------------------------------------------ openings


def test_an_opening_that_a_kill_left_open_is_counted_once(tmp_path):
    assert open_rows(tmp_path, 3, ROWS, "judged") == 1
    assert open_rows(tmp_path, 3, ROWS, "judged") == 1, "the same, begun again"
    assert open_rows(tmp_path, 3, ROWS, "other") == 2
    close_rows(tmp_path, "judged")
    assert open_rows(tmp_path, 3, ROWS, "judged") == 3, "it was closed: this is another look"
    assert open_rows(tmp_path, 3, "b" * 64, "judged") == 1
    assert verify_openings(tmp_path) == []


def test_openings_of_an_older_version_still_count(tmp_path):
    (tmp_path / OPENINGS).write_text(json.dumps({"rows": 3, "fingerprint": ROWS}) + "\n")
    assert open_rows(tmp_path, 3, ROWS, "judged") == 2
    assert verify_openings(tmp_path) == []


@pytest.mark.parametrize(
    "line", ["[]", '{"rows": "3", "fingerprint": "x"}', '{"rows": 3}', "nothing", '{"fingerprint": 1, "rows": 2}']
)
def test_a_malformed_opening_is_refused_with_its_place(line, tmp_path):
    (tmp_path / OPENINGS).write_text(line + "\n")
    with pytest.raises(InputError, match=rf"{OPENINGS}:1"):
        open_rows(tmp_path, 3, ROWS, "judged")


# ------------------------------------------------------------------------------------------------ what may lie in their place


def planted(place: Path, kind: str, outside: Path) -> None:
    outside.write_text("mine")
    match kind:
        case "pipe":
            os.mkfifo(place)
        case "link":
            place.symlink_to(outside)
        case "folder":
            place.mkdir()


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
@pytest.mark.parametrize("name", [OPENINGS, "events.jsonl", "lock", "run.json"])
def test_what_is_no_file_of_the_run_is_refused_at_once_and_nothing_is_written_through_it(name, kind, run, tmp_path):
    (run / name).unlink()
    planted(run / name, kind, tmp_path / "outside")

    def go_on():
        if name == OPENINGS:
            open_rows(run, 3, ROWS, "again")
        else:
            (run / FINISHED).unlink(missing_ok=True)
            with RunFolder.open(run, {"seed": 2}):
                pass

    found: list = []

    def look():
        try:
            go_on()
        except (InputError, StorageError) as error:
            found.append(error)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "it waits for the other end of a pipe"
    assert found, "it went on"
    assert (tmp_path / "outside").read_text() == "mine"


def test_a_hard_link_in_place_of_the_lock_is_not_written_through(run, tmp_path):
    (tmp_path / "outside").write_text("mine")
    (run / "lock").unlink()
    os.link(tmp_path / "outside", run / "lock")
    with pytest.raises(InputError, match="NOT_A_FILE"), lock(run):
        raise AssertionError("it was held")
    assert (tmp_path / "outside").read_text() == "mine"


# ------------------------------------------------------------------------------------------------ two at once, and what is left behind


def test_of_two_that_write_one_folder_the_second_is_refused(tmp_path):
    with new_folder(tmp_path / "data") as first:
        first.write_text("a", "1")
        with (
            pytest.raises(InputError, match=r"BEING_WRITTEN .*/data: is being made by another process"),
            new_folder(tmp_path / "data"),
        ):
            raise AssertionError("it began")
    assert verify_folder(tmp_path / "data") == []
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_of_eight_that_begin_at_once_one_makes_the_folder_and_the_others_are_refused(tmp_path):
    ends: list[str] = []
    ready = threading.Barrier(8)

    def write():
        ready.wait()
        try:
            with new_folder(tmp_path / "deep" / "data") as folder:
                folder.write_text("a", "1" * 100)
            ends.append("made")
        except InputError as error:
            ends.append(error.code)

    threads = [threading.Thread(target=write) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(ends)[-1] == "made"
    assert ends.count("made") == 1
    assert set(ends) <= {"made", "OUTPUT_EXISTS", "BEING_WRITTEN"}
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["data"]


def test_a_parent_that_another_process_makes_meanwhile_is_taken_as_it_is(tmp_path, monkeypatch):
    mkdir = disk.mkdir

    def slower(path):
        if path.name == "deep":
            os.mkdir(path)
        mkdir(path)

    monkeypatch.setattr(disk, "mkdir", slower)
    assert make_parents(tmp_path / "deep" / "inner") == [tmp_path / "deep" / "inner"], (
        "the other one's folder is not ours to remove"
    )


def test_a_folder_of_a_living_writer_is_not_swept(tmp_path):
    living = tmp_path / f".tmp-data-{os.getpid()}-00000000"
    dead = tmp_path / f".tmp-data-{2**22 - 1}-00000000"  # no process has such a number
    living.mkdir()
    dead.mkdir()
    remove_leftovers(tmp_path, "data")
    assert living.is_dir()
    assert not dead.exists()


def test_what_dead_processes_left_in_a_run_is_removed_and_what_links_point_to_is_not(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis").write_text("x")
    checkpoints = tmp_path / "run" / "checkpoints"
    (checkpoints / ".trash-step-00000001").mkdir(parents=True)
    (checkpoints / ".trash-step-00000001" / "link").symlink_to(tmp_path / "mine")
    (checkpoints / f".tmp-step-00000002-{2**22 - 1}-00000000").mkdir()
    (checkpoints / ".trash-link").symlink_to(tmp_path / "mine")
    (checkpoints / "step-00000003").mkdir()
    remove_all_leftovers(checkpoints)
    assert sorted(path.name for path in checkpoints.iterdir()) == [".trash-link", "step-00000003"]
    assert (tmp_path / "mine" / "thesis").read_text() == "x"


def test_a_run_that_was_removed_meanwhile_does_not_end_well(run, tmp_path):
    with pytest.raises(StorageError, match="RUN_REMOVED") as error, RunFolder.open(run, {"seed": 1}):
        run.rename(tmp_path / "elsewhere")
    assert error.value.exit_code == 74
    (tmp_path / "elsewhere").rename(run)
    with pytest.raises(StorageError, match="RUN_REMOVED"), RunFolder.open(run, {"seed": 1}) as folder:  # noqa: PT012
        run.rename(tmp_path / "elsewhere")
        run.mkdir()
        folder.require()


def test_a_lock_is_waited_for_as_long_as_is_said(tmp_path):
    with lock(tmp_path), pytest.raises(InputError, match=f"in use by process {os.getpid()}"), lock(tmp_path, patience=0.2):
        raise AssertionError("held twice")
    with lock(tmp_path) as held:
        assert held.is_valid


def test_a_lock_that_its_holder_removed_with_its_folder_is_no_lock(tmp_path, monkeypatch):
    take, removed = locks.try_lock, []

    def late(descriptor):
        if not removed:
            (tmp_path / "lock").unlink()
            removed.append(descriptor)
        return take(descriptor)

    monkeypatch.setattr(locks, "try_lock", late)
    with lock(tmp_path, patience=5) as held:
        assert held.is_valid


def test_a_log_is_an_object_a_line(tmp_path):
    log = Events(tmp_path / "events.jsonl")
    log.append({"a": 1})
    log.close()
    assert read_events(tmp_path / "events.jsonl") == [{"a": 1}]
    (tmp_path / "events.jsonl").write_text('{"a": 1}\n[1]\n')
    with pytest.raises(InputError, match=r"events.jsonl:2: is a list, not an object"):
        read_events(tmp_path / "events.jsonl")
