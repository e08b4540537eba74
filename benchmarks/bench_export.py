"""One request and 32 sentences, labelled by MiniLM in torch, exported to ONNX, and in int8; and the same from a cold process.

Skipped where SST-2 is missing (GROUNDUP_DATA names the folder of data sets).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import inputs
import peers  # noqa: F401  (offline and quiet)
from rounds import Bench, Contender, Measurement, cold, options

import groundup

BATCH, REQUESTS, REPEATS = 32, 20, 5
TEXT = "a fine film that knows where it is going"
CLOSE = 1e-4  # probabilities in float32; those in int8 differ by design, and are told in the manifest
NOTES = (
    "torch: groundup.load(folder).predict(texts), float32, without padding",
    "ONNX: the folder of `groundup export`, by groundup.load(...).predict(texts) in ONNX Runtime; int8: --format onnx_int8",
    "one request, warm: a single sentence, the mean of 20 different ones; the batch is 32 sentences of uneven length",
    "cold process: `groundup predict --model FOLDER --text TEXT`",
    "torch and ONNX answer the same: labels, and probabilities within 1e-4, are checked before",
)


def check(ours: list[dict], theirs: list[dict]) -> None:
    """The same answers."""
    for mine, other in zip(ours, theirs, strict=True):
        if mine["label"] != other["label"] or abs(mine["probability"] - other["probability"]) > CLOSE:
            raise AssertionError(f"the sides answer differently: {mine} and {other}")


def requests(answer: Callable[[list[str]], object], texts: list[str]) -> Contender:
    """Single texts one after the other; the time is the mean of one."""

    def turn() -> Measurement:
        started = time.perf_counter()
        for text in texts:
            answer([text])
        return Measurement((time.perf_counter() - started) / len(texts), 1)

    return turn


def batches(answer: Callable[[list[str]], object], texts: list[str], repeats: int) -> Contender:
    """All texts at once; the time is the mean of a few times."""

    def turn() -> Measurement:
        started = time.perf_counter()
        for _ in range(repeats):
            answer(texts)
        return Measurement((time.perf_counter() - started) / repeats, len(texts))

    return turn


def main(arguments: list[str] | None = None) -> Bench | None:
    parser = options(__doc__, rounds=5)
    parser.add_argument("--threads", nargs="+", type=int, default=[1])
    chosen = parser.parse_args(arguments)
    if missing := inputs.missing_sst2():
        print(missing)
        return None
    if chosen.quick:
        chosen.threads, chosen.rounds = [1], 1
    texts, _ = inputs.sst2(BATCH)
    few, repeats = texts[: 2 if chosen.quick else REQUESTS], 1 if chosen.quick else REPEATS
    bench = Bench(
        "export",
        "A model in torch and exported, MiniLM size",
        unit="rows",
        reference="torch",
        rounds=chosen.rounds,
        columns={"cpu": "processor s"},
        notes=NOTES,
        settings={"batch": BATCH, "requests": len(few)},
    )
    with tempfile.TemporaryDirectory() as scratch:
        folders = {"torch": inputs.minilm(Path(scratch) / "model")}
        for name, form in (("ONNX", "onnx"), ("ONNX int8", "onnx_int8")):
            folders[name] = Path(scratch) / form
            groundup.export(model=str(folders["torch"]), out=str(folders[name]), format=form, quiet=True)
        for threads in chosen.threads:
            opened = {name: groundup.load(folder, threads=threads) for name, folder in folders.items()}
            check(opened["torch"].predict(texts), opened["ONNX"].predict(texts))
            single = {name: requests(one.predict, few) for name, one in opened.items()}
            bench.case(f"one request, warm, {threads} thr", single, {"threads": threads})
            several = {name: batches(one.predict, texts, repeats) for name, one in opened.items()}
            bench.case(f"batch of {BATCH}, {threads} thr", several, {"threads": threads})
        line = ["-m", "groundup", "predict", "--threads", "1", "--text", TEXT, "--model"]
        processes = {name: cold([*line, str(folder)]) for name, folder in folders.items()}
        bench.case("cold process, 1 thr", processes, {"threads": 1})
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()
