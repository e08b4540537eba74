"""A folder that transformers loads whole: the heads that its class holds and no others; compared there if it is installed.

N tokens of the stream, B sequences, T positions, O outputs of a head.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from groundup.adapter_folder import sibling
from groundup.compress.export.padded_model import NEXT
from groundup.compress.export.parity import Predict, in_torch
from groundup.compress.export.silence import silence
from groundup.data.batches.ragged_batch import Flat
from groundup.errors import InputError
from groundup.evaluate.exported import unpad
from groundup.evaluate.predictor import Predictor
from groundup.families import checkpoint
from groundup.families.own import describe
from groundup.folders import NewFolder
from groundup.kinds.text.block import pad
from groundup.manifest import read_verified
from groundup.nn.heads import PooledHead
from groundup.nn.model import Model
from groundup.objectives.objective import make_inputs

COPIED = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "generation_config.json",
    "modules.json",
    "1_Pooling/config.json",
)


class ExportTarget(NamedTuple):
    """The class of transformers, the head that is compared (None: states), and the heads that had to stay behind."""

    architecture: str
    head: str | None
    left_out: list[str]


def reduce_to_class(predictor: Predictor, family: str) -> ExportTarget:
    """Take off the model, in place, what the family's class has no place for; of several tasks the head of the opened one
    becomes the usual one. InputError where the class cannot hold the head of the task."""
    model, task = predictor.model, predictor.task
    if task is not None and predictor.name is not None:
        head, config = model.heads[task.head], model.head_configs[task.head]
        model.drop_head(task.head)
        task.head = task.head_name
        model.heads[task.head], model.head_configs[task.head] = head, config
    architecture = checkpoint.FAMILIES[family].architecture(model.config, model.head_configs)
    if task is not None and task.head not in architecture.heads:
        raise InputError(
            "WRONG_FAMILY", "model", f"transformers has no class of {family} for this head of {task.name}", "export it as onnx"
        )
    left = [name for name in model.heads if name not in architecture.heads]
    for name in left:
        model.drop_head(name)
    if "backbone.pooler" in architecture.left:
        model.backbone.pooler, left = None, [*left, "pooler"] if model.backbone.pooler is not None else left
    if describe(checkpoint.FAMILIES[family], model, "float32")[1]:
        raise InputError(
            "WRONG_FAMILY",
            "model",
            "has layers of sizes of their own (it was pruned), which no class of transformers has",
            "export it as onnx",
        )
    return ExportTarget(architecture.name, task.head if task is not None else next(iter(architecture.heads), None), left)


def write(new: NewFolder, folder: Path, predictor: Predictor, family: str) -> None:
    """Config, weights, and the files of the tokenizer as they are."""
    task = predictor.task
    labels = None if task is None else task.outputs or None
    problem = task.name if task is not None else "classification"
    checkpoint.save(new, predictor.model, family, labels=labels, specials=predictor.reader.specials, problem=problem)
    for name in COPIED:
        place = sibling(folder, name)
        if (place / name).is_file():
            new.write_bytes(name, read_verified(place, name))


def check_weights(model: Model, path: Path) -> None:
    """Every number that was written is read back as it was."""
    back = dict(checkpoint.load(path).model.named_parameters())
    for name, parameter in model.named_parameters():
        if not torch.equal(back[name], parameter):
            raise InputError("WEIGHTS_DIFFER", path, f"{name} is read back otherwise than it was written")


def in_ours(predictor: Predictor, held: ExportTarget) -> Predict:
    """What our model says of each token or sequence; one with an encoder reads the sequences in both its stacks."""
    if predictor.model.encoder is None:
        return in_torch(predictor, held.head)
    if reads_last(predictor, held):
        return lambda flat: in_torch(predictor, held.head)(with_end_token(flat, predictor))

    def say(flat: Flat) -> np.ndarray:
        read = make_inputs(flat)
        with torch.inference_mode():
            asked = {NEXT: torch.arange(len(flat.tokens))}
            return predictor.model(read.tokens, read.layout, None, asked, make_inputs(flat))[NEXT].cpu().numpy()

    return say


def in_transformers(path: Path, predictor: Predictor, held: ExportTarget) -> Predict:
    """The same of the folder, loaded by the class that it names."""
    with silence():
        import transformers

        made = getattr(transformers, held.architecture).from_pretrained(path).eval()
    segments, writes = predictor.model.config.num_segments > 1, predictor.model.encoder is not None

    def of_last(flat: Flat) -> np.ndarray:  # one at a time: what pads a block could be taken for the last token
        parts = np.split((with_end_token(flat, predictor) if writes else flat).tokens, flat.starts[1:])
        with torch.inference_mode():
            return np.concatenate([made(input_ids=torch.from_numpy(part)[None]).logits.cpu().numpy() for part in parts])

    def say(flat: Flat) -> np.ndarray:
        blocks = {name: torch.from_numpy(block) for name, block in pad(flat).items()}
        if not segments:
            del blocks["token_type_ids"]
        if writes:
            blocks["decoder_input_ids"] = blocks["input_ids"]
        with torch.inference_mode():
            return outputs_of(made(**blocks), flat, held, predictor)

    return of_last if reads_last(predictor, held) else say


def reads_last(predictor: Predictor, held: ExportTarget) -> bool:
    """Whether the compared head reads the last token of a text."""
    head = predictor.model.heads[held.head] if held.head is not None else None
    return isinstance(head, PooledHead) and head.pools_last


def with_end_token(flat: Flat, predictor: Predictor) -> Flat:
    """The sequences with the token that ends a text in the place of their last: where a decoder's class looks for it."""
    end = predictor.encoder.around.sep
    if end < 0:
        what = "its tokenizer puts no token behind a text, at which transformers reads the classes"
        raise InputError("NO_END", "model", what, "give the tokenizer a template that ends texts")
    tokens = flat.tokens.copy()
    tokens[flat.starts + flat.lengths - 1] = end
    return replace(flat, tokens=tokens)


def outputs_of(output: Any, flat: Flat, held: ExportTarget, predictor: Predictor) -> np.ndarray:
    """What an answer of transformers holds, as our model gives it."""
    if held.head is None:
        states = output.last_hidden_state.cpu().numpy()
        first = np.split(unpad(states, flat), flat.starts[1:])
        return np.stack([one.mean(0) if predictor.pooling == "mean" else one[0] for one in first])
    if held.head == "ends":
        return unpad(torch.stack([output.start_logits, output.end_logits], -1).cpu().numpy(), flat)
    numbers = (output.prediction_logits if "prediction_logits" in output else output.logits).cpu().numpy()
    if held.head == NEXT and predictor.model.encoder is None:
        return numbers[np.arange(len(flat.lengths)), flat.lengths - 1]
    return unpad(numbers, flat)
