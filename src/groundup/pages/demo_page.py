"""The page of the demo: one life of a model, from text to a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundup import html, plots


def demo_page(
    data: Mapping,
    events: Sequence[Mapping],
    table: Sequence[tuple],
    verdicts: Sequence[str],
    lines: Sequence[str],
    runs: Sequence[str],
) -> str:
    """Text, pretraining, fine-tuning, comparison and answers on one page."""
    steps = [e for e in events if e["event"] == "step"]
    evaluations = [e for e in events if e["event"] == "evaluation"]
    splits = [
        [name, *(f"{counts[k]:,}" for k in ("documents", "sentences", "tokens"))] for name, counts in data["splits"].items()
    ]
    losses = {
        "training": [(e["step"], e.get("loss.mlm")) for e in steps],
        "validation": [(e["step"], e.get("loss.mlm")) for e in evaluations],
    }
    skills = {
        "masked words": [(e["step"], e.get("masked_accuracy")) for e in evaluations],
        "next sentence": [(e["step"], e.get("nsp_accuracy")) for e in evaluations],
    }
    return html.page(
        "From text to a verdict",
        [
            html.section(
                "Who wins",
                *[html.paragraph(v) for v in verdicts],
                html.table(
                    ["system", "accuracy", "95 % interval"],
                    [[n, f"{a:.3f}", f"{low:.3f} to {high:.3f}"] for n, a, low, high in table],
                ),
            ),
            html.section(
                "The text",
                html.paragraph(f"{data['documents']['kept']:,} documents, {data['characters']:,} characters."),
                html.table(["split", "documents", "sentences", "tokens"], splits),
            ),
            html.section(
                "Pretraining",
                plots.line_chart(losses, title="Loss of masked words", x_label="step", y_label="nats"),
                plots.line_chart(skills, title="Accuracy on held-out text", x_label="step", y_label="accuracy"),
            ),
            html.section("What the models answer", html.bullets(lines)),
            html.section("Reports", html.bullets([f"{name}/report.html" for name in runs])),
        ],
    )
