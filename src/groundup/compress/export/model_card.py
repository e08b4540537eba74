"""The summary of an export: lines for the terminal, and the model card in its folder, which shows how to run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundup import html
from groundup.messages.translate import ENGLISH, Translator

ONNX = """```python
import onnxruntime
session = onnxruntime.InferenceSession("model.onnx")
numbers = session.run(None, {%s})[0]
```

%s

With raw rows, and without torch: `groundup predict --model . --input new.csv`.
"""
ABOUT = {
    "attention_mask": "1 where there is a token; what is filled up stands on the right",
    "pixel_values": "scaled as preprocessor_config.json says",
    "table_tokens": "a token for each cell that is there, behind the first one, as groundup makes them of columns.json",
}
"""What is to be known of an input."""
MASK = "1 for what is there: a row may lack it all"
LITERT = """One sequence at a time, int32 [1, tokens], filled up on the right to one of the lengths; the mask is 1 where there
is a token.

```python
from ai_edge_litert.interpreter import Interpreter
run = Interpreter(model_path="model.tflite").get_signature_runner("tokens_%d")
numbers = next(iter(run(%s).values()))
```
"""
TRANSFORMERS = """```python
import transformers
model = transformers.%s.from_pretrained(".")
tokenizer = transformers.AutoTokenizer.from_pretrained(".")
```
"""


def summary_lines(facts: dict[str, Any], t: Translator = ENGLISH) -> list[str]:
    """The report for people. The card of a folder is English."""
    what = facts.get("architecture") or t("output from inputs", output=facts["output"], inputs=", ".join(facts["inputs"]))
    lines = [t("exported as", format=facts["format"], size=html.file_size(facts["bytes"]), what=what)]
    if facts.get("left"):
        lines.append(t("left out by class", names=", ".join(facts["left"])))
    if "lengths" in facts:
        lines.append(t("lengths of file", lengths=", ".join(map(str, facts["lengths"]))))
    if "parity" in facts:
        parity = facts["parity"]
        lines.append(t("parity", largest=parity["largest"], scale=parity["scale"], blocks=parity["blocks"]))
    if "int8" in facts:
        smaller = facts["float32_bytes"] / facts["bytes"]
        lines.append(t("parity in int8", largest=facts["int8"]["largest"], smaller=smaller))
    if "agreement" in facts:
        lines.append(t("exported answers", share=facts["agreement"], rows=facts["rows"]))
    return lines


def calibration_lines(extra: dict[str, Any], t: Translator = ENGLISH) -> list[str]:
    """Whether other programs give the calibrated probabilities; nothing of a model whose probabilities are as trained."""
    known = extra.get("facts", {}).get("calibration", {})
    if known.get("method", "none") == "none":
        return []
    if known.get("in_head"):
        return [t("calibrated in weights", temperature=f"{known['temperature']:.3g}")]
    return [t("calibrated by groundup")]


def model_card(facts: dict[str, Any], extra: dict[str, Any]) -> str:
    """README.md."""
    lines = [*summary_lines(facts), *calibration_lines(extra)]
    if extra.get("labels"):
        lines.append(f"labels: {', '.join(extra['labels'])}")
    if facts["format"] == "huggingface":
        run = TRANSFORMERS % facts["architecture"]
    elif facts["format"] == "tensorflow":
        run = LITERT % (facts["lengths"][0], ", ".join(f"{name}={name}" for name in facts["inputs"]))
    else:
        run = ONNX % (", ".join(f'"{name}": {name}' for name in facts["inputs"]), inputs_card(facts["shapes"]))
    told = "\n".join(f"- {line}" for line in lines)
    return f"# {extra.get('task') or facts.get('output') or 'Model'}\n\n{told}\n\n{run}"


def inputs_card(shapes: Mapping[str, Sequence[int | str]]) -> str:
    """A line for each input: its sizes, and what stands in it."""
    lines = []
    for name, shape in shapes.items():
        about = ABOUT.get(name) or (MASK if name.endswith("_mask") else "")
        lines.append(f"- {name} [{', '.join(map(str, shape))}]" + (f": {about}" if about else ""))
    return "\n".join(lines)
