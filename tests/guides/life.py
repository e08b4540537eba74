"""The life of the additions, in a process of its own: every command by its words, and what came of it in results.json.

Run in a folder with the tables, with the copied package on the path.
"""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from groundup.cli import main

SHORT = "--steps 40 --batch_size 16 --quiet"
TUNE = f"finetune --data rows.csv {SHORT}"
DAYS = "--weekday_column opened --weekday_column closed"
RUNS = ("classes", "share", "days", "share-days", "all")
LINES = {
    "help": "--help",
    "help pretrain": "pretrain --help",
    "help finetune": "finetune --help",
    "tally": "tally rows.csv --column label",
    "prepare": "prepare --source documents --out data --tokenizer.vocab_size 300 --quiet",
    "pretrain": f"pretrain --data data --out lm --objective turned --preset micro --length 32 {SHORT}",
    "continue": f"pretrain --data data --out more --model lm --length 32 {SHORT}",
    "classes": f"{TUNE} --model lm --text_column note --out classes",
    "share": f"{TUNE} --model lm --task share --text_column note --label_column share --out share",
    "days": f"finetune --data rows.csv {DAYS} --out days --steps 150 --quiet",
    "share-days": f"{TUNE} {DAYS} --task share --label_column share --out share-days",
    "all": f"{TUNE} --model lm {DAYS} --text_column note --table_column price --out all",
    **{f"evaluate {run}": f"evaluate --model {run} --data new.csv --out evaluated-{run} --quiet" for run in RUNS},
    **{f"predict {run}": f"predict --model {run} --input new.csv --out answers-{run}.csv --quiet" for run in RUNS},
    **{f"explain {run}": f"explain --model {run} --input new.csv --row 2 --out explained-{run}" for run in RUNS},
    **{f"export {run}": f"export --model {run} --format onnx --out onnx-{run} --quiet" for run in RUNS},
    **{f"again {run}": f"predict --model onnx-{run} --input new.csv --out again-{run}.csv --quiet" for run in RUNS},
    "other names": "predict --model days --input renamed.csv --weekday_column from --weekday_column to --out answers-renamed.csv --quiet",
    "verify": "verify lm days all",
    "wrong cell": f"{TUNE} --weekday_column price --out no",
    "wrong task": f"{TUNE} {DAYS} --task tagging --out no",
    "wrong setting": f"pretrain --data data --out no --objective turned --mask_rate 0.2 {SHORT}",
}


def perform(words: list[str]) -> dict:
    """The exit code, and what was told."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as exit:
            code = exit.code
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    results = {name: perform(line.split()) for name, line in LINES.items()}
    Path("results.json").write_text(json.dumps(results), encoding="utf-8")
