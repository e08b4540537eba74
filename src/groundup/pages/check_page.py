"""What `groundup check` found, as lines for a terminal and as a page; both are made from what `report.json` holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from groundup import html, plots
from groundup.html import Html
from groundup.language import speaking
from groundup.messages.nouns import noun
from groundup.messages.translate import Translator, translator
from groundup.pages.heading import subtitle
from groundup.tasks.rows.label_column import in_order

KINDS = {"ruin": "bad", "warning": "warning", "note": ""}
SUSPECTS_SHOWN = 5  # in a terminal; the page shows more
MOST_LABELS = 50
PLAIN = {"READING", "BASELINE", "MISSING_CELLS"}  # findings that nobody need look at


def check_lines(report: Mapping) -> list[str]:
    """Sizes, findings and the first suspects, worst first."""
    t, facts = translator(report["language"]), report["preflight"]
    sizes = [t("count of split", count=count, split=t(f"split {name}")) for name, count in facts["splits"].items() if count]
    lines = [t("rows by split", rows=facts["rows"], splits=t("comma").join(sizes))]
    for finding in report["findings"]:
        lines.append(f"{t('level ' + finding['level'])}  {finding['code']}  {finding['text']}")
    for s in facts.get("suspects", {}).get("rows", [])[:SUSPECTS_SHOWN]:
        lines.append(f"    {s['given']} -> {s['suggested']} ({s['margin']:+.2f})  {s['text'][:80]!r}")
    if nothing_wrong(report["findings"]):
        lines.append(t("nothing wrong"))
    return lines


def nothing_wrong(found: Iterable[Mapping]) -> bool:
    """Whether the findings only say how the files were read, and what a simple method reaches."""
    return all(finding["level"] == "note" and finding["code"] in PLAIN for finding in found)


def check_page(report: Mapping) -> str:
    """The whole HTML document, in the report's language."""
    with speaking(report["language"]):
        t, facts = translator(report["language"]), report["preflight"]
        sections = [
            findings(report, t),
            *(part(facts, t) for part in (sizes, cells, lengths, contradictions, columns, suspects)),
            html.section(t("facts"), html.folded(t("settings"), shown_settings(report["settings"]))),
        ]
        size = f"{html.number(facts['rows'])} {t('rows')}"
        head = subtitle(report, [size], t)
        return html.page(t("check of the data"), [part for part in sections if part], head, report["language"])


def findings(report: Mapping, t: Translator) -> Html:
    lines = [html.paragraph(sentence_and_code(one), KINDS[one["level"]]) for one in report["findings"]]
    if nothing_wrong(report["findings"]):
        lines.insert(0, html.paragraph(t("nothing wrong"), "good"))
    return html.section(t("findings"), *lines)


def sentence_and_code(finding: Mapping) -> Html:
    """What was found, and behind it the code by which it is looked up."""
    return Html(html.escape(finding["text"]) + " " + html.tag("span", finding["code"], class_="checks"))


def sizes(facts: Mapping, t: Translator) -> Html:
    splits = [name for name in facts["labels"] if facts["splits"][name]]
    names = in_order(label for split in splits for label in facts["labels"][split])
    rows = [[label, *[facts["labels"][split].get(label, 0) for split in splits]] for label in names[:MOST_LABELS]]
    rows.append([t("rows"), *[facts["splits"][split] for split in splits]])
    bars = dict(sorted(facts["labels"].get("train", {}).items(), key=lambda pair: -pair[1])[:MOST_LABELS])
    table = html.table([t("label"), *splits], rows, strong=[len(rows) - 1])
    return html.section(t("labels"), html.side_by_side(table, plots.bar_chart(bars, t("training rows"))))


def lengths(facts: Mapping, t: Translator) -> Html | None:
    parts = []
    for name, stats in (("characters", facts["texts"].get("characters")), ("tokens", facts.get("tokens"))):
        if stats:
            known = {
                t("mean"): stats["mean"],
                t("median"): stats["median"],
                "95 %": stats["p95"],
                t("longest"): stats["longest"],
            }
            chart = plots.histogram(stats["counts"], stats["edges"], "", t(name))
            parts.append(html.subsection(t(name), html.side_by_side(chart, html.facts(known))))
    return html.section(t("lengths"), *parts) if parts else None


def contradictions(facts: Mapping, t: Translator) -> Html | None:
    """Rows that are equal, those of them with different labels, and what training shares with other splits."""
    blocks, row = [], noun(facts["kind"], 1)
    if facts["repeats"]["examples"]:
        blocks.append(html.table([row, t("rows")], facts["repeats"]["examples"], t("title of equal rows")))
    if facts["conflicting_labels"]["rows"]:
        blocks.append(
            html.table([row, t("label"), t("label")], facts["conflicting_labels"]["examples"], t("title of contradictions"))
        )
    kinds = ("exact", "near", "contained")
    rows = [[split, *[leak_cell(leak[kind], t) for kind in kinds]] for split, leak in facts["leakage"].items()]
    heads = [t(f"leak {kind}" if facts["parts"] else f"leak rows {kind}") for kind in kinds]
    blocks.append(html.table([t("split"), *heads], rows, t("leakage")))
    return html.section(t("repeats"), *blocks)


def leak_cell(share: float | None, t: Translator) -> str:
    return t("not measured") if share is None else html.percent(share)


def cells(facts: Mapping, t: Translator) -> Html | None:
    """Each column of the kinds that have some: what it is, and what is missing in it."""
    known = facts.get("cells")
    if not known:
        return None
    rows = [
        [
            one["name"],
            t(f"cells are {one['kind']}"),
            one["reason"],
            f"{one['missing']:,} ({html.percent(one['missing'] / max(1, known['rows']))})",
            one["distinct"],
            ", ".join(f"{value} ({count:,})" for value, count in one["frequent"]),
        ]
        for one in known["columns"]
    ]
    heads = [
        t(name) for name in ("column", "is a", "why this kind", "missing cells", "different values", "most frequent values")
    ]
    return html.section(t("columns of the table"), html.table(heads, rows))


def columns(facts: Mapping, t: Translator) -> Html | None:
    report_columns = facts.get("columns")
    if not report_columns:
        return None
    rows = [
        [name, one["values"], one["label_accuracy_by_value"], one["label_accuracy_by_order"]]
        for name, one in report_columns.items()
    ]
    heads = [t(name) for name in ("column", "different values", "told by value", "told by order")]
    return html.section(t("other columns"), html.table(heads, rows), html.paragraph(t("how columns tell")))


def suspects(facts: Mapping, t: Translator) -> Html | None:
    suspect_rows = facts.get("suspects")
    if not suspect_rows or not suspect_rows["rows"]:
        return None
    rows = [[s["row"] + 1, s["text"], s["given"], s["suggested"], s["margin"]] for s in suspect_rows["rows"]]
    heads = [t("row"), noun(facts["kind"], 1), *map(t, ("label", "suggested", "margin"))]
    doubted = suspect_rows.get("doubted", True)
    text = t(
        "how suspected" if doubted else "how surprising",
        method=suspect_rows["method"],
        count=html.number(suspect_rows["count"]),
        shown=len(rows),
        share=f"{100 * suspect_rows['share']:.1f}",
    )
    return html.section(t("doubtful labels" if doubted else "surprising labels"), html.paragraph(text), html.table(heads, rows))


def shown_settings(settings: Mapping) -> Html:
    groups = (dict, list, tuple)
    return html.facts({name: str(value) if isinstance(value, groups) else value for name, value in settings.items()})
