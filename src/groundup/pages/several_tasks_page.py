"""The report of several tasks as a page: `several_page(report)` where `report` is what `report.json` of `groundup multitask`
holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundup import html, plots
from groundup.html import Html
from groundup.messages.translate import Translator, translate_name, translator
from groundup.pages.calibration_section import before_and_after
from groundup.pages.evaluation_page import flat, span, values_used
from groundup.pages.heading import subtitle


def several_tasks_page(report: Mapping) -> str:
    """The whole HTML document; every text of it is in the report's language."""
    t = translator(report["language"])
    sections = [
        result(report, t),
        calibration(report, t),
        weights(report, t),
        left_out(report, t),
        *rounds(report, t),
        probes(report, t),
        training(report, t),
        facts(report, t),
    ]
    return html.page(t("several tasks"), [part for part in sections if part], subtitle(report, [], t), report["language"])


def result(report: Mapping, t: Translator) -> Html:
    """Each task's main figure beside its baselines and the models trained otherwise."""
    rows, main = [], []
    for name, one in report["tasks"].items():
        metric, figure = one["main"]["metric"], one["main"]
        main.append(len(rows))
        rows.append([name, one["kind"], t(metric), t("this model"), figure["value"], span(figure, t), "", ""])
        for other, lines in figure["beside"].items():
            rows.append(["", "", "", t(f"trained {other}"), *cells(lines["figure"], lines["difference"], t)])
        for baseline in one["baselines"]:
            own = baseline.get("figures", baseline)
            rows.append(
                ["", "", "", translate_name(baseline["name"], t), *cells(own[metric], baseline["difference"][metric], t)]
            )
    heads = ("task", "kind of task", "figure", "system", "value", "interval", "difference", "interval")
    lines = [
        html.paragraph(t("mean difference", other=t(f"trained {other}"), value=f"{one['mean_difference']:+.4f}"))
        for other, one in report["compared"].items()
        if one["mean_difference"] is not None
    ]
    return html.section(
        t("result"),
        html.table([t(head) for head in heads], rows, strong=main),
        *lines,
        html.paragraph(t("weights help little")),
    )


def cells(figure: Mapping, difference: Mapping, t: Translator) -> list:
    value = difference["value"]
    return [figure["value"], span(figure, t), "" if value is None else f"{value:+.3f}", span(difference, t, "+")]


def weights(report: Mapping, t: Translator) -> Html:
    """The weights as they were chosen, and as they were over the run."""
    effective = report["effective_weights"]
    rows = [[name, weight, effective["mean"].get(name)] for name, weight in report["weights"].items()]
    lines = {name: [(step, value) for step, value in line] for name, line in effective["series"].items()}
    return html.section(
        t("task weights"),
        html.paragraph(t(f"weights {report['rule']}")),
        html.table([t("task"), t("weight"), t("mean weight")], rows),
        plots.line_chart(lines, t("effective weights"), t("step"), y_range=(0.0, 1.0)),
    )


def calibration(report: Mapping, t: Translator) -> Html | None:
    """How the probabilities of each task are calibrated, before and after."""
    known = [(name, one["calibrated"]) for name, one in report["tasks"].items() if one.get("calibrated")]
    if not known:
        return None
    lines = html.bullets([f"{name}: {one['text']}" for name, one in known])
    return html.section(t("calibration"), lines, before_and_after(known, t))


def left_out(report: Mapping, t: Translator) -> Html | None:
    """Tasks that do not lead the body, with the reason."""
    if not report["dropped"]:
        return None
    rows = [[name, report["weights"][name], why] for name, why in report["dropped"].items()]
    return html.section(t("left out tasks"), html.table([t("task"), t("weight"), t("reason")], rows))


def rounds(report: Mapping, t: Translator) -> Sequence[Html]:
    """Every candidate with its scores, round by round."""
    charts = []
    for number, one in enumerate(report["search"].get("rounds", ()), 1):
        names = list(one["candidates"][0]["weights"])
        ordered = sorted(one["candidates"], key=lambda candidate: -candidate["score"])
        rows = [
            [
                tried["name"],
                *(tried["weights"][name] for name in names),
                tried["score"],
                tried["standard_error"],
                *(tried["tasks"][name] for name in names),
            ]
            for tried in ordered
        ]
        heads = [t("candidate"), *(f"w {name}" for name in names), t("mean score"), t("standard error"), *names]
        blocks = t("all blocks" if one["all_blocks"] else "top blocks")
        strong = [i for i, candidate in enumerate(ordered) if candidate["name"] == one.get("winner")]
        title = t("search round", number=number)
        text = t("round told", folds=one["folds"], steps=one["steps"], blocks=blocks)
        charts.append(html.section(title, html.paragraph(text), html.table(heads, rows, strong=strong)))
    return charts


def probes(report: Mapping, t: Translator) -> Html | None:
    """What can be learned of each task from the body as it is, and where its gradients point."""
    if not report["search"].get("probes"):
        return None
    rows, targets = [], report["targets_asked"] if report["search"]["cosines"] else []
    for name, one in report["search"]["probes"].items():
        cosine_row = report["search"]["cosines"].get(name)
        cosines = (
            [cosine_row["own"], cosine_row["chance"], *(cosine_row["targets"][target] for target in targets)]
            if cosine_row
            else []
        )
        rows.append([name, one["gain"], one["chance"], *cosines])
    heads = [t(head) for head in ("task", "explained", "by chance", *(("own cosine", "by chance") if targets else ()))]
    heads += [t("cosine with", target=target) for target in targets]
    return html.section(t("screening"), html.paragraph(t("screening told")), html.table(heads, rows))


def training(report: Mapping, t: Translator) -> Html:
    """Losses of the tasks and the validation figures over the run."""
    steps = [event for event in report["history"] if event.get("event") == "step"]
    evaluations = [event for event in report["history"] if event.get("event") == "evaluation"]
    losses = {name: [(event["step"], event.get(f"loss.{name}")) for event in steps] for name in report["tasks"]}
    metrics = {name: f"{name}_{one['main']['metric']}" for name, one in report["tasks"].items()}
    figures = {name: [(event["step"], event.get(key)) for event in evaluations] for name, key in metrics.items()}
    charts = [
        plots.line_chart(lines, t(title), t("step")) for lines, title in ((losses, "loss"), (figures, "validation figures"))
    ]
    return html.section(t("training"), html.side_by_side(*charts))


def facts(report: Mapping, t: Translator) -> Html:
    settings = html.folded(t("settings"), html.facts(flat(report["settings"])))
    used = values_used(report.get("resolved"), t)
    return html.section(t("facts"), html.facts(costs(report, t)), used, settings)


def costs(report: Mapping, t: Translator) -> dict[str, object]:
    return {
        t("search seconds"): report["seconds"]["search"],
        t("training seconds"): report["seconds"]["training"],
        t("step"): report["steps"],
    }
