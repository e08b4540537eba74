"""Several classifiers on the same rows: one dictionary for report.json, from which the page and the terminal's table are made.

Shapes: N rows with a label, S systems.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from groundup.evaluate.bootstrap import DRAWS, METRICS, compare, intervals
from groundup.evaluate.evaluation import LENGTH, MOST_VALUES, OTHER_VALUES, apart, bucket_start, length_bucket
from groundup.evaluate.paired import SWAPS, holm, mcnemar, randomise
from groundup.evaluate.verdict import MIN_ROWS, rows_subject
from groundup.kinds.text.tfidf import TFIDF
from groundup.messages.translate import Translator, translator
from groundup.metrics.sums import ratio
from groundup.tasks.baselines.baseline import MAJORITY
from groundup.tasks.classification import LabelScores
from groundup.tasks.rows.label_column import in_order
from groundup.terminal.streams import table_of

LEVEL = 0.05  # corrected p below which a difference is called clear
MOST_SHOWN = 500  # differing rows on the page; answers.csv holds all
LONGEST_TEXT = 600


@dataclass
class System:
    """One contender's answers to all rows, and what is known of its cost."""

    name: str
    answers: list[str]  # [N] label names
    kind: str = "model"  # model, report or baseline
    facts: dict = field(default_factory=dict)  # parameters, bytes, seconds, leakage, openings ...; what is unknown is absent


@dataclass
class ComparedAnswers:
    """Rows with their labels as numbers, and every system's answers as such."""

    labels: list[str]
    targets: np.ndarray  # [N]
    answers: dict[str, np.ndarray]  # name -> [N]

    def right(self, name: str) -> np.ndarray:
        return self.answers[name] == self.targets

    def scores(self, name: str) -> LabelScores:
        return LabelScores(self.targets, self.answers[name], len(self.labels))


def comparison_report(
    systems: Sequence[System],
    texts: Sequence[Sequence[str]],
    names: Sequence[str],
    columns: Mapping[str, Sequence[object]],
    *,
    language: str = "en",
    seed: int = 0,
    **about: object,
) -> dict:
    """All figures of a comparison, as plain values for JSON. Every row has a label; `about` goes into the report as it is."""
    compared = number(systems, names)
    reports = [system_report(system, compared, seed) for system in systems]
    contenders = [system.name for system in systems if system.name != MAJORITY]
    pairs = holm_corrected([pair_report(one, other, compared, seed) for one, other in combinations(contenders, 2)])
    report = {
        "kind": "comparison",
        "language": language,
        "rows": len(names),
        "labels": compared.labels,
        "systems": reports,
        "pairs": pairs,
        "contenders": contenders,
        "level": LEVEL,
        "resamples": DRAWS,
        "swaps": SWAPS,
        "slices": slices(compared, texts, columns),
        "differing": differing_rows(compared, contenders, texts),
        **about,
    }
    return report | {"verdict": verdict(report)}


def number(systems: Sequence[System], names: Sequence[str]) -> ComparedAnswers:
    labels = in_order({*names, *(answer for system in systems for answer in system.answers)})
    numbers = {label: k for k, label in enumerate(labels)}

    def ids(values: Sequence[str]) -> np.ndarray:
        return np.array([numbers[value] for value in values], dtype=np.int64)

    return ComparedAnswers(labels, ids(names), {system.name: ids(system.answers) for system in systems})


def system_report(system: System, compared: ComparedAnswers, seed: int) -> dict:
    figures = intervals(compared.targets, compared.answers[system.name], len(compared.labels), seed)
    right = int(compared.right(system.name).sum())
    return {
        "name": system.name,
        "kind": system.kind,
        "right": right,
        **{name: figures[name].as_dict() for name in METRICS},
        **system.facts,
    }


def pair_report(one: str, other: str, compared: ComparedAnswers, seed: int) -> dict:
    """One system against another: differences with intervals, tests, and how often they agree."""
    ours, theirs = compared.right(one), compared.right(other)
    differences = compare(compared.targets, compared.answers[one], compared.answers[other], len(compared.labels), seed)
    return {
        "ours": one,
        "theirs": other,
        **{name: differences[name].as_dict() for name in METRICS},
        "mcnemar": mcnemar(ours, theirs).as_dict(),
        "randomised": randomise(compared.scores(one), compared.scores(other), seed),
        "agreement": ratio(int((compared.answers[one] == compared.answers[other]).sum()), len(ours)),
        "both_right": int((ours & theirs).sum()),
        "both_wrong": int((~ours & ~theirs).sum()),
    }


def holm_corrected(pairs: list[dict]) -> list[dict]:
    """The pairs, with the p of each test corrected for the number of pairs."""
    tests = {"mcnemar": [pair["mcnemar"]["exact"] for pair in pairs]}
    tests |= {f"randomised_{name}": [pair["randomised"][name] for pair in pairs] for name in METRICS}
    columns = {name: holm(values) for name, values in tests.items()}
    return [pair | {"corrected": {name: column[i] for name, column in columns.items()}} for i, pair in enumerate(pairs)]


def slices(
    compared: ComparedAnswers, texts: Sequence[Sequence[str]], columns: Mapping[str, Sequence[object]]
) -> dict[str, list[dict]]:
    """Per column and value: its rows, and the accuracy of each system on them. Rare values beyond the limit are one."""
    by_length = [length_bucket(sum(len(cell) for cell in text if isinstance(cell, str))) for text in texts]
    reports = {}
    for name, values in {LENGTH: by_length, **apart(columns)}.items():
        rows: dict[str, list[int]] = {}
        for row, value in enumerate(values):
            value_text = str(value)[:100]
            rows.setdefault(value_text if value_text in rows or len(rows) < MOST_VALUES else OTHER_VALUES, []).append(row)
        order = sorted(rows, key=lambda value: bucket_start(value) if name == LENGTH else -len(rows[value]))
        reports[name] = [
            {
                "value": value,
                "rows": len(rows[value]),
                "accuracy": {system: float(compared.right(system)[rows[value]].mean()) for system in compared.answers},
            }
            for value in order
        ]
    return reports


def differing_rows(compared: ComparedAnswers, contenders: Sequence[str], texts: Sequence[Sequence[str]]) -> dict:
    """Rows on which the contenders answer differently: those where fewest are right first."""
    answers = np.stack([compared.answers[name] for name in contenders])  # [S, N]
    rows = np.flatnonzero((answers != answers[0]).any(axis=0))
    right = answers == compared.targets
    order = rows[np.argsort(right[:, rows].sum(axis=0), kind="stable")]
    rows_shown = [
        {
            "row": int(row),
            "texts": [shortened(text) for text in texts[row]],
            "label": compared.labels[compared.targets[row]],
            "answers": [compared.labels[k] for k in answers[:, row]],
            "right": [name for name, hit in zip(contenders, right[:, row], strict=True) if hit],
        }
        for row in order[:MOST_SHOWN]
    ]
    return {"rows": len(rows), "shown": rows_shown}


def verdict(report: Mapping) -> str:
    """Which system is best, and from which of the others it is clearly distinguished."""
    t = translator(report["language"])
    systems = {system["name"]: system for system in report["systems"]}
    best = max(report["contenders"], key=lambda name: systems[name]["right"])
    if not report["rows"]:
        return t("no rows")
    if report["rows"] < MIN_ROWS:
        return t("too few to compare", rows=rows_subject(report["rows"], t))
    clear, close = [], []
    for pair in report["pairs"]:
        if best in (pair["ours"], pair["theirs"]):
            other = pair["theirs"] if pair["ours"] == best else pair["ours"]
            (clear if pair["corrected"]["mcnemar"] < LEVEL else close).append(shown_name(other, t))
    sentences = [
        t(
            "is best",
            name=shown_name(best, t),
            accuracy=f"{systems[best]['accuracy']['value']:.3f}",
            rows=f"{report['rows']:,}",
        )
    ]
    sentences += [t("clearly better than", names=", ".join(clear))] if clear else []
    sentences += [t("cannot be told from", names=", ".join(close))] if close else []
    return " ".join(sentences)


def shown_name(name: str, t) -> str:
    """Our baselines in the reader's language; systems as they are called."""
    return t(name) if name in (MAJORITY, TFIDF) else name


def table_lines(report: Mapping) -> list[str]:
    """The systems as a table for a terminal."""
    t = translator(report["language"])
    heads = [t("system"), t("accuracy"), t("interval"), t("macro_f1"), t("parameters"), "MiB"]
    rows = [[*heads, t("p50 shortly"), t("p95 shortly"), t("rows/s")]]
    for system in report["systems"]:
        accuracy, speed, size = system["accuracy"], system.get("speed") or {}, system.get("bytes")
        rows.append(
            [
                shown_name(system["name"], t),
                figure(accuracy["value"]),
                t("from to", low=figure(accuracy["low"]), high=figure(accuracy["high"])),
                figure(system["macro_f1"]["value"]),
                figure(system.get("parameters"), ",d"),
                figure(None if size is None else size / 2**20, ".1f"),
                figure(speed.get("p50_ms"), ".2f"),
                figure(speed.get("p95_ms"), ".2f"),
                figure(speed.get("rows_per_second"), ",.0f"),
            ]
        )
    return [*table_of(rows), *(pair_line(pair, t) for pair in report["pairs"])]


def pair_line(pair: Mapping, t: Translator) -> str:
    """Two systems beside each other, in a line."""
    d, test, fixed = pair["accuracy"], pair["mcnemar"], pair["corrected"]
    return t(
        "pair of systems",
        one=shown_name(pair["ours"], t),
        other=shown_name(pair["theirs"], t),
        difference=figure(d["value"], "+.4f"),
        span=t("from to", low=figure(d["low"], "+.4f"), high=figure(d["high"], "+.4f")),
        ours=test["only_ours"],
        theirs=test["only_theirs"],
        mcnemar=figure(fixed["mcnemar"]),
        randomised=figure(fixed["randomised_accuracy"]),
        agreement=figure(pair["agreement"], ".1%"),
    )


def figure(value: float | None, form: str = ".4f") -> str:
    return "-" if value is None else f"{value:{form}}"


def shortened(cell: object) -> str:
    """A cell as a report shows it."""
    text = "" if cell is None else str(cell)
    return text[:LONGEST_TEXT] + ("…" if len(text) > LONGEST_TEXT else "")


Judged = ComparedAnswers  # the former name, for one version
