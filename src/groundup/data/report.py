"""What is in a data folder: `describe` counts the token shards, `page(report)` shows what report.json holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from groundup import html, plots
from groundup.data.shards import LONGEST
from groundup.html import Html
from groundup.messages.translate import Translator, translator

PERCENTILES = (5, 50, 95)
MOST_FREQUENT = 40
SENTENCE_BIN = 4  # tokens
AT_CAP = 0.1  # share of sentences of the greatest length from which it is worth a warning
RANKS = 200  # points of the curve of frequencies
PIECE, DOCUMENTS = 2**20, 2**12  # values, and documents, read at once
SHOWN = 100  # rejects and characters of a text on the page
EXAMPLES = 3

# First code points of the scripts; what lies between the named ranges is "other".
RANGES = (
    ("latin", 0x41, 0x5A),
    ("latin", 0x61, 0x7A),
    ("latin", 0xC0, 0x24F),
    ("latin", 0x1E00, 0x1EFF),
    ("latin", 0xFF21, 0xFF5A),
    ("digits", 0x30, 0x39),
    ("digits", 0xFF10, 0xFF19),
    ("greek", 0x370, 0x3FF),
    ("cyrillic", 0x400, 0x52F),
    ("hebrew", 0x590, 0x5FF),
    ("arabic", 0x600, 0x6FF),
    ("devanagari", 0x900, 0x97F),
    ("thai", 0xE00, 0xE7F),
    ("kana", 0x3040, 0x30FF),
    ("hangul", 0x1100, 0x11FF),
    ("hangul", 0xAC00, 0xD7AF),
    ("han", 0x3400, 0x9FFF),
    ("han", 0xF900, 0xFAFF),
    ("han", 0x20000, 0x323AF),
    ("blanks", 0x9, 0xD),
    ("blanks", 0x20, 0x20),
    ("blanks", 0x3000, 0x3000),
)
SCRIPTS = ("other", *dict.fromkeys(name for name, _, _ in RANGES))


def make_script_table() -> np.ndarray:
    """[0x110000] number of the script of each code point."""
    table = np.zeros(0x110000, dtype=np.uint8)
    for name, first, last in RANGES:
        table[first : last + 1] = SCRIPTS.index(name)
    return table


SCRIPT_OF = make_script_table()


def count_scripts(texts: Sequence[str]) -> np.ndarray:
    """[scripts] characters of each script."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return np.bincount(SCRIPT_OF[codes], minlength=len(SCRIPTS))


def describe(folder: Path, splits: Iterable[str], kind: np.dtype, vocabulary: Mapping[str, int], unknown: int) -> dict:
    """Lengths of sentences and documents and the use of the vocabulary, counted from the token shards of a folder."""
    shards = folder / "shards"
    streams = [path for split in splits for path in sorted(shards.glob(f"{split}-*.tokens"))]
    uses = count_values(streams, kind, max(vocabulary.values()) + 1)
    sentences = count_values([shards / f"{split}.sentences" for split in splits], np.dtype("<u4"), LONGEST + 1)
    documents = np.unique(np.concatenate([document_lengths(shards, split) for split in splits]), return_counts=True)
    words = {number: word for word, number in vocabulary.items()}
    order = np.argsort(-uses, kind="stable")
    used = int((uses > 0).sum())
    ranks = np.unique(np.geomspace(1, max(1, used), RANKS).astype(np.int64))
    last = int(np.flatnonzero(sentences)[-1])
    edges = np.arange(1, last + SENTENCE_BIN + 1, SENTENCE_BIN)
    return {
        "sentence_tokens": summary(np.arange(LONGEST + 1), sentences)
        | histogram(np.arange(LONGEST + 1), sentences, edges)
        | {"at_cap": float(sentences[LONGEST] / sentences.sum())},
        "document_tokens": summary(*documents)
        | histogram(*documents, 2 ** np.arange(int(documents[0].max()).bit_length() + 1)),
        "vocabulary": {
            "used": used,
            "unknown": float(uses[unknown] / max(1, uses.sum())) if unknown >= 0 else 0.0,
            "most_frequent": [[words[int(i)], int(uses[i])] for i in order[:MOST_FREQUENT] if uses[i]],
            "by_rank": [[int(rank), int(uses[order[rank - 1]])] for rank in ranks],
        },
    }


def count_values(paths: Iterable[Path], kind: np.dtype, size: int) -> np.ndarray:
    """[size] how often each value stands in flat files, read a piece at a time."""
    counts = np.zeros(size, dtype=np.int64)
    for path in paths:
        with path.open("rb") as file:
            while len(values := np.fromfile(file, dtype=kind, count=PIECE)):
                counts += np.bincount(values, minlength=size)
    return counts


def document_lengths(shards: Path, split: str) -> np.ndarray:
    """Tokens of each document of a split."""
    found = []
    with (shards / f"{split}.documents").open("rb") as documents, (shards / f"{split}.sentences").open("rb") as sentences:
        while len(counts := np.fromfile(documents, dtype="<u4", count=DOCUMENTS)):
            ends = np.cumsum(counts, dtype=np.int64)
            tokens = np.fromfile(sentences, dtype="<u4", count=int(ends[-1]))
            found.append(np.add.reduceat(tokens, ends - counts, dtype=np.int64))
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def summary(values: np.ndarray, counts: np.ndarray) -> dict:
    """Number, mean, percentiles and extremes of values [K], in order, that occur `counts` [K] times."""
    below, total = np.cumsum(counts), int(counts.sum())
    seen = values[counts > 0]
    percentiles = {f"p{p}": int(values[np.searchsorted(below, p / 100 * total)]) for p in PERCENTILES}
    return {
        "count": total,
        "mean": float(values @ counts / total),
        "shortest": int(seen[0]),
        "longest": int(seen[-1]),
        **percentiles,
    }


def many_at_cap(sentences: Mapping, t: Translator) -> str | None:
    """The warning that many sentences are as long as one can be."""
    if sentences.get("at_cap", 0.0) <= AT_CAP or not sentences.get("matters", True):
        return None
    return t("many at cap", share=t("percent", value=f"{100 * sentences['at_cap']:.1f}"), most=LONGEST)


def histogram(values: np.ndarray, counts: np.ndarray, edges: np.ndarray) -> dict:
    return {"edges": edges.tolist(), "counts": np.histogram(values, edges, weights=counts)[0].astype(int).tolist()}


# The page


def page(report: Mapping) -> str:
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
    ranks = {t("frequency"): [(math.log10(rank), count) for rank, count in vocabulary["by_rank"]]}
    return html.section(
        t("vocabulary"),
        html.paragraph(t("used entries", used=html.number(vocabulary["used"]), entries=html.number(vocabulary["entries"]))),
        html.side_by_side(
            plots.line_chart(ranks, t("zipf"), t("rank"), t("frequency"), log_y=True),
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
