"""Memory of judging a folder of images does not grow with the folder."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.commands.life import groundup

Picture = pytest.importorskip("PIL.Image")
pytestmark = pytest.mark.slow
FEW, MANY, SIDE = 1_000, 8_000, 32
MOST_MIB = 15  # more than for the few; the further images take 20 MiB as bytes, 82 as float32 numbers


def write_folder(root: Path, count: int) -> Path:
    """Drawn images of two classes."""
    draw = np.random.default_rng(count)
    for kind in ("dark", "light"):
        (root / kind).mkdir(parents=True)
    for number in range(count):
        low, kind = ((0, "dark"), (120, "light"))[number % 2]
        pixels = draw.integers(low, low + 130, (SIDE, SIDE, 3), dtype=np.uint8)
        Picture.fromarray(pixels).save(root / kind / f"{number}.png", compress_level=1)
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("memory")
    write_folder(home / "raw", 120)
    prepared = ("--source", home / "raw", "--out", home / "data", "--image.size", SIDE, "--split.test", 0.2, "--quiet")
    assert groundup("prepare", *prepared) == 0
    small = ("--preset", "tiny", "--patch_size", 8, "--steps", 2, "--batch_size", 8, "--quiet")
    assert groundup("pretrain", "--data", home / "data", "--objective", "patches", "--out", home / "vit", *small) == 0
    steps = ("--steps", 2, "--batch_size", 8, "--baselines", "false", "--quiet")
    assert groundup("finetune", "--model", home / "vit", "--data", home / "data", "--out", home / "run", *steps) in (0, 3)
    return home


def peak_mib(home: Path, count: int) -> float:
    """The most memory of a process that judges so many images, and says so."""
    folder = write_folder(home / f"of-{count}", count)
    arguments = ["evaluate", "--model", str(home / "run"), "--data", str(folder), "--out", str(home / f"judged-{count}")]
    code = f"import sys; from groundup.cli import main; sys.exit(main({[*arguments, '--quiet', '--threads', '1']!r}))"
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    said = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode in (0, 3), said
    assert f"on {count:,} rows" in said
    return usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def test_eight_times_the_images_take_hardly_more_memory(home):
    few, many = peak_mib(home, FEW), peak_mib(home, MANY)
    print(f"{FEW:,} images: {few:.0f} MiB, {MANY:,}: {many:.0f} MiB")
    assert many - few < MOST_MIB
