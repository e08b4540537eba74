"""What is published can be used: a model folder is read back and asked before it appears under its name.

The manifest vouches for bytes; this vouches for what they mean: the folder is opened as any other, says of a few examples
what the trained model says, and answers texts in the names of its labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from groundup.errors import GroundupError, InputError
from groundup.evaluate.predictor import Predictor, make_predictor, open_reader
from groundup.families import checkpoint, config_heads
from groundup.kinds.reader import Row
from groundup.nn.device import device_of
from groundup.nn.model import Model
from groundup.objectives.objective import Batch

ASKED = 2  # examples, and texts
NEAR = 1e-4  # of the largest number said: both compute in float32, in the same order


def check_published(
    folder: Path,
    place: Path,
    model: Model,
    batches: Sequence[Batch],
    extra: Mapping[str, Any],
    texts: Mapping[str | None, Row | None],
) -> None:
    """Read the model of a folder that is not there yet (`folder`, to be `place`), and ask it.

    `batches` are a few examples in the form that the model was trained on; `extra` is what the manifest will say, `texts` a
    text for each task by its name (no name where there is one task, no text where it reads none). Raises GroundupError:
    nothing appears.
    """
    try:
        loaded = checkpoint.load(folder)
        loaded.model.to(device_of(model))
        open_reader(folder, loaded)
        predictors = {name: make_predictor(folder, loaded, name, dict(extra)) for name in texts}
        for one in predictors.values():
            config_heads.check_labels(one.trained_task.outputs or None, loaded.model.head_configs.get(one.trained_task.head))
    except InputError as error:
        raise unusable(place, f"cannot be read back: {error.what}") from error
    for batch in batches:
        refuse_other_numbers(model, loaded.model, batch, place)
    for name, text in texts.items():
        if text is not None:
            refuse_no_answer(predictors[name], text, place)


def refuse_other_numbers(model: Model, back: Model, batch: Batch, place: Path) -> None:
    """What was read back must say what the trained model says."""
    training = model.training
    with torch.inference_mode():
        ours, theirs = outputs_of_heads(model.eval(), batch), outputs_of_heads(back, batch)
    model.train(training)
    for name, one in ours.items():
        other = theirs[name]
        near = NEAR * max(1.0, float(one.abs().max())) if one.numel() else 0.0
        if not torch.isfinite(other).all() or not torch.allclose(one, other, rtol=0.0, atol=near):
            raise unusable(place, f"says something else than the trained model, or no number at all ({name})")


def outputs_of_heads(model: Model, batch: Batch) -> dict[str, Tensor]:
    """What the heads say; of a model without one that the batch asks, the states of its backbone."""
    positions = {name: places for name, places in batch.positions.items() if name in model.heads}
    if positions or batch.source is not None:
        return model(batch.tokens, batch.layout, batch.segments, positions, batch.source, batch.start)
    return {"states": model.backbone(batch.tokens, batch.layout, batch.segments)}


def refuse_no_answer(predictor: Predictor, text: Row, place: Path) -> None:
    """It must answer a text in the columns of its task. What writes has said its numbers already: writing takes long."""
    task = predictor.trained_task
    if task.writes:
        return
    try:
        task.as_columns(predictor.row_answers([text]).answers[0])
    except (InputError, ValueError, IndexError, KeyError) as error:
        raise unusable(place, f"gives no answer to a training text ({type(error).__name__}: {error})") from error


def unusable(place: Path, what: str) -> GroundupError:
    return GroundupError(
        "MODEL_UNUSABLE",
        place,
        f"what was to be published {what}",
        "this is a fault of groundup; nothing was published, and the checkpoints stay",
    )
