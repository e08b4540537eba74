"""A report as a page: `page(report)` where `report` is what `report.json` holds, of a classifier or of any other task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from groundup import html, plots
from groundup.evaluate.evaluation import OTHER_VALUES
from groundup.html import Html
from groundup.train.hyperparameters import line_of
from groundup.words import named, speaker

GOOD_OUTCOMES = ("wins", "ahead")
BAD_ALARMS = ("collapsed", "empty answers", "same answers", "label map", "unseen labels", "leaking")

MOST_SURE = 2  # main figures of a report up to which all have their interval beside them

Say = Callable[..., str]


def page(report: Mapping) -> str:
    """The whole HTML document; every text of it is in the report's language."""
    say = speaker(report["language"])
    classes = report["kind"] == "classification"
    sections = [
        result(report, say),
        against_baselines(report, say),
        *(
            [per_class(report, say), confusion(report, say), calibration(report, say), slices(report, say)]
            if classes
            else [further_figures(report, say)]
        ),
        worst_errors(report, say),
        training(report["history"], say),
        data(report, say),
        run(report, say),
    ]
    rows = html.number(report["rows"]["scored"])
    size = say("size of it", rows=rows, classes=len(report["labels"])) if classes else say("rows of it", rows=rows)
    title = report["title"] or say("classification report" if classes else "report")
    return html.page(title, [part for part in sections if part], size, report["language"])


def result(report: Mapping, say: Say) -> Html:
    outcome = report["verdict"]["outcome"]
    kind = "good" if outcome in GOOD_OUTCOMES else "warning"
    warned = [html.paragraph(alarm["text"], "bad" if alarm["code"] in BAD_ALARMS else "warning") for alarm in report["alarms"]]
    sure = say("percent", value="95")
    cards = [(say(n), figure["value"], f"{sure}: {span(figure, say)}") for n, figure in shown(report).items()]
    if "top5" in report:
        cards.append((say("top5"), report["top5"]["value"], f"{sure}: {span(report['top5'], say)}"))
    if "calibration" in report:
        cards.append((say("ece"), report["calibration"]["ece"], ""))
    cards.append((say("rows"), report["rows"]["scored"], ""))
    if report["leakage"] is not None:
        cards.append((say("leakage"), say("percent", value=f"{100 * report['leakage']:.1f}"), ""))
    if report["test_openings"] is not None:
        cards.append((say("openings"), report["test_openings"], ""))
    return html.section(say("result"), html.paragraph(report["verdict"]["text"], kind), *warned, html.figures(cards))


def shown(entry: Mapping, names: Iterable[str] | None = None) -> dict[str, Mapping]:
    """The main figures of a report, or of a baseline in it."""
    if "figures" not in entry:  # of a classifier
        return {name: entry[name] for name in names or ("accuracy", "macro_f1")}
    return {name: entry["figures"][name] for name in names or entry["shown"]}


def span(figure: Mapping, say: Say, sign: str = "") -> str:
    if figure["low"] is None:
        return html.MISSING
    return say("from to", low=f"{figure['low']:{sign}.3f}", high=f"{figure['high']:{sign}.3f}")


def against_baselines(report: Mapping, say: Say) -> Html | None:
    if not report["baselines"]:
        return None
    metric, names = report["metric"], list(shown(report))
    systems = {say("this model"): report, **{named(b["name"], say): b for b in report["baselines"]}}
    figures = {name: shown(entry, names) for name, entry in systems.items()}
    main = {name: shown(entry, [metric])[metric] for name, entry in systems.items()}
    bars = {name: figure["value"] for name, figure in main.items()}
    whiskers = {name: (figure["low"], figure["high"]) for name, figure in main.items() if figure["low"] is not None}
    sure = names if len(names) <= MOST_SURE else [metric]  # figures whose intervals there is room for
    pairs = [part for name in names for part in (name, *["interval"] * (name in sure))]
    columns = ("system", *pairs, "difference", "interval", "p", "fit seconds")
    rows = []
    for name, entry in systems.items():
        difference = entry.get("difference", {}).get(metric)
        seconds = entry.get("seconds")
        rows.append(
            [
                name,
                *(
                    cell
                    for key, figure in figures[name].items()
                    for cell in (figure["value"], *[span(figure, say)] * (key in sure))
                ),
                "" if difference is None or difference["value"] is None else f"{difference['value']:+.3f}",
                "" if difference is None else span(difference, say, "+"),
                "" if difference is None or difference["p"] is None else f"{difference['p']:.3f}",
                "" if seconds is None else html.duration(seconds),
            ]
        )
    return html.section(
        say("against baselines"),
        html.table([say(column) for column in columns], rows, strong=[0]),
        plots.bar_chart(bars, say(metric), whiskers),
    )


def further_figures(report: Mapping, say: Say) -> Html | None:
    """Figures that are not shown above, those of each label or type in a table of their own."""
    figures = report["figures"]
    parts = [part for part in ("precision", "recall", "f1") if any(f"{part}_{label}" in figures for label in report["labels"])]
    each = [
        [label, *(figures[f"{part}_{label}"]["value"] for part in parts), span(figures[f"f1_{label}"], say)]
        for label in report["labels"]
        if f"f1_{label}" in figures
    ]
    told = {f"{part}_{label}" for part in parts for label in report["labels"]} | set(report["shown"])
    rows = [
        [named(name, say).replace("_", " "), figure["value"], span(figure, say)]
        for name, figure in figures.items()
        if name not in told
    ]
    if not each and not rows:
        return None
    columns = [say("label"), *map(say, parts), say("interval")]
    by_label = html.subsection(say("by label"), html.table(columns, each)) if each else None
    others = html.table([say("figure"), say("value"), say("interval")], rows) if rows else None
    return html.section(say("further figures"), others, by_label)


def per_class(report: Mapping, say: Say) -> Html:
    unseen = report["unseen_labels"]
    columns = ("label", "precision", "recall", "f1", "support", "predicted")
    rows = [
        [
            f"{row['label']} ({say('unseen')})" if row["label"] in unseen else row["label"],
            *[row[c] for c in columns[1:]],
        ]
        for row in report["classes"]
    ]
    counted = [report["rows"]["scored"], report["rows"]["scored"]]
    for average in ("macro", "weighted", "micro"):
        rows.append([say(average), *[report[average][name] for name in ("precision", "recall", "f1")], *counted])
    averaged, names = report["macro"]["averaged"]["f1"], [row["label"] for row in report["classes"]]
    missing = [name for name in names if name not in set(averaged)]
    left_out = say("left out", labels=", ".join(missing[:10]) + (" …" if len(missing) > 10 else "")) if missing else ""
    values = {"number": len(averaged), "classes": len(names), "left_out": left_out, "draws": report["resamples"]}
    last = range(len(rows) - 3, len(rows))
    return html.section(
        say("classes"),
        html.table([say(column) for column in columns], rows, strong=last),
        html.paragraph(say("macro averages", **values)),
        html.facts({say("matthews"): report["matthews"]}),
    )


def confusion(report: Mapping, say: Say) -> Html:
    labels = [row["label"] for row in report["classes"]]
    drawn = plots.confusion_matrix(labels, report["confusion"], "", say("true"), say("predicted"))
    cut = None
    if len(labels) > plots.MOST_CLASSES:
        cut = html.paragraph(say("cut matrix", shown=plots.MOST_CLASSES, classes=len(labels)))
    pairs = [[pair["label"], pair["predicted"], pair["count"]] for pair in report["most_confused"]]
    table = html.table([say("true"), say("predicted"), say("count")], pairs) if pairs else None
    listed = html.subsection(say("most confused"), table) if table and len(labels) > 2 else None
    return html.section(say("confusion"), drawn, cut, listed)


def calibration(report: Mapping, say: Say) -> Html:
    figures = report["calibration"]
    names = ("ece", "largest_gap", "brier", "log_loss", "confidence")
    known = html.facts({say(name): figures[name] for name in names} | {say("accuracy"): report["accuracy"]["value"]})
    drawn = plots.reliability_diagram(figures["bins"], "", say("confidence"), say("accuracy"))
    return html.section(say("calibration"), html.side_by_side(drawn, known))


def slices(report: Mapping, say: Say) -> Html | None:
    if not report["slices"]:
        return None
    tables = []
    for name, rows in report["slices"].items():
        shown = [[row["value"], row["rows"], row["accuracy"]] for row in rows]
        shown = [[say(OTHER_VALUES) if value == OTHER_VALUES else value, *rest] for value, *rest in shown]
        heading = say("length") if name == "length" else name
        tables.append(html.subsection(heading, html.table([say("value"), say("rows"), say("accuracy")], shown)))
    return html.section(say("slices"), html.side_by_side(*tables))


def worst_errors(report: Mapping, say: Say) -> Html:
    errors = report["worst_errors"]
    if not errors:
        return html.section(say("worst errors"), html.paragraph(say("no errors")))
    classes = report["kind"] == "classification"
    kind = ".3f" if classes else ".3g"
    rows = [["\n".join(e["texts"]), e["label"], e["predicted"], f"{e['confidence']:{kind}}"] for e in errors]
    columns = ("text", "label", "predicted", "confidence" if classes else "wrong by")
    heading = say("worst errors" if classes else "worst answers")
    return html.section(heading, html.table([say(column) for column in columns], rows))


def training(history: Iterable[Mapping], say: Say) -> Html | None:
    """Curves from the events of a run: losses (training and validation), validation figures, learning rate."""
    steps = [event for event in history if event.get("event") == "step"]
    evaluations = [event for event in history if event.get("event") == "evaluation"]
    losses = curves(steps, "loss", say("training rows")) | curves(evaluations, "loss", say("validation"))
    names = dict.fromkeys(name for event in evaluations for name in event)
    others = [name for name in names if name not in ("event", "step", "best") and not name.startswith("loss")]
    figures = {named(name, say): points(evaluations, name) for name in others if plottable(evaluations, name)}
    rates = curves(steps, "learning_rate", say("learning_rate"))
    charts = [
        plots.line_chart(drawn, title, say("step"))
        for drawn, title in ((losses, say("loss")), (figures, say("validation figures")), (rates, say("learning_rate")))
        if any(y is not None for line in drawn.values() for _, y in line)
    ]
    return html.section(say("training"), html.side_by_side(*charts)) if charts else None


def curves(events: list[Mapping], name: str, title: str) -> dict[str, list]:
    return {title: points(events, name)} if plottable(events, name) else {}


def plottable(events: list[Mapping], name: str) -> bool:
    values = [event.get(name) for event in events if event.get(name) is not None]
    return bool(values) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def points(events: list[Mapping], name: str) -> list[tuple[float, float | None]]:
    return [(event["step"], event.get(name)) for event in events if "step" in event]


def data(report: Mapping, say: Say) -> Html | None:
    return html.section(say("data"), html.bullets(report["preflight"])) if report["preflight"] else None


def run(report: Mapping, say: Say) -> Html | None:
    if not report["facts"] and not report["settings"]:
        return None
    facts = html.facts(report["facts"]) if report["facts"] else None
    settings = html.folded(say("settings"), html.facts(flat(report["settings"]))) if report["settings"] else None
    return html.section(say("facts"), facts, values_used(report.get("resolved"), say), settings)


def values_used(resolved: Mapping | None, say: Say) -> Html | None:
    """What the training was given, once everything was decided. Reports of older versions lack it."""
    return html.subsection(say("values used"), *values_of(resolved)) if resolved else None


def values_of(resolved: Mapping) -> list[Html]:
    """The line of a training and its values by name."""
    rows = [
        (name, html.MISSING if value is None else f"{value:.6g}" if isinstance(value, float) else value)
        for name, value in flat(resolved)
    ]
    return [html.paragraph(line_of(resolved)), html.facts(rows)]


def values_of_trainings(trainings: Mapping[str, Mapping] | None, say: Say) -> Html | None:
    """The same of several trainings by name, each folded behind it."""
    known = {name: one for name, one in (trainings or {}).items() if one}
    if not known:
        return None
    return html.subsection(
        say("values used"), *[html.folded(f"{name}: {line_of(one)}", *values_of(one)[1:]) for name, one in known.items()]
    )


def flat(settings: Mapping, prefix: str = "") -> list[tuple[str, object]]:
    """Nested settings as dotted names."""
    found: list[tuple[str, object]] = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found += flat(value, f"{prefix}{name}.")
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
            found.append((prefix + name, shown))
    return found
