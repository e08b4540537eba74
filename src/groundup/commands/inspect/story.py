"""The story of inspect: parts with shapes and shares, the tokenizer, and the card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from torch import nn

from groundup import html
from groundup.commands.inspect.settings import Inspect
from groundup.data.tokenizers.files import has_tokenizer
from groundup.data.tokenizers.load import load_tokenizer
from groundup.evaluate.predictor import model_folder
from groundup.families import checkpoint
from groundup.folders import make_parents, write_file
from groundup.manifest import is_ours, read_manifest
from groundup.messages.current import message
from groundup.nn.config import TransformerConfig
from groundup.nn.model import Model
from groundup.pages.model_diagram import Drawn
from groundup.pages.model_page import model_page
from groundup.runs import Outcome
from groundup.terminal.log import output
from groundup.terminal.streams import padded

LONGEST_CARD = 4000


def inspect(settings: Inspect) -> Outcome:
    """Print what the model is made of, or write it as a page."""
    folder = model_folder(settings.model)
    loaded = checkpoint.load(folder)
    parts = [*stack_parts(loaded.model, "encoder"), *stack_parts(loaded.model, "backbone"), *head_parts(loaded.model)]
    facts = {"family": loaded.family, **shape_facts(loaded.config), **folder_facts(folder), "stored in": loaded.storage}
    words = tokenizer_facts(folder)
    card = folder / "README.md"
    text = card.read_text("utf-8")[:LONGEST_CARD] if card.is_file() else ""
    if settings.out is None:
        show(facts | words, parts)
    else:
        named = {message(f"fact {name}"): value for name, value in (facts | words).items()}
        page = model_page(Path(settings.model).name, parts, named, text, settings.language)
        make_parents(Path(settings.out).parent)
        write_file(Path(settings.out), page)
    return Outcome(Path(settings.out or "-"), facts | words | {"parts": [part._asdict() for part in parts]})


def show(facts: dict, parts: list[Drawn]) -> None:
    """The same for a terminal."""
    for name, value in facts.items():
        output(f"{padded(message(f'fact {name}'), 16)} {html.number(value)}")
    total = sum(part.size for part in parts)
    heads = [padded(message("head part"), 36), padded(message("parameters"), 13, right=True)]
    heads += ["", padded(message("share of parameters"), 6, right=True), "", message("head shapes")]
    output("\n" + " ".join(heads))
    for part in parts:
        output(f"{part.name:36} {part.size:13,}  {part.size / total:6.1%}  {part.note}")


def stack_parts(model: Model, side: str) -> list[Drawn]:
    """Embedding, each block, and what follows, in the order of computation."""
    stack = model.encoder if side == "encoder" else model.backbone
    if stack is None:
        return []
    prefix = "encoder " if side == "encoder" else "decoder " if model.encoder is not None else ""
    counted: set[int] = {id(p) for p in model.backbone.parameters()} if side == "encoder" else set()
    groups: dict[str, nn.Module | None] = {"embedding": stack.embed}
    groups |= {f"block {i}": block for i, block in enumerate(stack.blocks)}
    groups |= {"last norm": stack.norm, "distances": stack.bias, "pooler": stack.pooler}
    parts = []
    for name, module in groups.items():
        own = [(n, p) for n, p in module.named_parameters() if id(p) not in counted] if module is not None else []
        if own:
            parts.append(Drawn(prefix + name, sum(p.numel() for _, p in own), shapes(own)))
    return parts


def head_parts(model: Model) -> list[Drawn]:
    """The heads; one that only uses the embedding has no parameters of its own."""
    parts = []
    for name, head in model.heads.items():
        own = list(head.named_parameters())
        parts.append(Drawn(f"head {name}", sum(p.numel() for _, p in own), shapes(own) or message("the word embedding")))
    return parts


def shapes(parameters: list) -> str:
    """Names and shapes of the matrices, alike ones counted."""
    counts: dict[str, int] = {}
    for name, parameter in parameters:
        if parameter.ndim >= 2:
            short = name.removesuffix(".weight").split(".")[-1]
            key = f"{short} {' x '.join(map(str, parameter.shape))}"
            counts[key] = counts.get(key, 0) + 1
    return ", ".join(key if n == 1 else f"{n} {key}" for key, n in counts.items())


def shape_facts(config: TransformerConfig) -> dict:
    """The shape in words."""
    heads, inside = layer_by_layer(config.heads), layer_by_layer(config.widths)
    return {
        "layers": config.num_layers,
        "width": config.hidden_size,
        "heads": heads if config.kv_heads == config.num_heads else message("heads, of keys", heads=heads, keys=config.kv_heads),
        "inside": message(f"feed-forward {'gated' if config.gated else 'plain'}", width=inside, activation=config.activation),
        "norms": message(f"norm {config.norm_place}", norm=config.norm),
        "positions": type(config.positions).__name__,
        "longest": config.longest,
        "looks": message("looks back" if config.causal else "looks everywhere"),
    }


def layer_by_layer(numbers: Sequence[int]) -> int | str:
    """One number for all layers, or each layer's."""
    return numbers[0] if len(set(numbers)) == 1 else message("layer by layer", numbers=", ".join(map(str, numbers)))


def folder_facts(folder: Path) -> dict:
    """Where the folder comes from."""
    weights = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    facts: dict = {"weights": html.file_size(weights)}
    if is_ours(folder):
        manifest = read_manifest(folder)
        facts |= {"made by": f"groundup {manifest.versions.get('groundup', '')}".strip()}
    return facts


def tokenizer_facts(folder: Path) -> dict:
    """The tokenizer in words."""
    if not has_tokenizer(folder):
        return {"tokenizer": message("none")}
    encoder = load_tokenizer(folder)
    kind = type(encoder.tokenizer.model).__name__
    token_list = ", ".join(f"{role} {name}" for role, name in encoder.names.items())
    return {
        "tokenizer": message("tokenizer entries", kind=kind, count=encoder.vocab_size),
        "special tokens": token_list,
        "keeps texts": message("texts as they are" if encoder.verbatim else "texts without case or blanks"),
    }
