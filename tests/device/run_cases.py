"""A process that runs the product on the pretended device: `python -m tests.device.run_cases FOLDER [COMMAND ...]`.

It makes the small world of tests/settings in the folder and runs its cases (of these commands), and prints as JSON what went
wrong in each, how often the program waited for the device and copied to it, by line, and the seconds.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
import traceback
from pathlib import Path

from tests.device import pretend

device = pretend.start()

import torch  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

import groundup.nn.device  # noqa: E402
import groundup.train.loop  # noqa: E402

LONG = {"finetune summarization", "explain table", "finetune replay of documents"}  # others do the same
BFLOAT16 = "the pretended device has no bfloat16"


def on_the_device(name: str) -> torch.device:
    """What `device_named` is here: `auto` finds the device, once the world is made."""
    return device if there and name != "cpu" else torch.device("cpu")


there: list[bool] = []


def autocast(precision: str, device: torch.device) -> contextlib.AbstractContextManager:
    """PyTorch's needs a kernel for each operation."""
    assert precision == "float32", BFLOAT16
    return contextlib.nullcontext()


groundup.nn.device.device_named = on_the_device
groundup.train.loop.autocast = autocast

from groundup.commands.table import command_class, perform  # noqa: E402
from groundup.config import build  # noqa: E402
from tests.settings.cases import CASES, Case  # noqa: E402
from tests.settings.running import values_of  # noqa: E402
from tests.settings.world import make_world  # noqa: E402


def run(case: Case, home: Path) -> str:
    """The last line of what goes wrong, and where in the package; nothing where it ends well."""
    mistakes: list[str] = []
    settings = build(command_class(case.command), values_of(case, home), "", mistakes)
    assert not mistakes, mistakes
    try:
        perform(settings)
    except Exception as error:
        if BFLOAT16 in str(error):
            return ""
        frames = [one for one in traceback.extract_tb(error.__traceback__) if "/groundup/" in one.filename]
        return f"{type(error).__name__}: {str(error)[:300]} at {frames[-1].filename}:{frames[-1].lineno}"
    return ""


def largest_difference(home: Path) -> float:
    """Of weights after updates on the device and on the processor, without dropout."""
    case = next(one for one in CASES if one.name == "pretrain masked")
    weights = []
    for name in ("cpu", "auto"):
        changes = {"device": name, "dropout": 0.0, "steps": 4}
        values = values_of(case, home, changes)
        perform(build(command_class(case.command), values, "", []))
        weights.append(load_file(Path(values["out"]) / "model" / "model.safetensors"))
    return max(float((weights[0][name] - weights[1][name]).abs().max()) for name in weights[0])


def main(home: Path, commands: list[str]) -> None:
    torch.set_num_threads(1)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        make_world(home)
        there.append(True)
        results = {}
        for case in CASES:
            if case.command in commands and not case.slow and case.name not in LONG:
                pretend.waits.clear()
                pretend.moves.clear()
                start = time.monotonic()
                fault = run(case, home)
                results[case.name] = {
                    "fault": fault,
                    "waits": dict(pretend.waits),
                    "moves": dict(pretend.moves),
                    "seconds": round(time.monotonic() - start, 2),
                }
        if "pretrain" in commands:
            results["same weights"] = {"fault": "", "difference": largest_difference(home), "waits": {}, "moves": {"": 1}}
    print(json.dumps(results))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
