"""Names that settings and their values had in earlier versions, and what they are called now. The old ones go on working.

The command line, the Python functions, recipes and settings files say a line about each old name (`current`). Folders that an
earlier version wrote are read without one (`current_keys`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

from groundup.config import OneOf, Variant, fields_of, groups_of, named_group, options, refusal, snake

SETTINGS = {  # the last part of the old name -> the last part of today's, in the same group
    "associated": "related_to",
    "at": "position",
    "average": "ema_decay",
    "beside": "other_model",
    "body": "block_flops",
    "by": "group_by",
    "calibrate": "calibration",
    "evaluations": "num_evaluations",
    "falls_from": "decay_start",
    "fewest_characters": "min_characters",
    "flat_until": "decay_start",
    "judge": "best_metric",
    "least_letters": "min_letters",
    "mirror": "horizontal_flip",
    "most_leakage": "max_leakage",
    "samples": "examples",
    "stay": "regularize",
    "thaw": "unfreeze_over",
    "untrained": "from_scratch",
    "watch": "log_only",
}
VALUES = {  # (the last part of today's name, the old value) -> today's value
    ("calibration", "false"): "none",
    ("calibration", "true"): "auto",
    ("method", "back"): "back_translation",
    ("shares", "even"): "uniform",
    ("shares", "free"): "global",
    ("task", "images"): "classification",  # of a folder of `groundup prepare`
}
NOW_CALLED = " is now called "  # what stands between the two names in a line
Inform = Callable[[str], None]


def current_name(name: str, known: Mapping[str, Any]) -> str:
    """Today's name of a setting, where `known` holds that and not the old one; any other name as it is."""
    new = SETTINGS.get(name, name)
    return new if new in known and name not in known else name


def current(cls: type, values: Mapping[str, Any], mistakes: list[str], inform: Inform, where: str = "") -> dict[str, Any]:
    """Nested values of settings under today's names; `inform` is given a line for each former one. Both at once: a mistake."""
    known, result = fields_of(cls), dict[str, Any]()
    names_set = {str(key).replace("-", "_") for key in values}
    for key, value in values.items():
        old = str(key).replace("-", "_")
        name = current_name(old, known)
        if name != old:
            inform(f"{where}{old}{NOW_CALLED}{where}{name}")
            if name in names_set:
                mistakes.append(f"{where}{name}: given twice, the second time as {where}{old}, its former name")
        inner = current_inside(known.get(name), value, mistakes, inform, f"{where}{name}.")
        result[key if name == old else name] = current_value(name, known.get(name), inner, inform, where)
    return result


def with_current_names(cls: type, values: Mapping[str, Any], inform: Inform) -> dict[str, Any]:
    """`current`, where nothing else is checked at once: raises InputError for what is given under both names."""
    mistakes: list[str] = []
    result = current(cls, values, mistakes, inform)
    if mistakes:
        raise refusal(mistakes)
    return result


def current_inside(kind: Any, value: Any, mistakes: list[str], inform: Inform, where: str) -> Any:
    """What one setting holds, under today's names: a group, one of several groups, or groups by names of the user's own."""
    named_kind, groups = named_group(kind), groups_of(kind)
    if isinstance(value, Variant):
        group = next((group for group in groups if snake(group.__name__) == value.name), None)
        return value if group is None else Variant(value.name, current(group, value.settings, mistakes, inform, where))
    if not isinstance(value, Mapping):
        return value
    if len(groups) == 1 and named_kind is None:
        return current(groups[0], value, mistakes, inform, where)
    inside = {snake(group.__name__): group for group in groups} if named_kind is None else dict.fromkeys(value, named_kind)
    return {
        name: current(inside[name], inner, mistakes, inform, f"{where}{name}.")
        if name in inside and isinstance(inner, Mapping)
        else inner
        for name, inner in value.items()
    }


def current_value(name: str, kind: Any, value: Any, inform: Inform, where: str) -> Any:
    """Today's value of a setting that takes one of several words; any other value as it is."""
    new = VALUES.get((name, plain_word(value)))
    legal = legal_words(kind)
    if new not in legal or value in legal:
        return value
    inform(f"{where}{name} {value}{NOW_CALLED}{new}")
    return new


def plain_word(value: Any) -> str:
    """A value as a word of a command line: a switch was one, too."""
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else ""


def legal_words(kind: Any) -> set[str]:
    """The words that a setting can be, where it takes one of several."""
    if get_origin(kind) is Annotated:
        return {word for one in get_args(kind)[1:] if isinstance(one, OneOf) for word in one.names}
    return {word for option in options(kind) if get_origin(option) is Literal for word in get_args(option)}


def current_keys(old: Mapping[str, Any], new: Mapping[str, Any] = {}) -> dict[str, Any]:
    """Dotted names and values that an earlier version wrote, as they are called today; names that `new` holds are."""
    names = {name: name if name in new else ".".join(SETTINGS.get(part, part) for part in name.split(".")) for name in old}
    return {names[name]: former_value(names[name], value, new) for name, value in old.items()}


def former_value(name: str, value: Any, new: Mapping[str, Any]) -> Any:
    """Today's word for a value that an earlier version wrote, unless `new` holds the same value."""
    unchanged = name in new and new[name] == value
    return value if unchanged else VALUES.get((name.rpartition(".")[2], plain_word(value)), value)
