"""The story of an export: write the model in the other form, run it there, and publish it if it says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from groundup import html
from groundup.commands.answers import input_rows
from groundup.commands.export import Export
from groundup.commands.machine import prepare_machine, say
from groundup.commands.predicting import columns_of
from groundup.compress.export import to_onnx
from groundup.compress.export.padded import NEXT, PaddedModel
from groundup.compress.export.parity import Parity, agreement, compare, drawn_blocks, in_onnx, in_torch
from groundup.config import lasting
from groundup.data.sources.records import Row
from groundup.errors import GateError, InputError
from groundup.evaluate.exported import MODEL, Exported, Session
from groundup.evaluate.predictor import Predictor, load, model_folder
from groundup.folders import NewFolder, check_output, identity, is_ours, new_folder
from groundup.runs import Outcome
from groundup.strict_json import canonical
from groundup.tasks.task import Text
from groundup.version import VERSION

WORDS = "mlm"
SAID = {"labels": "logits", "words": "logits", "next": "logits", "vectors": "sentence_embedding"}  # names of the output


def export(settings: Export) -> Outcome:
    """Write the folder. Raises GateError, with nothing written, where the exported model says something else."""
    out = Path(settings.out)
    check_output(out)
    if out.exists():
        raise InputError("OUTPUT_EXISTS", out, "is already there", "choose a new folder")
    if settings.format in ("onnx", "onnx_int8"):
        to_onnx.check_packages()
    prepare_machine(settings)
    folder = model_folder(settings.model)
    predictor = load(folder, task=settings.task)
    texts = texts_of(settings, predictor)
    extra = told_of(predictor)
    with new_folder(out, "export", lasting(settings), [folder] if is_ours(folder) else [], extra) as new:
        facts = write_onnx(new, settings, predictor, texts, extra)
    for line in lines_of(facts):
        say(settings, line)
    return Outcome(out, facts)


def texts_of(settings: Export, predictor: Predictor) -> list[Text]:
    """The texts on which answers are compared; what cannot be read is passed over, for nothing is judged here."""
    if settings.data is None:
        return []
    task = predictor.trained_task
    rows: list[Row] = [row for row in input_rows(settings.data, settings.read) if row.fault is None]
    found = [task.texts([row.values[name] for name in columns_of(row, settings, predictor)]) for row in rows]
    texts = [text for text in found if text is not None]
    texts = [text for text, long in zip(texts, predictor.refused(texts), strict=True) if not long]
    if not texts:
        raise InputError("EMPTY_DATA", settings.data, "holds no usable row", "see the columns and the format")
    return texts


def told_of(predictor: Predictor) -> dict[str, Any]:
    """What a folder says of the texts that its model reads."""
    kept = {key: predictor.facts[key] for key in ("text_columns", "label_column") if key in predictor.facts}
    return kept | {"max_length": predictor.length, "too_long": predictor.too_long}


def head_of(predictor: Predictor, output: str) -> tuple[str, str | None]:
    """What is asked for, and the head that says it; None for vectors."""
    heads = {"labels": predictor.task and predictor.task.head, "words": WORDS, "next": NEXT}
    there = {name: head for name, head in heads.items() if head in predictor.heads}
    if output == "auto":
        output = next(iter(there), "vectors")
    if output != "vectors" and output not in there:
        raise InputError("NO_HEAD", "output", f"the model has no head for {output}", f"ask for {' or '.join([*there, 'vectors'])}")
    return output, there.get(output)


def write_onnx(new: NewFolder, settings: Export, predictor: Predictor, texts: list[Text], extra: dict[str, Any]) -> dict[str, Any]:
    """model.onnx with tokenizer and card; `extra` gets what is to be known for running it. The facts of the report."""
    model = predictor.model
    to_onnx.check_expressible(model)
    output, head = head_of(predictor, settings.output)
    if output == "labels":
        task = predictor.trained_task
        extra |= {"task": task.name, "facts": task.facts, "labels": task.labels}
        extra |= {} if predictor.name is None else {"name": predictor.name}
    inputs = to_onnx.inputs_of(model)
    data = to_onnx.to_onnx(PaddedModel(model, head, predictor.pooling), inputs, model.config.max_positions, SAID[output],
                           notes_of(settings, predictor, extra, output))  # fmt: skip
    blocks = drawn_blocks(model.config.vocab_size, model.config.max_positions, len(inputs) > 2 and head is not None)
    session = Session(data, Path(MODEL), settings.threads)
    parity = compare(in_torch(predictor, head), in_onnx(session), blocks)
    refuse_unlike(parity, settings)
    about = {"output": output, "head": head, "inputs": list(inputs), "outputs": session.outputs, "precision": "float32",
             "parameters": predictor.num_parameters, "max_positions": model.config.max_positions,
             "parity": parity.as_dict()}  # fmt: skip
    if settings.format == "onnx_int8":
        small = to_onnx.to_int8(data)
        session = Session(small, Path(MODEL), settings.threads)
        about |= {"precision": "int8", "int8": compare(in_torch(predictor, head), in_onnx(session), blocks).as_dict()}
        about["float32_bytes"], data = len(data), small
    extra["onnx"] = about
    if texts and output == "labels":
        about |= {"rows": len(texts), "agreement": agreement(predictor, Exported(session, predictor.encoder, extra), texts)}
        refuse_disagreeing(about["agreement"], len(texts), settings)
    new.write_bytes(MODEL, data)
    predictor.encoder.save(new, predictor.length, segments=len(inputs) > 2)
    new.write_text("README.md", card_of(extra, len(data)))
    return about | {"format": settings.format, "bytes": len(data)}


def notes_of(settings: Export, predictor: Predictor, extra: dict[str, Any], output: str) -> dict[str, str]:
    """The metadata inside the file, for those who have nothing else."""
    notes = {"groundup": VERSION, "output": output, "made_from": identity(model_folder(settings.model)),
             "max_length": str(predictor.length)}  # fmt: skip
    return notes | {key: canonical(extra[key]) for key in ("task", "labels") if key in extra}


def refuse_unlike(parity: Parity, settings: Export) -> None:
    """Nothing is published that computes something else."""
    if not parity.share <= settings.tolerance:
        what = f"the exported model differs from the model in torch by {parity.largest:.3g}, of numbers up to {parity.scale:.3g}"
        raise GateError("NOT_EQUAL", settings.out, what, "report this model's shape; or allow more with --tolerance",
                        limit=f"{settings.tolerance:g} of the largest")  # fmt: skip


def refuse_disagreeing(share: float, rows: int, settings: Export) -> None:
    """Nor what answers otherwise."""
    if share < settings.agreement:
        what = f"gives the answer of the model in torch to {share:.1%} of {rows:,} rows"
        raise GateError("DISAGREES", settings.out, what, "export it as onnx (float32), or allow less with --agreement",
                        limit=f"{settings.agreement:.1%}")  # fmt: skip


def lines_of(facts: dict[str, Any]) -> list[str]:
    """The report for people."""
    parity = facts["parity"]
    lines = [f"{facts['format']}, {html.file_size(facts['bytes'])}: {facts['output']} from {', '.join(facts['inputs'])}",
             f"largest difference from torch {parity['largest']:.2g}, of numbers up to {parity['scale']:.3g}, on "
             f"{parity['blocks']} blocks of uneven sequences"]  # fmt: skip
    if "int8" in facts:
        lines.append(f"int8: {facts['int8']['largest']:.2g}; {facts['float32_bytes'] / facts['bytes']:.1f} times smaller")
    if "agreement" in facts:
        lines.append(f"the same answers to {facts['agreement']:.1%} of {facts['rows']:,} rows")
    return lines


def card_of(extra: dict[str, Any], size: int) -> str:
    """README.md: what the file says, how much it differs, and how it is run."""
    about = extra["onnx"]
    told = lines_of(about | {"format": f"ONNX, {about['precision']}", "bytes": size})
    if "labels" in extra:
        told.append(f"labels: {', '.join(extra['labels'])}")
    feeds = ", ".join(f'"{name}": {name}' for name in about["inputs"])
    return "\n".join([f"# {extra.get('task', about['output'])}, as ONNX", "", *(f"- {line}" for line in told), "",
                      "Blocks are int64, [batch, tokens], filled up on the right; the mask is 1 where there is a token.", "",
                      "```python", "import onnxruntime", f'session = onnxruntime.InferenceSession("{MODEL}")',
                      f"numbers = session.run(None, {{{feeds}}})[0]", "```", "",
                      'Or, with the tokenizer and the names: `groundup predict --model . --text "..."`, without torch.',
                      ""])  # fmt: skip
