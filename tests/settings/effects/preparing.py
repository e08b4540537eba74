"""prepare, and the commands that look and tell: check, size, inspect, models, verify, bundle, run, demo."""

from tests.settings.effects.effect import SILENT, Effect, common, labels, reading, splitting

RECORDS, TABLE, KEPT = "records.parquet", {"source": ["HOME/odd.csv"]}, "report.json:documents.kept"
TEXT, ROWS = "running text", "table"


def clean(value, seen=RECORDS):
    return Effect(ROWS, value, seen, TABLE)


PREPARE = common(TEXT, seed="shards/train.documents", threads="threads") | {
    "source": Effect(TEXT, ["HOME/photos"], "refused"),
    "out": Effect(TEXT, "OUT-other", "place"),
    "text_column": Effect(ROWS, "other", "refused"),
    "document_column": Effect(ROWS, "part", "report.json:documents.joined"),
    "image": Effect("images", {"size": 16}, "shards/train.images"),
    "image.size": Effect("images", 16, "shards/train.images"),
    "image.channels": Effect("images", 1, "shards/train.images"),
    **reading(ROWS, "source"),
    "read.encoding": Effect(ROWS, "gb18030", "refused", {"source": ["HOME/rows.gb.csv"]}),
    "read.format": Effect(ROWS, "csv", "refused", {"source": ["HOME/rows.unknown"]}),
    "read.quote": Effect(ROWS, "none", "refused", {"source": ["HOME/rows.csv"]}),
    "read.max_rejects": Effect(ROWS, 9, "refused", {"source": ["HOME/ragged.csv"]}),
    "read.allow_truncated_tail": Effect(ROWS, True, "refused", {"source": ["HOME/cut.jsonl"]}),
    "read.paragraphs": Effect(TEXT, "line", "report.json:paragraphs.read", {"source": ["HOME/lines.txt"]}),
    "clean.mojibake": clean(False),
    "clean.control": clean(False),
    "clean.normalize": clean("none"),
    "clean.whitespace": clean(False),
    "clean.min_characters": clean(30, KEPT),
    "clean.min_letters": clean(0.7, KEPT),
    "clean.repeated_lines": Effect(TEXT, False, "report.json:paragraphs.kept", {"source": ["HOME/lines.txt"]}),
    "clean.personal": clean(True),
    "dedup.exact": clean(False, KEPT) if False else Effect(ROWS, False, KEPT, TABLE | {"dedup.near": False}),
    "dedup.near": Effect(ROWS, False, KEPT, TABLE),
    "dedup.similarity": Effect(ROWS, 0.99, KEPT, TABLE),
    **splitting(ROWS, "shards/train-00000.tokens", key="unused"),
    "split.contained": Effect("containment", "leave_out", "report.json:documents.in_no_split"),
    "split.stratify": Effect("images", False, "images.jsonl"),
    "tokenizer.kind": Effect(TEXT, "bpe", "tokenizer.json"),
    "tokenizer.vocab_size": Effect(TEXT, 200, "tokenizer.json"),
    "tokenizer.lowercase": Effect(TEXT, False, "tokenizer.json"),
    "tokenizer.min_frequency": Effect(TEXT, 60, "tokenizer.json"),
    "tokenizer.sample_megabytes": Effect(TEXT, 1, "said", {"source": ["HOME/large.txt"]}),
    "tokenizer.existing": Effect(TEXT, "HOME/verbatim", "tokenizer.json", {"tokenizer.vocab_size": 8192}),
    "language": Effect(TEXT, "zh", "report.json:language"),
}

OF_MODELS = {"mark_missing": True, "bins": 3, "background": 3, "cell_dropout": 0.5, "noise": 1.0, "swap": 0.5}
COLUMNS = common("table", seed="refused", threads="refused", quiet=SILENT) | {
    "data": Effect("table", "HOME/held.csv", "printed"),
    **reading("table", seen="printed"),
    "read.missing": Effect("table", ["g3"], "printed"),
    "read.decimal": Effect("table", ",", "printed", {"data": "HOME/loans.csv"}),
    "language": Effect("table", "zh", "printed"),
}

CHECK = common("table", threads="refused") | {
    "seed": Effect("table", 7, "printed", {"validation": None, "data": "HOME/parts.csv"}),
    "data": Effect("table", "HOME/held.csv", "printed"),
    "text_column": Effect("table", ["label"], "printed"),
    "label_column": Effect("table", "group", "printed"),
    "out": Effect("table", "OUT", "place"),
    "validation": Effect("table", "HOME/held.csv", "printed"),
    "test": Effect("table", "HOME/held.csv", "printed"),
    **reading("table", seen="*"),
    "read.max_rejects": Effect("table", 9, "printed"),
    **splitting("table", "report.json:preflight.*", also={"validation": None, "out": "OUT", "data": "HOME/parts.csv"}),
    **labels("table", "report.json:preflight.labels.*", also={"out": "OUT"}),
    "model": Effect("table", "HOME/lm", "report.json:preflight.tokens.max_length", {"out": "OUT"}),
    "image_column": Effect("table", ["none"], "printed"),
    "image.size": Effect("images", 12, "refused"),
    "image.patch_size": Effect("images", 3, "refused"),
    "image.channels": Effect("images", 1, "report.json:preflight.*", {"out": "OUT", "label_column": "colour"}),
    "table_column": Effect("columns", ["age", "colour"], "printed"),
    "table.kinds": Effect("columns", ["age=category"], "printed"),
    "table.missing": Effect("columns", ["glucose=0"], "printed"),
    "table.pool": Effect("columns", 1, "report.json:*", {"out": "OUT"}),
    **{f"table.{name}": Effect("columns", value, "refused") for name, value in OF_MODELS.items()},
    "max_length": Effect("with a model", 4, "printed"),
    "max_leakage": Effect("table", 1.0, "printed"),
    "baseline": Effect("table", False, "printed"),
    "baseline_rows": Effect("table", 20, "printed"),
    "language": Effect("table", "zh", "printed"),
}

SIZE = common("preset", threads="threads", quiet=SILENT) | {
    "dry_run": Effect("parameters", True, "printed"),
    "debug": Effect("parameters", True, "printed"),
    "model": Effect("parameters", "HOME/lm", "printed", {"parameters": None}),
    "objective": Effect("parameters", "causal", "printed"),
    "preset": Effect("parameters", "nano", "printed", {"parameters": None}),
    "parameters": Effect("parameters", "3m", "printed"),
    "regime": Effect("parameters", "paper", "printed"),
    "data": Effect("parameters", "HOME/data", "printed"),
    "vocab_size": Effect("parameters", 100, "printed"),
    "length": Effect("parameters", 64, "printed"),
    "batch_size": Effect("parameters", 8, "printed"),
    "gamma": Effect("parameters", 0.0, "printed"),
    "mask_rate": Effect("parameters", 0.9, "printed", {"parameters": "100m"}),
    "steps": Effect("parameters", 5000, "printed"),
    "budget": Effect("parameters", "3h", "printed", {"steps": None}),
    "examples": Effect("parameters", "3m", "printed", {"steps": None}),
    "hardware": Effect("parameters", "a100", "printed", {"gflops": None, "parameters": "100m"}),
    "gflops": Effect("parameters", 5.0, "printed"),
    "language": Effect("parameters", "zh", "printed"),
}

INSPECT = common("model", threads="refused", quiet=SILENT) | {
    "model": Effect("model", "HOME/gpt", "printed"),
    "out": Effect("model", "OUT.html", "place"),
    "language": Effect("model", "zh", "printed"),
}

MODELS = common("folder", threads="refused", quiet=SILENT, spoken="printed") | {
    "where": Effect("folder", ["HOME/gpt"], "printed")
}

VERIFY = common("folder", threads="refused", quiet=SILENT, spoken="printed") | {
    "folder": Effect("folder", ["HOME/gpt/model"], "printed")
}

BUNDLE = common("wheels", threads="refused") | {
    "out": Effect("wheels", "OUT-other.tar", "place"),
    "model": Effect("wheels", ["HOME/lm"], "said"),
    "data": Effect("wheels", ["HOME/rows.csv", "HOME/more.csv"], "said"),
    "extra": Effect("wheels", ["image"], "said"),
    "wheels": Effect("wheels", "HOME/lm", "refused"),
    "index": Effect("wheels", ["elsewhere"], "refused"),
    "constraints": Effect("wheels", "HOME/wheels/constraints.txt", "refused"),
    "platform": Effect("wheels", ["another"], "refused"),
    "python_version": Effect("wheels", "2.7", "refused"),
}

RUN = common("recipe", seed="data/shards/train.documents", threads="threads") | {
    "recipe": Effect("recipe", "HOME/none.yaml", "refused"),
    "out": Effect("recipe", "OUT-other", "place"),
    "set": Effect("recipe", ["data.tokenizer.vocab_size=150"], "data/tokenizer.json"),
    "redo": Effect("recipe", ["none"], "refused"),
    "only": Effect("recipe", ["none"], "refused"),
}

DEMO = common("short", seed="data/shards/train.documents") | {
    "kind": Effect("short", "table", "refused"),  # budget and labels are not of tables
    "language": Effect("short", "zh", "pretrained/report.json:language"),
    "out": Effect("short", "OUT-other", "place"),
    "budget": Effect("short", "soon", "refused"),  # how many steps it gives hangs on the machine
    "labels": Effect("short", 200, "pretrained/report.json:facts.training rows"),
}
