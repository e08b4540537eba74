"""The commands that use a model: evaluate, predict, generate, explain, keywords, compare, export."""

from tests.settings.effects.effect import SILENT, Effect, common, labels, reading

FILE = "out.csv"
SHORTEST = {"model": "HOME/t5", "text": ["The [MASK] lamp"], "max_new_tokens": 40, "beams": 4}
LONG = {
    "text": [
        "the old lamp near the quiet river, a broken clock in the wooden garden, and the bright mirror of a strange sailor"
    ]
}

EVALUATE = common("tagging", seed="report.json:*", quiet=SILENT) | {
    "model": Effect("table", "HOME/tagger", "*"),
    "task": Effect("table", "none", "refused"),
    "data": Effect("table", "HOME/rows.csv", "predictions.csv"),
    "out": Effect("table", "OUT-other", "place"),
    "text_column": Effect("table", ["group"], "predictions.csv"),
    "image_column": Effect("table", ["group"], "refused"),
    "table_column": Effect("table", ["group"], "refused"),
    "label_column": Effect("table", "group", "refused"),
    "synsets": Effect("images", "HOME/synsets.txt", "predictions.csv"),
    "slice_by": Effect("table", ["group"], "report.json:slices*"),
    "cost": Effect("table", "fp=1,fn=5", "report.json:decisions.costs*"),
    "positive": Effect("table", "bad, really", "report.json:decisions.positive"),
    **reading("table"),
    **labels("table", "predictions.csv"),
    "baselines": Effect("table", False, "report.json:verdict.outcome"),
    "language": Effect("table", "zh", "report.json:language"),
}

PREDICT = common("table", quiet=SILENT) | {
    "model": Effect("table", "HOME/tagger", FILE),
    "task": Effect("table", "none", "refused"),
    "text": Effect("text", ["a dreadful thing"], "printed"),
    "next": Effect("next", "The baker sells the lamp near the river.", "printed"),
    "input": Effect("table", "HOME/held.csv", FILE),
    "out": Effect("table", None, "printed"),
    "text_column": Effect("table", ["other"], "refused"),
    "image_column": Effect("table", ["other"], "refused"),
    "table_column": Effect("table", ["other"], "refused"),
    **reading("table", "input", seen="*", answers=True),
    "top": Effect("mask", 1, "printed"),
}

GENERATE = common("drawn", seed="printed", quiet=SILENT) | {
    "language": Effect("drawn", "zh", "said", {"max_new_tokens": 1}),
    "max_new_tokens": Effect("text", 2, "printed"),
    "temperature": Effect("text", 5.0, "printed"),
    "top_k": Effect("drawn", 1, "printed"),
    "top_p": Effect("drawn", 0.01, "printed"),
    "min_p": Effect("drawn", 1.0, "printed"),
    "beams": Effect("text", 3, "printed", {"max_new_tokens": 12}),
    "length_penalty": Effect("beams", -50.0, "printed", SHORTEST),
    "repetition_penalty": Effect("text", 100.0, "printed", {"max_new_tokens": 12}),
    "early_stopping": Effect("beams", True, "printed", SHORTEST | {"length_penalty": 5.0}),
    "generation_config": Effect("text", False, "printed", {"model": "HOME/configured", "max_new_tokens": 12}),
    "no_repeat_ngram": Effect("text", 1, "printed", {"max_new_tokens": 12}),
    "model": Effect("text", "HOME/t5", "printed"),
    "int8": Effect("text", True, "printed", {"max_new_tokens": 40}),
    "text": Effect("text", ["A bridge"], "printed"),
    "input": Effect("table", "HOME/held.csv", FILE, {"text_column": ["text"]}),
    "out": Effect("table", None, "printed"),
    "text_column": Effect("table", ["label"], FILE, {"input": "HOME/held.csv", "text_column": ["text"]}),
    "stop": Effect("text", ["\x05"], "printed", {"max_new_tokens": 40}),
    "batch_size": Effect("table", 1, FILE, {"temperature": 1.0, "max_new_tokens": 8}),
    **reading("table", "input", seen="*", answers=True, also={"text_column": ["text"]}),
}

EXPLAIN = common("lime", seed="printed", quiet=SILENT) | {
    "quiet": Effect("overview", True, "lines said"),
    "model": Effect("ig", "HOME/tagger", "printed"),
    "task": Effect("ig", "none", "refused"),
    "text": Effect("ig", ["a dreadful thing"], "printed"),
    "input": Effect("table", "HOME/held.csv", "explanations.jsonl"),
    "out": Effect("table", None, "printed"),
    "text_column": Effect("table", ["label"], "explanations.jsonl", {"input": "HOME/held.csv"}),
    "row": Effect("table", 1, "explanations.jsonl"),
    "method": Effect("ig", ["lime"], "printed"),
    "masked_model": Effect("counterfactual", None, "refused"),
    "faithfulness": Effect("gradient_x_input", True, "printed"),
    "scorecard": Effect("overview", True, "scorecard.json:*"),
    "other_model": Effect("scorecard", "HOME/second", "scorecard.json:*"),
    "overview": Effect("scorecard", True, "overview.json:*"),
    "label_column": Effect("overview", "group", "refused"),
    "rows": Effect("overview", 12, "overview.json:inputs"),
    "target": Effect("ig", "好评", "printed"),
    "position": Effect("tagging", "doctor", "printed"),
    "chinese": Effect("occlusion", "characters", "printed", {"text": ["老师和医生在公园看书。真精彩！"]}),
    "replacement": Effect("occlusion", "zero", "printed"),
    "samples": Effect("lime", 60, "printed"),
    **reading("table", "input", seen="*", answers=True),
    "language": Effect("ig", "zh", "printed"),
}

KEYWORDS = common("embedding", quiet=SILENT) | {
    "model": Effect("embedding", "HOME/classifier", "printed"),
    "text": Effect("textrank", ["a quiet bridge and a heavy basket"], "printed"),
    "input": Effect("tfidf", "HOME/held.csv", FILE),
    "out": Effect("tfidf", None, "printed"),
    "text_column": Effect("tfidf", "label", FILE, {"input": "HOME/held.csv"}),
    "method": Effect("textrank", "yake", "printed"),
    "background": Effect("tfidf", "HOME/small.csv", FILE),
    "top": Effect("textrank", 1, "printed"),
    "language": Effect("related_to", "zh", "printed"),
    "text_language": Effect("textrank", "zh", "printed"),
    "words": Effect("textrank", "corpus", "printed", {"text": ["老师和医生在公园看书。老师和农民在公园唱歌。老师在公园。"]}),
    "diversity": Effect("embedding", 1.0, "printed", LONG | {"top": 3}),
    "related_to": Effect("related_to", "lamp", "printed"),
    "window": Effect("related_to", 1, "printed"),
    "measure": Effect("related_to", "likelihood", "printed"),
    "group_by": Effect("group_by", "group", "printed"),
    "counterfactual": Effect("counterfactual", False, "refused"),
    "masked_model": Effect("counterfactual", "HOME/gpt", "refused"),
    "words_changed": Effect("counterfactual", 1, "printed"),
    **reading("tfidf", "input", seen="*", answers=True),
    "read.delimiter": Effect("tfidf", "tab", FILE, {"input": "HOME/rows.csv"}),
}

COMPARE = common("runs", seed="report.json:*") | {
    "dry_run": Effect("runs", True, "place"),
    "systems": Effect("runs", ["HOME/classifier", "HOME/tagger"], "refused"),
    "task": Effect("runs", "none", "refused"),
    "data": Effect("runs", "HOME/held.csv", "answers.csv"),
    "out": Effect("runs", "OUT-other", "place"),
    "text_column": Effect("runs on a table", ["group"], "answers.csv"),
    "label_column": Effect("runs on a table", "group", "refused"),
    "slice_by": Effect("runs on a table", ["group"], "report.json:*slices*"),
    **reading("runs on a table"),
    **labels("runs on a table", "answers.csv"),
    "baselines": Effect("runs", False, "report.json:contenders"),
    "timed_rows": Effect("runs", 2, "report.json:timing.rows"),
    "rounds": Effect("runs", 2, "report.json:timing.rounds"),
    "language": Effect("runs", "zh", "report.json:language"),
}

EXPORT = common("huggingface") | {
    "quiet": Effect("onnx with a table", True, "lines said", {"data": "HOME/odd.csv"}),
    "model": Effect("huggingface", "HOME/second", "model.safetensors"),
    "out": Effect("huggingface", "OUT-other", "place"),
    "format": Effect("huggingface", "onnx", "model.onnx"),
    "output": Effect("onnx", "vectors", "model.onnx"),
    "task": Effect("huggingface", "none", "refused"),
    "data": Effect("onnx", "HOME/more.csv", "said"),
    "text_column": Effect("onnx with a table", ["other"], "refused"),
    "image_column": Effect("onnx with a table", ["other"], "refused"),
    "table_column": Effect("onnx with a table", ["other"], "refused"),
    **reading("onnx with a table", seen="*", answers=True),
    "tolerance": Effect("huggingface", 0.0, "refused"),
    "agreement": Effect("onnx_int8", 1.0, "refused", {"data": "HOME/documents.csv"}),
    "python": Effect("huggingface", "HOME/none", "refused"),
}
