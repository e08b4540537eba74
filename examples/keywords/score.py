"""Every method of keyword extraction on the same documents: F1@5 and F1@10 against the keywords of people, in one table.

    python examples/keywords/score.py --inspec shared/data/keyphrase/inspec --model MINILM
    python examples/keywords/score.py --inspec shared/data/keyphrase/inspec --tagger runs/tagger/tagger      # of tagger.yaml
    python examples/keywords/score.py --csl shared/data/zh_generation/csl_kg/dev.tsv --model MINILM

Document frequencies come from other documents than those judged: Inspec's Training.zip; of CSL the first 700 rows, the last
300 being judged. Gold keywords that do not stand in the text count as missed; `bound` says how large a share stands there.
Compared and counted by groundup/metrics/keyphrases.py: pip install 'groundup[keyphrases]'.
"""

from __future__ import annotations

import argparse
import re
import time
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from groundup.evaluate.bootstrap import resample
from groundup.evaluate.predictor import Predictor, load
from groundup.keywords.baselines import Statistic, TextRank, TfIdf
from groundup.keywords.corpus_words import CorpusWords
from groundup.keywords.embedding import EmbeddingKeywords
from groundup.keywords.phrases import make_phrases
from groundup.metrics.keyphrases import distinct, keyphrase_scores, stemming
from groundup.metrics.scores import SummedScores
from groundup.tasks.tagging import Tagging

SHOWN = ("f1@5", "f1@10")
RANKED = 20  # phrases asked for; some are equal once stemmed


class Document(NamedTuple):
    text: str
    gold: list[str]


class Scored(Tagging):
    """Spans with how sure the model is of each: the mean over its words of log(1 - the probability of O)."""

    def spans_from(self, found):
        spans, keys = super().spans_from(found), sorted(found)
        scores = np.stack([found[key].scores for key in keys]).astype(np.float64) if keys else np.zeros((0, 1))
        others = np.exp(scores - scores.max(-1, keepdims=True))
        sure = np.log1p(-np.minimum(others[:, 0] / others.sum(-1), 1 - 1e-9))
        return [
            (*span, float(np.mean([s for (at, _), s in zip(keys, sure, strict=True) if span[0] <= at < span[1]])))
            for span in spans
        ]


class Tagger:
    """The phrases that a tagger marks, the surest first; one that stands in several places is as sure as its surest."""

    def __init__(self, predictor: Predictor):
        predictor.task = Scored(predictor.trained_task.facts)
        self.predictor = predictor

    def rank(self, text: str, top: int) -> list[tuple[str, float]]:
        best: dict[str, float] = {}
        for start, end, _, score in self.predictor.answers([text])[0]:
            phrase = text[start:end].lower()
            best[phrase] = max(score, best.get(phrase, -np.inf))
        return sorted(best.items(), key=lambda pair: -pair[1])[:top]


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


def within(documents: list[Document], phrases, language: str) -> float:
    """Mean share of the gold keywords of a document that are candidates."""
    stem, shares = stemming(language), []
    for text, gold in documents:
        keys = set(distinct(gold, stem))
        shares.append(len(keys & set(distinct([phrase.key for phrase in phrases.candidates(text)], stem))) / len(keys))
    return float(np.mean(shares))


def methods_of(phrases, texts: list[str], model: str | None, masked: int, tagger: str | None) -> dict:
    """Every method that can be judged: those with an encoder only where a model is named, hiding words only if asked for."""
    found: dict = {"TF-IDF": TfIdf(phrases).fit(texts), "TextRank": TextRank(phrases), "YAKE-like": Statistic(phrases)}
    if model is not None:
        encoder = load(model)
        found["embedding"] = EmbeddingKeywords(encoder, phrases)
        found["embedding, no MMR"] = EmbeddingKeywords(encoder, phrases, diversity=0)
        if masked:
            found["masked"] = EmbeddingKeywords(encoder, phrases, "masked")
    if tagger is not None:
        found["tagger"] = Tagger(load(tagger))
    return found


def table(train: list[Document], test: list[Document], language: str, given: argparse.Namespace) -> None:
    """Judge all methods on the same documents; 95 % intervals by resampling documents."""
    texts = [document.text for document in train]
    phrases = make_phrases(language, CorpusWords(texts) if language == "zh" and given.words == "corpus" else None)
    everyone = np.arange(len(test))
    bound = judged(test, [[] for _ in test], language).figures(everyone)["upper_bound"]
    print(f"{len(test)} documents, bound {bound:.3f}, candidates {within(test, phrases, language):.3f}")
    for name, method in methods_of(phrases, texts, given.model, given.masked, given.tagger).items():
        number = min(len(test), given.masked) if name == "masked" else len(test)
        started = time.perf_counter()
        ranked = [[phrase for phrase, _ in method.rank(document.text, RANKED)] for document in test[:number]]
        seconds = time.perf_counter() - started
        scores = judged(test[:number], ranked, language)
        print(f"{name:18} {interval(scores, given.seed)}   {number} documents {seconds:7.1f} s", flush=True)
        if name.startswith("embedding") and given.masked:
            first = SummedScores(scores.counts[: given.masked], scores.finish)
            print(f"{'  the first of them':18} {interval(first, given.seed)}   {given.masked} documents")


def judged(documents: list[Document], ranked: list[list[str]], language: str) -> SummedScores:
    return keyphrase_scores([one.gold for one in documents], ranked, [one.text for one in documents], language)


def interval(scores: SummedScores, seed: int) -> str:
    """Means over documents in percent, with 95 % intervals by resampling them."""
    found = resample(scores, seed)
    return "   ".join(
        f"{name.replace('f', 'F')} {100 * found[name].value:5.2f} ({100 * found[name].low:.2f} to {100 * found[name].high:.2f})"
        for name in SHOWN
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--inspec", type=Path)
    parser.add_argument("--csl", type=Path)
    parser.add_argument("--model", help="folder of an encoder")
    parser.add_argument("--tagger", help="run of tagger.yaml")
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
