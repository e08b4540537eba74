"""groundup keywords: what texts are about, which words go with a word, tell groups of texts apart, or turn a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from groundup.config import Bounds, Command, Positive
from groundup.data.settings import ANSWERED, ROWS, ReadSettings
from groundup.scope import NO_CHANCE, Unfit

WITH_MODEL = ("embedding", "masked")


@dataclass(frozen=True, kw_only=True)
class Keywords(Command):
    """Find the keywords of texts, the words that go with a word, that tell groups of texts apart, or that turn a verdict.

    Every row of `--input` gets its keywords beside its columns (`keywords`, joined by "; ", and `error`), in `--out` or on
    standard output; `--text` is answered one keyword a line. `--related_to WORD` tells the words that stand near it more often
    than by chance (with `--model` also those akin in meaning), `--group_by COLUMN` the words of each of its values,
    `--counterfactual` those whose change would change the verdict of a classifier, the smallest change first.
    """

    example: ClassVar[str] = "groundup keywords --input reviews.csv --text_column sentence --method tfidf"
    main_settings: ClassVar[tuple[str, ...]] = (
        "input",
        "text",
        "out",
        "text_column",
        "model",
        "method",
        "top",
        "group_by",
        "related_to",
    )

    unfit: ClassVar = (
        NO_CHANCE,
        ROWS,
        ANSWERED,
        Unfit(
            lambda one: one.input in (None, "-") and one.background in (None, "-"),
            ("read", "text_column"),
            "is for files: --input FILE",
        ),
        Unfit(lambda one: one.input is None, ("out",), "is for the answers to --input; that to --text is printed"),
        Unfit(lambda one: not one.related_to, ("window", "measure"), "goes with --related_to"),
        Unfit(lambda one: not one.counterfactual, ("words_changed",), "goes with --counterfactual"),
        Unfit(
            lambda one: one.related_to or one.group_by, ("method", "background", "diversity"), "is of the keywords of each text"
        ),
        Unfit(
            lambda one: one.counterfactual,
            ("method", "background", "diversity", "text_language", "words"),
            "is of keywords, not of --counterfactual",
        ),
        Unfit(lambda one: one.chosen not in WITH_MODEL, ("diversity",), "is for the methods with a model"),
        Unfit(
            lambda one: one.group_by or not (one.chosen in WITH_MODEL or one.related_to or one.counterfactual),
            ("model",),
            "is for the methods embedding and masked, --related_to and --counterfactual",
        ),
        Unfit("no Chinese", ("words",), "is about Chinese, and the texts are English"),
    )

    model: str | None = None
    """Encoder: a model folder or run. Needed by the methods embedding and masked."""
    text: tuple[str, ...] = ()
    """Text to find keywords of. Give it again for more."""
    input: str | None = None
    """Table or text file with one text a line; - for standard input."""
    out: str | None = None
    """Where the answers to --input go: .csv, .tsv or .jsonl. Default: standard output, as csv."""
    text_column: str | None = None
    """Column with the text of --input. Default: the only one, or `text`."""
    method: Literal["auto", "embedding", "masked", "tfidf", "textrank", "yake"] = "auto"
    """embedding: phrases near the text in meaning; masked: phrases without which the text's vector changes (slow); tfidf: rare
    elsewhere, frequent here; textrank, yake: statistics of the text alone. auto: embedding with a model, else textrank."""
    background: str | None = None
    """Texts in which tfidf counts how many hold a phrase. Default: those of --input."""
    top: Positive = 10
    """Keywords for each text, or words for each question."""
    text_language: Literal["auto", "en", "zh"] = "auto"
    """Language of the texts. auto: by their script."""
    words: Literal["dictionary", "corpus"] = "dictionary"
    """Where Chinese words come from: the dictionary of rjieba, or the texts themselves (frequency, entropy of neighbors)."""
    diversity: Annotated[float, Bounds(0, 1)] = 0.5
    """Of the methods with a model: how much a keyword must differ from those before it (maximal marginal relevance)."""
    related_to: str | None = None
    """Word whose companions in --input are listed."""
    window: Positive = 5
    """Content words to either side that count as near."""
    measure: Literal["npmi", "pmi", "likelihood"] = "npmi"
    """How --related_to measures: mutual information (normalized or not), or log-likelihood ratio."""
    group_by: str | None = None
    """Column of --input; the words that distinguish its values are listed (log-odds with a prior)."""
    counterfactual: bool = False
    """Tell the words without which, or with others in whose place, the classifier --model would decide otherwise."""
    masked_model: str | None = None
    """With --counterfactual: model of masked words that says what could stand in a word's place."""
    words_changed: Annotated[int, Bounds(1, 4)] = 2
    """With --counterfactual: words changed together at most, where one alone is not enough."""
    read: ReadSettings = field(default_factory=ReadSettings)

    @property
    def chosen(self) -> str:
        """The method."""
        if self.method != "auto":
            return self.method
        return "textrank" if self.model is None else "embedding"

    def check(self) -> Iterable[tuple[str, str]]:
        if bool(self.text) == (self.input is not None):
            yield "text", "give either a text or an input file"
        if self.out is not None and not self.out.endswith((".csv", ".tsv", ".jsonl")):
            yield "out", f"'{self.out}' does not end in .csv, .tsv or .jsonl"
        if self.method in WITH_MODEL and self.model is None:
            yield "model", f"the method {self.method} needs an encoder"
        if self.chosen == "tfidf" and self.input is None and self.background is None:
            yield "background", "tfidf needs texts to count phrases in: give --background FILE"
        if self.related_to is not None and self.group_by is not None:
            yield "group_by", "related_to and group_by are two questions: ask one"
        if self.counterfactual != (self.masked_model is not None):
            yield "masked_model", "belongs to --counterfactual, which needs it"
        if self.counterfactual and self.model is None:
            yield "model", "--counterfactual asks a classifier: name it"
        if self.counterfactual and (self.method != "auto" or self.related_to is not None or self.group_by is not None):
            yield "counterfactual", "is a question of its own, without method, related_to and group_by"
        for name in ("related_to", "group_by"):
            if getattr(self, name) is not None and self.input is None:
                yield name, "is asked of the texts of --input"
            if getattr(self, name) is not None and self.out is not None:
                yield "out", f"the answer to --{name} goes to standard output"
