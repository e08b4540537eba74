"""The demo with images: scikit-learn's handwritten digits, a ViT that fills in patches, and a classifier."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from groundup.commands.demo.settings import Demo
from groundup.commands.demo.stages import Demonstration, confidence_line, lines_of_answers, scores_of
from groundup.commands.evaluate.settings import Evaluate
from groundup.commands.evaluate.story import evaluate
from groundup.commands.explain.settings import Explain
from groundup.commands.explain.story import explain
from groundup.commands.export.settings import Export
from groundup.commands.export.story import export
from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.story import finetune
from groundup.commands.predict.settings import Predict
from groundup.commands.predict.story import predict
from groundup.commands.prepare.settings import Prepare
from groundup.commands.prepare.story import prepare
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.story import pretrain
from groundup.evaluate.predictor import load
from groundup.folders import new_folder
from groundup.kinds.image.png import png
from groundup.pages.demo_page import lines_section
from groundup.strict_json import read_json
from groundup.terminal.log import say, text

APART = 150  # of so many digits one is kept apart
SIDE, PATCH = 16, 4  # pixels; the digits have 8, and each becomes four
WHITE = 16  # the largest number of scikit-learn's digits
WRITERS = ("onnx", "onnxscript", "onnxruntime")  # packages of the extra export
TRAINING = {"epochs": 20, "num_evaluations": 5, "layer_decay": 1, "pooling": "mean", "optimizer": {"learning_rate": 0.002}}


def image_life(settings: Demo) -> dict[str, Any]:
    """Pictures, pretraining on patches, a classifier, an explanation, an export, predictions."""
    demo = Demonstration(settings, 8)
    out, (raw, truths) = demo.out, collect(demo)
    demo.step("demo prepare images")
    split, image = {"validation": 0.15, "test": 0.25}, {"size": SIDE, "channels": 1}
    demo.perform(Prepare, prepare, source=(str(raw / "digits"),), out=str(out / "prepared"), image=image, split=split)
    budget = settings.pretraining_time
    demo.step("demo pretrain images", budget=budget)
    prepared, vit = str(out / "prepared"), str(out / "vit")
    how = {"objective": "patches", "preset": "micro", "patch_size": PATCH, "budget": budget}
    demo.perform(Pretrain, pretrain, data=prepared, out=vit, **how)
    demo.step("demo train images")
    demo.perform(Finetune, finetune, model=vit, data=prepared, out=str(out / "model"), **TRAINING)
    demo.step("demo evaluate images")
    model = str(out / "model")
    demo.perform_once(Evaluate, evaluate, out / "evaluation", model=model, data=prepared)
    demo.step("demo explain")
    first = str(sorted((raw / "new").iterdir())[0])
    demo.perform_once(Explain, explain, out / "explanation", model=model, input=first)
    demo.step("demo export")
    if all(map(find_spec, WRITERS)):
        demo.perform_once(Export, export, out / "export", model=model)
    else:
        say("    " + text("demo no export", model=out / "model" / "model"))
    demo.step("demo predict")
    demo.perform_once(Predict, predict, out / "predictions.csv", model=model, input=str(raw / "new"))
    return end(demo, raw, truths)


def end(demo: Demonstration, raw: Path, truths: list[str]) -> dict[str, Any]:
    """The answers to digits that were kept apart, and the page."""
    report = read_json(demo.out / "model" / "report.json")
    files = sorted((raw / "new").iterdir())
    answers = load(demo.out / "model").predictions([str(file) for file in files])
    lines = [confidence_line(report), *lines_of_answers([file.name for file in files], answers, truths)]
    demo.tell(lines)
    verdicts = [report["verdict"]["text"], report["calibrated"]["text"]]
    pages = ["prepared/report.html", "model/report.html", "evaluation/report.html", "explanation/page.html"]
    scores = scores_of("pretrained model", report)
    return demo.finish("demo from images", scores, verdicts, [lines_section("demo answers", lines, demo.t)], pages)


def collect(demo: Demonstration) -> tuple[Path, list[str]]:
    """`digits/` with a folder of pictures for each digit, and `new/` with those that are kept apart; and what these are."""
    from sklearn.datasets import load_digits

    folder, data = demo.out / "data", load_digits()
    labels = [str(number) for number in data.target]
    apart = range(0, len(labels), APART)
    demo.step("demo make images", rows=len(labels), side=SIDE, apart=len(apart))
    if not folder.is_dir():
        with new_folder(folder, kind="text") as new:
            for place, (pixels, label) in enumerate(zip(data.images, labels, strict=True)):
                name = f"new/{place:04d}.png" if place in apart else f"digits/{label}/{place:04d}.png"
                new.write_bytes(name, png(larger(pixels)))
    return folder, [labels[place] for place in apart]


def larger(pixels: np.ndarray) -> np.ndarray:
    """[1, S, S] bytes of a digit, each pixel as a square."""
    step = SIDE // len(pixels)
    return np.kron(np.rint(pixels * 255 / WHITE).astype(np.uint8), np.ones((step, step), np.uint8))[None]
