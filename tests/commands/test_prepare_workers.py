"""Preparing text in several processes: the same folder, and nothing left behind however it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from groundup.commands.prepare import story as preparing
from groundup.data import workers
from groundup.data.clean import clean_batch
from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.training import train_tokenizer
from groundup.folders import new_folder
from tests.commands.life import groundup, sentence

ALONE = "import sys; from groundup.data import workers; workers.ALONE = 1; from groundup.cli import main; sys.exit(main(sys.argv[1:]))"


def write_rows(path: Path, count: int) -> Path:
    """Documents in two languages as jsonl, with exact and near repeats, dirt, empty texts and broken rows."""
    rng = np.random.default_rng(count)
    texts = ["“Ã©tÃ©”\u200b  fi\ufb01 and\ttabs\n\n" + sentence(rng, False)]
    lines = []
    for number in range(count):
        kind = number % 11
        text = "\n\n".join(" ".join(sentence(rng, number % 3 == 0) for _ in range(4)) for _ in range(3))
        if kind == 1:
            text = texts[rng.integers(len(texts))].upper()
        elif kind == 2:
            text = texts[rng.integers(len(texts))] + " And so on."
        elif kind == 3:
            text = "\u200b \u200b"
        texts.append(text)
        lines.append('{"text": "broken' if kind == 4 else json.dumps({"text": "" if kind == 5 else text}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", ["wordpiece", "byte_bpe"])
def test_any_number_of_workers_makes_the_same_folder(kind, tmp_path, monkeypatch):
    source = write_rows(tmp_path / "rows.jsonl", 700)
    line = (
        "prepare",
        "--source",
        source,
        "--tokenizer.vocab_size",
        400,
        "--read.max_rejects",
        1000,
        "--quiet",
        "--tokenizer.kind",
        kind,
    )
    assert groundup(*line, "--out", tmp_path / "alone", "--threads", 1) == 0
    expected = content(tmp_path / "alone")
    report = json.loads((tmp_path / "alone" / "report.json").read_text("utf-8"))
    left_out = report["documents"]["left_out"]
    assert left_out.keys() == {"BAD_JSON", "EMPTY", "EXACT_DUPLICATE", "NEAR_DUPLICATE"}
    assert report["paragraphs"]["changed"].keys() >= {"mojibake", "control", "whitespace"}
    begun = []
    monkeypatch.setattr(workers, "ALONE", 1)
    monkeypatch.setattr(workers, "ProcessPoolExecutor", lambda *a: begun.append(a[0]) or pool(*a))
    for threads, size in ((2, 3000), (3, 20_000)):
        monkeypatch.setattr(clean_batch, "CHARACTERS", size)
        monkeypatch.setattr(preparing, "BATCH_CHARACTERS", size)
        assert groundup(*line, "--out", tmp_path / str(threads), "--threads", threads) == 0
        assert content(tmp_path / str(threads)) == expected
    assert begun == [2, 2, 3, 3]


pool = workers.ProcessPoolExecutor


def children(process: int) -> list[int]:
    return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def running(process: int) -> bool:
    """Whether it is there and has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_for(met, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not met() and time.monotonic() < end:
        time.sleep(0.01)
    return met()


@pytest.fixture
def at_work(tmp_path):
    """`groundup prepare` in a session of its own, its two workers begun."""
    rows = write_rows(tmp_path / "few.jsonl", 500).read_text("utf-8")
    source = tmp_path / "rows.jsonl"
    source.write_text("".join(rows.replace("The ", f"The {number} ") for number in range(150)), "utf-8")
    with new_folder(tmp_path / "words", kind="text") as folder:
        train_tokenizer(lambda: iter(rows.split("\n")), TokenizerSettings(vocab_size=300)).save(folder)
    line = [
        sys.executable,
        "-c",
        ALONE,
        "prepare",
        "--source",
        source,
        "--out",
        tmp_path / "made" / "data",
        "--threads",
        "2",
        "--tokenizer.existing",
        tmp_path / "words",
        "--read.max_rejects",
        "100000",
    ]
    hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # which these tests may have been told to ignore
    process = subprocess.Popen(list(map(str, line)), stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=hear)
    try:
        assert wait_for(lambda: len(children(process.pid)) == 2 or process.poll() is not None)
        yield process, children(process.pid)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


linux = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the system has no /proc to see processes in")


@linux
def test_an_interrupt_leaves_no_process_and_no_folder(at_work, tmp_path):
    process, helpers = at_work
    assert len(helpers) == 2
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told.splitlines()[-1] == "groundup: stopped"
    assert "Traceback" not in told
    assert not any(map(running, helpers))
    assert not (tmp_path / "made").exists()


@linux
def test_a_worker_that_is_killed_is_told_and_leaves_no_folder(at_work, tmp_path):
    process, helpers = at_work
    os.kill(helpers[0], signal.SIGKILL)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 75
    assert "error WORKER_LOST" in told
    assert not any(map(running, helpers))
    assert not (tmp_path / "made").exists()


@linux
def test_workers_end_when_who_began_them_is_killed(at_work):
    process, helpers = at_work
    assert all(map(running, helpers))
    process.kill()
    assert wait_for(lambda: not any(map(running, helpers)))
