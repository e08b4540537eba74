"""A report as a page: `page(report)` where `report` is what `report.json` holds, of a classifier or of any other task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from groundup import html, plots
from groundup.evaluate.evaluation import OTHER_VALUES
from groundup.evaluate.report import CLASS_REPORT, main_figures
from groundup.html import Html
from groundup.messages.translate import Translator, named_facts, translate_name, translator
from groundup.pages.calibration_section import calibration_section
from groundup.pages.decisions import decisions
from groundup.pages.heading import subtitle
from groundup.pages.picture import small_picture
from groundup.pages.training_values import short_values
from groundup.train.hyperparameters import summary_line

GOOD_OUTCOMES = ("wins", "ahead")
BAD_ALARMS = ("collapsed", "empty answers", "same answers", "label map", "unseen labels", "leaking")


def evaluation_page(report: Mapping) -> str:
    """The whole HTML document; every text of it is in the report's language."""
    t = translator(report["language"])
    classes = report["kind"] == CLASS_REPORT
    sections = [
        result(report, t),
        against_baselines(report, t),
        kinds(report, t),
        *([per_class(report, t), confusion(report, t)] if classes else [further_figures(report, t)]),
        calibration_section(report, t),
        *([decisions(report, t), slices(report, t)] if classes else []),
        training(report["history"], t),
        worst_errors(report, t),
        data(report, t),
        run(report, t),
    ]
    rows = html.number(report["rows"]["scored"])
    size = t("size of it", rows=rows, classes=len(report["labels"])) if classes else t("rows of it", rows=rows)
    title = report["title"] or t("classification report" if classes else "report")
    return html.page(title, [part for part in sections if part], subtitle(report, [size], t), report["language"])


def result(report: Mapping, t: Translator) -> Html:
    outcome = report["verdict"]["outcome"]
    kind = "good" if outcome in GOOD_OUTCOMES else "warning"
    warned = [html.paragraph(alarm["text"], "bad" if alarm["code"] in BAD_ALARMS else "warning") for alarm in report["alarms"]]
    sure = t("percent", value="95")
    cards = [(t(n), html.rounded(figure), f"{sure}: {span(figure, t)}") for n, figure in main_figures(report).items()]
    if "top5" in report:
        cards.append((t("top5"), report["top5"]["value"], f"{sure}: {span(report['top5'], t)}"))
    if "calibration" in report:
        cards.append((t("ece"), report["calibration"]["ece"], ""))
    cards.append((t("rows"), report["rows"]["scored"], ""))
    if report["leakage"] is not None:
        cards.append((t("leakage"), t("percent", value=f"{100 * report['leakage']:.1f}"), ""))
    if report["test_openings"] is not None:
        cards.append((t("openings"), report["test_openings"], ""))
    return html.section(t("result"), html.paragraph(report["verdict"]["text"], kind), *warned, html.figures(cards))


def span(figure: Mapping, t: Translator, sign: str = "") -> str:
    if figure["low"] is None:
        return html.MISSING
    return t("from to", low=f"{figure['low']:{sign}.3f}", high=f"{figure['high']:{sign}.3f}")


def against_baselines(report: Mapping, t: Translator) -> Html | None:
    if not report["baselines"]:
        return None
    metric, names = report["metric"], list(main_figures(report))
    systems = {t("this model"): report, **{translate_name(b["name"], t): b for b in report["baselines"]}}
    figures = {name: main_figures(entry, names) for name, entry in systems.items()}
    main = {name: main_figures(entry, [metric])[metric] for name, entry in systems.items()}
    bars = {name: figure["value"] for name, figure in main.items()}
    whiskers = {name: (figure["low"], figure["high"]) for name, figure in main.items() if figure["low"] is not None}
    columns = ("system", *names, "difference", "p", "fit seconds")
    rows = []
    for name, entry in systems.items():
        difference = entry.get("difference", {}).get(metric)
        seconds = entry.get("seconds")
        rows.append(
            [
                name,
                *(html.with_interval(html.rounded(figure), span(figure, t)) for figure in figures[name].values()),
                "" if difference is None or difference["value"] is None else minus(difference, t),
                "" if difference is None or difference["p"] is None else f"{difference['p']:.3f}",
                "" if seconds is None else html.duration(seconds),
            ]
        )
    return html.section(
        t("against baselines"),
        html.table([t(column) for column in columns], rows, strong=[0]),
        plots.bar_chart(bars, t(metric), whiskers, chosen=t("this model"), best=highest(bars)),
    )


def highest(bars: Mapping[str, float | None]) -> str | None:
    """The system whose figure is higher than all others; None where several share it. (Of every task's main figure more is
    better.)"""
    known = {name: value for name, value in bars.items() if value is not None}
    first = [name for name, value in known.items() if value == max(known.values())]
    return first[0] if len(first) == 1 else None


def minus(difference: Mapping, t: Translator) -> Html:
    """A difference with its interval below."""
    return html.with_interval(f"{round(difference['value'], 3) + 0.0:+.3f}", span(difference, t, "+"))


def kinds(report: Mapping, t: Translator) -> Html | None:
    """What each kind of input is worth: figures of rows that are read without the others."""
    if not report.get("kinds"):
        return None
    subsets = {" + ".join(t(f"kind {kind}") for kind in one["kinds"]): one for one in report["kinds"]}
    names = list(report["kinds"][0]["figures"])
    main = report["kinds"][0].get("metric", names[0])  # of which the differences are
    others = [name for name in names if name != main]
    rows = [
        [
            name,
            one["rows"],
            html.with_interval(html.rounded(one["figures"][main]), span(one["figures"][main], t)),
            "" if one["difference"] is None else minus(one["difference"], t),
            *(html.rounded(one["figures"][other]) for other in others),
        ]
        for name, one in subsets.items()
    ]
    columns = [t("kinds read"), t("rows"), translate_name(main, t), t("minus whole rows")]
    table = html.table([*columns, *(translate_name(other, t) for other in others)], rows, strong=[0])
    figures = {name: one["figures"][main] for name, one in subsets.items()}
    bars = {name: figure["value"] for name, figure in figures.items()}
    whiskers = {name: (one["low"], one["high"]) for name, one in figures.items() if None not in (one["low"], one["high"])}
    chart = plots.bar_chart(bars, translate_name(main, t), whiskers)
    return html.section(t("kinds of input"), html.paragraph(t("kinds explained")), table, chart)


def further_figures(report: Mapping, t: Translator) -> Html | None:
    """Figures that are not shown above, those of each label or type in a table of their own."""
    figures = report["figures"]
    parts = [part for part in ("precision", "recall", "f1") if any(f"{part}_{label}" in figures for label in report["labels"])]
    each = [
        [label, *(figures[f"{part}_{label}"]["value"] for part in parts), span(figures[f"f1_{label}"], t)]
        for label in report["labels"]
        if f"f1_{label}" in figures
    ]
    names_above = {f"{part}_{label}" for part in parts for label in report["labels"]} | set(report["shown"])
    rows = [
        [translate_name(name, t).replace("_", " "), figure["value"], span(figure, t)]
        for name, figure in figures.items()
        if name not in names_above
    ]
    if not each and not rows:
        return None
    columns = [t("label"), *map(t, parts), t("interval")]
    by_label = html.subsection(t("by label"), html.table(columns, each)) if each else None
    others = html.table([t("figure"), t("value"), t("interval")], rows) if rows else None
    return html.section(t("further figures"), others, by_label)


def per_class(report: Mapping, t: Translator) -> Html:
    unseen = report["unseen_labels"]
    columns = ("label", "precision", "recall", "f1", "support", "predicted")
    rows = [
        [
            f"{row['label']} ({t('unseen')})" if row["label"] in unseen else row["label"],
            *[row[c] for c in columns[1:]],
        ]
        for row in report["classes"]
    ]
    counted = [report["rows"]["scored"], report["rows"]["scored"]]
    for average in ("macro", "weighted", "micro"):
        rows.append([t(average), *[report[average][name] for name in ("precision", "recall", "f1")], *counted])
    averaged, names = report["macro"]["averaged"]["f1"], [row["label"] for row in report["classes"]]
    missing = [name for name in names if name not in set(averaged)]
    left_out = t("left out", labels=", ".join(missing[:10]) + (" …" if len(missing) > 10 else "")) if missing else ""
    values = {"number": len(averaged), "classes": len(names), "left_out": left_out, "draws": report["resamples"]}
    last = range(len(rows) - 3, len(rows))
    return html.section(
        t("classes"),
        html.table([t(column) for column in columns], rows, strong=last),
        html.paragraph(t("macro averages", **values)),
        html.facts({t("matthews"): report["matthews"]}),
    )


def confusion(report: Mapping, t: Translator) -> Html:
    labels = [row["label"] for row in report["classes"]]
    chart = plots.confusion_matrix(labels, report["confusion"], "", t("true"), t("predicted"))
    cut = None
    if len(labels) > plots.MOST_CLASSES:
        cut = html.paragraph(t("cut matrix", shown=plots.MOST_CLASSES, classes=len(labels)))
    pairs = [[pair["label"], pair["predicted"], pair["count"]] for pair in report["most_confused"]]
    table = html.table([t("true"), t("predicted"), t("count")], pairs) if pairs else None
    listed = html.subsection(t("most confused"), table) if table and len(labels) > 2 else None
    return html.section(t("confusion"), chart, cut, listed)


def slices(report: Mapping, t: Translator) -> Html | None:
    shown = report.get("decisions", {}).get("groups", {})  # whose accuracy stands beside their other figures
    kept = {name: rows for name, rows in report["slices"].items() if name not in shown}
    if not kept:
        return None
    tables = []
    for name, rows in kept.items():
        cells = [[row["value"], row["rows"], row["accuracy"]] for row in rows]
        cells = [[t(OTHER_VALUES) if value == OTHER_VALUES else value, *rest] for value, *rest in cells]
        heading = t("length") if name == "length" else name
        tables.append(html.subsection(heading, html.table([t("value"), t("rows"), t("accuracy")], cells)))
    return html.section(t("slices"), html.side_by_side(*tables))


def worst_errors(report: Mapping, t: Translator) -> Html:
    errors = report["worst_errors"]
    if not errors:
        return html.section(t("worst errors"), html.paragraph(t("no errors")))
    classes = report["kind"] == CLASS_REPORT
    kind = ".3f" if classes else ".3g"
    rows = [[row_of(e), e["label"], e["predicted"], f"{e['confidence']:{kind}}"] for e in errors]
    first = row_heading(errors)
    note = html.paragraph(t("what cells tell")) if first == "telling cells" else None
    columns = (first, "label", "predicted", "confidence" if classes else "wrong by")
    heading = t("worst errors" if classes else "worst answers")
    return html.section(heading, note, html.table([t(column) for column in columns], rows))


def row_heading(errors: Sequence[Mapping]) -> str:
    """What is shown of rows: texts, or what else the report tells of them."""
    if not any(error.get("cells") for error in errors):
        return "text"
    known = any(cell["effect"] is not None for error in errors for cell in error["cells"])
    return "telling cells" if known else "image" if any(error["pictures"] for error in errors) else "cells"


def row_of(error: Mapping) -> object:
    """A row that was answered wrongly: its texts, or its pictures and cells."""
    if not error.get("cells"):
        return "\n".join(error["texts"])
    pictures = error["pictures"]
    blocks = [small_picture(address, column) for column, address in pictures.items()]
    for cell in error["cells"]:
        name = html.tag("span", f"{cell['column']} = ", class_="soft")
        blocks.append(html.tag("div", name, cell["cell"]))
    return html.tag("div", *blocks, class_="cells")


def training(history: Iterable[Mapping], t: Translator) -> Html | None:
    """Curves from the events of a run: losses (training and validation), validation figures, learning rate."""
    steps = [event for event in history if event.get("event") == "step"]
    evaluations = [event for event in history if event.get("event") == "evaluation"]
    losses = curves(steps, "loss", t("training rows")) | curves(evaluations, "loss", t("validation"))
    names = dict.fromkeys(name for event in evaluations for name in event)
    others = [name for name in names if name not in ("event", "step", "best") and not name.startswith("loss")]
    figures = {translate_name(name, t): points(evaluations, name) for name in others if plottable(evaluations, name)}
    rates = curves(steps, "learning_rate", t("learning_rate"))
    charts = [
        plots.line_chart(series, title, t("step"))
        for series, title in ((losses, t("loss")), (figures, t("validation figures")), (rates, t("learning_rate")))
        if any(y is not None for line in series.values() for _, y in line)
    ]
    return html.section(t("training"), html.side_by_side(*charts)) if charts else None


def curves(events: list[Mapping], name: str, title: str) -> dict[str, list]:
    return {title: points(events, name)} if plottable(events, name) else {}


def plottable(events: list[Mapping], name: str) -> bool:
    values = [event.get(name) for event in events if event.get(name) is not None]
    return bool(values) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def points(events: list[Mapping], name: str) -> list[tuple[float, float | None]]:
    return [(event["step"], event.get(name)) for event in events if "step" in event]


def data(report: Mapping, t: Translator) -> Html | None:
    return html.section(t("data"), html.bullets(report["preflight"])) if report["preflight"] else None


def run(report: Mapping, t: Translator) -> Html | None:
    if not report["facts"] and not report["settings"]:
        return None
    facts = html.facts(named_facts(report["facts"], t)) if report["facts"] else None
    settings = html.folded(t("settings"), html.facts(flat(report["settings"]))) if report["settings"] else None
    return html.section(t("facts"), facts, values_used(report.get("resolved"), t), settings)


def values_used(resolved: Mapping | None, t: Translator) -> Html | None:
    """What the training was given, once everything was decided. Reports of older versions lack it."""
    return html.subsection(t("values used"), *values_of(resolved, t)) if resolved else None


def values_of(resolved: Mapping, t: Translator) -> list[Html]:
    """The line of a training and its values by name."""
    rows = [
        (name, html.MISSING if value is None else f"{value:.6g}" if isinstance(value, float) else value)
        for name, value in flat(resolved)
    ]
    return [
        html.paragraph(summary_line(resolved, t)),
        html.facts(short_values(resolved, t)),
        html.folded(t("all values used"), html.facts(rows)),
    ]


def values_of_trainings(trainings: Mapping[str, Mapping] | None, t: Translator) -> Html | None:
    """The same of several trainings by name, each folded behind it."""
    known = {name: one for name, one in (trainings or {}).items() if one}
    if not known:
        return None
    return html.subsection(
        t("values used"),
        *[html.folded(f"{name}: {summary_line(one, t)}", *values_of(one, t)[1:]) for name, one in known.items()],
    )


def flat(settings: Mapping, prefix: str = "") -> list[tuple[str, object]]:
    """Nested settings as dotted names."""
    lines: list[tuple[str, object]] = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            lines += flat(value, f"{prefix}{name}.")
        else:
            text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
            lines.append((prefix + name, text))
    return lines
