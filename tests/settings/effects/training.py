"""pretrain and finetune."""

from tests.settings.effects.effect import TRACKED, WEIGHTS, Effect, labels, reading, splitting, training

MASKED, ROWS = "masked", "classification"
MORE = {"steps": 4}


def tuned(value, seen=WEIGHTS, case=ROWS, **also):
    return Effect(case, value, seen, also)


COLUMNS, SEVERAL = "table", "several kinds"


def celled(value, seen=WEIGHTS, **also):
    return Effect(COLUMNS, value, seen, also)


def hidden(value):
    """Of a table of numbers and categories, read otherwise when hidden cells are learned."""
    return Effect("cells", value, "model/columns.json:columns")


OF_COLUMNS = {
    "table.kinds": celled(["age=category"], "model/columns.json:columns"),
    "table.missing": celled(["glucose=0"], "model/columns.json:columns"),
    "table.mark_missing": celled(True, "model/columns.json:mark_missing"),
    "table.bins": celled(3, "model/columns.json:columns"),
    "table.background": celled(3, "model/background.json:rows"),
    "table.pool": celled(1, "model/columns.json:columns"),
    "table.cell_dropout": celled(0.7),
    "table.noise": celled(2.0),
    "table.swap": celled(0.9),
}

CHANGED = ("table.cell_dropout", "table.noise", "table.swap")  # what fine-tuning changes of a row

PRETRAIN = training(MASKED) | {
    "data": Effect(MASKED, "HOME/verbatim", WEIGHTS),
    "out": Effect(MASKED, "OUT-other", "place"),
    "model": Effect(MASKED, "HOME/lm", WEIGHTS, {"preset": "mini"}),
    "objective": Effect(MASKED, "replaced", WEIGHTS),
    "preset": Effect(MASKED, "nano", WEIGHTS),
    "table_column": Effect("cells", ["age", "colour"], "model/columns.json:columns"),
    "leave_out": Effect("cells", ["day", "label"], "model/columns.json:columns"),
    **{name: Effect("cells", one.value, "refused" if name in CHANGED else one.seen) for name, one in OF_COLUMNS.items()},
    **reading("cells", also={"table_column": ["label"], "leave_out": []}),
    "read.header": hidden(False),
    "read.skip_lines": hidden(1),
    "read.header_lines": hidden(2),
    "read.comment": hidden("2"),
    "read.widths": hidden([4, 7]),
    "read.missing": hidden(["red"]),
    "read.decimal": hidden(","),
    "regime": Effect(MASKED, "paper", WEIGHTS),
    "budget": Effect("budget", None, "refused"),  # how many steps it gives hangs on the machine
    "steps": Effect(MASKED, 2, WEIGHTS),
    "batch_size": Effect(MASKED, 8, WEIGHTS),
    "micro_batch_size": Effect(MASKED, 1, "events.jsonl:*"),
    "length": Effect(MASKED, 16, WEIGHTS),
    "freeze": Effect("continued", 1, WEIGHTS),
    "pairs": Effect(MASKED, "order", WEIGHTS),
    "gamma": Effect(MASKED, 3.0, WEIGHTS),
    "mask_rate": Effect(MASKED, 0.6, WEIGHTS),
    "patch_size": Effect("patches", 2, WEIGHTS),
    "mask_unit": Effect(MASKED, "span", WEIGHTS),
    "embeddings": Effect(MASKED, "random", WEIGHTS),
    "dequantize": Effect("continued", True, "refused", {"model": "HOME/rounded"}),
    "dropout": Effect(MASKED, 0.5, WEIGHTS),
    "num_evaluations": Effect(MASKED, 2, "events.jsonl:count", {"steps": 8}),
    "evaluation_examples": Effect(MASKED, 2, "events.jsonl:*"),
    "save_every": Effect(MASKED, 5, "checkpoints/*", {"steps": 8}),
    "track": Effect(MASKED, ["tensorboard"], TRACKED),
}

AUGMENTED = {"augment.method": "eda", "augment.copies": 1, "augment.operations": ["swap"]}

FINETUNE = training(ROWS) | {
    "model": tuned("HOME/second"),
    "data": tuned("HOME/held.csv", "data/records.parquet"),
    "text_column": tuned(["group"], "data/records.parquet"),
    "label_column": tuned("topics", "data/records.parquet"),
    "task": tuned("multilabel", "data/preflight.json:task.name"),
    "out": tuned("OUT-other", "place"),
    "validation": tuned("HOME/held.csv", "data/records.parquet"),
    "test": tuned("HOME/held.csv", "data/records.parquet"),
    **reading(ROWS),
    "read.words_column": tuned(2, "refused", "tagging", data="HOME/tokens.conll", text_column=["words"], label_column="tags"),
    "read.tags_column": tuned(
        2, "data/records.parquet", "tagging", data="HOME/tokens.conll", text_column=["words"], label_column="tags"
    ),
    "read.offsets": tuned("utf16", "refused", "tagging", data="HOME/utf16.jsonl"),
    "read.offset_shift": tuned(-1, "refused", "tagging", data="HOME/shifted.jsonl"),
    "read.inclusive_end": tuned(True, "refused", "tagging", data="HOME/inclusive.jsonl"),
    "read.class_names": tuned(False, "data/records.parquet", data="HOME/named.parquet"),
    "read.decimal": tuned(",", "*", "regression", data="HOME/thousands.csv"),
    **splitting(ROWS),
    **labels(ROWS, "data/records.parquet"),
    "label.separator": tuned("none", "data/records.parquet", "multilabel"),
    "label.columns": tuned(["yes", "no"], "refused", "multilabel", data="HOME/columns.csv"),
    "label.names": tuned(["first", "second"], "report.json:labels*", data="HOME/numbers.csv"),
    "label.language": tuned("ja", "report.json:*", "translation"),
    "train_rows": tuned(20, "data/records.parquet"),
    "max_length": tuned(8),
    "too_long": tuned("window", WEIGHTS, max_length=8),
    "freeze": tuned(1),
    "features": tuned("fp32", "lines said", freeze=1, steps=12),
    "unfreeze_over": tuned(0.5, WEIGHTS, freeze=1, **MORE),
    "reinitialize": tuned(1),
    "lora.rank": tuned(2),
    "lora.alpha": tuned(64.0, WEIGHTS, "lora", **MORE),
    "lora.dropout": tuned(0.5, WEIGHTS, "lora", **MORE),
    "lora.targets": tuned("attention", WEIGHTS, "lora", **MORE),
    "lora.dora": tuned(True, WEIGHTS, "lora", **MORE),
    "replay.weight": tuned(0.5, WEIGHTS, **MORE),
    "replay.rho": tuned(3.0, WEIGHTS, "replay of documents", **MORE),
    "replay.gamma": tuned(1.0, WEIGHTS, "replay of documents", **MORE),
    "replay.data": tuned("HOME/data", WEIGHTS, "replay", **MORE),
    "replay.batch_size": tuned(2, WEIGHTS, "replay", **MORE),
    "replay.every": tuned(2, WEIGHTS, "replay", **MORE),
    "replay.decay_start": tuned(0.0, WEIGHTS, "replay", **MORE),
    "replay.log_only": tuned(True, "report.json:pretraining_loss"),
    "regularize.method": tuned("l2_sp", WEIGHTS, **{"regularize.strength": None}, **MORE),
    "regularize.strength": tuned(50.0, WEIGHTS, "regularize", **MORE),
    "mixout": tuned(0.5, WEIGHTS, **MORE),
    "r_drop": tuned(5.0, WEIGHTS, **MORE),
    "ema_decay": tuned(0.5, WEIGHTS, **MORE),
    "augment.method": tuned("aeda"),
    "augment.copies": tuned(3, WEIGHTS, "aeda", **MORE),
    "augment.operations": tuned(["delete"], WEIGHTS, "eda", **AUGMENTED, **MORE),
    "augment.alpha": tuned(0.9, WEIGHTS, "eda", **AUGMENTED, **MORE),
    "augment.punctuation": tuned(1.0, WEIGHTS, "aeda", **MORE),
    "augment.rate": tuned(0.9, WEIGHTS, "substitute", **MORE),
    "augment.temperature": tuned(9.0, WEIGHTS, "substitute", **MORE),
    "augment.sides": tuned("first", WEIGHTS, "pairs", **{"augment.method": "aeda"}, **MORE),
    "augment.forth": tuned(
        "HOME/none",
        "refused",
        **{"augment.method": "back_translation", "augment.forth": "HOME/translator", "augment.back": "HOME/translator"},
    ),
    "augment.back": tuned(
        "HOME/none",
        "refused",
        **{"augment.method": "back_translation", "augment.forth": "HOME/translator", "augment.back": "HOME/translator"},
    ),
    "augment.chinese": tuned("characters", WEIGHTS, "eda", **AUGMENTED, **MORE),
    "preset": celled("tiny"),
    "table_column": celled(["age", "colour"], "data/records.parquet"),
    **OF_COLUMNS,
    "image_column": tuned(["none"], "refused", SEVERAL),
    "image.size": tuned(16, WEIGHTS, SEVERAL),
    "image.patch_size": tuned(8, WEIGHTS, SEVERAL),
    "image.channels": tuned(1, WEIGHTS, SEVERAL),
    "drop_kinds": tuned(0.7, WEIGHTS, SEVERAL),
    "kind_heads": tuned(0.5, WEIGHTS, SEVERAL),
    "token_dropout": tuned(0.5, WEIGHTS, SEVERAL),
    "calibration": tuned("none", "report.json:calibrated.setting"),
    "mixup": tuned(1.0),
    "horizontal_flip": tuned(True, WEIGHTS, "images"),
    "from_scratch": tuned(True),
    "class_weights": tuned("balanced", WEIGHTS, data="HOME/uneven.csv"),
    "epochs": tuned(2, WEIGHTS, steps=None, epochs=1),
    "steps": tuned(2, "events.jsonl:last.step"),
    "batch_size": tuned(4),
    "pooling": tuned("first"),
    "dequantize": tuned(True, "refused", model="HOME/rounded"),
    "dropout": tuned(0.5),
    "layer_decay": tuned(0.1),
    "num_evaluations": tuned(2, "events.jsonl:count", steps=8),
    "patience": tuned(1, "events.jsonl:count", steps=40, num_evaluations=40, **{"optimizer.learning_rate": 1e-9}),
    "best_metric": tuned("none", "refused"),
    "baselines": tuned(False, "report.json:verdict.outcome"),
    "language": tuned("zh", "report.json:language"),
    "track": tuned(["tensorboard"], TRACKED),
}
