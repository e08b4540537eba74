"""What a check looks for in the columns that a model will read: missing cells, and columns that tell little."""

from __future__ import annotations

from groundup.commands.check.finding import Finding, percent
from groundup.tasks.rows.labelled_rows import LabelledRows

NEARLY_ALL = 0.95  # share of rows from which a column is nearly empty, or holds nearly one value alone
NAMED = 5  # columns by name in a sentence
LEFT_OUT = ("id", "constant", "text")  # kinds of columns that are not read, as the notes of reading say


def look_at_cells(table: LabelledRows) -> tuple[dict, list[Finding]]:
    """What each column is and what of it is missing, over all rows; empty for kinds without such columns."""
    facts: dict = {"rows": len(table.texts), "columns": []}
    for one, rows in zip(table.reader.readers, table.reader.split(table.texts), strict=True):
        there = [row for row in rows if row is not None]
        absent = len(rows) - len(there)  # rows without any cell of the kind
        columns = one.report(there).get("columns", [])
        facts["columns"] += [column | {"missing": column["missing"] + absent} for column in columns]
    return (facts, cell_findings(facts)) if facts["columns"] else ({}, [])


def cell_findings(facts: dict) -> list[Finding]:
    """Columns that tell little, and how many cells are missing in the others."""
    rows, findings, gaps = max(1, facts["rows"]), [], []
    for column in facts["columns"]:
        name, missing = column["name"], column["missing"]
        if column["kind"] in LEFT_OUT:
            continue
        value, count = column["frequent"][0] if column["frequent"] else ("", 0)
        if missing >= NEARLY_ALL * rows:
            findings.append(
                Finding("NEARLY_EMPTY", "warning", {"column": name, "rows": missing, "share": percent(missing / rows)})
            )
        elif count >= NEARLY_ALL * (rows - missing):
            values = {"column": name, "value": str(value)[:40], "share": percent(count / max(1, rows - missing))}
            findings.append(Finding("NEARLY_CONSTANT", "note", values))
        if missing:
            gaps.append((missing, name))
    if gaps:
        named = ", ".join(f"{name} {count:,} ({percent(count / rows)} %)" for count, name in sorted(gaps, reverse=True)[:NAMED])
        more = " ..." if len(gaps) > NAMED else ""
        total = sum(count for count, _ in gaps)
        findings.append(Finding("MISSING_CELLS", "note", {"cells": f"{total:,}", "columns": len(gaps), "named": named + more}))
    return findings
