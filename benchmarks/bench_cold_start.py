"""One prediction from nothing: a fresh process that loads a model and labels one text, ours and transformers'."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from rounds import Bench, cold, options

TEXT = "a fine film that knows where it is going"
THEIRS = "import sys; from transformers import pipeline; print(pipeline('text-classification', model=sys.argv[1])(sys.argv[2]))"
NOTES = (
    "groundup predict: `groundup predict --model FOLDER --text TEXT`",
    "transformers pipeline: `python -c` with `from transformers import pipeline` and one text, offline",
    "python -c pass, import torch: what cannot be undercut with Python, and with torch imported",
    "the model is MiniLM (6 x 384) with a head of two classes; files are in the operating system's cache",
    "processor s: user and system time of the process; peak MiB: the most memory it held",
)


def main(arguments: list[str] | None = None) -> Bench:
    parser = options(__doc__, rounds=5)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.rounds = 1
    os.environ["HF_HUB_OFFLINE"] = "1"
    bench = Bench(
        "cold_start",
        "One text labelled by a fresh process",
        reference="transformers pipeline",
        rounds=chosen.rounds,
        columns={"cpu": "processor s", "peak_mib": "peak MiB"},
        notes=NOTES,
        settings={"threads": chosen.threads},
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = str(Path(scratch) / "model")
        cold(
            [
                "-c",
                f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from pathlib import Path; "
                f"import inputs; inputs.minilm(Path({folder!r}))",
            ]
        )()
        command = str(Path(sys.executable).with_name("groundup"))
        bench.case(
            f"MiniLM, {chosen.threads} thr",
            {
                "groundup predict": cold([command, "predict", "--model", folder, "--text", TEXT], chosen.threads),
                "transformers pipeline": cold(["-c", THEIRS, folder, TEXT], chosen.threads),
                "import torch": cold(["-c", "import torch"], chosen.threads),
                "python -c pass": cold(["-c", "pass"], chosen.threads),
            },
            {"threads": chosen.threads},
        )
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()
