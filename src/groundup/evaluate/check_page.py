"""What `groundup check` found, as lines for a terminal and as a page; both are made from what `report.json` holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groundup import html, plots
from groundup.html import Html
from groundup.tasks.label_column import in_order
from groundup.words import speaker

Say = Callable[..., str]

KINDS = {"ruin": "bad", "warning": "warning", "note": ""}
SUSPECTS_SHOWN = 5  # in a terminal; the page shows more
MOST_LABELS = 50


def lines(report: Mapping) -> list[str]:
    """Sizes, findings and the first suspects, worst first."""
    say, facts = speaker(report["language"]), report["preflight"]
    sizes = ", ".join(f"{name} {count:,}" for name, count in facts["splits"].items() if count)
    told = [f"{facts['rows']:,} {say('rows')}: {sizes}"]
    for finding in report["findings"]:
        told.append(f"{say('level ' + finding['level'])}  {finding['code']}  {finding['text']}")
    for s in facts.get("suspects", {}).get("rows", [])[:SUSPECTS_SHOWN]:
        told.append(f"    {s['given']} -> {s['suggested']} ({s['margin']:+.2f})  {s['text'][:80]!r}")
    if all(finding["level"] == "note" for finding in report["findings"]):
        told.append(say("nothing wrong"))
    return told


def page(report: Mapping) -> str:
    """The whole HTML document, in the report's language."""
    say, facts = speaker(report["language"]), report["preflight"]
    sections = [
        findings(report, say),
        *(part(facts, say) for part in (sizes, lengths, contradictions, columns, suspects)),
        html.section(say("facts"), html.folded(say("settings"), shown_settings(report["settings"]))),
    ]
    subtitle = f"{report['settings']['data']}: {html.number(facts['rows'])} {say('rows')}"
    return html.page(say("check of the data"), [part for part in sections if part], subtitle, report["language"])


def findings(report: Mapping, say: Say) -> Html:
    told = [html.paragraph(f"{f['code']}: {f['text']}", KINDS[f["level"]]) for f in report["findings"]]
    if all(f["level"] == "note" for f in report["findings"]):
        told.insert(0, html.paragraph(say("nothing wrong"), "good"))
    return html.section(say("findings"), *told)


def sizes(facts: Mapping, say: Say) -> Html:
    splits = [name for name in facts["labels"] if facts["splits"][name]]
    names = in_order(label for split in splits for label in facts["labels"][split])
    rows = [[label, *[facts["labels"][split].get(label, 0) for split in splits]] for label in names[:MOST_LABELS]]
    rows.append([say("rows"), *[facts["splits"][split] for split in splits]])
    bars = dict(sorted(facts["labels"].get("train", {}).items(), key=lambda pair: -pair[1])[:MOST_LABELS])
    table = html.table([say("label"), *splits], rows, strong=[len(rows) - 1])
    return html.section(say("labels"), html.side_by_side(table, plots.bar_chart(bars, say("training rows"))))


def lengths(facts: Mapping, say: Say) -> Html | None:
    parts = []
    for name, found in (("characters", facts["texts"]["characters"]), ("tokens", facts.get("tokens"))):
        if found:
            known = {
                say("mean"): found["mean"],
                say("median"): found["median"],
                "95 %": found["p95"],
                say("longest"): found["longest"],
            }
            drawn = plots.histogram(found["counts"], found["edges"], "", say(name))
            parts.append(html.subsection(say(name), html.side_by_side(drawn, html.facts(known))))
    return html.section(say("lengths"), *parts) if parts else None


def contradictions(facts: Mapping, say: Say) -> Html | None:
    """Equal texts with different labels, and texts that training shares with other splits."""
    blocks = []
    if facts["conflicting_labels"]["rows"]:
        blocks.append(html.table([say("text"), say("label"), say("label")], facts["conflicting_labels"]["examples"]))
    kinds = ("exact", "near", "contained")
    rows = [[split, *[html.percent(leak[kind]) for kind in kinds]] for split, leak in facts["leakage"].items()]
    blocks.append(html.table([say("split"), *[say(f"leak {kind}") for kind in kinds]], rows, say("leakage")))
    return html.section(say("repeats"), *blocks)


def columns(facts: Mapping, say: Say) -> Html | None:
    found = facts.get("columns")
    if not found:
        return None
    rows = [[name, one["values"], one["told_by_value"], one["told_by_order"]] for name, one in found.items()]
    heads = [say(name) for name in ("column", "different values", "told by value", "told by order")]
    return html.section(say("other columns"), html.table(heads, rows), html.paragraph(say("how columns tell")))


def suspects(facts: Mapping, say: Say) -> Html | None:
    found = facts.get("suspects")
    if not found or not found["rows"]:
        return None
    rows = [[s["row"] + 1, s["text"], s["given"], s["suggested"], s["margin"]] for s in found["rows"]]
    heads = [say(name) for name in ("row", "text", "label", "suggested", "margin")]
    told = say("how suspected", count=html.number(found["count"]), shown=len(rows), share=f"{100 * found['share']:.1f}")
    return html.section(say("doubtful labels"), html.paragraph(told), html.table(heads, rows))


def shown_settings(settings: Mapping) -> Html:
    groups = (dict, list, tuple)
    return html.facts({name: str(value) if isinstance(value, groups) else value for name, value in settings.items()})
