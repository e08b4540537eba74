"""The story of keywords: texts are read, phrases ranked, and every row of a file gets its answer, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from groundup.augment.masked_lm import MaskedWords
from groundup.commands.keywords.settings import Keywords
from groundup.commands.shared.answers import Answers, check_answer_file, input_rows, tell_written
from groundup.data.sources.records import Row
from groundup.data.sources.tables.missing_column import no_column
from groundup.errors import InputError
from groundup.evaluate.counterfactual import Counterfactual, counterfactual_words
from groundup.evaluate.predictor import Predictor, load
from groundup.keywords.associations import Associations, topic_words
from groundup.keywords.baselines import Ranked, Statistic, TextRank, TfIdf
from groundup.keywords.corpus_words import CorpusWords
from groundup.keywords.embedding import EmbeddingKeywords
from groundup.keywords.phrases import Phrases, language_of, make_phrases
from groundup.kinds.text.pieces import cut, words_of
from groundup.machine import prepare_machine
from groundup.messages.current import message
from groundup.runs import Outcome
from groundup.scope import refuse
from groundup.terminal.log import output, say

ANSWER = ("keywords", "error")
COUNTERFACTUAL = ("keywords", "before", "after", "changed_label", "changed_text", "error")


def keywords(settings: Keywords) -> Outcome:
    prepare_machine(settings)
    check_answer_file(settings.out, settings.input)
    if settings.counterfactual:
        return tell_counterfactual(settings)
    encoder = None if settings.model is None else load_encoder(settings.model)
    if settings.input is None:
        return answer_texts(settings, encoder)
    rows, texts = read_texts(settings)
    if settings.related_to is not None:
        return tell_associated(settings, readable(texts, settings), encoder)
    if settings.group_by is not None:
        return tell_topics(settings, rows, texts)
    return answer_rows(settings, rows, texts, encoder)


def read_texts(settings: Keywords) -> tuple[list[Row], list[str | None]]:
    """The rows of the input, and the text of each that has one."""
    assert settings.input is not None
    rows = list(input_rows(settings.input, settings.read, columns_named(settings), say))
    if not rows:
        raise InputError("EMPTY_DATA", settings.input, "holds no row", "give one text a line, or a table")
    return rows, [text_of(row, settings) for row in rows]


def columns_named(settings: Keywords) -> list[str]:
    """The columns of the input that are asked for by name."""
    return [name for name in (settings.text_column, settings.group_by) if name is not None]


def load_encoder(path: str) -> Predictor:
    """The model, which must read and not write."""
    predictor = load(path)
    if "lm" in predictor.heads:
        raise InputError("MODEL_WRITES", path, "writes text; keywords need an encoder", "name a model of masked words")
    return predictor


def text_of(row: Row, settings: Keywords) -> str | None:
    """The text of a row; None where there is none."""
    if row.fault is not None:
        return None
    name = settings.text_column
    if name is None:
        name = next(iter(row.values)) if len(row.values) == 1 else "text"
    if name not in row.values:
        raise no_column(row, name, "text_column")
    value = row.values[name]
    return value if isinstance(value, str) and value.strip() else None


def readable(texts: Sequence[str | None], settings: Keywords) -> list[str]:
    """The texts that are there; none at all are refused."""
    texts_present = [text for text in texts if text is not None]
    if not texts_present:
        raise InputError("NO_TEXT", settings.input, "holds no text", "name the column with --text_column")
    return texts_present


def phrases_of(settings: Keywords, texts: Sequence[str]) -> Phrases:
    """The way from these texts to their phrases."""
    language = language_of(texts) if settings.text_language == "auto" else settings.text_language
    if language != "zh":
        refuse(settings, "no Chinese")
    cut = CorpusWords(texts) if language == "zh" and settings.words == "corpus" else None
    return make_phrases(language, cut)


def rank(settings: Keywords, texts: Sequence[str], encoder: Predictor | None) -> list[Ranked]:
    """The keywords of each text by the method that was chosen."""
    background = list(texts)
    if settings.background is not None:
        rows = input_rows(settings.background, settings.read, columns_named(settings), say)
        background = readable([text_of(row, settings) for row in rows], settings)
    phrases = phrases_of(settings, background)
    match settings.chosen:
        case "embedding" | "masked" as method:
            assert encoder is not None  # check() refuses
            if method == "masked":  # the other reads a long text through windows
                tell_limits(settings, encoder, texts)
            return EmbeddingKeywords(encoder, phrases, method, settings.diversity).rank_all(texts, settings.top)
        case "tfidf":
            ranker = TfIdf(phrases).fit(background)
        case "textrank":
            ranker = TextRank(phrases)
        case _:
            ranker = Statistic(phrases)
    return [ranker.rank(text, settings.top) for text in texts]


def tell_limits(settings: Keywords, reader: Predictor, texts: Sequence[str]) -> None:
    """How many texts are longer than the model reads."""
    for line in reader.limit_warnings(int(reader.long([(text,) for text in texts]).sum()), len(texts)):
        say(line)


def answer_texts(settings: Keywords, encoder: Predictor | None) -> Outcome:
    """Keywords of texts of the command line, one a line with its score; a blank line between texts."""
    require_text(settings)
    phrases = rank(settings, settings.text, encoder)
    output("\n\n".join("\n".join(f"{score:.3f}  {phrase}" for phrase, score in ranked) for ranked in phrases))
    return Outcome(Path("-"), {"keywords": phrases})


def answer_rows(settings: Keywords, rows: list[Row], texts: Sequence[str | None], encoder: Predictor | None) -> Outcome:
    """Every row with its keywords, or with what was wrong with it."""
    ranked = iter(rank(settings, readable(texts, settings), encoder))
    answers, faults = Answers(settings.out, rows, ANSWER, str(settings.input)), 0
    for row, text in zip(rows, texts, strict=True):
        if text is None:
            faults += 1
            answers.add(row, {"error": row.fault or "the text is empty or not text"})
        else:
            answers.add(row, {"keywords": "; ".join(phrase for phrase, _ in next(ranked))})
    answers.write(settings.out)
    tell_written(settings.out, len(rows))
    return Outcome(Path(settings.out or "-"), {"rows": len(rows), "faults": faults}, notes(faults, len(rows)))


def tell_associated(settings: Keywords, texts: list[str], encoder: Predictor | None) -> Outcome:
    """The words that go with a word, on standard output."""
    assert settings.related_to is not None
    corpus = Associations(phrases_of(settings, texts), settings.window).fit(texts)
    near = corpus.of(settings.related_to, settings.top, settings.measure)
    for one in near:
        output(f"{one.score:.3f}  {one.word}  {message('times near', count=one.together)}")
    akin = [] if encoder is None else corpus.akin(settings.related_to, settings.top, encoder)
    for word, likeness in akin:
        output(f"{likeness:.3f}  {word}  {message('akin')}")
    return Outcome(Path("-"), {"near": [one._asdict() for one in near], "akin": akin})


def tell_topics(settings: Keywords, rows: list[Row], texts: Sequence[str | None]) -> Outcome:
    """The words of each value of a column, on standard output."""
    assert settings.group_by is not None
    groups: dict[str, list[str]] = {}
    faults = 0
    for row, text in zip(rows, texts, strict=True):
        if text is None:
            faults += 1
            continue
        if settings.group_by not in row.values:
            raise no_column(row, settings.group_by, "group_by")
        groups.setdefault(str(row.values[settings.group_by]), []).append(text)
    topics = topic_words(groups, phrases_of(settings, readable(texts, settings)), settings.top)
    for name, ranked in topics.items():
        output(f"{name}: {', '.join(word for word, _ in ranked)}")
    return Outcome(Path("-"), {"topics": topics}, notes(faults, len(rows)))


def tell_counterfactual(settings: Keywords) -> Outcome:
    """For each text the changes that turn the verdict: lines for people, or columns beside those of the input."""
    assert settings.model is not None  # check() refuses
    assert settings.masked_model is not None
    classifier, other = load(settings.model), load(settings.masked_model)
    masked = MaskedWords(other.model, other.encoder)

    def changes_of(text: str) -> list[Counterfactual]:
        return counterfactual_words(classifier, masked, text, top=settings.top, words=settings.words_changed)

    if settings.input is None:
        require_text(settings)
        tell_limits(settings, classifier, settings.text)
        counterfactuals = [changes_of(text) for text in settings.text]
        output("\n\n".join(map(counterfactual_lines, counterfactuals)))
        return Outcome(Path("-"), {"counterfactuals": [[asdict(one) for one in several] for several in counterfactuals]})
    rows, texts = read_texts(settings)
    tell_limits(settings, classifier, [text for text in texts if text is not None])
    answers, faults = Answers(settings.out, rows, COUNTERFACTUAL, str(settings.input)), 0
    for row, text in zip(rows, texts, strict=True):
        if text is None or not words_of(cut(text)):
            faults += 1
            answers.add(row, {"error": row.fault or "the text is empty, not text, or without a word"})
        else:
            answers.add(row, columns_of(changes_of(text)))
    answers.write(settings.out)
    tell_written(settings.out, len(rows))
    return Outcome(Path(settings.out or "-"), {"rows": len(rows), "faults": faults}, notes(faults, len(rows)))


TURNED = ("before", "after", "label", "probability", "text")  # what a line says of a counterfactual


def counterfactual_lines(counterfactuals: Sequence[Counterfactual]) -> str:
    """A change a line: the probability of the old label before and after, the words, the new label, the new text."""
    lines = [
        message("turned by", changes=changes_text(one), **{name: getattr(one, name) for name in TURNED})
        for one in counterfactuals
    ]
    return "\n".join(lines) or message("nothing turns")


def changes_text(counterfactual: Counterfactual) -> str:
    return message("and").join(map(str, counterfactual.changes))


def columns_of(counterfactuals: Sequence[Counterfactual]) -> dict[str, object]:
    """All changes in their order, and what the first one makes of the text; nothing where nothing turns the verdict."""
    if not counterfactuals:
        return {}
    first = counterfactuals[0]
    return {
        "keywords": "; ".join(map(changes_text, counterfactuals)),
        "before": round(first.before, 6),
        "after": round(first.after, 6),
        "changed_label": first.label,
        "changed_text": first.text,
    }


def require_text(settings: Keywords) -> None:
    if not all(text.strip() for text in settings.text):
        raise InputError("NO_TEXT", "text", "is empty", "give some words")


def notes(faults: int, rows: int) -> list[str]:
    """What the reader must know."""
    return [message("rows unread", faults=faults, rows=rows)] if faults else []
