"""The page of a data folder: what it holds, and what was done to the documents. It shows what report.json holds."""

from __future__ import annotations

from collections.abc import Mapping

from groundup import html, plots
from groundup.data.folder_report import SHOWN
from groundup.data.shards import LONGEST
from groundup.html import Html
from groundup.messages.translate import Translator, translator

AT_CAP = 0.1  # share of sentences of the greatest length from which it is worth a warning


def data_page(report: Mapping) -> str:
    """The whole HTML document, in the report's language."""
    t = translator(report["language"])
    documents, vocabulary = report["documents"], report["vocabulary"]
    left_out = documents["read"] - documents["kept"] - documents["joined"]
    cards = [
        (t("documents"), documents["kept"], t("of read", count=html.number(documents["read"]))),
        (t("characters"), report["characters"], ""),
        (t("tokens"), sum(s["tokens"] for s in report["splits"].values()), ""),
        (t("sentences"), report["sentence_tokens"]["count"], ""),
        (t("left out documents"), left_out, ""),
        (t("characters per token"), report["tokenizer"]["characters_per_token"], ""),
        (t("unknown tokens"), t("percent", value=f"{100 * vocabulary['unknown']:.2f}"), ""),
    ]
    sections = [
        html.section(t("data"), html.figures(cards)),
        what_is_in_it(report, t),
        lengths(report, t),
        words_of(vocabulary, t),
        what_was_done(report, t),
        beginnings(report, t),
    ]
    return html.page(t("data report"), [s for s in sections if s], ", ".join(report["files"]["sources"]), report["language"])


def what_is_in_it(report: Mapping, t: Translator) -> Html:
    rows = [[name, c["documents"], c["sentences"], c["tokens"]] for name, c in report["splits"].items()]
    total = max(1, sum(report["scripts"].values()))
    shares = {
        t(f"script {name}"): 100 * count / total
        for name, count in sorted(report["scripts"].items(), key=lambda p: -p[1])
        if count
    }
    columns = [t(name) for name in ("split", "documents", "sentences", "tokens")]
    return html.section(
        t("contents"), html.side_by_side(html.table(columns, rows), plots.bar_chart(shares, t("scripts"), unit=" %"))
    )


def lengths(report: Mapping, t: Translator) -> Html:
    rows = [
        [t(f"tokens of a {name}"), s["mean"], s["p5"], s["p50"], s["p95"], s["longest"]]
        for name in ("sentence", "document")
        for s in [report[f"{name}_tokens"]]
    ]
    sentence, document = report["sentence_tokens"], report["document_tokens"]
    names = [f"{a:,} – {b - 1:,}" if b > a + 1 else f"{a:,}" for a, b in zip(document["edges"], document["edges"][1:])]
    first = next((i for i, count in enumerate(document["counts"]) if count), 0)
    warning = many_at_cap(sentence, t)
    return html.section(
        t("lengths"),
        html.paragraph(warning, "warning") if warning else None,
        html.table(["", t("mean"), "5 %", t("median"), "95 %", t("longest")], rows),
        html.side_by_side(
            plots.histogram(sentence["counts"], sentence["edges"], t("sentences by tokens"), t("tokens of a sentence")),
            plots.bar_chart(dict(zip(names[first:], document["counts"][first:])), t("documents by tokens")),
        ),
    )


def words_of(vocabulary: Mapping, t: Translator) -> Html:
    frequent = "  ".join(f"{word} {count:,}" for word, count in vocabulary["most_frequent"])
    ranks = {t("frequency"): [(rank, count) for rank, count in vocabulary["by_rank"]]}
    return html.section(
        t("vocabulary"),
        html.paragraph(t("used entries", used=html.number(vocabulary["used"]), entries=html.number(vocabulary["entries"]))),
        html.side_by_side(
            plots.line_chart(ranks, t("zipf"), t("rank"), t("frequency"), log_y=True, log_x=True),
            html.subsection(t("most frequent"), html.preformatted(frequent)),
        ),
    )


def what_was_done(report: Mapping, t: Translator) -> Html:
    documents, paragraphs = report["documents"], report["paragraphs"]
    flow = [
        (t("read"), documents["read"]),
        (t("joined"), documents["joined"]),
        (t("kept"), documents["kept"]),
        *((code, -count) for code, count in documents["left_out"].items()),
    ]
    rules = [
        [name, paragraphs["changed"].get(name, 0), paragraphs["dropped"].get(name, 0)]
        for name in sorted({*paragraphs["changed"], *paragraphs["dropped"]})
    ]
    rejects = [[r["place"], r["code"], r["what"][:SHOWN]] for r in report["rejects"]]
    passed = report["files"]["passed_over"]
    return html.section(
        t("cleaning"),
        html.side_by_side(
            html.subsection(t("documents"), html.facts((name, count) for name, count in flow)),
            html.subsection(t("paragraphs"), html.table([t(name) for name in ("rule", "changed", "dropped")], rules))
            if rules
            else None,
        ),
        html.paragraph(t("paragraphs kept", kept=html.number(paragraphs["kept"]), read=html.number(paragraphs["read"]))),
        html.paragraph(t("passed over", files=", ".join(f"{n:,} {reason}" for reason, n in passed.items())), "warning")
        if passed
        else None,
        html.folded(t("rejects", count=len(rejects)), html.table([t("place"), t("code"), t("what")], rejects))
        if rejects
        else None,
    )


def beginnings(report: Mapping, t: Translator) -> Html:
    texts = [html.subsection(d["id"], html.preformatted(d["text"])) for d in report["examples"]]
    return html.section(t("first documents"), *texts)


def many_at_cap(sentences: Mapping, t: Translator) -> str | None:
    """The warning that many sentences are as long as one can be."""
    if sentences.get("at_cap", 0.0) <= AT_CAP or not sentences.get("matters", True):
        return None
    return t("many at cap", share=t("percent", value=f"{100 * sentences['at_cap']:.1f}"), most=LONGEST)
