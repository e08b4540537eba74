"""How much memory a model takes while it answers: measured in a process of its own, which does nothing else.

That process runs `main`, which reads {"model", "texts", "threads"} from standard input and prints what it needed.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from groundup.errors import ResourceError
from groundup.strict_json import canonical, strict

STATUS = Path("/proc/self/status")
ROWS = 32  # at once
CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from groundup.compress.peak_memory import main; main()"
ROOT = Path(__file__).resolve().parents[2]  # where this very package lies


def peak_memory(model: Path, texts: Sequence[Sequence[str]], threads: int | None = None) -> dict[str, int | None]:
    """Bytes: `peak`, the most that the process held while it opened the model and answered up to 32 texts at once, and
    `before`, what it held when its libraries were loaded. None where the system does not tell. Raises ResourceError when it
    dies."""
    request = canonical(
        {
            "model": str(model),
            "texts": [[None if cell is None else str(cell) for cell in text] for text in texts[:ROWS]],
            "threads": threads,
        }
    )
    process = subprocess.run(
        [sys.executable, "-c", CHILD, str(ROOT)],
        input=request.encode("utf-8", "surrogatepass"),
        capture_output=True,
        check=False,
    )
    if process.returncode:
        line = process.stderr.decode("utf-8", "backslashreplace").strip().rpartition("\n")[2]
        raise ResourceError("NO_MEMORY_MEASURED", model, f"the process that measures its memory ended ({line})", "try again")
    return strict(process.stdout.decode())


def resident_bytes(peak: bool) -> int | None:
    """Bytes of this process now, or at most so far. The kernel's own count: that of getrusage begins with the parent's."""
    name = "VmHWM:" if peak else "VmRSS:"
    if not STATUS.is_file():
        return None
    lines = [line.split() for line in STATUS.read_text("ascii", "backslashreplace").split("\n")]
    return next((int(line[1]) * 1024 for line in lines if line[:1] == [name]), None)


def main() -> None:
    from groundup.evaluate.predictor import load

    request = strict(sys.stdin.buffer.read().decode("utf-8", "surrogatepass"))
    before = resident_bytes(peak=False)
    load(request["model"], request["threads"]).answers([tuple(text) for text in request["texts"]])
    print(canonical({"before": before, "peak": resident_bytes(peak=True)}))
