"""The story of keywords: texts are read, phrases ranked, and every row of a file gets its answer, in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundup.commands.answers import Answers, input_rows
from groundup.commands.keywords import Keywords
from groundup.commands.machine import prepare_machine
from groundup.data.sources.records import Row
from groundup.errors import InputError
from groundup.evaluate.predictor import Predictor, load
from groundup.runs import Outcome
from groundup.tasks.associations import Associations, topic_words
from groundup.tasks.keyword_baselines import Ranked, Statistic, TextRank, TfIdf
from groundup.tasks.keywords import EmbeddingKeywords
from groundup.tasks.phrases import Phrases, language_of, make_phrases
from groundup.tasks.words_of_corpus import CorpusWords

ANSWER = ("keywords", "error")


def keywords(settings: Keywords) -> Outcome:
    prepare_machine(settings)
    if settings.out is not None and Path(settings.out).is_dir():
        raise InputError("OUTPUT_IS_A_FOLDER", settings.out, "is a folder", "name a file")
    encoder = None if settings.model is None else load_encoder(settings.model)
    if settings.input is None:
        return answer_texts(settings, encoder)
    rows = list(input_rows(settings.input, settings.read))
    if not rows:
        raise InputError("EMPTY_DATA", settings.input, "holds no row", "give one text a line, or a table")
    texts = [text_of(row, settings) for row in rows]
    if settings.associated is not None:
        return tell_associated(settings, readable(texts, settings), encoder)
    if settings.by is not None:
        return tell_topics(settings, rows, texts)
    return answer_rows(settings, rows, texts, encoder)


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
        what = f"has no column '{name}'"
        raise InputError("NO_COLUMN", f"{row.file}:{row.line}", what, f"--text_column is one of {', '.join(row.values)}")
    value = row.values[name]
    return value if isinstance(value, str) and value.strip() else None


def readable(texts: Sequence[str | None], settings: Keywords) -> list[str]:
    """The texts that are there; none at all are refused."""
    found = [text for text in texts if text is not None]
    if not found:
        raise InputError("NO_TEXT", settings.input, "holds no text", "name the column with --text_column")
    return found


def phrases_of(settings: Keywords, texts: Sequence[str]) -> Phrases:
    """The way from these texts to their phrases."""
    language = language_of(texts) if settings.language == "auto" else settings.language
    cut = CorpusWords(texts) if language == "zh" and settings.words == "corpus" else None
    return make_phrases(language, cut)


def rank(settings: Keywords, texts: Sequence[str], encoder: Predictor | None) -> list[Ranked]:
    """The keywords of each text by the method that was chosen."""
    background = list(texts)
    if settings.background is not None:
        rows = input_rows(settings.background, settings.read)
        background = readable([text_of(row, settings) for row in rows], settings)
    phrases = phrases_of(settings, background)
    match settings.chosen:
        case "embedding" | "masked" as method:
            assert encoder is not None  # check() refuses
            return EmbeddingKeywords(encoder, phrases, method, settings.diversity).rank_all(texts, settings.top)
        case "tfidf":
            ranker = TfIdf(phrases).fit(background)
        case "textrank":
            ranker = TextRank(phrases)
        case _:
            ranker = Statistic(phrases)
    return [ranker.rank(text, settings.top) for text in texts]


def answer_texts(settings: Keywords, encoder: Predictor | None) -> Outcome:
    """Keywords of texts of the command line, one a line with its score; a blank line between texts."""
    if not all(text.strip() for text in settings.text):
        raise InputError("NO_TEXT", "text", "is empty", "give some words")
    found = rank(settings, settings.text, encoder)
    print("\n\n".join("\n".join(f"{score:.3f}  {phrase}" for phrase, score in ranked) for ranked in found))
    return Outcome(Path("-"), {"keywords": found})


def answer_rows(
    settings: Keywords, rows: list[Row], texts: Sequence[str | None], encoder: Predictor | None
) -> Outcome:
    """Every row with its keywords, or with what was wrong with it."""
    found = iter(rank(settings, readable(texts, settings), encoder))
    answers, faults = Answers(settings.out, rows, ANSWER), 0
    for row, text in zip(rows, texts, strict=True):
        if text is None:
            faults += 1
            answers.add(row, {"error": row.fault or "the text is empty or not text"})
        else:
            answers.add(row, {"keywords": "; ".join(phrase for phrase, _ in next(found))})
    answers.write(settings.out)
    return Outcome(Path(settings.out or "-"), {"rows": len(rows), "faults": faults}, notes(faults, len(rows)))


def tell_associated(settings: Keywords, texts: list[str], encoder: Predictor | None) -> Outcome:
    """The words that go with a word, on standard output."""
    assert settings.associated is not None
    corpus = Associations(phrases_of(settings, texts), settings.window).fit(texts)
    near = corpus.of(settings.associated, settings.top, settings.measure)
    for one in near:
        print(f"{one.score:.3f}  {one.word}  ({one.together} times near)")
    akin = [] if encoder is None else corpus.akin(settings.associated, settings.top, encoder)
    for word, likeness in akin:
        print(f"{likeness:.3f}  {word}  (akin)")
    return Outcome(Path("-"), {"near": [one._asdict() for one in near], "akin": akin})


def tell_topics(settings: Keywords, rows: list[Row], texts: Sequence[str | None]) -> Outcome:
    """The words of each value of a column, on standard output."""
    assert settings.by is not None
    groups: dict[str, list[str]] = {}
    faults = 0
    for row, text in zip(rows, texts, strict=True):
        if text is None:
            faults += 1
            continue
        if settings.by not in row.values:
            what = f"has no column '{settings.by}'"
            raise InputError("NO_COLUMN", f"{row.file}:{row.line}", what, f"--by is one of {', '.join(row.values)}")
        groups.setdefault(str(row.values[settings.by]), []).append(text)
    found = topic_words(groups, phrases_of(settings, readable(texts, settings)), settings.top)
    for name, ranked in found.items():
        print(f"{name}: {', '.join(word for word, _ in ranked)}")
    return Outcome(Path("-"), {"topics": found}, notes(faults, len(rows)))


def notes(faults: int, rows: int) -> list[str]:
    """What the reader must know."""
    return [f"{faults} of {rows} rows could not be read"] if faults else []
