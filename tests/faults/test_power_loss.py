"""Power loss at every operation: whatever part of the unsynced rest is lost, what was promised is there, whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from groundup import disk
from groundup.events import Events, read_events
from groundup.folders import new_folder, write_file
from groundup.manifest import verify_folder
from groundup.runs import RunFolder
from groundup.train.adamw import AdamW
from groundup.train.checkpoint import State, load_checkpoint, save_checkpoint
from tests.faults.power import Operation, Recording, Replay, record, states

Promise = Callable[[int], None]


def recorded(tmp_path: Path, body: Callable[[Path, Promise], None]) -> Recording:
    root = tmp_path / "recorded"
    root.mkdir(exist_ok=True)
    return record(root, lambda promise: body(root, promise))


def write_folder(root: Path, promise: Promise) -> None:
    """A folder in folders that are not there yet."""
    with new_folder(root / "outer" / "inner" / "new", settings={"a": 1}) as folder:
        folder.write_text("one.txt", "content" * 50)
        folder.write_bytes("deep/two.bin", bytes(range(256)))
    promise(1)


def check_folder(root: Path, promised: int) -> None:
    new = root / "outer" / "inner" / "new"
    assert new.exists() or not promised
    if not new.exists():
        write_folder(root, lambda promised: None)
        assert list(new.parent.iterdir()) == [new]
    assert verify_folder(new) == []
    assert (new / "one.txt").read_text() == "content" * 50


TEXTS = ["old", "newer" * 300, "newest"]


def replace_file(root: Path, promise: Promise) -> None:
    for i, text in enumerate(TEXTS, 1):
        write_file(root / "run.json", text)
        promise(i)


def check_file(root: Path, promised: int) -> None:
    path = root / "run.json"
    if promised or path.exists():
        assert path.read_text() in TEXTS[max(promised - 1, 0) :]
    write_file(path, "next")
    assert path.read_text() == "next"
    assert list(root.iterdir()) == [path]


FIRST = [{"event": "step", "step": i, "wall_seconds": 0.5} for i in range(9)]
AGAIN = [{"event": "step", "step": i, "wall_seconds": 12.125} for i in range(9)]


def append_events(root: Path, promise: Promise) -> None:
    """A log that is kept after 4 lines, goes on to 6, is opened again, goes back to 4 and takes another way to 9."""
    log = Events(root / "events.jsonl")
    for event in FIRST[:4]:
        log.append(event)
    log.sync()
    promise(4)
    length = log.length
    for event in FIRST[4:6]:
        log.append(event)
    log.close()
    log = Events(root / "events.jsonl")
    log.truncate(length)
    for event in AGAIN[4:]:
        log.append(event)
    log.sync()
    promise(9)
    log.close()


def check_events(root: Path, promised: int) -> None:
    path = root / "events.jsonl"
    before = read_events(path)
    count = len(before)
    assert count >= (promised)
    assert before in (FIRST[:count], (FIRST[:4] + AGAIN[4:])[:count])
    log = Events(path)
    log.append({"event": "last"})
    log.close()
    assert read_events(path) == [*before, {"event": "last"}]


def save(out: Path, step: int) -> None:
    """One save of a run with its tidying; the weights tell the step. Step 1 is the best and stays."""
    model = filled(step)
    with RunFolder.open(out, {"seed": 0}) as run:
        run.plan(lambda: {"steps": 9})
        if newest := run.newest():
            run.events.truncate(load_checkpoint(newest, filled(0)).events[0])
        optimizer = AdamW(model.named_parameters())
        optimizer.step(step, learning_rate=0.0)  # moments, and the weights as they were
        run.events.append({"step": step})
        save_checkpoint(run, model, optimizer, State(step=step, best_step=1))
        run.retain(keep=2, pinned={1})


def filled(step: int) -> nn.Linear:
    model = nn.Linear(3, 2)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(float(step))
            parameter.grad = torch.full_like(parameter, float(step))
    return model


def save_twice(root: Path, promise: Promise) -> None:
    for step in (1, 2):
        save(root / "run", step)
        promise(step)


def save_and_tidy(root: Path, promise: Promise) -> None:
    save(root / "run", 4)
    promise(4)


def check_run(root: Path, promised: int) -> None:
    """The newest checkpoint is the promised or a later one, and all that counts is whole: also after the next save."""
    step = newest_step(root / "run", at_least=promised)
    save(root / "run", step + 1)
    assert newest_step(root / "run", at_least=step + 1) == step + 1
    assert not [p for p in (root / "run" / "checkpoints").iterdir() if p.name.startswith(".trash-")]


def newest_step(out: Path, at_least: int) -> int:
    with RunFolder.open(out, {"seed": 0}) as run:
        found, newest, model = run.checkpoints(), run.newest(), filled(0)
        assert run.reservations == []
        assert all(verify_folder(path) == [] for path in found)
        if newest is None:
            assert at_least == 0
            return 0
        state = load_checkpoint(newest, model, AdamW(model.named_parameters()))
        assert state.step >= at_least
        assert torch.equal(model.weight, torch.full((2, 3), float(state.step)))
        assert run.checkpoint(1) in found
        assert len(found) >= min(3, state.step)
        run.events.truncate(state.events[0])
        assert list(run.events.position) == state.events
        return state.step


@pytest.fixture
def older(tmp_path) -> Path:
    """A run with the steps 1, 2 and 3 saved; the next save discards step 2."""
    for step in (1, 2, 3):
        save(tmp_path / "recorded" / "run", step)
    return tmp_path


SMALL = [(write_folder, check_folder), (replace_file, check_file), (append_events, check_events)]
NAMES = ["folder", "file", "log"]


@pytest.mark.parametrize(("body", "check", "least"), [(*SMALL[0], 30), (*SMALL[1], 15), (*SMALL[2], 90)], ids=NAMES)
def test_what_was_promised_is_there_whole_and_the_next_writing_works(body, check, least, tmp_path):
    replay = Replay(tmp_path, check)
    assert list(replay.broken(recorded(tmp_path, body))) == []
    assert replay.count >= least


def test_the_first_saves_of_a_run_survive_a_power_loss_at_every_operation(tmp_path):
    replay = Replay(tmp_path, check_run)
    assert list(replay.broken(recorded(tmp_path, save_twice))) == []
    assert replay.count >= 80


def test_a_save_with_its_tidying_survives_a_power_loss_at_every_operation(older):
    replay = Replay(older, check_run)
    recording = recorded(older, save_and_tidy)
    assert any(".trash-step-00000002" in operation.path for operation in recording.operations)
    assert list(replay.broken(recording)) == []
    assert replay.count >= 50


@pytest.mark.slow
@pytest.mark.parametrize(("body", "check"), [*SMALL, (save_twice, check_run)], ids=[*NAMES, "run"])
def test_many_more_parts_of_the_unsynced_rest_may_be_lost(body, check, tmp_path):
    assert list(Replay(tmp_path, check, draws=1000).broken(recorded(tmp_path, body))) == []


@pytest.mark.slow
def test_a_second_power_loss_in_the_save_after_the_first_loses_nothing_either(older):
    inner = Replay(older / "second", check_run, draws=2)
    inner.place.mkdir()

    def lose_power_again(root: Path, promised: int) -> None:
        if outer.count % 4:
            return  # enough of them, and each takes a second
        step = newest_step(root / "run", at_least=promised)

        def next_save(promise: Promise) -> None:
            promise(step)
            save(root / "run", step + 1)
            promise(step + 1)

        assert list(inner.broken(record(root, next_save))) == []

    outer = Replay(older, lose_power_again)
    assert list(outer.broken(recorded(older, save_and_tidy))) == []
    assert inner.count >= 500


def unneeded(recording: Recording, check: Callable[[Path, int], None], place: Path) -> list[str]:
    """The places of the fsyncs without which nothing breaks."""
    syncs = [i for i, operation in enumerate(recording.operations) if operation.name == "fsync"]
    assert len(syncs) >= 5
    found = []
    for i in syncs:
        shorter = Recording(recording.before, recording.operations[:i] + recording.operations[i + 1 :])
        if not any(Replay(place, check).broken(shorter)):
            found.append(recording.operations[i].path)
    return found


@pytest.mark.parametrize(("body", "check", "spare"), [(*SMALL[0], []), (*SMALL[1], []), (*SMALL[2], ["."])], ids=NAMES)
def test_no_fsync_can_be_left_out(body, check, spare, tmp_path):
    """Only the name of a log is synced each time that it is opened, though it may have been before."""
    assert unneeded(recorded(tmp_path, body), check, tmp_path) == spare


@pytest.mark.slow
def test_no_fsync_of_the_first_saves_can_be_left_out(tmp_path):
    """Names in the run's folder are spared three times: they were synced before, or are with the next name."""
    assert unneeded(recorded(tmp_path, save_twice), check_run, tmp_path) == ["run"] * 3


@pytest.mark.slow
def test_no_fsync_of_a_save_with_its_tidying_can_be_left_out(older):
    assert unneeded(recorded(older, save_and_tidy), check_run, older) == ["run"]


FILES = {"one.txt", "two.bin", "events.jsonl", "manifest.json", "state.json", "weights.safetensors"}


def is_file(operation: Operation) -> bool:
    return Path(operation.path).name in FILES or Path(operation.path).name.startswith(".tmp-run.json")


@pytest.mark.parametrize("left_out", ["all", "files", "folders"])
@pytest.mark.parametrize(("body", "check"), [*SMALL, (save_twice, check_run)], ids=[*NAMES, "run"])
def test_the_replay_finds_a_writer_without_fsync(left_out, body, check, tmp_path):
    """A harness that never failed is not trusted."""
    unwanted = {"all": lambda operation: True, "files": is_file, "folders": lambda operation: not is_file(operation)}[left_out]
    shorter = recorded(tmp_path, body).without(lambda operation: operation.name == "fsync" and unwanted(operation))
    assert any(Replay(tmp_path, check).broken(shorter))


def replace_in_place(root: Path, promise: Promise) -> None:
    path = root / "run.json"
    for i, text in enumerate(TEXTS, 1):
        if path.exists():
            disk.unlink(path)
        descriptor = disk.open_new(path)
        disk.write(descriptor, text.encode(), path)
        disk.fsync(descriptor, path)
        disk.close(descriptor, path)
        disk.fsync_folder(root)
        promise(i)


def test_the_replay_finds_a_writer_that_works_in_place(tmp_path):
    assert any(Replay(tmp_path, check_file).broken(recorded(tmp_path, replace_in_place)))


def left(*operations: Operation) -> list[dict]:
    """What a power loss after the last of these operations may leave."""
    recording = Recording({}, [*operations, Operation("promise", promised=1)])
    return [tree for _, promised, tree in states(recording, draws=50) if promised]


WRITE = [Operation("open", "new"), Operation("write", "new", data=b"ab")]
RENAME = Operation("rename", "name", source="new")


def test_bytes_are_kept_by_fsync_of_the_file_and_names_by_fsync_of_the_folder():
    file, folder = Operation("fsync", "new"), Operation("fsync", ".")
    assert left(*WRITE, file, folder) == [{"new": b"ab"}]
    assert sorted(left(*WRITE, file), key=len) == [{}, {"new": b"ab"}]
    assert {tree["new"] for tree in left(*WRITE, folder)} == {b"", b"a", b"ab", b"\0\0"}


def test_a_rename_may_be_seen_before_the_bytes_but_never_half():
    found = left(*WRITE, Operation("fsync", "."), RENAME)
    assert all({name: content} in found for name in ("new", "name") for content in (b"", b"ab"))
    assert all(len(tree) == 1 for tree in found)
