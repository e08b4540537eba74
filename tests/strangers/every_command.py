"""Every command once, in one process and on small inputs, so that something outside can watch what it touches.

`python -m tests.strangers.every_command FOLDER` writes into FOLDER alone. Before each command it asks for a file that is not there,
`MARK` and its line, so that a trace of the system calls tells which command came next. What needs an optional dependency that is not
installed is left out and named.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

MARK = "/every-command/"
SHORT = ("--steps", "2", "--batch_size", "8")


def write_inputs(home: Path) -> None:
    """Text, labelled rows, pairs that translate each other, images and a task of GLUE."""
    import numpy as np

    from tests.commands import life

    life.write_documents(home / "documents", 40, seed=0)
    life.write_table(home / "reviews.csv", life.labelled(80))
    life.write_table(home / "more.csv", life.labelled(40, seed=3))
    rows = [(text, text[::-1]) for text, _ in life.labelled(60, seed=5)]
    life.write_table(home / "pairs.csv", rows, ("source", "target"))
    life.write_rte(home / "glue" / "RTE")
    (home / "recipe.yaml").write_text("stages:\n  data:\n    prepare: {source: documents, tokenizer: {vocab_size: 200}}\n")
    (home / "tasks.yaml").write_text(
        "tasks:\n  mood: {data: reviews.csv, text_column: sentence}\n  again: {data: more.csv, text_column: sentence}\n"
        "weights: uniform\nsteps: 2\nbatch_size: 8\nmax_length: 32\n"
    )
    if installed("PIL"):
        from PIL import Image

        rng = np.random.default_rng(0)
        for kind, light in (("dark", 60), ("bright", 180)):
            (home / "images" / kind).mkdir(parents=True)
            for number in range(20):
                pixels = rng.integers(light - 50, light + 50, (12, 12, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(home / "images" / kind / f"{number}.png")


def installed(*packages: str) -> bool:
    return all(importlib.util.find_spec(name) is not None for name in packages)


def lines() -> list[tuple[tuple[str, ...], str]]:
    """(packages beyond the required ones, command line), in an order in which each finds what it needs."""
    classify = "finetune --model lm --data reviews.csv --text_column sentence --max_length 32"
    return [
        ((), "prepare --source documents --out data --tokenizer.vocab_size 300"),
        ((), "pretrain --data data --out lm --preset tiny --steps 4 --length 32 --batch_size 4"),
        (
            ("tensorboard",),
            "pretrain --data data --out tracked --preset tiny --steps 2 --length 32 --batch_size 4 --track tensorboard",
        ),
        (("rjieba",), "pretrain --data data --out words --preset tiny --steps 2 --length 32 --batch_size 4 --mask_unit word"),
        ((), "pretrain --data data --out writer --objective causal --preset tiny --steps 2 --length 32 --batch_size 4"),
        ((), "pretrain --data data --out translator --objective spans --preset tiny --steps 2 --length 32 --batch_size 4"),
        ((), "check --data reviews.csv --text_column sentence --out checked"),
        ((), f"{classify} --out classifier --steps 10 --batch_size 16"),
        (
            ("sacrebleu",),
            "finetune --task translation --model translator/model --data pairs.csv --text_column source --label_column target "
            "--steps 2 --batch_size 4 --max_length 32 --out translated",
        ),
        ((), "curve --model lm --data reviews.csv --text_column sentence --rows 20 --seeds 0 --steps 2 --out curve"),
        ((), "multitask tasks.yaml --model lm --out several"),
        ((), "evaluate --model classifier --out judged"),
        ((), "glue --model lm --data glue --out glued --steps 2 --batch_size 4"),
        ((), "compare classifier judged --out compared --timed_rows 3 --rounds 1"),
        ((), "compress --model classifier --method distill --out small --steps 2 --batch_size 8"),
        ((), "ladder --model classifier --out ladder --rungs int8 --timed_rows 3 --rounds 1 --memory true " + " ".join(SHORT)),
        ((), "generate --model writer --text once --max_new_tokens 4"),
        (("onnx", "onnxscript", "onnxruntime"), "export --model classifier --format onnx --out onnx"),
        (
            ("onnx", "onnxscript", "onnxruntime"),
            "export --model classifier --format onnx_int8 --out onnx8 --data reviews.csv --text_column sentence",
        ),
        (("transformers",), "export --model classifier --format huggingface --out published"),
        (("onnxruntime",), "predict --model onnx --input more.csv --text_column sentence --out answers.csv"),
        ((), "predict --model classifier --input more.csv --text_column sentence --out answers2.csv"),
        ((), "explain --model classifier --text good --out explained"),
        (("snowballstemmer",), "keywords --input more.csv --text_column sentence --out keywords.csv"),
        (("rjieba",), "keywords --model lm --text 老师在公园看书 --language zh"),
        ((), "inspect --model classifier --out inspected.html"),
        ((), "models"),
        ((), "size --preset tiny"),
        ((), "run recipe.yaml --out recipe"),
        ((), "verify classifier lm data"),
        (("PIL",), "prepare --source images --out pictures --image.size 8 --split.validation 0.2 --split.test 0.2"),
        (("PIL",), "pretrain --data pictures --out seer --objective patches --preset tiny --steps 2 --batch_size 8"),
        (("PIL",), "finetune --task images --model seer --data pictures --out seen --steps 2 --batch_size 8"),
        (("PIL",), "evaluate --model seen --data images --out seen-judged"),
        ((), "demo --out demo --budget 4s --labels 60"),
    ]


def main(home: str, *only: str) -> int:
    """Run them; the number of lines that did not end well."""
    from groundup.cli import main as groundup

    place = Path(home)
    if not (place / "reviews.csv").exists():
        write_inputs(place)
    os.chdir(place)
    bad = 0
    for number, (packages, line) in enumerate(lines()):
        words = line.split()
        if only and words[0] not in only:
            continue
        if not installed(*packages):
            print(f"== left out, needs {packages}: {line}", flush=True)
            continue
        os.path.exists(f"{MARK}{number} {line[:80].replace('/', '.')}")
        code = groundup(words)
        print(f"== {code} {line}", flush=True)
        bad += code not in (0, 3, 4)
    os.path.exists(f"{MARK}end")
    return bad


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
