"""Names that settings had in earlier versions, and what they are called now. The old ones go on working.

The command line, the Python functions, recipes and settings files say a line about each old name (`current`). Folders that an
earlier version wrote are read without one (`current_keys`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from groundup.config import Variant, fields_of, groups_of, named_group, refusal, snake

SETTINGS = {  # the last part of the old name -> the last part of today's, in the same group
    "average": "ema_decay",
    "evaluations": "num_evaluations",
    "falls_from": "decay_start",
    "flat_until": "decay_start",
    "judge": "best_metric",
    "mirror": "horizontal_flip",
    "stay": "regularize",
    "thaw": "unfreeze_over",
    "untrained": "from_scratch",
    "watch": "log_only",
}
Inform = Callable[[str], None]


def current_name(name: str, known: Collection[str]) -> str:
    """Today's name of a setting, where `known` holds that and not the old one; any other name as it is."""
    new = SETTINGS.get(name, name)
    return new if new in known and name not in known else name


def current(cls: type, values: Mapping[str, Any], mistakes: list[str], inform: Inform, where: str = "") -> dict[str, Any]:
    """Nested values of settings under today's names; `inform` is given a line for each former one. Both at once: a mistake."""
    known, result = fields_of(cls), dict[str, Any]()
    given = {str(key).replace("-", "_") for key in values}
    for key, value in values.items():
        old = str(key).replace("-", "_")
        name = current_name(old, known)
        if name != old:
            inform(f"{where}{old} is now called {where}{name}")
            if name in given:
                mistakes.append(f"{where}{name}: given twice, the second time as {where}{old}, its former name")
        result[key if name == old else name] = current_value(known.get(name), value, mistakes, inform, f"{where}{name}.")
    return result


def with_current_names(cls: type, values: Mapping[str, Any], inform: Inform) -> dict[str, Any]:
    """`current`, where nothing else is checked at once: raises InputError for what is given under both names."""
    mistakes: list[str] = []
    result = current(cls, values, mistakes, inform)
    if mistakes:
        raise refusal(mistakes)
    return result


def current_value(kind: Any, value: Any, mistakes: list[str], inform: Inform, where: str) -> Any:
    """The same for what one setting holds: a group, one of several groups, or groups by names of the user's own."""
    named, groups = named_group(kind), groups_of(kind)
    if isinstance(value, Variant):
        group = next((group for group in groups if snake(group.__name__) == value.name), None)
        return value if group is None else Variant(value.name, current(group, value.settings, mistakes, inform, where))
    if not isinstance(value, Mapping):
        return value
    if len(groups) == 1 and named is None:
        return current(groups[0], value, mistakes, inform, where)
    inside = {snake(group.__name__): group for group in groups} if named is None else dict.fromkeys(value, named)
    return {
        name: current(inside[name], inner, mistakes, inform, f"{where}{name}.")
        if name in inside and isinstance(inner, Mapping)
        else inner
        for name, inner in value.items()
    }


def current_keys(old: Mapping[str, Any], new: Collection[str] = ()) -> dict[str, Any]:
    """Dotted names that an earlier version wrote, as they are called today; those of `new` are."""
    return {name if name in new else ".".join(map(renamed_part, name.split("."))): value for name, value in old.items()}


def renamed_part(part: str) -> str:
    return SETTINGS.get(part, part)
