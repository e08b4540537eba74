"""The story of a check: read and split as for fine-tuning, look at everything once, tell it by how bad it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from groundup.commands.check.settings import Check
from groundup.config import identity_settings, to_dict
from groundup.data import draws
from groundup.data.clean.personal import scrub
from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.data.splits import label_leaks
from groundup.data.splits.split import LEAK
from groundup.errors import InputError
from groundup.folders import check_output, new_folder
from groundup.kinds.known import reader_of_rows
from groundup.machine import say
from groundup.messages.translate import translate_name, translator
from groundup.pages.check_page import check_lines, check_page
from groundup.runs import Outcome
from groundup.strict_json import canonical
from groundup.tasks.rows.label_fit import variant_lines
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.rows.preflight import preflight
from groundup.tasks.rows.splitting import Draw, choose_columns, learn, learn_reader, split_table, suspected_columns
from groundup.tasks.suspects import find_suspects, out_of_fold

ANY_NUMBER = 2**62  # of faulty rows: all are counted, and then judged by the limit
LONG = 0.05  # share of texts over the maximum length that is worth a warning
RARE = 0.05  # share of a class, and
FEW_ROWS = 10  # training rows of one, below which it is worth a warning
GIVEN_AWAY = 0.98  # share of labels that something tells from which it gives them away
NAMED_ROWS = 0.5  # share of rows that hold a label's name from which the texts are said to tell it
CONFLICTS = 0.01
NOISE = 0.05  # share of labels that look wrong
SHOWN = 20  # examples in a report
REPAIRS = ("\ufffd", "Ã©", "â€", "&amp;", "&lt;", "&quot;", "&nbsp;", "<br")


@dataclass(frozen=True)
class Finding:
    """One thing to know. `level` is ruin, warning or note; its sentence is in messages/data_check.py: `finding CODE`."""

    code: str
    level: str
    values: dict = field(default_factory=dict)


@dataclass
class Checked(Outcome):
    """What a check found; 2 where the run would be ruined."""

    ruined: bool = False

    @property
    def exit_code(self) -> int:
        return 2 if self.ruined else super().exit_code


def check(settings: Check) -> Checked:
    """Read, look, tell; nothing is changed, and only `--out` is written."""
    if settings.out is not None:
        check_output(Path(settings.out))
        if Path(settings.out).exists():
            raise InputError("OUTPUT_EXISTS", settings.out, "is already there", "choose a new folder")
    rejects, read = Rejects(), replace(settings.read, max_rejects=ANY_NUMBER)  # faulty rows are counted here, however many
    reader = reader_of_rows(settings.columns_by_kind, settings)
    choose_columns(settings, reader)
    table = split_table(replace(settings, read=read), Draw("classification", settings.seed), rejects, reader)
    unfit = list(fitness(table, settings, rejects))
    facts = preflight(table, rejects)
    findings = [*unfit, *reading(facts), *faults(rejects, settings), *splits(facts, settings), *classes(facts, table)]
    facts["texts"], new = look_at_texts(table)
    findings += new
    facts["columns"], new = look_at_columns(settings, table)
    findings += new
    if settings.model is not None:
        facts["tokens"], new = lengths_in_tokens(settings, table)
        findings += new
    if settings.baseline and not unfit:
        facts["baseline"], facts["suspects"], new = look_at_labels(settings, table)
        findings += new
    return tell(settings, facts, findings)


def tell(settings: Check, facts: dict, findings: Sequence[Finding]) -> Checked:
    """Terminal, report and exit code."""
    order = ("ruin", "warning", "note")
    t = translator(settings.language)
    entries = [asdict(f) | {"text": t(f"finding {f.code}", **f.values)} for f in findings]
    entries.sort(key=lambda finding: order.index(finding["level"]))
    report = {
        "kind": "check",
        "language": settings.language,
        "preflight": facts,
        "findings": entries,
        "settings": to_dict(settings),
    }
    print("\n".join(check_lines(report)))
    if settings.out is not None:
        with new_folder(Path(settings.out), kind="report", settings=identity_settings(settings)) as folder:
            folder.write_text("report.json", canonical(report))
            folder.write_text("report.html", check_page(report))
    ruined = any(finding["level"] == "ruin" for finding in entries)
    count = sum(finding["level"] == "warning" for finding in entries)
    lines = [t("worth knowing", count=count)] if count else []
    return Checked(Path(settings.out or settings.data), {"report": report}, lines, ruined)


# What is found


def fitness(table: LabelledRows, settings: Check, rejects: Rejects) -> Iterator[Finding]:
    """What fine-tuning itself would refuse: one class, an empty split, a column that holds no label or nothing to read. What
    the reader notes of its columns is told with what was read."""
    try:
        learn_reader(table, settings, rejects)
        learn(table, settings.data)
        for note in suspected_columns(table):
            rejects.inform(note)
    except InputError as error:
        yield Finding("UNFIT", "ruin", {"code": error.code, "place": error.place, "what": error.what})


def faults(rejects: Rejects, settings: Check) -> Iterator[Finding]:
    """Rows that cannot be used: empty cells, broken records."""
    if not rejects.faults:
        return
    limit = rejects.read // 100 if settings.read.max_rejects is None else settings.read.max_rejects
    values = {
        "rows": rejects.faults,
        "read": rejects.read,
        "limit": limit,
        "first": rejects.first[0]["place"],
        "what": rejects.first[0]["what"],
    }
    yield Finding("FAULTY_ROWS", "ruin" if rejects.faults > limit else "warning", values)


def reading(facts: dict) -> Iterator[Finding]:
    """What was inferred about the files, and what is probably wrong with them."""
    for note in facts["reading"]:
        plain = note.removeprefix("warning: ")
        yield Finding("READING", "note" if plain == note else "warning", {"told": plain})


def splits(facts: dict, settings: Check) -> Iterator[Finding]:
    """Repeats, contradictions, and what training shares with the later splits."""
    rows = facts["rows"]
    if facts["repeated_texts"]:
        yield Finding("REPEATED", "note", {"rows": facts["repeated_texts"], "share": percent(facts["repeated_texts"] / rows)})
    conflicts = facts["conflicting_labels"]
    if conflicts["rows"]:
        text, one, other = conflicts["examples"][0]
        level = "warning" if conflicts["rows"] > CONFLICTS * rows else "note"
        yield Finding("CONTRADICTIONS", level, {"rows": conflicts["rows"], "text": text, "one": one, "other": other})
    for split, leak in facts["leakage"].items():
        worst = max(leak["exact"], leak["near"], leak["contained"])
        if worst > LEAK:
            values = {"share": percent(worst), "split": split, "example": leak["examples"][0]}
            yield Finding("LEAKAGE", "ruin" if worst > settings.max_leakage else "warning", values)


def classes(facts: dict, table: LabelledRows) -> Iterator[Finding]:
    """Rare classes, and classes that a split lacks."""
    labels = facts["labels"]["train"]
    total = max(1, sum(labels.values()))
    if len(labels) < 2:
        return
    name, count = min(labels.items(), key=lambda pair: pair[1])
    few = [label for label, number in labels.items() if number < FEW_ROWS]
    if few:
        yield Finding("FEW_ROWS", "warning", {"limit": FEW_ROWS, "labels": ", ".join(map(str, few[:8])), "count": len(few)})
    elif count / total < RARE:
        yield Finding("IMBALANCE", "warning", {"label": name, "share": percent(count / total), "rows": count})
    for split in ("validation", "test"):
        missing = [label for label in table.labels if label not in facts["labels"][split]]
        if missing and facts["labels"][split]:
            yield Finding("NOT_IN_SPLIT", "warning", {"split": split, "labels": ", ".join(missing[:8]), "count": len(missing)})
    if facts["label_variants"]:
        yield Finding("LABEL_VARIANTS", "warning", {"labels": "; ".join(variant_lines(facts["label_variants"]))})
    if facts["labels_never_trained"]:
        yield Finding("NEVER_TRAINED", "warning", {"labels": ", ".join(facts["labels_never_trained"][:8])})


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
        if one.takes_texts:
            held |= {number: one.line(row) for number, row in enumerate(rows) if row is not None}
    return np.array(list(held), dtype=np.int64), list(held.values())


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


def lengths_in_tokens(settings: Check, table: LabelledRows) -> tuple[dict, list[Finding]]:
    """Tokens of the training rows as the model's tokenizer cuts them, and how many do not fit."""
    from groundup.data.tokenizers.load import load_tokenizer
    from groundup.evaluate.predictor import model_folder
    from groundup.kinds.text.packed import frame

    assert settings.model is not None
    encoder = load_tokenizer(model_folder(settings.model))
    pairs = zip(table.reader.readers, table.reader.split(table.texts_of("train")), strict=True)
    framed = frame([row for one, rows in pairs if one.takes_texts for row in rows if row is not None], encoder, ANY_NUMBER)
    lengths = np.array([len(sequence) for sequence in framed.sequences])
    share = float((lengths > settings.max_length).mean()) if len(lengths) else 0.0
    facts = quantiles(lengths) | {"max_length": settings.max_length, "too_long": share}
    if not share:
        return facts, []
    values = {"share": percent(share), "limit": settings.max_length}
    return facts, [Finding("TOO_LONG", "warning" if share > LONG else "note", values)]


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
    say(settings, f"scoring {method} by cross-validation")
    try:
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
    margin = 2 * (accuracy * (1 - accuracy) / len(rows)) ** 0.5  # about 95 % of what so many rows vary by
    values = {"method": method, "accuracy": f"{accuracy:.3f}", "majority": f"{majority:.3f}"}
    findings = [Finding("BASELINE", "note", values | {"rows": len(rows)})]
    if accuracy - margin <= majority:
        findings.append(Finding("NOTHING_LEARNED", "warning", values))
    elif listed:
        told_by_cells = table.reader.equal_is_same  # two people of the same columns may well have different labels
        level = "warning" if suspects.share > NOISE and told_by_cells else "note"
        first = listed[0]
        values = {"rows": len(listed), "share": percent(suspects.share), "text": first["text"][:80]}
        findings.append(Finding("SUSPECTS", level, values | {"given": first["given"], "suggested": first["suggested"]}))
    facts = {"accuracy": accuracy, "majority": majority, "rows": len(rows), "seconds": folds.seconds}
    return facts, {"method": method, "share": suspects.share, "count": len(listed), "rows": listed[:500]}, findings


def known(table: LabelledRows) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the rows whose label training has, and their label ids."""
    numbers = {label: k for k, label in enumerate(table.labels)}
    rows = np.array([i for i, name in enumerate(table.targets) if name in numbers], dtype=np.int64)
    return rows, np.array([numbers[str(table.targets[i])] for i in rows], dtype=np.int64)


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


def percent(share: float) -> str:
    return f"{100 * share:.1f}"
