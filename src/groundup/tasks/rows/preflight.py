"""What could spoil an experiment, in numbers and in lines: repeats, contradictions, leakage, labels never trained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from groundup.data.sources.records import Rejects, reasons_of
from groundup.data.splits.split import LEAK, LEFT_OUT, SPLITS, worst_leak
from groundup.errors import printable
from groundup.messages.current import message
from groundup.messages.nouns import counted, noun
from groundup.tasks.rows.label_column import in_order, variants
from groundup.tasks.rows.label_fit import variant_lines
from groundup.tasks.rows.labelled_rows import LabelledRows
from groundup.tasks.task import Task

LONGEST, SHOWN = 80, 10  # characters of a row in an example, and examples


def preflight(table: LabelledRows, rejects: Rejects, leaks: dict[str, dict] | None = None) -> dict:
    """What could spoil the experiment, in numbers; `leaks` where it is known already what leaks from split to split."""
    reader = table.reader
    equal = reader.equal_rows(table.texts)
    if leaks is None:
        train = table.texts_of("train")
        leaks = {split: reader.leaks(train, table.texts_of(split)).to_dict() for split in ("validation", "test")}
    labels = {split: table.task.label_counts(table.targets_of(split)) for split in SPLITS}
    unseen = in_order(name for split in ("validation", "test") for name in labels[split] if name not in table.labels)
    together = Counter(name for counts in labels.values() for name in Counter(counts).elements())
    return {
        "task": {"name": table.task.name, "facts": table.task.facts},
        "rows": len(table.texts),
        "reading": [*rejects.notes(), *table.task.notes],
        "faulty_rows": dict(rejects.counts),
        "splits": {s: table.count(s) for s in SPLITS} | {"left out": int((table.splits == LEFT_OUT).sum())},
        "left_out": {reason: count for reason, count in table.left_out.items() if count},
        "labels": labels,
        "kind": reader.kind,
        "repeated_texts": len(equal),
        "repeats": {"examples": most_repeated(table, equal), "stay_together": len(reader.repeats(table.texts)) == len(equal)},
        "conflicting_labels": conflicts(table, equal),
        "leakage": leaks,
        "parts": reader.may_hold_others,
        "labels_never_trained": unseen if table.labels else [],
        "label_variants": variants(together),
    }


def most_repeated(table: LabelledRows, equal: Mapping[int, int]) -> list[list]:
    """The rows that stand most often in a table, each with how often."""
    counts = Counter(equal.values())
    return [[table.reader.line(table.texts[row])[:LONGEST], count + 1] for row, count in counts.most_common(SHOWN)]


def conflicts(table: LabelledRows, equal: Mapping[int, int]) -> dict:
    """Rows that are equal to an earlier one and have another label: how many, and the first of them with both."""
    if table.task.writes:
        return {"rows": 0, "examples": []}
    pairs = [(first, row) for row, first in equal.items() if table.targets[first] != table.targets[row]]
    examples = [
        [table.reader.line(table.texts[pair[1]])[:LONGEST], *(Task.plain(table.targets[row])[:LONGEST] for row in pair)]
        for pair in pairs[:SHOWN]
    ]
    return {"rows": len(pairs), "examples": examples}


def in_split_order(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The counts of splits: training first, and last what is left out; a file keeps them by name."""
    return sorted(counts.items(), key=lambda pair: SPLITS.index(pair[0]) if pair[0] in SPLITS else len(SPLITS))


def labels_of_one_row(labels: Mapping[str, Mapping[str, int]]) -> str:
    """The labels that one row of all splits has, for people."""
    counts = Counter(name for per_label in labels.values() for name in Counter(per_label).elements())
    single = in_order(name for name, count in counts.items() if count == 1)
    listed = message("comma").join(printable(name, 40) for name in single[:8])
    return message("list and more", list=listed, count=len(single) - 8) if len(single) > 8 else listed


def preflight_lines(facts: dict) -> list[str]:
    """The preflight for people; what is wrong begins with a warning."""
    labels = facts["labels"]["train"]
    total = sum(labels.values())
    comma = message("comma")
    shares = comma.join(f"{name} {count / total:.1%}" for name, count in sorted(labels.items(), key=lambda p: -p[1])[:8])
    splits = [
        message("count of split", count=count, split=message(f"split {split}"))
        for split, count in in_split_order(facts["splits"])
    ]
    lines = [message("rows by split", rows=facts["rows"], splits=comma.join(splits))]
    lines.extend(facts.get("reading", ()))  # runs of older versions lack it
    if labels:
        shares = message("among others", list=shares) if len(labels) > 8 else shares
        lines.append(message("labels with shares", labels=shares))
    if single := labels_of_one_row(facts["labels"]):
        lines.append(message("labels of one row", labels=single))
    if facts["faulty_rows"]:
        lines.append(f"warning: {message('semicolon').join(reasons_of(facts['faulty_rows']))}")
    if facts["left_out"]:
        reasons = [message(f"unfit {reason}", count=count) for reason, count in facts["left_out"].items()]
        lines.append(message("not trained on", reasons=comma.join(reasons)))
    lines += equal_lines(facts)
    for split, leak in facts["leakage"].items():
        worst = worst_leak(leak) or 0.0
        if worst > LEAK:
            such = message("such as", example=leak["examples"][0]) if leak["examples"] else ""
            lines.append(leakage_line(worst, split, such, facts.get("parts", True)))
    lines += [message("variants learned apart", labels=line) for line in variant_lines(facts.get("label_variants", ()))]
    if facts["labels_never_trained"]:
        lines.append(message("labels never trained", labels=comma.join(facts["labels_never_trained"])))
    return lines


def equal_lines(facts: Mapping) -> list[str]:
    """What is said of rows that are equal to earlier ones. Equal rows of a table may be different cases."""
    count, found = facts["repeated_texts"], facts["conflicting_labels"]
    together = facts.get("repeats", {}).get("stay_together", True)  # facts of older versions lack it
    kind = facts.get("kind", "text") if together else "row"
    lines = []
    if count and together:
        lines.append(message("rows repeat", rows=counted(kind, count), count=count, earlier=noun(kind, 1)))
    elif count:
        lines.append(message("equal rows", count=count, example=facts["repeats"]["examples"][0][0]))
    if found["rows"]:
        text, one, other = found["examples"][0]
        values = {"rows": counted(kind, found["rows"]), "count": found["rows"], "text": text, "one": one, "other": other}
        lines.append(message("rows contradict", **values))
    return lines


def leakage_line(share: float, split: str, such: str, parts: bool) -> str:
    """How much of a split training has seen, and the way out; `parts` says whether a row may be a part of another one."""
    key = "texts leak" if parts else "rows leak"
    return message(key, share=share, split=message(f"split {split}"), such=such)
