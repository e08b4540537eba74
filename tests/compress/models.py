"""Small model folders to export."""

import torch

from groundup.families import checkpoint, presets
from groundup.folders import new_folder
from groundup.nn.config import PooledHeadConfig
from groundup.nn.model import Model
from groundup.tasks.known import make_task
from tests.tasks.reading_models import make_encoder


def write_model(folder, name, facts):
    """A random model with the head of a task, which tells its answers apart."""
    task, encoder = make_task(name, facts), make_encoder()
    config = presets.make_config("tiny", "paper", encoder.vocab_size, None, 24)
    usual = PooledHeadConfig(classes=max(1, len(facts.get("labels", []))))
    model = Model(config, {task.head: task.make_head(usual, config)}, seed=3).eval()
    for part, parameter in model.heads.named_parameters():
        if part.endswith("weight"):
            torch.nn.init.normal_(parameter, generator=torch.Generator().manual_seed(1))
    with new_folder(folder, kind="model", extra={"task": name, "facts": facts, "max_length": 24, "too_long": "window"}) as new:
        checkpoint.save(new, model, "bert", labels=getattr(task, "tags", None) or task.labels or None, problem=name)
        encoder.save(new, 24)
    return folder


def write_several(folder):
    """A random model of two tasks: `mood` of each text, `parts` of its words."""
    encoder = make_encoder()
    config = presets.make_config("tiny", "paper", encoder.vocab_size, None, 24)
    told = {"mood": ("classification", {"labels": ["bad", "好"]}), "parts": ("tagging", {"labels": ["LOC"], "unit": "word"})}
    tasks = {name: make_task(kind, facts, name) for name, (kind, facts) in told.items()}
    heads = {name: task.make_head(PooledHeadConfig(classes=2), config) for name, task in tasks.items()}
    extra = {
        "tasks": {
            name: {"task": kind, "facts": facts, "max_length": 24, "too_long": "truncate", "text_columns": ["text"]}
            for name, (kind, facts) in told.items()
        }
    }
    model = Model(config, heads, seed=3).eval()
    for part, parameter in model.heads.named_parameters():
        if part.endswith("weight"):
            torch.nn.init.normal_(parameter, generator=torch.Generator().manual_seed(1))
    with new_folder(folder, kind="model", extra=extra) as new:
        checkpoint.save(new, model, "bert", specials=encoder.ids._asdict())
        encoder.save(new, 24, segments=True)
    return folder
