"""The commands that train several models, or smaller ones: multitask, curve, glue, compress, ladder."""

from tests.settings.effects.effect import TRACKED, WEIGHTS, Effect, labels, reading, splitting, training
from tests.settings.effects.training import OF_COLUMNS

MORE = {"steps": 4}
ONE = "tasks.one."


def both(value, seen=WEIGHTS, case="uniform", **also):
    return Effect(case, value, seen, also)


MULTITASK = training("uniform") | {
    "model": both("HOME/second"),
    **{
        name.replace(ONE, "tasks.NAME."): effect
        for name, effect in {
            **reading("uniform", "tasks.one.data", prefix=ONE),
            **splitting("uniform", "data/one/records.parquet", prefix=ONE, key="tasks.one.data"),
            **labels("uniform", "data/one/records.parquet", prefix=ONE),
        }.items()
    },
    "preset": both("tiny", WEIGHTS, "table"),
    **OF_COLUMNS,
    "image.size": both(16, WEIGHTS, "several kinds"),
    "image.patch_size": both(8, WEIGHTS, "several kinds"),
    "image.channels": both(1, WEIGHTS, "several kinds"),
    "drop_kinds": both(0.7, WEIGHTS, "several kinds"),
    "tasks.NAME.image_column": both(["none"], "refused", "several kinds"),
    "tasks.NAME.table_column": both(["age", "colour"], "data/one/records.parquet", "table"),
    "tasks.NAME.data": both("HOME/held.csv", "data/one/records.parquet"),
    "tasks.NAME.text_column": both(["group"], "data/one/records.parquet"),
    "tasks.NAME.label_column": both("topics", "data/one/records.parquet"),
    "tasks.NAME.task": both("multilabel", "data/one/preflight.json:task.name"),
    "tasks.NAME.weight": both(9.0, WEIGHTS, "fixed", **MORE),
    "tasks.NAME.validation": both("HOME/held.csv", "data/one/records.parquet", **{"tasks.two.validation": "HOME/held.csv"}),
    "tasks.NAME.test": both("HOME/held.csv", "data/one/records.parquet", **{"tasks.two.test": "HOME/held.csv"}),
    "tasks.NAME.train_rows": both(20, "data/one/records.parquet"),
    "tasks.NAME.too_long": both("window", WEIGHTS, max_length=8),
    "tasks.NAME.class_weights": both("balanced", WEIGHTS, **{"tasks.one.data": "HOME/uneven.csv"}),
    "out": both("OUT-other", "place"),
    "weights": both("uncertainty", WEIGHTS, **MORE),
    "targets": both(["one"], "report.json:*"),
    "search.folds": both(3, "search/*", "cv"),
    "search.candidates": both(5, "search/*", "cv"),
    "search.budget": both(0.5, "search/*", "cv", steps=16),
    "search.finalists": both(2, "search/*", "cv"),
    "search.final": both(0.9, "search/*", "cv", steps=16),
    "search.screen": both(False, "*", "cv"),
    "uniform": both(True, "uniform/*", "pcgrad"),
    "single": both(True, "report.json:compared.single.*"),
    "max_length": both(8),
    "freeze": both(1),
    "epochs": both(2, WEIGHTS, steps=None, epochs=1),
    "steps": both(2, "report.json:steps"),
    "batch_size": both(4),
    "calibration": both("none", "report.json:*"),
    "pooling": both("first"),
    "dequantize": both(True, "refused", model="HOME/rounded"),
    "dropout": both(0.5),
    "layer_decay": both(0.1),
    "num_evaluations": both(2, "events.jsonl:count", steps=8),
    "patience": both(1, "events.jsonl:count", steps=40, num_evaluations=40, **{"optimizer.learning_rate": 1e-9}),
    "baselines": both(True, "report.json:*baselines*"),
    "language": both("zh", "report.json:language"),
    "track": both(["tensorboard"], TRACKED),
}


def cell(value, seen=WEIGHTS, **also):
    return Effect("rows", value, seen, also)


CURVE = training("rows") | {
    "optimizer.decay_start": cell(0.9, "runs/*/events.jsonl:last.loss", **MORE),
    "seed": cell(7, "refused"),
    "model": cell(["HOME/second"]),
    "data": cell("HOME/more.csv", "refused"),
    "text_column": cell(["group"], "*records.parquet"),
    "preset": Effect("columns", "tiny", WEIGHTS),
    "image_column": cell(["none"], "refused"),
    "image.size": Effect("several kinds", 16, WEIGHTS),
    "image.patch_size": Effect("several kinds", 8, WEIGHTS),
    "image.channels": Effect("several kinds", 1, WEIGHTS),
    "table_column": Effect("columns", ["age", "colour"], "*records.parquet"),
    **{
        name: Effect("columns", one.value, one.seen.replace("model/", "runs/*/model/"), one.also)
        for name, one in OF_COLUMNS.items()
    },
    "validation": cell("HOME/held.csv", "*records.parquet"),
    "label_column": cell("topics", "*records.parquet"),
    "out": cell("OUT-other", "place"),
    "rows": cell([30], "curve.json:cells"),
    "seeds": cell([1], "curve.json:cells"),
    "test": cell("HOME/held.csv", "*records.parquet"),
    **reading("rows"),
    **splitting("rows", "*records.parquet"),
    **labels("rows", "*records.parquet"),
    "max_length": cell(8),
    "steps": cell(2, "runs/*/events.jsonl:last.step"),
    "batch_size": cell(4),
    "language": cell("zh", "curve.json:sentences"),
}


def task(value, seen=WEIGHTS, **also):
    return Effect("RTE", value, seen, also)


GLUE = training("RTE") | {
    "optimizer.decay_start": task(0.9, "RTE/events.jsonl:last.loss", **MORE),
    "model": task("HOME/second"),
    "data": task("HOME/photos", "refused"),
    "out": task("OUT-other", "place"),
    "tasks": task(["CoLA"], "refused"),
    "evaluate_only": task(True, "refused"),
    "train_rows": task(20, "*records.parquet"),
    "epochs": task(2, "RTE/checkpoints/*", steps=None, epochs=1),
    "steps": task(2, "RTE/events.jsonl:last.step"),
    "batch_size": task(4),
    "max_length": task(8),
    "from_scratch": task(True),
    "baselines": task(False, "table.json:*"),
    "language": task("zh", "report.html"),
}


def smaller(value, seen=WEIGHTS, case="distill", **also):
    return Effect(case, value, seen, also)


TABLE = {"data": "HOME/rows.csv"}
COMPRESS = training("distill") | {
    "model": smaller("HOME/second", "report.json:facts.model"),
    "method": smaller("theseus", WEIGHTS, **{"distill.layers": None}),
    "out": smaller("OUT-other", "place"),
    "max_loss": smaller(0.0, "report.json:limits.max_loss"),
    "min_speedup": smaller(1000.0, "refused"),
    "data": smaller("HOME/rows.csv", "data/preflight.json:leakage_of_model", "quantize"),
    "text_column": smaller(["group"], "data/records.parquet", "a table"),
    "label_column": smaller("group", "refused", "a table"),
    "validation": smaller("HOME/held.csv", "data/records.parquet", "a table"),
    "test": smaller("HOME/held.csv", "data/records.parquet", "a table"),
    "unlabelled": smaller("HOME/more.csv", WEIGHTS, **MORE),
    **reading("a table"),
    **splitting("a table"),
    **labels("a table", "refused"),
    "distill.recipe": smaller("logits", WEIGHTS, **MORE),
    "distill.layers": smaller(2),
    "distill.from_layers": smaller([1], "refused", **{"distill.layers": None}),
    "distill.student": smaller("HOME/lm", WEIGHTS, **{"distill.layers": None}),
    "distill.temperature": smaller(9.0, WEIGHTS, **MORE),
    "distill.soft": smaller(9.0, WEIGHTS, **MORE),
    "distill.hard": smaller(9.0, WEIGHTS, **MORE),
    "distill.states": smaller(9.0, WEIGHTS, **MORE),
    "distill.cosine": smaller(9.0, WEIGHTS, **MORE),
    "distill.embedding": smaller(9.0, WEIGHTS, **MORE),
    "distill.attention": smaller(9.0, WEIGHTS, **MORE),
    "distill.relation": smaller(9.0, WEIGHTS, **MORE),
    "distill.relation_heads": smaller(1, WEIGHTS, **MORE),
    "theseus.layers": smaller(2, "refused", "theseus"),
    "theseus.start": smaller(1.0, WEIGHTS, "theseus", **MORE),
    "theseus.full_at": smaller(0.1, WEIGHTS, "theseus", **{"steps": 8}),
    "prune.block_flops": smaller(0.2, WEIGHTS, "prune"),
    "prune.layers": smaller(1, WEIGHTS, "prune"),
    "prune.rounds": smaller(2, WEIGHTS, "prune"),
    "prune.parts": smaller("heads", "refused", "prune"),
    "prune.units": smaller("weights", WEIGHTS, "prune"),
    "prune.shares": smaller("global", WEIGHTS, "prune"),
    "prune.examples": smaller(40, WEIGHTS, "prune"),
    "prune.multiple": smaller(64, WEIGHTS, "prune"),
    "prune.mask": smaller("magnitude", WEIGHTS, "prune", **{"prune.rounds": 3, "prune.examples": 1024}),
    "quantize.search": smaller(False, WEIGHTS, "quantize"),
    "quantize.smooth": smaller(0.5, WEIGHTS, "quantize"),
    "quantize.examples": smaller(4, WEIGHTS, "quantize", **{"quantize.smooth": 0.5}),
    "epochs": smaller(2, WEIGHTS, steps=None, epochs=1),
    "steps": smaller(4, "distill/events.jsonl:last.step"),
    "batch_size": smaller(4),
    "dropout": smaller(0.5),
    "layer_decay": smaller(0.1, WEIGHTS, **{"distill.layers": 2}),
    "class_weights": smaller("balanced", WEIGHTS, data="HOME/uneven.csv"),
    "num_evaluations": smaller(2, "*events.jsonl:count", steps=8),
    "best_metric": smaller("none", "refused"),
    "timed_rows": smaller(2, "report.json:found.timed_rows", "quantize"),
    "rounds": smaller(2, "report.json:found.rounds", "quantize"),
    "memory": smaller(True, "report.json:found.*memory*", "quantize"),
    "explained_rows": smaller(2, "report.json:found.*expla*", "quantize"),
    "language": smaller("zh", "report.json:language", "quantize"),
}


def rung(value, seen=WEIGHTS, **also):
    return Effect("its own rows", value, seen, also)


DISTILLED = {"rungs": ["distill-half"], **MORE}
LADDER = training("its own rows") | {
    "dry_run": rung(True, "place"),
    "model": rung("HOME/second"),
    "out": rung("OUT-other", "place"),
    "rungs": rung(["int8"], "ladder.json:planned"),
    "keep": rung(1.0, "ladder.json:keep"),
    "recipe": rung("logits", WEIGHTS, **DISTILLED),
    "data": rung("HOME/rows.csv", "rungs/*/data/preflight.json:leakage_of_model"),
    "text_column": rung(["group"], "*records.parquet", **TABLE),
    "label_column": rung("group", "refused", **TABLE),
    "validation": rung("HOME/held.csv", "*records.parquet", **TABLE),
    "test": rung("HOME/held.csv", "*records.parquet", **TABLE),
    "unlabelled": rung("HOME/more.csv", WEIGHTS, **DISTILLED),
    **{name: Effect(one.case, one.value, one.seen, TABLE | one.also) for name, one in reading("its own rows").items()},
    **splitting("its own rows", "*records.parquet", also=TABLE),
    **labels("its own rows", "refused", also=TABLE),
    "epochs": rung(2, WEIGHTS, steps=None, epochs=1),
    "steps": rung(2, "rungs/*/events.jsonl:last.step"),
    "batch_size": rung(4),
    "num_evaluations": rung(2, "*events.jsonl:count", steps=8),
    "timed_rows": rung(2, "ladder.json:timing.rows"),
    "rounds": rung(2, "ladder.json:timing.rounds"),
    "memory": rung(True, "*memory*"),
    "explained_rows": rung(2, "*expla*"),
    "language": rung("zh", "ladder.json:language"),
}
