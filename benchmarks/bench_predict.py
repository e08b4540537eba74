"""Labels for 2,000 sentences, and for one: ours, and transformers' pipeline, on the same model folder (MiniLM, 6 x 384).

Skipped where SST-2 is missing (GROUNDUP_DATA names the folder of data sets).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import inputs
import peers  # noqa: F401  (offline and quiet)
from rounds import Bench, Contender, Measurement, options
from transformers import pipeline

import groundup

TEXTS, REQUESTS = 500, 20
CLOSE = 1e-4  # probabilities of the two sides; float32 rounding is below 1e-5
NOTES = (
    "groundup: groundup.load(folder).predict(texts), float32",
    'transformers pipeline: pipeline("text-classification", model=folder)(texts) as shipped, one text at a time',
    "transformers pipeline, batch 32: the same with batch_size=32, padded to the longest of the batch",
    "one request, warm: a single text through the loaded model, the mean of 20 different ones",
    "both sides answer the same: the labels, and the probabilities within 1e-4, are checked before",
)


def check(ours: list[dict], theirs: list[dict]) -> None:
    """The same answers."""
    for mine, other in zip(ours, theirs, strict=True):
        if mine["label"] != other["label"] or abs(mine["probability"] - other["score"]) > CLOSE:
            raise AssertionError(f"the sides answer differently: {mine} and {other}")


def requests(answer: Callable[[list[str]], object], texts: list[str]) -> Contender:
    """Single texts one after the other; the time is the mean of one."""

    def turn() -> Measurement:
        started = time.perf_counter()
        for text in texts:
            answer([text])
        return Measurement((time.perf_counter() - started) / len(texts), 1)

    return turn


def batch(answer: Callable[[list[str]], object], texts: list[str]) -> Contender:
    """All texts at once."""

    def turn() -> int:
        answer(texts)
        return len(texts)

    return turn


def main(arguments: list[str] | None = None) -> Bench | None:
    parser = options(__doc__, rounds=5)
    parser.add_argument("--texts", type=int, default=TEXTS)
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    chosen = parser.parse_args(arguments)
    if missing := inputs.missing_sst2():
        print(missing)
        return None
    if chosen.quick:
        chosen.texts, chosen.threads, chosen.rounds = 8, [1], 1
    texts, _ = inputs.sst2(chosen.texts)
    bench = Bench(
        "predict", f"Labels for {chosen.texts:,} sentences of SST-2 and for one, MiniLM size", unit="rows",
        reference="transformers pipeline", rounds=chosen.rounds, notes=NOTES, settings={"texts": chosen.texts},
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        folder = inputs.minilm(Path(scratch) / "model")
        for threads in chosen.threads:
            predictor = groundup.load(folder, threads=threads)
            theirs = pipeline("text-classification", model=str(folder), device="cpu")
            check(predictor.predict(texts[:64]), theirs(texts[:64]))
            several = {
                "groundup": batch(predictor.predict, texts),
                "transformers pipeline": batch(theirs, texts),
                "transformers pipeline, batch 32": batch(lambda rows, answer=theirs: answer(rows, batch_size=32), texts),
            }
            bench.case(f"batch of {chosen.texts:,}, {threads} thr", several, {"threads": threads})
            few = texts[: 2 if chosen.quick else REQUESTS]
            single = {"groundup": requests(predictor.predict, few), "transformers pipeline": requests(theirs, few)}
            bench.case(f"one request, warm, {threads} thr", single, {"threads": threads})
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()
