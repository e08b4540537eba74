"""Runs that were stopped, damaged, moved or taken: what is said, what is used, and that nothing good is lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from groundup.cli import main
from groundup.locks import lock
from groundup.manifest import verify_folder
from groundup.strict_json import parse_json
from tests.faults.harness import forked, state_of
from tests.faults.test_training import data, reference, train  # noqa: F401  (fixtures)

pytestmark = pytest.mark.forks


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory) -> Path:  # noqa: F811
    out = tmp_path_factory.mktemp("finished") / "run"
    assert forked(lambda: train(data, out)) == 0
    return out


def unfinished(finished: Path, to: Path) -> Path:
    """A copy of the run as if it had been killed before its last step was saved."""
    shutil.copytree(finished, to)
    shutil.rmtree(to / "model")
    (to / "finished.json").unlink()
    shutil.rmtree(max((to / "checkpoints").glob("step-*")))
    return to


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "lock"
    }


def command(data: Path, out: Path, **changed) -> list[str]:  # noqa: F811
    settings = {
        "data": data,
        "out": out,
        "preset": "tiny",
        "steps": 12,
        "save_every": 3,
        "length": 32,
        "batch_size": 4,
        "num_evaluations": 3,
        "evaluation_examples": 8,
        "dropout": 0.1,
        "threads": 1,
    } | changed
    return ["pretrain", *(word for name, value in settings.items() for word in (f"--{name}", str(value)))]


def test_a_finished_run_is_left_as_it_is(data, finished):  # noqa: F811
    before = files(finished)
    assert forked(lambda: train(data, finished)) == 0
    assert files(finished) == before


@pytest.mark.parametrize("name", ["weights.safetensors", "optimizer.safetensors", "state.json", "manifest.json"])
@pytest.mark.parametrize("how", ["flip", "cut", "gone"])
def test_a_damaged_checkpoint_is_passed_over_with_a_reservation(name, how, data, finished, reference, tmp_path):  # noqa: F811
    out = Path(shutil.copytree(finished, tmp_path / "run"))
    shutil.rmtree(out / "model")
    newest = max((out / "checkpoints").glob("step-*"))
    content = bytearray((newest / name).read_bytes())
    content[len(content) // 2] ^= 4
    if how == "gone":
        (newest / name).unlink()
    else:
        (newest / name).write_bytes(bytes(content) if how == "flip" else bytes(content[:-3]))
    assert forked(lambda: end(train(data, out).exit_code)) == 3
    assert state_of(out) == reference[0]
    assert (out / "checkpoints" / f"damaged-{newest.name}").is_dir()
    assert forked(lambda: train(data, out)) == 0


def end(code: int) -> None:
    """Leave a child with this exit status."""
    os._exit(code)


def test_the_command_tells_of_a_damaged_checkpoint(data, finished, tmp_path):  # noqa: F811
    out = Path(shutil.copytree(finished, tmp_path / "run"))
    path = max((out / "checkpoints").glob("step-*")) / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-3])
    told = subprocess.run([sys.executable, "-m", "groundup", *command(data, out)], capture_output=True, text=True, check=False)
    assert told.returncode == 3
    assert "step-00000012 is damaged" in told.stderr


def test_a_run_without_a_sound_checkpoint_is_refused_and_nothing_is_deleted(data, finished, tmp_path, capsys):  # noqa: F811
    out = unfinished(finished, tmp_path / "run")
    for folder in (out / "checkpoints").iterdir():
        (folder / "state.json").write_text("{}")
    before = files(out)
    assert main(command(data, out)) == 2
    assert "ALL_CHECKPOINTS_DAMAGED" in capsys.readouterr().err
    assert files(out) == before


def test_other_settings_are_refused_with_the_difference(data, finished, capsys):  # noqa: F811
    assert main(command(data, finished, seed=1, dropout=0.2)) == 2
    told = capsys.readouterr().err
    assert "RUN_DIFFERS" in told
    assert "dropout: 0.1 -> 0.2; seed: 0 -> 1" in told


def test_changed_data_is_refused(data, finished, tmp_path, capsys):  # noqa: F811
    other = tmp_path / "data"
    shutil.copytree(data, other)
    path = other / "shards" / "train.documents"
    path.write_bytes(path.read_bytes()[:-1] + b"\x07")
    assert main(command(other, finished)) == 2
    assert "DATA_DAMAGED" in capsys.readouterr().err


def test_a_run_can_be_moved_and_goes_on(data, finished, reference, tmp_path):  # noqa: F811
    out = unfinished(finished, tmp_path / "elsewhere")
    assert forked(lambda: train(data, out)) == 0
    assert state_of(out) == reference[0]


def test_half_a_line_in_the_log_is_cut(data, finished, reference, tmp_path):  # noqa: F811
    out = unfinished(finished, tmp_path / "run")
    with (out / "events.jsonl").open("ab") as log:
        log.write(b'{"event": "step", "st')
    assert forked(lambda: train(data, out)) == 0
    assert state_of(out) == reference[0]


def test_a_folder_in_use_is_refused_at_once(data, finished, capsys):  # noqa: F811
    with lock(finished):
        start = time.monotonic()
        assert main(command(data, finished)) == 2
        assert time.monotonic() - start < 10
    assert f"RUN_LOCKED {finished}: is in use by process {os.getpid()}" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["file", "link", "foreign folder", "root", "home", "address"])
def test_places_that_no_run_may_take_are_refused(kind, data, tmp_path, capsys):  # noqa: F811
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    place = {
        "file": tmp_path / "file",
        "link": tmp_path / "link",
        "foreign folder": tmp_path / "mine",
        "root": "/",
        "home": Path.home(),
        "address": "http://example.org/run",
    }[kind]
    assert main(command(data, place)) == 2
    assert "OUTPUT" in (told := capsys.readouterr().err) or "NOT_A_PATH" in told
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "link", "mine", "thesis.txt"]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_is_answered_by_saving_and_the_run_goes_on(sent, code, data, tmp_path):  # noqa: F811
    out, arguments = tmp_path / "run", [sys.executable, "-m", "groundup"]
    process = subprocess.Popen(
        [*arguments, *command(data, out, steps=4000, save_every=4000)], stderr=subprocess.PIPE, text=True
    )
    log = out / "events.jsonl"
    for _ in range(600):
        if log.exists() and log.stat().st_size:
            break
        time.sleep(0.05)
    process.send_signal(sent)
    _, told = process.communicate(timeout=60)
    assert process.returncode == code
    assert "INTERRUPTED" in told
    saved = list((out / "checkpoints").iterdir())
    assert len(saved) >= 1
    assert all(verify_folder(folder) == [] for folder in saved)
    last = parse_json((max(saved) / "state.json").read_bytes(), "state")["step"]
    assert json.loads((out / "run.json").read_text())["plan"]["steps"] == 4000
    assert 0 < last < 4000
