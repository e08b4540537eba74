"""The page of a model: its parts with their sizes, facts, and its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundup import html
from groundup.messages.translate import translator
from groundup.pages.model_diagram import Drawn, stack_diagram


def model_page(name: str, parts: Sequence[Drawn], facts: Mapping[str, object], card: str, language: str) -> str:
    """The whole HTML document; `card` is the text of the folder's README, as it stands."""
    t = translator(language)
    sections = [
        html.section(t("architecture"), stack_diagram(parts, title=t("parts and parameters"))),
        html.section(t("facts"), html.facts(facts)),
        html.section(t("model card"), html.preformatted(card or "–")),
    ]
    return html.page(name, sections, language=language)
