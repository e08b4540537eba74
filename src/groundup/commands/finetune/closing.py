"""What fine-tuning says at its end: where the model is, how good it is and against what, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundup.commands.finetune.settings import Finetune
from groundup.commands.shared.next_steps import use
from groundup.commands.shared.quality import quality_facts, remark_lines
from groundup.evaluate import judging
from groundup.terminal.closing import close
from groundup.terminal.log import result, say, text


def told(settings: Finetune, report: dict, compared_in: str = "", known: Sequence[str] = ()) -> dict:
    """The report, its result told; where another command tells it, only as progress. Alarms in `known` were told."""
    if compared_in:
        figures, verdict = judging.headline(report), report["verdict"]["text"]
        say(text("test figures", figures=figures, rows=report["rows"]["all"], verdict=verdict))
        for line in remark_lines(report, known):
            say(line)
        return report
    for line in remark_lines(report, known):
        result(line)
    out = Path(settings.out)
    facts = [("model", str(out / "model")), *quality_facts(report), ("page", str(out / "report.html"))]
    close(facts, use(settings.out, out, None, settings.data, settings.read))
    return report
