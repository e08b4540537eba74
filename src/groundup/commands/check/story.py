"""The story of a check: read and split as for fine-tuning, look at everything once, tell it by how bad it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from groundup.commands.check.cells import look_at_cells
from groundup.commands.check.columns import look_at_columns
from groundup.commands.check.finding import ANY_NUMBER, Finding, percent
from groundup.commands.check.labels import look_at_labels
from groundup.commands.check.settings import Check
from groundup.commands.check.texts import lengths_in_tokens, look_at_texts
from groundup.config import identity_settings, to_dict
from groundup.data.sources.records import Rejects
from groundup.data.splits.split import LEAK, worst_leak
from groundup.errors import InputError
from groundup.folders import check_output, new_folder
from groundup.kinds.known import reader_of_rows
from groundup.messages.nouns import counted, noun
from groundup.messages.translate import translator
from groundup.pages.check_page import check_lines, check_page
from groundup.runs import Outcome
from groundup.strict_json import canonical
from groundup.tasks.rows.label_fit import variant_lines
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.rows.preflight import preflight
from groundup.tasks.rows.splitting import Draw, choose_columns, learn, learn_reader, split_table, suspected_columns
from groundup.terminal.log import output

RARE = 0.05  # share of a class, and
FEW_ROWS = 10  # training rows of one, below which it is worth a warning
CONFLICTS = 0.01


@dataclass(repr=False)
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
    facts["cells"], new = look_at_cells(table)
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
    output("\n".join(check_lines(report)))
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
        fix = f". {error.fix}" if error.fix else ""
        yield Finding("UNFIT", "ruin", {"code": error.code, "place": error.place, "what": error.what, "fix": fix})


def faults(rejects: Rejects, settings: Check) -> Iterator[Finding]:
    """Rows that cannot be used: empty cells, broken records."""
    limit = rejects.read // 100 if settings.read.max_rejects is None else settings.read.max_rejects
    if not rejects.faults:
        return
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
    rows, together = facts["rows"], facts["repeats"]["stay_together"]
    kind = facts["kind"] if together else "row"
    if count := facts["repeated_texts"]:
        values = {"rows": counted(kind, count), "share": percent(count / rows)}
        values |= {"earlier": noun(kind, 1), "example": facts["repeats"]["examples"][0][0]}
        yield Finding("REPEATED" if together else "EQUAL_ROWS", "note", values)
    conflicts = facts["conflicting_labels"]
    if conflicts["rows"]:
        text, one, other = conflicts["examples"][0]
        level = "warning" if together and conflicts["rows"] > CONFLICTS * rows else "note"
        values = {"rows": counted(kind, conflicts["rows"]), "text": text, "one": one, "other": other}
        yield Finding("CONTRADICTIONS" if together else "EQUAL_ROWS_DIFFER", level, values)
    limit = settings.max_leakage
    for split, leak in facts["leakage"].items():
        worst = worst_leak(leak)
        if worst is not None and worst > LEAK:
            values = {"share": percent(worst), "split": split, "example": leak["examples"][0]}
            code = "LEAKAGE" if facts["parts"] else "LEAKING_ROWS"
            yield Finding(code, "ruin" if worst > limit else "warning", values)
    if unknown := [split for split, leak in facts["leakage"].items() if worst_leak(leak) is None]:
        yield Finding("LEAKAGE_NOT_MEASURED", "note", {"splits": ", ".join(unknown)})


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
