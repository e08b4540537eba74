"""The page of a demo: one life of a model, from data to a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundup import html, plots
from groundup.html import Html
from groundup.messages.translate import Translator, translate_name, translator


def demo_page(
    language: str,
    title: str,
    scores: Sequence[tuple[str, float, float, float]],
    verdicts: Sequence[str],
    sections: Sequence[Html],
    reports: Sequence[str],
) -> str:
    """Who wins, what happened on the way (`sections`), and links to the pages of the stages."""
    t = translator(language)
    rows = [
        [translate_name(name, t), f"{accuracy:.3f}", t("from to", low=f"{low:.3f}", high=f"{high:.3f}")]
        for name, accuracy, low, high in scores
    ]
    best = max(range(len(scores)), key=lambda place: scores[place][1])
    heads = [t("system"), t("accuracy"), t("interval")]
    winner = html.section(
        t("demo who wins"), *[html.paragraph(line) for line in verdicts], html.table(heads, rows, strong=[best])
    )
    links = [html.tag("a", place, href=place) for place in reports]
    return html.page(t(title), [winner, *sections, html.section(t("demo reports"), html.bullets(links))], "", language)


def corpus_section(data: Mapping, t: Translator) -> Html:
    """The text that a model was pretrained on."""
    heads = ("documents", "sentences", "tokens")
    splits = [[translate_name(name, t), *(f"{counts[key]:,}" for key in heads)] for name, counts in data["splits"].items()]
    size = t("demo documents", documents=f"{data['documents']['kept']:,}", characters=f"{data['characters']:,}")
    return html.section(t("demo the data"), html.paragraph(size), html.table([t("split"), *map(t, heads)], splits))


def pretraining_section(events: Sequence[Mapping], t: Translator) -> Html:
    """Loss and skills over the updates of pretraining on text."""
    steps = [event for event in events if event["event"] == "step"]
    evaluations = [event for event in events if event["event"] == "evaluation"]
    losses = {
        t("training rows"): [(event["step"], event.get("loss.mlm")) for event in steps],
        t("validation"): [(event["step"], event.get("loss.mlm")) for event in evaluations],
    }
    skills = {
        t("demo masked words"): [(event["step"], event.get("masked_accuracy")) for event in evaluations],
        t("demo next sentence"): [(event["step"], event.get("nsp_accuracy")) for event in evaluations],
    }
    return html.section(
        t("demo pretraining"),
        plots.line_chart(losses, title=t("demo loss"), x_label=t("step"), y_label=t("demo nats")),
        plots.line_chart(skills, title=t("demo skills"), x_label=t("step"), y_label=t("accuracy")),
    )


def lines_section(title: str, lines: Sequence[str], t: Translator) -> Html:
    """Lines as they were said."""
    return html.section(t(title), html.bullets(lines))
