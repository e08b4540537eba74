"""Where settings mean something: a group of settings says it once, as data, and what was given elsewhere is refused.

    unfit: ClassVar = (
        Unfit(lambda settings: not settings.rank, ("alpha", "dropout"), "needs a rank above 0"),
        Unfit("images", ("*",), "is for text", but=("size",)),
    )

The first kind is judged when settings are made (config.build); the second, a case by name, once inputs are open and the case is
known (`refuse`). A setting is given when its value is not its default.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING
from typing import Any, NamedTuple

from groundup.errors import InputError


class Unfit(NamedTuple):
    """Settings that mean nothing in a case."""

    when: Callable[[Any], object] | str
    """A question to the settings, or the name of a case that is known later."""
    names: tuple[str, ...]
    """Dotted names; a group stands for all that is in it, * for all settings of its class or, inside, for any name."""
    why: str
    """Ends the sentence that the name begins: `is for text, not for images`."""
    but: tuple[str, ...] = ()
    """Names that mean something nevertheless."""

    def means(self, name: str) -> bool:
        """Whether this setting is one of those."""
        return any(covers(one, name) for one in self.names) and not any(covers(one, name) for one in self.but)


def always(settings: Any) -> bool:
    """A rule that depends on nothing."""
    return True


NO_CHANCE = Unfit(always, ("seed",), "changes nothing: nothing that this command does hangs on chance")
ON_PROCESSOR = Unfit(lambda one: one.device not in ("auto", "cpu"), ("device",), "means nothing: this works on the processor")
ONE_THREAD = Unfit(always, ("threads",), "changes nothing: this command computes in one thread")


def settings_given(settings: Any) -> Iterator[str]:
    """Dotted names of the settings whose value is not the default. What is required has none, and is left out."""
    return (name for name, usual in with_default(settings) if not usual)


def at_default(settings: Any) -> set[str]:
    """Dotted names of the settings whose value is the default."""
    return {name for name, usual in with_default(settings) if usual}


def with_default(settings: Any, default: Any = MISSING, prefix: str = "") -> Iterator[tuple[str, bool]]:
    """(dotted name, whether it has its default) of the settings that have one."""
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        usual = getattr(default, field.name, MISSING) if default is not MISSING else default_of(field)
        if dataclasses.is_dataclass(value) and type(value) is type(usual):
            yield from with_default(value, usual, f"{prefix}{field.name}.")
        elif isinstance(value, dict):
            for name, inner in value.items():  # groups by names of the user's own
                yield from with_default(inner, prefix=f"{prefix}{field.name}.{name}.")
        elif usual is not MISSING:
            yield prefix + field.name, value == usual


def default_of(field: dataclasses.Field) -> Any:
    """What a field holds where nothing was given; MISSING where it is required."""
    return field.default_factory() if field.default_factory is not MISSING else field.default


def misfits(settings: Any, cases: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(dotted name, why) of each setting that was given and means nothing: as the settings say themselves or, with `cases`,
    in these. Groups inside are asked, too, where cases are; by themselves they were when they were made."""
    return list(reasons_against(settings, set(cases), list(settings_given(settings))).items())


def reasons_against(settings: Any, cases: set[str], names: list[str]) -> dict[str, str]:
    """Name -> why, of the `names` that were given."""
    reasons: dict[str, str] = {}
    for rule in getattr(settings, "unfit", ()):
        if rule.when in cases if isinstance(rule.when, str) else not cases and rule.when(settings):
            reasons = {name: rule.why for name in names if rule.means(name)} | reasons
    for field in dataclasses.fields(settings) if cases else ():
        inner, prefix = getattr(settings, field.name), f"{field.name}."
        if dataclasses.is_dataclass(inner):
            within = reasons_against(inner, cases, [name.removeprefix(prefix) for name in names if name.startswith(prefix)])
            reasons = {prefix + name: why for name, why in within.items()} | reasons
    return reasons


def covers(one: str, name: str) -> bool:
    """Whether a name of a rule stands for this setting."""
    parts, pattern = name.split("."), one.split(".")
    inside = len(pattern) <= len(parts) and all(ours in ("*", part) for ours, part in zip(pattern, parts, strict=False))
    return one == "*" or inside


def refuse(settings: Any, *cases: str, prefix: str = "") -> None:
    """Raise InputError that lists the given settings which mean nothing in these cases. `prefix` is put before the names of
    a group: `read.`."""
    reasons = {prefix + name: why for name, why in misfits(settings, cases)}
    if reasons:
        (name, why), *_ = reasons.items()
        problems = tuple(f"{name}: {why}" for name, why in reasons.items()) if len(reasons) > 1 else ()
        raise InputError("BAD_SETTING", name, why, problems=problems)
