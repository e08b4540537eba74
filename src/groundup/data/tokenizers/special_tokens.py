"""Special tokens: their roles, their usual names, and which of them a text may become."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from tokenizers import Tokenizer

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]  # ids 0 to 4 (of a Unigram tokenizer: 0 for [UNK], else the last)
ROLES = ("pad", "unk", "cls", "sep", "mask")
KNOWN = {  # names by which foreign tokenizers call them
    "pad": ("[PAD]", "<pad>"),
    "unk": ("[UNK]", "<unk>"),
    "cls": ("[CLS]", "<s>"),
    "sep": ("[SEP]", "</s>"),
    "mask": ("[MASK]", "<mask>"),
}
CONTROL = {name for names in KNOWN.values() for name in names} | {"<|endoftext|>", "<bos>", "<eos>"}


def kept_tokens(tokenizer: Tokenizer, names: Mapping[str, str], template: str) -> frozenset[str]:
    """The special tokens that a text may become: all that were added but those which begin, end, part, fill, hide or replace
    text. One that stands in the template of chats is written by people, too."""
    control = CONTROL | {name for name in names.values() if name not in template}
    added = tokenizer.get_added_tokens_decoder().values()
    return frozenset(token.content for token in added if token.special and token.content not in control)


def with_description(tokenizer: Tokenizer, change: Callable[[dict], None]) -> Tokenizer:
    """A tokenizer whose description was changed."""
    value = json.loads(tokenizer.to_str())
    change(value)
    return Tokenizer.from_str(json.dumps(value, ensure_ascii=False))


def findable(tokenizer: Tokenizer, special_texts: frozenset[str], control: set[str]) -> Tokenizer:
    """The tokenizer with these special tokens as plain ones: the library finds all special tokens in text, or none."""
    added = tokenizer.get_added_tokens_decoder().values()
    if not any((token.content in special_texts) if token.special else (token.content in control) for token in added):
        return tokenizer

    def change(value: dict) -> None:
        for token in value["added_tokens"]:
            token["special"] = token["content"] in control or (token["special"] and token["content"] not in special_texts)

    return with_description(tokenizer, change)


def spelled(tokenizer: Tokenizer, control: set[str]) -> dict[int, list[int]]:
    """Control tokens that the model itself makes of plain text (pieces of Unigram), and the ids of their letters."""
    spellings = {}
    for name in control:
        i = tokenizer.token_to_id(name)
        if i is not None and any(i in tokenizer.encode(text, add_special_tokens=False).ids for text in (name, f"a{name} b")):
            letters = [tokenizer.token_to_id(letter) for letter in name]
            spellings[i] = [letter for letter in letters if letter is not None]
    return spellings


def special_names(names_in_files: Mapping[str, str], tokenizer: Tokenizer) -> dict[str, str]:
    """Role -> token, as the files name them, else by the well-known names."""
    names, vocabulary = dict(names_in_files), tokenizer.get_vocab(with_added_tokens=True)
    for role, candidates in KNOWN.items():
        if names.get(role) not in vocabulary:
            names[role] = next((c for c in candidates if c in vocabulary), "")
    return {role: name for role, name in names.items() if name and (role in ROLES or name in vocabulary)}
