"""What a check looks for in the labels: what a simple method learns of them, and the rows whose label it doubts."""

from __future__ import annotations

import numpy as np

from groundup.commands.check.finding import Finding, percent
from groundup.commands.check.settings import Check
from groundup.data import draws
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.messages.translate import translate_name, translator
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.suspects import find_suspects, out_of_fold
from groundup.terminal.live import phase

NOISE = 0.05  # share of labels that look wrong


def look_at_labels(settings: Check, table: LabelledRows) -> tuple[dict, dict, list[Finding]]:
    """The baseline's score by cross-validation, and the rows whose label it doubts."""
    rows, targets = known(table)
    if len(rows) > settings.baseline_rows:
        sample_rows = np.sort(np.argsort(draws.uniform(draws.key(settings.seed, "check"), rows))[: settings.baseline_rows])
        rows, targets = rows[sample_rows], targets[sample_rows]
    if len(np.unique(targets)) < 2:
        return {}, {}, []
    features = table.reader.features([table.texts[i] for i in rows])
    method = translate_name(features.name, translator(settings.language))
    try:
        with phase(message("scoring", method=method), announced=True):
            folds = out_of_fold(table.reader, [table.texts[i] for i in rows], targets, len(table.labels), seed=settings.seed)
    except InputError as error:
        return {}, {}, [Finding("NO_BASELINE", "warning", {"what": error.what})]
    accuracy, majority = float((folds.predictions() == targets).mean()), float(np.bincount(targets).max() / len(targets))
    suspects = find_suspects(folds.probabilities, targets)
    listed: list[dict] = [
        {
            "row": int(rows[s.row]),
            "text": table.reader.line(table.texts[rows[s.row]])[:300],
            "given": table.labels[s.given],
            "suggested": table.labels[s.suggested],
            "margin": s.margin,
        }
        for s in suspects.rows
    ]
    doubted = table.reader.equal_is_same  # two people of the same columns may well have different labels
    margin = 2 * (accuracy * (1 - accuracy) / len(rows)) ** 0.5  # about 95 % of what so many rows vary by
    values = {"method": method, "accuracy": f"{accuracy:.3f}", "majority": f"{majority:.3f}"}
    findings = [Finding("BASELINE", "note", values | {"rows": len(rows)})]
    if accuracy - margin <= majority:
        findings.append(Finding("NOTHING_LEARNED", "warning", values))
    elif listed:
        level = "warning" if suspects.share > NOISE and doubted else "note"
        first = listed[0]
        values = {"rows": len(listed), "share": percent(suspects.share), "text": first["text"][:80], "method": method}
        values |= {"given": first["given"], "suggested": first["suggested"]}
        findings.append(Finding("SUSPECTS" if doubted else "SURPRISING", level, values))
    facts = {"accuracy": accuracy, "majority": majority, "rows": len(rows), "seconds": folds.seconds}
    listing = {"method": method, "share": suspects.share, "count": len(listed), "rows": listed[:500], "doubted": doubted}
    return facts, listing, findings


def known(table: LabelledRows) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the rows whose label training has, and their label ids."""
    numbers = {label: k for k, label in enumerate(table.labels)}
    rows = np.array([i for i, name in enumerate(table.targets) if name in numbers], dtype=np.int64)
    return rows, np.array([numbers[str(table.targets[i])] for i in rows], dtype=np.int64)
