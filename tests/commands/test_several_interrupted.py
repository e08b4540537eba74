"""A run on rows of several kinds that is killed goes on, and ends with the same model and the same figures."""

import signal
import subprocess
import sys

import pytest

from tests.commands.life import groundup
from tests.commands.test_several import columns, report_of, shop

pytest.importorskip("PIL.Image")
pytestmark = pytest.mark.slow

KILLED = """
import os, signal, sys
from groundup.cli import main
from groundup.commands.finetune import story

done, evaluate = [], story.evaluate

def dying(*arguments):
    done.append(1)
    if len(done) == {number}:
        os.kill(os.getpid(), signal.SIGKILL)
    return evaluate(*arguments)

story.evaluate = dying
main(sys.argv[1:])
"""


@pytest.mark.parametrize("number", [1, 3])
def test_a_killed_run_goes_on_and_ends_with_the_same_model_and_figures(number, tmp_path):
    data = ["--data", shop(tmp_path), *columns("text", "image", "table"), "--label_column", "season", "--image.size", "16"]
    words = ["finetune", *data, "--steps", "24", "--num_evaluations", "4", "--kind_heads", "0.3", "--split.test", "0.3"]
    assert groundup(*words, "--out", tmp_path / "whole", "--quiet") == 0
    killed = [sys.executable, "-c", KILLED.format(number=number), *words, "--out", str(tmp_path / "killed"), "--quiet"]
    assert subprocess.run(killed, check=False).returncode == -signal.SIGKILL
    steps = sorted(int(one.name.removeprefix("step-")) for one in (tmp_path / "killed/checkpoints").glob("step-*"))
    assert (steps[-1:] or [0])[0] == (0, 12)[number == 3]
    assert groundup(*words, "--out", tmp_path / "killed", "--quiet") == 0
    for path in sorted((tmp_path / "whole/model").glob("*.safetensors")):
        assert (tmp_path / "killed/model" / path.name).read_bytes() == path.read_bytes(), path.name
    whole, again = report_of(tmp_path / "whole"), report_of(tmp_path / "killed")
    for name in ("accuracy", "macro_f1", "kinds", "confusion"):
        assert again[name] == whole[name], name
