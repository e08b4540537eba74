"""Classes that the folders of others name: what a model calls them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from groundup.errors import InputError

MOST_SHOWN = 5  # unknown classes that a message names


def named_classes(path: str, labels: list[str]) -> Mapping[str, str]:
    """Class folder -> the model's name for it, from lines `n01440764 tench, Tinca tinca`: by that name where the model has it,
    else by the number of the line, which must then be as many as the model's classes."""
    try:
        lines = [line.strip() for line in Path(path).read_text("utf-8").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("CANNOT_OPEN", path, f"cannot be read: {error}", "name a text file") from None
    pairs = [(folder, name.strip()) for folder, _, name in (line.partition(" ") for line in lines)]
    twice = [folder for folder, count in Counter(folder for folder, _ in pairs).items() if count > 1]
    if twice:
        raise InputError("CLASS_TWICE", path, f"names {twice[0]} twice", "one line for each class")
    if all(name in labels for _, name in pairs):
        return dict(pairs)
    if len(pairs) != len(labels):
        odd = next(name for _, name in pairs if name not in labels)
        raise InputError(
            "CLASSES_DIFFER",
            path,
            f"has {len(pairs)} lines and calls a class '{odd}'",
            f"the model's names, or a line for each of its {len(labels)} classes in their order",
        )
    return {folder: label for (folder, _), label in zip(pairs, labels, strict=True)}


def refuse_strangers(data: str, targets: Sequence[str | None], labels: list[str]) -> None:
    """Classes of which the model knows none are another task, or have other names."""
    if not set(targets) & set(labels):
        theirs, ours = (", ".join(list(dict.fromkeys(map(str, names)))[:MOST_SHOWN]) for names in (targets, labels))
        raise InputError(
            "LABELS_DIFFER",
            data,
            f"has the classes {theirs} ..., and the model knows none of them",
            f"say with --synsets what they are called; the model's are {ours} ...",
        )
