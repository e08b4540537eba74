"""What a check looks for in the texts of a table: lengths, broken encodings, personal data, texts that say their label."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from groundup.commands.check.finding import ANY_NUMBER, GIVEN_AWAY, Finding, percent
from groundup.commands.check.labels import known
from groundup.commands.check.settings import Check
from groundup.data.clean.personal import scrub
from groundup.data.splits import label_leaks
from groundup.tasks.rows.labelled_rows import LabelledRows

LONG = 0.05  # share of texts over the maximum length that is worth a warning
NAMED_ROWS = 0.5  # share of rows that hold a label's name from which the texts are said to tell it
WORD = "word"  # the unit of texts; of an image the name is none
SHOWN = 20  # examples in a report
REPAIRS = ("\ufffd", "Ã©", "â€", "&amp;", "&lt;", "&quot;", "&nbsp;", "<br")


def look_at_texts(table: LabelledRows) -> tuple[dict, list[Finding]]:
    """Lengths, signs of a broken encoding or of markup, personal data, and whether the text says its label outright; of rows
    that have a text."""
    held, joined = texts_of(table)
    if not joined:
        return {}, []
    lengths = np.array([len(text) for text in joined])
    broken = [row for row, text in enumerate(joined) if any(sign in text for sign in REPAIRS)]
    personal = sum(scrub(text) != text for text in joined)
    facts = {"characters": quantiles(lengths), "broken": len(broken), "personal": personal}
    findings = []
    if broken:
        findings.append(Finding("BROKEN_TEXT", "warning", {"rows": len(broken), "text": joined[broken[0]][:80]}))
    if personal:
        findings.append(Finding("PERSONAL", "note", {"rows": personal}))
    rows, targets = known(table)
    there = np.isin(rows, held)
    rows, targets = np.searchsorted(held, rows[there]), targets[there]  # places among the texts
    if len(table.labels) < 2:
        return facts, findings
    texts = [joined[i] for i in rows]
    naming, right = label_leaks.label_accuracy_by_name(texts, targets, table.labels)
    facts["named"] = {"rows": naming, "right": right}
    if naming >= NAMED_ROWS and right >= GIVEN_AWAY:
        findings.append(Finding("LABEL_IN_TEXT", "ruin", {"share": percent(naming), "right": percent(right)}))
    suspects = label_leaks.marks(texts, targets, table.labels)
    facts["marks"] = [asdict(mark) for mark in suspects[:SHOWN]]
    if suspects:
        values = {"word": suspects[0].word, "label": suspects[0].label, "inside": percent(suspects[0].inside)}
        findings.append(Finding("MARK", "warning", values | {"outside": percent(suspects[0].outside)}))
    share = label_leaks.label_accuracy_by_value(lengths[rows].tolist(), targets)
    facts["label_accuracy_by_length"] = share
    if share >= GIVEN_AWAY:
        findings.append(Finding("LENGTH_TELLS", "warning", {"share": percent(share)}))
    repeated = label_leaks.label_accuracy_by_value(texts, targets)
    if repeated >= GIVEN_AWAY and len(set(texts)) <= 2 * len(table.labels):
        findings.append(Finding("TEXT_IS_LABEL", "ruin", {"texts": len(set(texts)), "share": percent(repeated)}))
    return facts, findings


def texts_of(table: LabelledRows) -> tuple[np.ndarray, list[str]]:
    """Numbers of the rows that have a text, and these texts."""
    held: dict[int, str] = {}
    for one, rows in zip(table.reader.readers, table.reader.split(table.texts), strict=True):
        if one.unit == WORD:
            held |= {number: one.line(row) for number, row in enumerate(rows) if row is not None}
    return np.array(list(held), dtype=np.int64), list(held.values())


def lengths_in_tokens(settings: Check, table: LabelledRows) -> tuple[dict, list[Finding]]:
    """Tokens of the training rows as the model's tokenizer cuts them, and how many do not fit."""
    from groundup.data.tokenizers.load import load_tokenizer
    from groundup.evaluate.predictor import model_folder
    from groundup.kinds.text.packed import frame

    assert settings.model is not None
    encoder = load_tokenizer(model_folder(settings.model))
    pairs = zip(table.reader.readers, table.reader.split(table.texts_of("train")), strict=True)
    framed = frame([row for one, rows in pairs if one.unit == WORD for row in rows if row is not None], encoder, ANY_NUMBER)
    lengths = np.array([len(sequence) for sequence in framed.sequences])
    share = float((lengths > settings.max_length).mean()) if len(lengths) else 0.0
    facts = quantiles(lengths) | {"max_length": settings.max_length, "too_long": share}
    if not share:
        return facts, []
    values = {"share": percent(share), "limit": settings.max_length}
    return facts, [Finding("TOO_LONG", "warning" if share > LONG else "note", values)]


def quantiles(lengths: np.ndarray) -> dict:
    if not len(lengths):
        return {}
    counts, edges = np.histogram(lengths, bins=min(30, int(lengths.max()) + 1))
    return {
        "median": float(np.median(lengths)),
        "p95": float(np.quantile(lengths, 0.95)),
        "longest": int(lengths.max()),
        "mean": float(lengths.mean()),
        "counts": counts.tolist(),
        "edges": edges.tolist(),
    }
