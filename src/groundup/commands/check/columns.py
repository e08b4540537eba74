"""What a check looks for in the columns that no model reads: whether one of them tells the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from groundup.commands.check.finding import ANY_NUMBER, GIVEN_AWAY, Finding, percent
from groundup.commands.check.settings import Check
from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.data.splits import label_leaks
from groundup.tasks.rows.labelled_rows import LabelledRows


def look_at_columns(settings: Check, table: LabelledRows) -> tuple[dict[str, dict], list[Finding]]:
    """Whether a further column tells the label. It does no harm as long as no model reads it."""
    columns, names = further_columns(settings, table.reader.columns)
    labels = sorted(set(names))
    if len(labels) < 2:
        return {}, []
    targets = np.array([labels.index(name) for name in names])
    reports: dict[str, dict] = {}
    for name, values in columns.items():
        skeletons = [label_leaks.skeleton(value) for value in values]
        by_value = max(
            label_leaks.label_accuracy_by_value(values, targets), label_leaks.label_accuracy_by_value(skeletons, targets)
        )
        reports[name] = {
            "label_accuracy_by_value": by_value,
            "label_accuracy_by_order": label_leaks.label_accuracy_by_order(values, targets),
            "values": len(set(map(str, values))),
        }
    findings = []
    for name, one in reports.items():
        share = max(one["label_accuracy_by_value"], one["label_accuracy_by_order"] or 0)
        if one["values"] > 1 and share >= GIVEN_AWAY:
            findings.append(Finding("COLUMN_TELLS", "warning", {"column": name, "share": percent(share)}))
    return reports, findings


def further_columns(settings: Check, read_columns: Sequence[str]) -> tuple[dict[str, list], list[str]]:
    """The columns that are neither read nor the label, and the labels of the same rows. A cell that is missing is None."""
    rejects, columns, names = Rejects(), {}, []
    read: ReadSettings = replace(settings.read, max_rejects=ANY_NUMBER)
    for row in read_rows([settings.data], read, rejects, [*read_columns, settings.label_column]):
        label = row.values.get(settings.label_column)
        if row.fault is not None or label in (None, "") or isinstance(label, (dict, list)):
            continue
        for name in row.values.keys() - columns.keys() - {settings.label_column, *read_columns}:
            columns[name] = [None] * len(names)
        for name, values in columns.items():
            values.append(row.values.get(name))
        names.append(str(label))
        if len(names) == settings.baseline_rows:
            break
    return columns, names
