"""A legal value of a setting that is not the one it has."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args, get_origin

from groundup.config import Bounds, OneOf, fields_of, groups_of, named_group, options


def kind_of(cls: type, name: str) -> Any:
    """The type of a dotted setting; of a group by name the part after the name counts."""
    first, _, rest = name.partition(".")
    kind = fields_of(cls)[first]
    if not rest:
        return kind
    if named := named_group(kind):
        return kind_of(named, rest.partition(".")[2])
    return kind_of(groups_of(kind)[0], rest)


def other(kind: Any, value: Any) -> Any:
    """A legal value of this type that differs."""
    for option in options(kind):
        if option is not type(None) and (found := other_of(option, value)) is not None:
            return found
    raise AssertionError(f"no other value of {kind} than {value}")


def other_of(kind: Any, value: Any) -> Any:
    if get_origin(kind) is Annotated:
        inner, *marks = get_args(kind)
        for mark in marks:
            if isinstance(mark, OneOf):
                return next(one for one in mark.names if one != value)
        bounds = next(mark for mark in marks if isinstance(mark, Bounds))
        tried = [1, 2, 3, 4, 8] if inner is int else [0.5, 0.25, 1.5]
        return next((one for one in tried if bounds.holds(one) and one != value), None)
    if get_origin(kind) is Literal:
        return next((one for one in get_args(kind) if one != value), None)
    if get_origin(kind) is tuple:
        one = other(get_args(kind)[0], value[0] if value else None)
        return [one]
    return {bool: not value, int: 3, float: 0.5, str: "something"}.get(kind)
