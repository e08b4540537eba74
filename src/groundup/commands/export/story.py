"""The story of an export: write the model in the other form, run it there, and publish it if it says the same."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from groundup.commands.export.settings import Export
from groundup.commands.predict.story import table_rows
from groundup.commands.shared.next_steps import rows_to_ask, words
from groundup.compress.export import to_huggingface, to_litert, to_onnx
from groundup.compress.export.faces import make_face
from groundup.compress.export.model_card import calibration_lines, model_card, summary_lines
from groundup.compress.export.padded_model import NEXT
from groundup.compress.export.parity import Parity, answer_agreement, compare, in_onnx, in_torch, random_blocks
from groundup.config import identity_settings
from groundup.data.sources.records import Rejects
from groundup.errors import GateError, InputError
from groundup.evaluate.exported import MODEL, Exported, ExportedShape, Session, describe_shape
from groundup.evaluate.opening import named_columns
from groundup.evaluate.predictor import Predictor, make_predictor, model_folder, padding_of
from groundup.families import checkpoint
from groundup.folders import NewFolder, check_output, new_folder
from groundup.kinds.reader import Row
from groundup.kinds.text.block import text_inputs
from groundup.machine import prepare_machine
from groundup.manifest import identity, is_ours
from groundup.messages.current import current_translator, message
from groundup.runs import Outcome
from groundup.strict_json import canonical
from groundup.terminal.closing import Command, close
from groundup.terminal.live import phase
from groundup.terminal.log import result, say
from groundup.version import VERSION

WORDS = "mlm"
SAID = {"labels": "logits", "words": "logits", "next": "logits", "vectors": "sentence_embedding"}  # names of the output
TFLITE, LONGEST_LITERT = "model.tflite", 512


class Source(NamedTuple):
    """The model to export, opened."""

    folder: Path
    loaded: checkpoint.Loaded
    predictor: Predictor
    rows: list[Row]  # on which answers are compared


def export(settings: Export) -> Outcome:
    """Write the folder. Raises GateError, with nothing written, where the exported model says something else."""
    out = Path(settings.out)
    check_output(out)
    if out.exists():
        raise InputError("OUTPUT_EXISTS", out, "is already there", "choose a new folder")
    if settings.format in ("onnx", "onnx_int8"):
        to_onnx.check_packages()
    if settings.python is not None:
        to_litert.check_python(settings.python)
    prepare_machine(settings)
    source = open_source(settings)
    extra, notes = told_of(source.predictor), []
    kind = "model" if settings.format == "huggingface" else "export"
    parents = [source.folder] if is_ours(source.folder) else []
    exporting = phase(message("phase exporting"), announced=True)
    with exporting, new_folder(out, kind, identity_settings(settings), parents, extra) as new:
        if settings.format == "huggingface":
            facts = write_huggingface(new, settings, source, extra, notes)
        elif settings.format == "tensorflow":
            facts = write_litert(new, settings, source, extra)
        else:
            facts = write_onnx(new, settings, source, extra)
        new.write_text("README.md", model_card(facts, extra))
    t = current_translator()
    for line in [*summary_lines(facts, t), *calibration_lines(extra, t)]:
        result(line)
    close([("folder", str(out))], next_commands(settings, source.predictor))
    return Outcome(out, facts, notes)


def next_commands(settings: Export, predictor: Predictor) -> list[Command]:
    """Use what was written: a folder of TensorFlow is for others."""
    home = model_folder(settings.model).parent
    rows = rows_to_ask(home, predictor.name, settings.data, settings.read)
    told: list[Command] = [["verify", settings.out]]
    if predictor.task is None or rows.row is None or settings.format == "tensorflow" or settings.output != "auto":
        return told
    named = words("task", predictor.name) if predictor.name and settings.format == "huggingface" else []
    asked = rows.row if rows.texts else rows.file
    return [["predict", "--model", settings.out, *named, *asked], *told]


def open_source(settings: Export) -> Source:
    """The model, and the rows of --data."""
    folder = model_folder(settings.model)
    loaded = checkpoint.load(folder)
    if loaded.model.encoder is not None and settings.format != "huggingface":
        what = "is an encoder with a decoder beside it; so far models of one stack are exported in this form"
        raise InputError("NOT_EXPORTABLE", settings.model, what, "--format huggingface, and use it with transformers")
    predictor = make_predictor(folder, loaded, settings.task)
    reader = predictor.reader
    if settings.format not in reader.export_formats:
        what = f"reads rows of the kind {reader.kind}, which are not exported in this form"
        fix = f"--format {reader.export_formats[0]}; groundup uses the folder as it is, and transformers one of images"
        raise InputError("NOT_EXPORTABLE", settings.model, what, fix)
    return Source(folder, loaded, predictor, rows_of(settings, predictor))


def rows_of(settings: Export, predictor: Predictor) -> list[Row]:
    """The rows on which answers are compared; what cannot be read is passed over, for nothing is evaluated here."""
    if settings.data is None:
        return []
    sources = predictor.reader.sources_of(settings.data)
    if sources is not None:
        files = predictor.reader.file_rows(sources, settings.read, Rejects())
        return [row.cells for row in files if row.cells is not None]
    columns = named_columns(predictor.reader, settings.columns_by_kind)
    raw_rows = table_rows(settings.data, settings.read, columns, predictor, say)
    rows = [one.cells for one in raw_rows if one.cells is not None]
    rows = [row for row, long in zip(rows, predictor.refused(rows), strict=True) if not long]
    if not rows:
        raise InputError("EMPTY_DATA", settings.data, "holds no usable row", "see the columns and the format")
    return rows


def told_of(predictor: Predictor) -> dict[str, Any]:
    """What a folder says of the rows that its model reads."""
    names = [*(f"{one.kind}_columns" for one in predictor.reader.readers), "label_column"]
    facts = {key: predictor.facts[key] for key in names if key in predictor.facts}
    return facts | {"max_length": predictor.length, "too_long": predictor.too_long}


def task_of(predictor: Predictor) -> dict[str, Any]:
    """What a folder says of the task."""
    task = predictor.trained_task
    return {"task": task.name, "facts": task.facts, "labels": task.labels}


def head_of(predictor: Predictor, output: str) -> tuple[str, str | None]:
    """What is asked for, and the head that says it; None for vectors."""
    heads = {"labels": predictor.task and predictor.task.head, "words": WORDS, "next": NEXT}
    there = {name: head for name, head in heads.items() if head in predictor.heads}
    if output == "auto":
        output = next(iter(there), "vectors")
    if output != "vectors" and output not in there:
        what = f"the model has no head for {output}"
        raise InputError("NO_HEAD", "output", what, f"ask for {' or '.join([*there, 'vectors'])}")
    return output, there.get(output)


def words_of(predictor: Predictor) -> np.ndarray:
    """The ids that drawn sequences are made of: all but the special ones."""
    return np.setdiff1d(np.arange(predictor.model.config.vocab_size), predictor.encoder.ids.all)


def write_onnx(new: NewFolder, settings: Export, source: Source, extra: dict[str, Any]) -> dict[str, Any]:
    """model.onnx and the tokenizer; `extra` gets what is to be known for running it. The facts of the report."""
    predictor, model = source.predictor, source.predictor.model
    output, head = head_of(predictor, settings.output)
    if output == "labels":
        extra |= task_of(predictor) | ({} if predictor.name is None else {"name": predictor.name})
    face = make_face(model, head, predictor.pooling)
    data = to_onnx.to_onnx(face, SAID[output], notes_of(source, extra, output))
    ours = in_torch(predictor, head)
    session = Session(data, Path(MODEL), settings.threads, face.feed)
    parity = compare(ours, in_onnx(session), face.rows)
    refuse_unlike(parity, settings)
    about: dict[str, Any] = {
        "output": output,
        "head": head,
        "inputs": list(face.names),
        "shapes": session.shapes,
        "outputs": session.outputs,
        "parameters": predictor.parameters,
        "parity": parity.as_dict(),
        **describe_shape(ExportedShape(model.config.inputs, model.config.vocab_size)),
    }
    if (padding := padding_of(source.loaded)) is not None:
        about["padding"] = padding
    if settings.format == "onnx_int8":
        about["float32_bytes"], data = len(data), to_onnx.to_int8(data)
        session = Session(data, Path(MODEL), settings.threads, face.feed)
        about["int8"] = compare(ours, in_onnx(session), face.rows).as_dict()
    extra["onnx"] = about
    if source.rows and output == "labels":
        share = answer_agreement(predictor, Exported(session, predictor.reader, extra), source.rows)
        refuse_disagreeing(share, len(source.rows), settings)
        about |= {"rows": len(source.rows), "agreement": share}
        for line in predictor.limit_warnings(int(predictor.long(source.rows).sum()), len(source.rows)):
            say(line)
    new.write_bytes(MODEL, data)
    predictor.reader.for_export().save(new, predictor.length, segments=model.config.num_segments > 1)
    return about | {"format": settings.format, "bytes": len(data)}


def write_litert(new: NewFolder, settings: Export, source: Source, extra: dict[str, Any]) -> dict[str, Any]:
    """model.tflite and the tokenizer."""
    predictor = source.predictor
    output, head = head_of(predictor, settings.output)
    if output == "labels":
        extra |= task_of(predictor)
    inputs, longest = text_inputs(predictor.model.config), min(predictor.length, LONGEST_LITERT)
    if longest < predictor.length:
        say(f"    {message('LiteRT is shorter', longest=longest, length=predictor.length)}")
    extra["max_length"] = longest
    litert_report = to_litert.to_litert(
        str(settings.python),
        source.folder,
        head,
        predictor.pooling,
        inputs,
        longest,
        in_torch(predictor, head),
        random_blocks(words_of(predictor), longest, len(inputs) > 2 and head is not None, alone=True),
    )
    refuse_unlike(litert_report.parity, settings)
    about = {
        "output": output,
        "head": head,
        "inputs": list(inputs),
        "parameters": predictor.parameters,
        "lengths": litert_report.lengths,
        "parity": litert_report.parity.as_dict(),
    }
    extra |= {"format": "tensorflow", "litert": about}
    new.write_bytes(TFLITE, litert_report.data)
    predictor.reader.for_export().save(new, longest, segments=len(inputs) > 2)
    return about | {"format": "tensorflow", "bytes": len(litert_report.data)}


def write_huggingface(
    new: NewFolder, settings: Export, source: Source, extra: dict[str, Any], notes: list[str]
) -> dict[str, Any]:
    """config.json, weights and tokenizer, read back by us and, where it is installed, by transformers."""
    predictor, family = source.predictor, source.loaded.family
    held = to_huggingface.reduce_to_class(predictor, family)
    if predictor.task is not None:
        extra |= task_of(predictor)
    to_huggingface.write(new, source.folder, predictor, family)
    to_huggingface.check_weights(predictor.model, new.path)
    about: dict[str, Any] = {"architecture": held.architecture, "left": held.left_out}
    if find_spec("transformers") is None:
        notes.append(message("read back alone"))
    else:
        theirs = to_huggingface.in_transformers(new.path, predictor, held)
        pairs = predictor.model.config.num_segments > 1 and held.head is not None
        blocks = random_blocks(words_of(predictor), predictor.model.config.max_positions, pairs)
        parity = compare(to_huggingface.in_ours(predictor, held), theirs, blocks)
        refuse_unlike(parity, settings)
        about["parity"] = parity.as_dict()
    extra["huggingface"] = about
    return about | {"format": "huggingface", "bytes": sum(file.size for file in new.files.values())}


def notes_of(source: Source, extra: dict[str, Any], output: str) -> dict[str, str]:
    """The metadata inside the file, for those who have nothing else."""
    notes = {"groundup": VERSION, "output": output, "made_from": identity(source.folder)}
    notes["max_length"] = str(extra["max_length"])
    return notes | {key: canonical(extra[key]) for key in ("task", "labels") if key in extra}


def refuse_unlike(parity: Parity, settings: Export) -> None:
    """Nothing is published that computes something else."""
    if not parity.share <= settings.tolerance:
        what = f"what was exported differs from the model in torch by {parity.largest:.3g}, of numbers up to {parity.scale:.3g}"
        raise GateError(
            "NOT_EQUAL",
            settings.out,
            what,
            "allow more with --tolerance, if that is enough for you",
            limit=f"{settings.tolerance:g} of the largest",
        )


def refuse_disagreeing(share: float, rows: int, settings: Export) -> None:
    """Nor what answers otherwise."""
    if share < settings.agreement:
        what = f"gives the answer of the model in torch to {share:.1%} of {rows:,} rows"
        raise GateError(
            "DISAGREES",
            settings.out,
            what,
            "export it as onnx (float32), or allow less with --agreement",
            limit=f"{settings.agreement:.1%}",
        )
