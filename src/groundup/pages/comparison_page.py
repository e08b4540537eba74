"""A comparison as a page: `page(report)` where `report` is what `report.json` of `groundup compare` holds.

The rows on which the systems differ are all in the page; its one script only hides and shows them, and is the only one that
the page's own policy lets run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from groundup import html, plots
from groundup.evaluate.comparison import figure, shown_name
from groundup.evaluate.evaluation import OTHER_VALUES
from groundup.evaluate.verdict import MIN_ROWS
from groundup.html import Html
from groundup.messages.translate import Translator, translator
from groundup.pages.heading import subtitle

BROWSE = """const rows = [...document.querySelectorAll("tr[data-right]")];
const [right, label, part, told] = ["right", "label", "part", "count"].map(name => document.getElementById(name));
function show() {
  const sought = part.value.toLowerCase();
  let count = 0;
  for (const row of rows) {
    row.hidden = (right.value !== "*" && row.dataset.right !== right.value) ||
      (label.value !== "*" && row.dataset.label !== label.value) || !row.textContent.toLowerCase().includes(sought);
    count += !row.hidden;
  }
  told.textContent = count;
}
for (const one of [right, label, part]) one.addEventListener("input", show);
document.getElementById("browse").hidden = false;
show();"""


def comparison_page(report: Mapping) -> str:
    """The whole HTML document; every text of it is in the report's language."""
    t = translator(report["language"])
    sections = [
        result(report, t),
        costs(report, t),
        pairs(report, t),
        slices(report, t),
        differing(report, t),
        html.section(t("facts"), html.folded(t("settings"), html.facts(report["settings"]))),
    ]
    size = t("size of it", rows=html.number(report["rows"]), classes=len(report["labels"]))
    script = BROWSE if report["differing"]["shown"] else ""
    return html.page(
        t("comparison"), [part for part in sections if part], subtitle(report, [size], t), report["language"], script
    )


def result(report: Mapping, t: Translator) -> Html:
    warned = [html.paragraph(alarm, "bad") for alarm in report["alarms"]]
    rows, bars, whiskers = [], {}, {}
    for system in report["systems"]:
        name = shown_name(system["name"], t)
        rows.append(
            [
                name,
                *(html.with_interval(html.rounded(system[one]), span(system[one], t)) for one in ("accuracy", "macro_f1")),
                system.get("ece"),
                share(system.get("leakage"), t),
                system.get("openings"),
            ]
        )
        bars[name] = system["accuracy"]["value"]
        if system["accuracy"]["low"] is not None:
            whiskers[name] = (system["accuracy"]["low"], system["accuracy"]["high"])
    heads = ("system", "accuracy", "macro_f1", "ece", "leakage", "openings")
    fair = report["rows"] >= MIN_ROWS and not report["alarms"]  # what saw the test rows in training wins nothing
    kind = "good" if fair else "" if report["alarms"] else "warning"
    best = max(bars, key=lambda name: bars[name]) if fair and bars else None
    return html.section(
        t("result"),
        *warned,
        html.paragraph(report["verdict"], kind),
        html.table([t(head) for head in heads], rows),
        plots.bar_chart(bars, t("accuracy"), whiskers, chosen=best),
    )


def costs(report: Mapping, t: Translator) -> Html:
    rows = []
    for system in report["systems"]:
        speed = system.get("speed") or {}
        rows.append(
            [
                shown_name(system["name"], t),
                t(f"kind {system['kind']}"),
                system.get("parameters"),
                html.file_size(system.get("bytes")),
                speed.get("p50_ms"),
                speed.get("p95_ms"),
                speed.get("rows_per_second"),
                html.duration(system.get("seconds")),
                html.duration(system.get("fit_seconds")),
            ]
        )
    heads = ("system", "kind", "parameters", "size on disk", "p50", "p95", "rows per second", "seconds for all", "fit seconds")
    timing = report["timing"]
    note = html.paragraph(t("how timed", rows=timing["rows"], rounds=timing["rounds"])) if timing["rows"] else None
    return html.section(t("cost"), html.table([t(head) for head in heads], rows), note)


def pairs(report: Mapping, t: Translator) -> Html:
    rows = []
    for pair in report["pairs"]:
        fixed, test = pair["corrected"], pair["mcnemar"]
        rows.append(
            [
                shown_name(pair["ours"], t),
                shown_name(pair["theirs"], t),
                minus(pair["accuracy"], t),
                minus(pair["macro_f1"], t),
                f"{test['only_ours']:,} / {test['only_theirs']:,}",
                figure(fixed["mcnemar"]),
                figure(fixed["randomised_accuracy"]),
                figure(fixed["randomised_macro_f1"]),
                share(pair["agreement"], t),
            ]
        )
    heads = (
        "one system",
        "other system",
        "difference in accuracy",
        "difference in macro_f1",
        "only one right",
        "mcnemar",
        "randomised",
        "randomised macro_f1",
        "agreement",
    )
    note = html.paragraph(t("how tested", pairs=len(rows), draws=report["resamples"], swaps=report["swaps"]))
    return html.section(t("in pairs"), html.table([t(head) for head in heads], rows), note)


def minus(difference: Mapping, t: Translator) -> Html:
    """A difference with its interval below; what rounds to nothing has no sign."""
    value = difference["value"]
    return html.with_interval(html.MISSING if value is None else f"{round(value, 3) + 0.0:+.3f}", span(difference, t, "+"))


def slices(report: Mapping, t: Translator) -> Html:
    names = [system["name"] for system in report["systems"]]
    tables = []
    for title, rows in report["slices"].items():
        blocks = [
            [
                t(OTHER_VALUES) if row["value"] == OTHER_VALUES else row["value"],
                row["rows"],
                *[row["accuracy"][name] for name in names],
            ]
            for row in rows
        ]
        heads = [t("value"), t("rows"), *[shown_name(name, t) for name in names]]
        tables.append(html.subsection(t("length") if title == "length" else title, html.table(heads, blocks)))
    return html.section(t("slices"), *tables)


def differing(report: Mapping, t: Translator) -> Html:
    """The rows on which systems differ, with what is needed to browse them."""
    rows = report["differing"]
    if not rows["shown"]:
        return html.section(t("where they differ"), html.paragraph(t("never differ")))
    text = t("differing rows", count=html.number(rows["rows"]), rows=html.number(report["rows"]), shown=len(rows["shown"]))
    names = [shown_name(name, t) for name in report["contenders"]]
    head = html.tag("tr", *[html.tag("th", name, scope="col") for name in ("#", t("text"), t("label"), *names)])
    body = [differing_row(row) for row in rows["shown"]]
    table = html.tag(
        "div", html.tag("table", html.tag("thead", head), html.tag("tbody", *body)), class_="wide over-760", tabindex=0
    )
    return html.section(t("where they differ"), html.paragraph(text), controls(rows["shown"], t), table)


def differing_row(row: Mapping) -> Html:
    cells = [
        html.tag("td", row["row"] + 1, class_="n"),
        html.tag("td", "\n".join(row["texts"]), class_="long"),
        html.tag("td", row["label"]),
    ]
    for answer in row["answers"]:
        mark = "✓" if answer == row["label"] else "✗"
        cells.append(html.tag("td", f"{mark} {answer}"))
    return html.tag("tr", *cells, data_right=" + ".join(row["right"]), data_label=row["label"])


def controls(rows: list[Mapping], t: Translator) -> Html:
    """Who is right, which label, and a part of the text; hidden until the script runs."""
    right = Counter(" + ".join(row["right"]) for row in rows)
    labels = Counter(row["label"] for row in rows)
    options = {" + ".join(row["right"]): [shown_name(name, t) for name in row["right"]] for row in rows}
    who = {key: " + ".join(names) or t("nobody") for key, names in options.items()}
    chosen = [
        select("right", t("who is right"), who, right, t),
        select("label", t("label"), {name: name for name in labels}, labels, t),
    ]
    sought = html.tag("label", t("text"), " ", Html('<input id="part" type="search">'))
    count = html.tag("span", html.tag("strong", len(rows), id="count"), " ", t("rows"))
    return html.tag("p", *[part for piece in (*chosen, sought, count) for part in (piece, " ")], id="browse", hidden="hidden")


def select(name: str, title: str, options: Mapping[str, str], counts: Mapping[str, int], t: Translator) -> Html:
    elements = [html.tag("option", t("all of them"), value="*")]
    elements += [html.tag("option", f"{label} ({counts[key]})", value=key) for key, label in options.items()]
    return html.tag("label", title, " ", html.tag("select", *elements, id=name))


def span(interval: Mapping, t: Translator, sign: str = "") -> str:
    if interval["low"] is None:
        return html.MISSING
    return t("from to", low=f"{interval['low']:{sign}.3f}", high=f"{interval['high']:{sign}.3f}")


def share(value: float | None, t: Translator) -> str:
    return html.MISSING if value is None else t("percent", value=f"{100 * value:.1f}")
