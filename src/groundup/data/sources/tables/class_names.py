"""Names that a data set gives to the numbers of its classes, as Hugging Face's `datasets` keeps them (ClassLabel)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundup.errors import InputError, printable
from groundup.messages.current import message
from groundup.messages.translate import plural
from groundup.strict_json import Refused, read_json, strict
from groundup.strict_yaml import parse

ABOUT, CARD = "dataset_info.json", "README.md"
HEAD = re.compile(r"---\r?\n(.*?)\r?\n---\s*?(?:\n|\Z)", re.DOTALL)
LONGEST_CARD, DEEPEST = 2**20, 16
NUMBER = re.compile(r"-?[0-9]{1,9}")
SHOWN = 5


@dataclass(frozen=True)
class ClassNames:
    """The name of each class number. -1 is what `datasets` writes where there is no label."""

    names: tuple[str, ...]

    def note(self, column: str) -> str:
        """One sentence for people."""
        pairs = message("comma").join(
            message("number is name", number=number, name=printable(name, 30)) for number, name in enumerate(self.names[:SHOWN])
        )
        pairs = message("among others", list=pairs) if len(self.names) > SHOWN else pairs
        return message("class names given", column=column, pairs=pairs)

    def name(self, value: Any, column: str, place: str) -> Any:
        """The name of a number, of each number of a list."""
        if isinstance(value, list):
            return [self.name(one, column, place) for one in value]
        if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
            value = int(value)  # in a table of texts
        if value is None or isinstance(value, str) or value == -1:
            return None if value == -1 else value
        if not isinstance(value, int) or not 0 <= value < len(self.names):
            what = f"'{column}' holds {value}, and the data set names {plural(len(self.names), 'class', 'classes')}"
            raise InputError("NO_CLASS_NAME", place, what, "mend its features, or pass --read.class_names false")
        return self.names[value]


def names_in_schema(schema: Any) -> dict[str, ClassNames]:
    """Column -> names, of the schema of an Arrow or Parquet file."""
    try:
        about = strict((schema.metadata or {}).get(b"huggingface", b"null"))
    except Refused:
        return {}
    info = about.get("info") if isinstance(about, dict) else None
    return names_in_features(info.get("features") if isinstance(info, dict) else None)


def names_beside(folder: Path | None, tell: Callable[[str], None]) -> dict[str, ClassNames]:
    """Column -> names, of the `dataset_info.json` in a folder, else of the card (README.md) in it or above it. A card that
    cannot be read is told of: nobody asked for it."""
    if folder is not None and (folder / ABOUT).is_file():
        about = read_json(folder / ABOUT)
        return names_in_features(about.get("features") if isinstance(about, dict) else None)
    cards = [] if folder is None else [one / CARD for one in (folder, folder.absolute().parent) if (one / CARD).is_file()]
    try:
        return names_in_card(cards[0]) if cards else {}
    except InputError as error:
        tell(message("class names unread", file=CARD, what=error.what))
        return {}


def names_in_card(path: Path) -> dict[str, ClassNames]:
    """Column -> names, of the YAML at the head of a card. Where several configurations differ in a column, it has none."""
    with path.open("rb") as file:
        head = HEAD.match(file.read(LONGEST_CARD).decode("utf-8", "backslashreplace"))
    if head is None or "class_label" not in head[1]:
        return {}
    info = parse(head[1], path, DEEPEST).get("dataset_info")
    lists: dict[str, set[tuple[str, ...]]] = {}
    for one in info if isinstance(info, list) else [info]:
        features = one.get("features") if isinstance(one, dict) else None
        for feature in features if isinstance(features, list) else []:
            if isinstance(feature, dict) and (names := labels_of(feature)):
                lists.setdefault(str(feature.get("name")), set()).add(names)
    return {column: ClassNames(*several) for column, several in lists.items() if len(several) == 1}


def labels_of(feature: dict) -> tuple[str, ...]:
    """The names of a feature of a card, or of what a list of them holds, in the order of their numbers."""
    inner = next((feature[key] for key in ("dtype", "sequence", "list") if isinstance(feature.get(key), dict)), {})
    label = inner.get("class_label")
    if not isinstance(label, dict):
        return labels_of(inner) if inner else ()
    names = label.get("names")
    if isinstance(names, list):
        return tuple(map(str, names))
    known = {str(number): str(name) for number, name in names.items()} if isinstance(names, dict) else {}
    return tuple(known.get(str(number), "") for number in range(len(known)))


def names_in_features(features: Any) -> dict[str, ClassNames]:
    """Column -> names, of features as `datasets` writes them."""
    if not isinstance(features, dict):
        return {}
    names_by_column = {str(column): names_of(feature) for column, feature in features.items()}
    return {column: ClassNames(tuple(names)) for column, names in names_by_column.items() if names}


def names_of(feature: Any) -> Sequence[str] | None:
    """The names of a feature, or of what a list of them holds."""
    if isinstance(feature, list) and len(feature) == 1:
        return names_of(feature[0])
    if not isinstance(feature, dict):
        return None
    names = feature.get("names")
    if feature.get("_type") == "ClassLabel" and isinstance(names, list) and all(isinstance(name, str) for name in names):
        return names
    if feature.get("_type") in ("Sequence", "List", "LargeList"):
        return names_of(feature.get("feature"))
    return None
