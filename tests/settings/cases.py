"""One run of every command for each kind of input, task, objective or method that it takes.

`HOME/` in a value is the folder of world.py; each case gets an `out` of its own where the command has one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """A command, what is special about the run, and its settings."""

    command: str
    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    slow: bool = False

    @property
    def name(self) -> str:
        return f"{self.command} {self.kind}"


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


SHORT = {"steps": 1, "batch_size": 8, "num_evaluations": 1}
LM, CLASSIFIER, ROWS = "HOME/lm", "HOME/classifier", {"data": "HOME/rows.csv", "text_column": ["text"]}
MESSY = {"data": "HOME/messy.csv", "text_column": ["text"], "validation": "HOME/rows.csv"}  # with faults, and held-out texts
TUNING = {"model": LM, **ROWS, **SHORT, "max_length": 32, "baselines": False}
SMALLEST = {"preset": "tiny", "steps": 1, "batch_size": 4, "num_evaluations": 1, "evaluation_examples": 4}
ONE = {
    "one": {**ROWS},
    "two": {"data": "HOME/rows.csv", "text_column": ["text"], "label_column": "number", "task": "regression"},
}
SHRINKING = {"model": CLASSIFIER, **SHORT, "timed_rows": 1, "rounds": 1, "memory": False, "explained_rows": 0}
ROUNDING = without(SHRINKING, "steps", "num_evaluations") | {"method": "quantize"}
TEXT = "the old lamp is wonderful near the river"


def tuning(kind: str, **values: Any) -> Case:
    return Case("finetune", kind, TUNING | values)


SHORT_CURVE = {"rows": [20], "seeds": [0], "steps": 1, "batch_size": 8}
CASES = [
    Case("columns", "table", {"data": "HOME/rows.csv"}),
    Case("columns", "images", {"data": "HOME/photos"}),
    Case("prepare", "running text", {"source": ["HOME/documents"], "tokenizer": {"vocab_size": 240}}),
    Case("prepare", "table", {"source": ["HOME/documents.csv"], "text_column": "text", "tokenizer": {"vocab_size": 240}}),
    Case("prepare", "groups", {"source": ["HOME/documents.csv"], "text_column": "text", "split": {"group_by": "group"}}),
    Case("prepare", "time", {"source": ["HOME/documents.csv"], "text_column": "text", "split": {"time_column": "date"}}),
    Case(
        "prepare",
        "containment",
        {"source": ["HOME/documents.csv"], "text_column": "text", "split": {"group_by": "containment"}},
    ),
    Case("prepare", "existing tokenizer", {"source": ["HOME/documents"], "tokenizer": {"existing": "HOME/data"}}),
    Case("prepare", "unigram", {"source": ["HOME/documents"], "tokenizer": {"kind": "unigram", "vocab_size": 200}}),
    Case("prepare", "images", {"source": ["HOME/photos"], "image": {"size": 8}}),
    *(
        Case("pretrain", objective, {"data": "HOME/data", "objective": objective, "length": 32, **SMALLEST})
        for objective in ("masked", "replaced")
    ),
    *(
        Case("pretrain", objective, {"data": "HOME/verbatim", "objective": objective, "length": 32, **SMALLEST})
        for objective in ("causal", "spans", "denoise", "prefix")
    ),
    Case("pretrain", "patches", {"data": "HOME/images", "objective": "patches", **SMALLEST}),
    Case(
        "pretrain",
        "cells",
        {"data": "HOME/loans.csv", "objective": "cells", "table_column": ["*"], "leave_out": ["label"], **SMALLEST},
    ),
    Case("pretrain", "continued", {"data": "HOME/data", "model": LM, "length": 32, **without(SMALLEST, "preset")}),
    Case("pretrain", "budget", {"data": "HOME/data", "length": 32, **SMALLEST, "steps": None, "budget": "1s"}, slow=True),
    tuning("classification", baselines=True),
    tuning("pairs", data="HOME/pairs.csv", text_column=["one", "two"]),
    tuning("multilabel", task="multilabel", label_column="topics"),
    tuning("regression", task="regression", label_column="number"),
    tuning("tagging", task="tagging", data="HOME/names.jsonl"),
    tuning(
        "answering",
        task="answering",
        data="HOME/questions.json",
        text_column=["question", "context"],
        label_column="answers",
        read={"format": "squad"},
    ),
    tuning("translation", task="translation", model="HOME/t5", data="HOME/corpus", text_column=["en"], label_column="de"),
    tuning("summarization", task="summarization", model="HOME/t5", data="HOME/news.csv", label_column="summary"),
    tuning("extraction", task="extraction", data="HOME/news.csv", label_column="summary"),
    Case("finetune", "images", {"model": "HOME/vit", "data": "HOME/images", **SHORT}),
    Case("finetune", "table", {"data": "HOME/loans.csv", "table_column": ["*"], **SHORT, "baselines": False}),
    Case(
        "finetune",
        "several kinds",
        {
            "data": "HOME/shop.csv",
            "text_column": ["note"],
            "image_column": ["picture"],
            "table_column": ["age", "colour"],
            "image": {"size": 8, "patch_size": 4},
            **SHORT,
            "baselines": False,
        },
    ),
    tuning("lora", lora={"rank": 2}),
    tuning("replay", replay={"weight": 0.1}),
    tuning("replay of documents", replay={"weight": "auto", "data": "HOME/data"}),
    tuning("regularize", regularize={"method": "l2_sp"}),
    tuning("features", freeze=1, features="fp32"),
    tuning("unfreeze_over", freeze=1, unfreeze_over=0.5),
    *(tuning(method, augment={"method": method, "copies": 1}) for method in ("eda", "aeda", "substitute")),
    *(
        Case(
            "multitask", weights, {"model": LM, "tasks": ONE, "weights": weights, **SHORT, "max_length": 32, "baselines": False}
        )
        for weights in ("uniform", "fixed")
    ),
    *(
        Case(
            "multitask",
            weights,
            {"model": LM, "tasks": ONE, "weights": weights, **SHORT, "max_length": 32, "baselines": False, "uniform": False},
        )
        for weights in ("uncertainty", "dwa", "gradnorm", "pcgrad")
    ),
    Case(
        "multitask",
        "table",
        {
            "tasks": {"one": {"data": "HOME/loans.csv", "table_column": ["*"]}},
            **SHORT,
            "weights": "uniform",
            "baselines": False,
        },
    ),
    Case(
        "multitask",
        "several kinds",
        {
            "tasks": {
                "one": {
                    "data": "HOME/shop.csv",
                    "text_column": ["note"],
                    "image_column": ["picture"],
                    "table_column": ["age", "colour"],
                }
            },
            "image": {"size": 8, "patch_size": 4},
            **SHORT,
            "weights": "uniform",
            "baselines": False,
        },
    ),
    Case(
        "multitask",
        "cv",
        {
            "model": LM,
            "tasks": ONE,
            **SHORT,
            "max_length": 32,
            "baselines": False,
            "search": {"folds": 2, "candidates": 4, "finalists": 1},
        },
        slow=True,
    ),
    Case("evaluate", "table", {"model": CLASSIFIER, "data": "HOME/held.csv"}),
    Case("evaluate", "own test split", {"model": CLASSIFIER}),
    Case("evaluate", "tagging", {"model": "HOME/tagger", "data": "HOME/names.jsonl"}),
    Case("evaluate", "images", {"model": "HOME/seer", "data": "HOME/photos"}),
    Case("evaluate", "prepared images", {"model": "HOME/seer", "data": "HOME/images"}),
    Case("predict", "text", {"model": CLASSIFIER, "text": [TEXT]}),
    Case("predict", "table", {"model": CLASSIFIER, "input": "HOME/more.csv", "out": "OUT.csv"}),
    Case("predict", "mask", {"model": LM, "text": ["the old [MASK] is near"]}),
    Case("predict", "next", {"model": LM, "text": ["the old lamp."], "next": "It is near."}),
    Case("predict", "images", {"model": "HOME/seer", "text": ["HOME/photos/dark/0.png"]}),
    Case("predict", "image files", {"model": "HOME/seer", "input": "HOME/photos", "out": "OUT.csv"}),
    Case("generate", "text", {"model": "HOME/gpt", "text": ["The"], "max_new_tokens": 4}),
    Case("generate", "table", {"model": "HOME/gpt", "input": "HOME/more.csv", "max_new_tokens": 4, "out": "OUT.csv"}),
    Case("generate", "beams", {"model": "HOME/gpt", "text": ["The"], "max_new_tokens": 4, "beams": 2}),
    Case("generate", "drawn", {"model": "HOME/gpt", "text": ["The"], "max_new_tokens": 4, "temperature": 1.0}),
    Case("generate", "encoder-decoder", {"model": "HOME/t5", "text": ["The [MASK] lamp"], "max_new_tokens": 4}),
    *(
        Case("explain", method, {"model": CLASSIFIER, "text": [TEXT], "method": [method]})
        for method in ("ig", "gradient_x_input", "attention", "occlusion", "lime", "lrp", "random")
    ),
    Case("explain", "counterfactual", {"model": CLASSIFIER, "text": [TEXT], "method": ["counterfactual"], "masked_model": LM}),
    Case("explain", "tagging", {"model": "HOME/tagger", "text": ["the old lamp says doctor"]}),
    Case("explain", "next word", {"model": "HOME/gpt", "text": ["The old"]}),
    Case(
        "explain", "faithfulness", {"model": CLASSIFIER, "text": [TEXT], "method": ["gradient_x_input"], "faithfulness": True}
    ),
    Case("explain", "table", {"model": CLASSIFIER, "input": "HOME/more.csv", "method": ["gradient_x_input"], "out": "OUT"}),
    Case(
        "explain",
        "scorecard",
        {
            "model": CLASSIFIER,
            "input": "HOME/held.csv",
            "out": "OUT",
            "scorecard": True,
            "rows": 6,
            "method": ["gradient_x_input"],
        },
        slow=True,
    ),
    Case(
        "explain",
        "overview",
        {
            "model": CLASSIFIER,
            "input": "HOME/held.csv",
            "out": "OUT",
            "overview": True,
            "rows": 6,
            "method": ["gradient_x_input"],
        },
    ),
    Case("compress", "theseus", SHRINKING | {"method": "theseus"}),
    Case("compress", "quantize", ROUNDING),
    Case("compress", "distill", SHRINKING | {"method": "distill", "distill": {"layers": 1}}),
    Case(
        "compress",
        "distill a student",
        SHRINKING | {"method": "distill", "distill": {"student": LM}, "unlabelled": "HOME/more.csv"},
    ),
    Case("compress", "prune", SHRINKING | {"method": "prune", "prune": {"rounds": 1, "examples": 8}}),
    Case("compress", "mask", SHRINKING | {"method": "prune", "prune": {"mask": "magnitude"}}),
    Case("compress", "a table", ROUNDING | {"data": "HOME/rows.csv"}),
    Case("ladder", "its own rows", SHRINKING | {"rungs": ["control-half", "int8"], "keep": 0.1}),
    Case("export", "huggingface", {"model": CLASSIFIER, "format": "huggingface"}),
    Case("export", "onnx", {"model": CLASSIFIER, "format": "onnx"}, slow=True),
    Case("export", "onnx with a table", {"model": CLASSIFIER, "format": "onnx", "data": "HOME/more.csv"}, slow=True),
    Case(
        "export",
        "onnx_int8",
        {"model": CLASSIFIER, "format": "onnx_int8", "agreement": 0.0, "data": "HOME/more.csv"},
        slow=True,
    ),
    *(Case("keywords", method, {"text": [TEXT], "method": method}) for method in ("textrank", "yake")),
    *(Case("keywords", method, {"text": [TEXT], "method": method, "model": LM}) for method in ("embedding", "masked")),
    Case("keywords", "tfidf", {"input": "HOME/more.csv", "method": "tfidf", "out": "OUT.csv"}),
    Case("keywords", "related_to", {"input": "HOME/rows.csv", "text_column": "text", "related_to": "thing"}),
    Case("keywords", "group_by", {"input": "HOME/rows.csv", "group_by": "label"}),
    Case("keywords", "counterfactual", {"model": CLASSIFIER, "text": [TEXT], "counterfactual": True, "masked_model": LM}),
    Case("curve", "rows", {"model": [LM], **ROWS, "rows": [20], "seeds": [0], "steps": 1, "batch_size": 8, "max_length": 32}),
    Case("curve", "columns", {"data": "HOME/loans.csv", "table_column": ["*"], **SHORT_CURVE}),
    Case(
        "curve",
        "several kinds",
        {
            "data": "HOME/shop.csv",
            "text_column": ["note"],
            "image_column": ["picture"],
            "image": {"size": 8, "patch_size": 4},
            **SHORT_CURVE,
        },
    ),
    Case("check", "table", {**MESSY}),
    Case("check", "columns", {"data": "HOME/loans.csv", "table_column": ["*"]}),
    Case("check", "images", {"data": "HOME/shop.csv", "image_column": ["picture"], "image": {"size": 8}}),
    Case("check", "with a model", {**MESSY, "model": LM, "baseline": False}),
    Case("compare", "runs", {"systems": [CLASSIFIER, "HOME/second"], "timed_rows": 1, "rounds": 1}),
    Case("compare", "runs on a table", {"systems": [CLASSIFIER, "HOME/second"], "data": "HOME/held.csv", "timed_rows": 0}),
    Case("glue", "RTE", {"model": LM, "data": "HOME/glue", "steps": 1, "batch_size": 8, "max_length": 32}),
    Case("size", "preset", {"preset": "tiny", "steps": 5}),
    Case("size", "model", {"model": LM, "steps": 5}),
    Case("size", "parameters", {"parameters": "1m", "steps": 5, "gflops": 50.0}),
    Case("size", "hardware", {"preset": "tiny", "hardware": "a100", "budget": "1m"}),
    Case("inspect", "model", {"model": LM}),
    Case("inspect", "page", {"model": LM, "out": "OUT.html"}),
    Case("models", "folder", {"where": ["HOME/lm"]}),
    Case("run", "recipe", {"recipe": "HOME/recipe.yaml"}),
    Case("verify", "folder", {"folder": ["HOME/data"]}),
    Case("bundle", "wheels", {"out": "OUT.tar", "data": ["HOME/rows.csv"], "wheels": "HOME/wheels"}, slow=True),
    Case("demo", "short", {"budget": "1s", "labels": 100}, slow=True),
]
