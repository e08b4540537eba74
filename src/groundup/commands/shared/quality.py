"""How good a model is, and against what: the figures of a report as the last lines of a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundup.evaluate import judging
from groundup.evaluate.report import main_figures
from groundup.messages.translate import translate_name, translator
from groundup.terminal.closing import Facts

MOST = 4  # baselines in a line


def quality_facts(report: Mapping, of: str = "test", times: str = "") -> Facts:
    """The main figures with their intervals, those of the baselines, and the verdict."""
    t = translator(report["language"])
    figures = t("semicolon").join(with_interval(name, figure, t) for name, figure in figures_of(report).items())
    scored = t("on rows", figures=figures, rows=f"{report['rows']['scored']:,}") + times
    facts = [(of, scored)]
    if others := baselines(report, t):
        facts.append(("baselines", others))
    return [*facts, ("verdict", report["verdict"]["text"])]


def figures_of(report: Mapping) -> dict[str, Mapping]:
    """The main figures, and whether the right one of many classes is among the first five."""
    return main_figures(report) | ({"top5": report["top5"]} if "top5" in report else {})


def with_interval(name: str, figure: Mapping, t) -> str:
    """`accuracy 0.8710 (95 % interval 0.8210 to 0.9120)`."""
    if figure["value"] is None:
        return f"{t(name)} -"
    if figure.get("low") is None:
        return f"{t(name)} {figure['value']:.4f}"
    low, high = (format(figure[end], ".3f") for end in ("low", "high"))
    return t("figure with interval", name=t(name), value=format(figure["value"], ".4f"), low=low, high=high)


def baselines(report: Mapping, t) -> str:
    """The first figure of each baseline, the best first."""
    name = next(iter(main_figures(report)))
    known = [(one["name"], main_figures(one, [name])[name]["value"]) for one in report["baselines"] if "bound" not in one]
    best = sorted((one for one in known if one[1] is not None), key=lambda one: -one[1])
    return t("comma").join(f"{translate_name(other, t)} {value:.4f}" for other, value in best[:MOST])


def remark_lines(report: Mapping, known: Sequence[str] = ()) -> list[str]:
    """What people must know beside the figures."""
    return [f"    {line}" for line in judging.remarks(report, known)]
