"""Labels for 500 sentences, and for one: ours, and transformers' pipeline, on the same model folder (MiniLM, 6 x 384); besides,
the model exported to ONNX in int8, by us and by ONNX Runtime alone (left out where it is missing, or with --without_onnx).

Skipped where SST-2 is missing (GROUNDUP_DATA names the folder of data sets).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import inputs
import numpy as np
import peers  # noqa: F401  (offline and quiet)
from rounds import Bench, Contender, Measurement, options
from transformers import AutoTokenizer, pipeline

import groundup

TEXTS, REQUESTS, BATCH = 500, 20, 32
CLOSE = 1e-4  # probabilities of the two sides; float32 rounding is below 1e-5
NOTES = (
    "groundup: groundup.load(folder).predict(texts), float32",
    'transformers pipeline: pipeline("text-classification", model=folder)(texts) as shipped, one text at a time',
    "transformers pipeline, batch 32: the same with batch_size=32, padded to the longest of the batch",
    "groundup, exported int8: the folder of `groundup export --format onnx_int8`, by groundup.load(folder).predict(texts)",
    "onnxruntime int8, sorted: the same file by onnxruntime and transformers' tokenizer, by length, in batches of 32 that are "
    "padded to their longest; its answers differ from float32 by design, and of single texts equal the exported ones",
    "one request, warm: a single text through the loaded model, the mean of 20 different ones",
    "both sides answer the same: the labels, and the probabilities within 1e-4, are checked before",
)


def check(ours: list[dict], theirs: list[dict]) -> None:
    """The same answers."""
    for mine, other in zip(ours, theirs, strict=True):
        if mine["label"] != other["label"] or abs(mine["probability"] - other["score"]) > CLOSE:
            raise AssertionError(f"the sides answer differently: {mine} and {other}")


def in_onnxruntime(exported: Path, folder: Path, threads: int) -> Callable[[list[str]], np.ndarray]:
    """Probabilities [texts, labels] by ONNX Runtime alone, texts of like length together."""
    import onnxruntime

    chosen = onnxruntime.SessionOptions()
    chosen.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(exported / "model.onnx"), chosen, providers=["CPUExecutionProvider"])
    tokenizer, names = AutoTokenizer.from_pretrained(folder), [one.name for one in session.get_inputs()]

    def answer(texts: list[str]) -> np.ndarray:
        found = tokenizer(texts, truncation=True)
        order = sorted(range(len(texts)), key=lambda place: len(found["input_ids"][place]))
        logits = np.zeros((len(texts), 2), np.float32)
        for first in range(0, len(order), BATCH):
            places = order[first : first + BATCH]
            rows = {key: [values[place] for place in places] for key, values in found.items()}
            block = tokenizer.pad(rows, return_tensors="np")
            logits[places] = session.run(None, {name: block[name] for name in names})[0]
        powers = np.exp(logits - logits.max(1, keepdims=True))
        return powers / powers.sum(1, keepdims=True)

    return answer


def check_alone(ours: Callable[[list[str]], list[dict]], theirs: Callable[[list[str]], np.ndarray], texts: list[str]) -> None:
    """The same probabilities of single texts: int8 has one scale for a whole batch."""
    for text in texts:
        mine, other = ours([text])[0]["probability"], float(theirs([text]).max())
        if abs(mine - other) > CLOSE:
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
    parser = options(__doc__, rounds=3)
    parser.add_argument("--texts", type=int, default=TEXTS)
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--without_onnx", action="store_true")
    chosen = parser.parse_args(arguments)
    if missing := inputs.missing_sst2():
        print(missing)
        return None
    if chosen.quick:
        chosen.texts, chosen.threads, chosen.rounds, chosen.without_onnx = 8, [1], 1, True
    texts, _ = inputs.sst2(chosen.texts)
    bench = Bench(
        "predict",
        f"Labels for {chosen.texts:,} sentences of SST-2 and for one, MiniLM size",
        unit="rows",
        reference="transformers pipeline",
        rounds=chosen.rounds,
        notes=NOTES,
        settings={"texts": chosen.texts},
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder, exported = inputs.minilm(Path(scratch) / "model"), Path(scratch) / "int8"
        with_onnx = not chosen.without_onnx and find_spec("onnxruntime") is not None
        if with_onnx:
            groundup.export(model=str(folder), out=str(exported), format="onnx_int8", quiet=True)
        for threads in chosen.threads:
            predictor = groundup.load(folder, threads=threads)
            theirs = pipeline("text-classification", model=str(folder), device="cpu")
            check(predictor.predict(texts[:64]), theirs(texts[:64]))
            several = {
                "groundup": batch(predictor.predict, texts),
                "transformers pipeline": batch(theirs, texts),
                "transformers pipeline, batch 32": batch(lambda rows, answer=theirs: answer(rows, batch_size=32), texts),
            }
            few = texts[: 2 if chosen.quick else REQUESTS]
            single = {"groundup": requests(predictor.predict, few), "transformers pipeline": requests(theirs, few)}
            if with_onnx:
                int8, alone = groundup.load(exported, threads=threads).predict, in_onnxruntime(exported, folder, threads)
                check_alone(int8, alone, few)
                for name, answer in (("groundup, exported int8", int8), ("onnxruntime int8, sorted", alone)):
                    several[name], single[name] = batch(answer, texts), requests(answer, few)
            bench.case(f"batch of {chosen.texts:,}, {threads} thr", several, {"threads": threads})
            bench.case(f"one request, warm, {threads} thr", single, {"threads": threads})
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()
