"""The tokenizer of a folder or of a tokenizer.json, tried before it is used."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer, models

from groundup.adapter_folder import sibling
from groundup.data.tokenizers.classes import make_tokenizer
from groundup.data.tokenizers.files import NAMED, TOKENIZER, read_files, read_tokenizer, token_text
from groundup.data.tokenizers.limits import guarded, quiet
from groundup.data.tokenizers.special_tokens import kept_tokens, special_names
from groundup.data.tokenizers.tokenizer import PROBE, Encoder, TokenizerOptions
from groundup.errors import InputError


def load_tokenizer(path: Path | str) -> Encoder:
    """The tokenizer of a data or model folder, of a run's model, or of a tokenizer.json alone."""
    path = Path(path)
    if path.is_file():
        return load_file(path)
    if not path.is_dir():
        raise InputError("NO_TOKENIZER", path, "is not there", "name a folder with a tokenizer.json")
    inner = path / "model"
    folder = inner if (inner / TOKENIZER).is_file() else sibling(path, TOKENIZER)
    files = read_files(folder)
    tokenizer, tokens_by_role, notes = make_tokenizer(files)
    names = {role: token_text(token) for role, token in tokens_by_role.items() if role in NAMED}
    special_texts = frozenset() if files.flag("split_special_tokens", False) else kept_tokens(tokenizer, names, files.template)
    files.choice("padding_side", ("left", "right"))
    cleans = files.flag("clean_up_tokenization_spaces", False) and not isinstance(tokenizer.model, models.BPE)
    manner = TokenizerOptions(
        special_texts,
        files.max_length,
        files.choice("truncation_side", ("left", "right")) or "right",
        bool(cleans),
        files.template,
        tuple(notes),
    )
    return checked_encoder(folder, tokenizer, special_names(names, tokenizer), manner)


def load_file(file: Path) -> Encoder:
    """The tokenizer of one file, whatever lies beside it."""
    value = read_tokenizer(file)
    with quiet(), guarded(file, "cannot be read", "save it again"):
        tokenizer = Tokenizer.from_str(json.dumps(value))
    names = special_names({}, tokenizer)
    return checked_encoder(file, tokenizer, names, TokenizerOptions(kept_tokens(tokenizer, names, "")))


def checked_encoder(place: Path, tokenizer: Tokenizer, names: dict[str, str], manner: TokenizerOptions) -> Encoder:
    """The encoder, after it read and wrote a few words: what the library panics at is refused here."""
    with quiet(), guarded(place, "cannot be used", "save it again"):
        encoder = Encoder(tokenizer, names, manner)
        ids = [encoder.framed(text) for text in (PROBE, "", "ß 中 😀 1,000")]
        encoder.tokenizer.encode("a", "b", add_special_tokens=True)
        encoder.decode([i for some in ids for i in some])
        return encoder
