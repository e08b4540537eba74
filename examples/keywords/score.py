"""Every method of keyword extraction on the same documents: F1@5 and F1@10 against the keywords of people, in one table.

    python examples/keywords/score.py --inspec shared/data/keyphrase/inspec --model MINILM
    python examples/keywords/score.py --csl shared/data/zh_generation/csl_kg/dev.tsv --words corpus

Document frequencies come from other documents than those judged: Inspec's Training.zip; of CSL the first 700 rows, the last
300 being judged. Gold keywords that do not stand in the text count as missed; `bound` says how large a share stands there.
"""

from __future__ import annotations

import argparse
import re
import time
import unicodedata
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from stemming import stem

from groundup.evaluate.predictor import load
from groundup.tasks.keyword_baselines import Statistic, TextRank, TfIdf
from groundup.tasks.keywords import EmbeddingKeywords
from groundup.tasks.phrases import make_phrases
from groundup.tasks.words_of_corpus import CorpusWords

CUTS = (5, 10)


class Document(NamedTuple):
    text: str
    gold: list[str]


def inspec(path: Path, title: bool) -> list[Document]:
    """Abstracts with their uncontrolled keywords (Hulth, 2003). The title ends at the first line end without a tab."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(name for name in archive.namelist() if name.endswith(".abstr")):
            text = archive.read(name).decode("latin-1").replace("\r", "")
            head, body = re.match(r"(.*?\n)(?!\t)(.*)", text, re.DOTALL).groups()  # ty: ignore[unresolved-attribute]
            gold = archive.read(name.replace(".abstr", ".uncontr")).decode("latin-1").split(";")
            text = f"{one_line(head)}.\n{one_line(body)}" if title else one_line(body)
            found.append(Document(text, [one_line(phrase) for phrase in gold if phrase.strip()]))
    return found


def csl(path: Path) -> list[Document]:
    """Chinese abstracts, their title behind them, with the authors' keywords."""
    rows = [line.split("\t") for line in path.read_text("utf-8").split("\n") if line]
    return [Document(text, target.split("_")) for _, text, target in rows]


def one_line(text: str) -> str:
    return " ".join(text.split())


def normal(phrase: str) -> str:
    """Folded and stemmed, hyphens as blanks."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", phrase).lower())
    return " ".join(stem(word) for word in words)


def scores(ranked: list[str], gold: set[str]) -> list[float]:
    """F1 at each cut."""
    keys = list(dict.fromkeys(normal(phrase) for phrase in ranked))
    found = []
    for cut in CUTS:
        hits = len(set(keys[:cut]) & gold)
        found.append(2 * hits / (len(keys[:cut]) + len(gold)))
    return found


def bound(documents: list[Document], chinese: bool) -> float:
    """Share of the gold keywords that stand in their text."""
    present = total = 0
    for text, gold in documents:
        whole = normal(text)
        keys = {normal(phrase) for phrase in gold}
        inside = (lambda t: t.replace(" ", "")) if chinese else (lambda t: f" {t} ")
        present += sum(inside(key) in inside(whole) for key in keys)
        total += len(keys)
    return present / total


def within(documents: list[Document], phrases) -> float:
    """Share of the gold keywords that are candidates."""
    present = total = 0
    for text, gold in documents:
        keys = {normal(phrase) for phrase in gold}
        present += len(keys & {normal(phrase.key) for phrase in phrases.candidates(text)})
        total += len(keys)
    return present / total


def methods_of(phrases, texts: list[str], model: str | None, masked: int) -> dict:
    """Every method that can be judged: those with an encoder only where a model is named, hiding words only if asked for."""
    found: dict = {"TF-IDF": TfIdf(phrases).fit(texts), "TextRank": TextRank(phrases), "YAKE-like": Statistic(phrases)}
    if model is not None:
        encoder = load(model)
        found["embedding"] = EmbeddingKeywords(encoder, phrases)
        found["embedding, no MMR"] = EmbeddingKeywords(encoder, phrases, diversity=0)
        if masked:
            found["masked"] = EmbeddingKeywords(encoder, phrases, "masked")
    return found


def table(train: list[Document], test: list[Document], language: str, given: argparse.Namespace) -> None:
    """Judge all methods on the same documents; 95 % intervals by resampling documents."""
    texts = [document.text for document in train]
    phrases = make_phrases(language, CorpusWords(texts) if language == "zh" and given.words == "corpus" else None)
    gold = [{normal(phrase) for phrase in document.gold} for document in test]
    print(f"{len(test)} documents, bound {bound(test, language == 'zh'):.3f}, candidates {within(test, phrases):.3f}")
    for name, method in methods_of(phrases, texts, given.model, given.masked).items():
        number = min(len(test), given.masked) if name == "masked" else len(test)
        started = time.perf_counter()
        rows = np.array([scores([p for p, _ in method.rank(test[n].text, 20)], gold[n]) for n in range(number)])
        print(f"{name:18} {interval(rows, given.seed)}   {number} documents {time.perf_counter() - started:7.1f} s", flush=True)
        if name.startswith("embedding") and given.masked:
            print(f"{'  the first of them':18} {interval(rows[: given.masked], given.seed)}   {given.masked} documents")


def interval(rows: np.ndarray, seed: int) -> str:
    """Means of [documents, cuts] in percent, with 95 % intervals."""
    draws = np.random.default_rng(seed).integers(0, len(rows), (1000, len(rows)))
    low, high = np.percentile(rows[draws].mean(axis=1), [2.5, 97.5], axis=0)
    columns = zip(CUTS, 100 * rows.mean(axis=0), 100 * low, 100 * high, strict=True)
    return "   ".join(f"F1@{cut} {mean:5.2f} ({a:.2f} to {b:.2f})" for cut, mean, a, b in columns)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--inspec", type=Path)
    parser.add_argument("--csl", type=Path)
    parser.add_argument("--model", help="folder of an encoder")
    parser.add_argument("--masked", type=int, default=0, help="documents for the method that hides each phrase (slow)")
    parser.add_argument("--no_title", action="store_true")
    parser.add_argument("--words", default="dictionary", choices=["dictionary", "corpus"])
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if given.inspec:
        train, test = (inspec(given.inspec / f"{name}.zip", not given.no_title) for name in ("Training", "Validation"))
        table(train, test, "en", given)
    if given.csl:
        documents = csl(given.csl)
        table(documents[:700], documents[700:], "zh", given)


if __name__ == "__main__":
    main()
