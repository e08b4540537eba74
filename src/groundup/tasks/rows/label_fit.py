"""Whether the labels of a table are those that a model knows, and whether labels of it are one, written in two ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from shlex import quote

from groundup.data.settings import LabelSettings
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from groundup.messages.current import message, place_text
from groundup.tasks.rows.label_column import WHOLE, fold_name
from groundup.tasks.task import Task

NAMED = 8  # labels that a message names


def fit_labels(occurring: Mapping[str, int], known: Sequence[str], place: str, rejects: Rejects, fix: str = "") -> None:
    """Refuse labels of which the model knows none, with what could be meant; note those it does not know among others.

    `occurring` are the labels of the table with their counts.
    """
    strange = {name: count for name, count in occurring.items() if name not in known}
    if not strange:
        return
    if len(strange) == len(occurring):
        raise InputError(
            "LABELS_DIFFER",
            place,
            f"holds {counts_of(strange)}, none of which the model knows: {join_labels(known)}",
            fix or f"say which are the same: {way_out(list(strange), known)}",
        )
    listed = message("comma").join(label_text(name, count, known) for name, count in list(strange.items())[:NAMED])
    listed = message("list and more", list=listed, count=len(strange) - NAMED) if len(strange) > NAMED else listed
    rejects.inform(
        message("labels unknown", place=place_text(place), labels=listed, fix=fix or message("rename says the same"))
    )


def counts_of(labels: Mapping[str, int]) -> str:
    counts_text = ", ".join(f"'{name}' ({count:,})" for name, count in list(labels.items())[:NAMED])
    return counts_text + (f" and {len(labels) - NAMED} more" if len(labels) > NAMED else "")


def join_labels(names: Sequence[str]) -> str:
    names_text = ", ".join(f"'{name}'" for name in names[:NAMED])
    return names_text + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def label_text(name: str, count: int, known: Sequence[str]) -> str:
    """A label with its rows, and what it differs from by case, width or blanks alone."""
    alike = [one for one in known if fold_name(one) == fold_name(name)]
    if alike:
        return message("label like another", name=name, count=count, other=alike[0])
    return message("label and rows", name=name, count=count)


def way_out(strange: Sequence[str], known: Sequence[str]) -> str:
    """The setting that would do: names of the numbers, or what is what; labels are never laid together unasked."""
    if all(WHOLE.fullmatch(name) and int(name) < len(known) for name in strange):
        more = " ..." if len(known) > NAMED else ""
        return " ".join(f"--label.names {quote(name)}" for name in known[:NAMED]) + f"{more} (in the order of the numbers)"
    meant = {name: next((one for one in known if fold_name(one) == fold_name(name)), "...") for name in strange[:NAMED]}
    return " ".join(f"--label.rename {quote(f'{name}={one}')}" for name, one in meant.items())


def unmet(task: Task, settings: LabelSettings, rejects: Rejects) -> None:
    """Note names that were to be other ones, and that no row has."""
    if missing := [old for old, _ in settings.renamed() if old not in task.renamed_labels]:
        rejects.inform(message("rename without row", labels=join_labels(missing)))


def variant_lines(groups: Iterable[Mapping[str, int]]) -> list[str]:
    """Labels that differ by case, width or blanks alone, a line for each group, with the setting that makes them one."""
    lines = []
    for group in groups:
        first, *others = group
        fix = " ".join(f"--label.rename {quote(f'{other}={first}')}" for other in others)
        lines.append(", ".join(f"'{name}' {count:,}" for name, count in group.items()) + f" ({fix})")
    return lines
