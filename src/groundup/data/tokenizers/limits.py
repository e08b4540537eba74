"""What a tokenizer.json of other people may hold: checked before the library spends memory or time on it."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from tokenizers import Regex, pre_tokenizers

from groundup.errors import InputError, printable

MOST_ENTRIES = 2**20  # and no id is as large
LONGEST_TOKEN = 4096  # bytes
LONGEST_PATTERN = 4096
FLAGS = ("single_word", "lstrip", "rstrip", "normalized", "special")
SIZES = (16, 32, 64, 128, 256, 512, 1024)  # of the texts that a regular expression is tried on
PATIENCE = 0.05  # seconds of the processor for one of them; linear ones take a thousandth
LETTERS = " a1!\n\t'é中_\u3000"
REPEATED = re.compile(r"[*+]|\{\d+,\}|\{\d{2,}(,\d+)?\}")


@contextmanager
def quiet() -> Generator[None]:
    """Nothing reaches standard error: there the library writes a trace when it panics, before anybody can catch it."""
    if sys.stderr is None:  # closed before we began
        yield
        return
    sys.stderr.flush()
    before, silent = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silent, 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
        os.close(silent)


@contextmanager
def guarded(place: object, what: str, fix: str) -> Generator[None]:
    """The tokenizer library's errors as refusals. It raises plain Exception, and where it panics a BaseException of its own."""
    try:
        yield
    except InputError:
        raise
    except BaseException as error:
        panicked = type(error).__name__ == "PanicException"
        if not panicked and not isinstance(error, Exception):
            raise
        raise InputError("BAD_TOKENIZER", place, f"{what}: {printable(error)}", fix) from None


def check_tokenizer(value: object, place: Path) -> None:
    """Entries unique, ids whole, not negative and distinct, within the limits; regular expressions that take time in
    proportion to a text."""
    if not isinstance(value, dict) or not isinstance(value.get("model"), dict):
        refuse(place, "is not a tokenizer: it has no object 'model'")
    ids = entries_of(value["model"], place) | added_of(value.get("added_tokens"), place)
    if len(ids) > MOST_ENTRIES:
        refuse(place, f"has {len(ids):,} entries", f"{MOST_ENTRIES:,} entries")
    for token, i in ids.items():
        if len(token.encode("utf-8", "surrogatepass")) > LONGEST_TOKEN:
            refuse(place, f"has the entry '{printable(token, 40)}' of {len(token):,} letters", f"{LONGEST_TOKEN:,} bytes")
        if type(i) is not int or i < 0:
            refuse(place, f"has an id that is no whole number from 0 on: '{printable(token, 40)}' has {printable(repr(i), 40)}")
        if i >= MOST_ENTRIES:
            refuse(place, f"gives '{printable(token, 40)}' the id {i:,}", f"ids below {MOST_ENTRIES:,}")
    if len(set(ids.values())) < len(ids):
        refuse(place, f"has entries that share an id: {shared(ids)}")
    check_merges(value["model"].get("merges"), place)
    for where, pattern in patterns(value):
        check_pattern(pattern, f"{place}: {where}")


def refuse(place: object, what: str, limit: str = "") -> NoReturn:
    raise InputError("BAD_TOKENIZER", place, what, "save the tokenizer again, or fetch the file again", limit)


def entries_of(model: dict, place: Path) -> dict[str, Any]:
    """Token -> id of the model's own vocabulary."""
    vocab = model.get("vocab", {})
    if isinstance(vocab, dict):
        return dict(vocab)
    if not isinstance(vocab, list):
        refuse(f"{place}: model.vocab", "is neither an object nor a list")
    names = [pair[0] if isinstance(pair, list) and len(pair) == 2 else pair for pair in vocab]
    for number, (pair, name) in enumerate(zip(vocab, names, strict=True)):
        score = pair[1] if isinstance(pair, list) and len(pair) == 2 else 0
        if not isinstance(name, str) or isinstance(score, bool) or not isinstance(score, (int, float)):
            refuse(f"{place}: model.vocab[{number}]", "is not a piece with its score")
    return {name: number for number, name in enumerate(names)}


def added_of(added: object, place: Path) -> dict[str, Any]:
    """Token -> id of the tokens beside the model's."""
    if added is None:
        return {}
    if not isinstance(added, list):
        refuse(f"{place}: added_tokens", "is not a list")
    ids: dict[str, Any] = {}
    for number, token in enumerate(added):
        where = f"{place}: added_tokens[{number}]"
        if not isinstance(token, dict) or not isinstance(token.get("content"), str) or not token["content"]:
            refuse(where, "has no text under 'content'")
        if type(token.get("id")) is not int:
            refuse(where, f"'{printable(token['content'], 40)}' has no whole number under 'id'")
        check_flags(token, where)
        ids[token["content"]] = token["id"]
    return ids


def check_flags(token: dict, where: str) -> None:
    for flag in FLAGS:
        if not isinstance(token.get(flag, False), bool):
            refuse(f"{where}.{flag}", f"{printable(repr(token[flag]), 40)} is neither true nor false")


def check_merges(merges: object, place: Path) -> None:
    if merges is None:
        return
    if not isinstance(merges, list):
        refuse(f"{place}: model.merges", "is not a list")
    for number, merge in enumerate(merges):
        parts = merge.split(" ") if isinstance(merge, str) else merge
        if not isinstance(parts, list) or len(parts) != 2 or not all(isinstance(part, str) for part in parts):
            refuse(f"{place}: model.merges[{number}]", "is not a pair of tokens")


def shared(ids: dict[str, int]) -> str:
    """Two entries of one id."""
    known: dict[int, str] = {}
    for token, i in ids.items():
        if i in known:
            return f"'{printable(known[i], 40)}' and '{printable(token, 40)}' have {i}"
        known[i] = token
    return ""


def patterns(value: object, where: str = "") -> Iterator[tuple[str, str]]:
    """(place, text) of every regular expression in a tokenizer's description."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Regex" and isinstance(inner, str):
                yield where, inner
            elif key not in ("vocab", "merges", "added_tokens"):
                yield from patterns(inner, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from patterns(inner, f"{where}[{number}]")


def check_pattern(pattern: str, place: str) -> None:
    """Refuse a regular expression whose time grows much faster than a text: one that repeats what repeats or what may be read
    in several ways, one that refers back, and one that is slow on short texts of its own letters."""
    if len(pattern) > LONGEST_PATTERN:
        refuse(place, f"is a regular expression of {len(pattern):,} letters", f"{LONGEST_PATTERN:,}")
    if reason := ambiguous(pattern):
        refuse_pattern(place, pattern, reason)
    with guarded(place, "is no regular expression that the library reads", "save the tokenizer again"):
        split = pre_tokenizers.Split(Regex(pattern), "isolated")
    own = "".join(dict.fromkeys(letter for letter in pattern if letter.isprintable()))
    with quiet():
        try_out(split, own, pattern, place)


def try_out(split: pre_tokenizers.Split, own: str, pattern: str, place: str) -> None:
    """Short texts that grow, of one letter each and then all letters of the expression."""
    for letter in dict.fromkeys([*LETTERS, *filter(str.isalnum, own[:64])]):
        for size in SIZES:
            start = time.process_time()
            with guarded(place, "fails on a short text", "use a tokenizer with a simpler expression"):
                split.pre_tokenize_str(letter * size + "\u0001" + own)  # all that it asks for is there, and at the wrong place
            if time.process_time() - start > PATIENCE:
                refuse_pattern(place, pattern, f"takes longer than {PATIENCE:g} s on {size} letters")


def refuse_pattern(place: str, pattern: str, reason: str) -> None:
    raise InputError(
        "SLOW_PATTERN",
        place,
        f"the regular expression {printable(pattern, 60)} {reason}",
        "use a tokenizer whose expressions take time in proportion to a text",
    )


def ambiguous(pattern: str) -> str:
    """Why a regular expression may take exponential time; empty where nothing says so."""
    unclassed = re.sub(r"\\.", "x", re.sub(r"\\[1-9]|\\k<", "\0", pattern))
    if "\0" in unclassed:
        return "refers back to what it matched"
    unclassed = re.sub(r"\[\^?\]?(?:[^\[\]]|\[:?[^\]]*\])*\]", "x", unclassed)
    opened: list[bool] = []  # of each open group: whether it repeats something, or has alternatives
    at = 0
    while at < len(unclassed):
        letter = unclassed[at]
        if letter == "(":
            opened.append(False)
            at += 2 if unclassed[at + 1 : at + 2] == "?" else 1  # what makes a group special is no quantifier
            continue
        if letter == ")" and opened:
            inside = opened.pop()
            if REPEATED.match(unclassed, at + 1):
                if inside:
                    return "repeats a group that itself repeats something or has alternatives"
                inside = True
            if opened:
                opened[-1] |= inside
        elif opened and (letter in "|?" or REPEATED.match(unclassed, at)):
            opened[-1] = True
        at += 1
    return ""
