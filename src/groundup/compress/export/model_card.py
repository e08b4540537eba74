"""The summary of an export: lines for the terminal, and the model card in its folder, which shows how to run it."""

from __future__ import annotations

from typing import Any

from groundup import html

PIXELS = """Pixels are float32, [batch, channels, side, side], scaled as preprocessor_config.json says.

```python
import onnxruntime
session = onnxruntime.InferenceSession("model.onnx")
numbers = session.run(None, {%s})[0]
```

Or, with images and without torch: `groundup predict --model . --input photos`.
"""
ONNX = """Blocks are int64, [batch, tokens], filled up on the right; the mask is 1 where there is a token.

```python
import onnxruntime
session = onnxruntime.InferenceSession("model.onnx")
numbers = session.run(None, {%s})[0]
```

Or, with the tokenizer and the names, and without torch: `groundup predict --model . --text "..."`.
"""
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


def summary_lines(facts: dict[str, Any]) -> list[str]:
    """The report for people."""
    what = facts.get("architecture") or f"{facts['output']} from {', '.join(facts['inputs'])}"
    lines = [f"{facts['format']}, {html.file_size(facts['bytes'])}: {what}"]
    if facts.get("left"):
        lines.append(f"left out, for its class has no place for them: {', '.join(facts['left'])}")
    if "lengths" in facts:
        lines.append(f"lengths {', '.join(map(str, facts['lengths']))}")
    if "parity" in facts:
        parity = facts["parity"]
        lines.append(
            f"largest difference from torch {parity['largest']:.2g}, of numbers up to {parity['scale']:.3g}, on "
            f"{parity['blocks']} blocks of drawn sequences"
        )
    if "int8" in facts:
        smaller = facts["float32_bytes"] / facts["bytes"]
        lines.append(f"in int8 the largest difference is {facts['int8']['largest']:.2g}; {smaller:.1f} times smaller")
    if "agreement" in facts:
        lines.append(f"the same answers to {facts['agreement']:.1%} of {facts['rows']:,} rows")
    return lines


def model_card(facts: dict[str, Any], extra: dict[str, Any]) -> str:
    """README.md."""
    lines = summary_lines(facts)
    if extra.get("labels"):
        lines.append(f"labels: {', '.join(extra['labels'])}")
    if facts["format"] == "huggingface":
        run = TRANSFORMERS % facts["architecture"]
    elif facts["format"] == "tensorflow":
        run = LITERT % (facts["lengths"][0], ", ".join(f"{name}={name}" for name in facts["inputs"]))
    else:
        way = PIXELS if "pixel_values" in facts["inputs"] else ONNX
        run = way % ", ".join(f'"{name}": {name}' for name in facts["inputs"])
    told = "\n".join(f"- {line}" for line in lines)
    return f"# {extra.get('task') or facts.get('output') or 'Model'}\n\n{told}\n\n{run}"
