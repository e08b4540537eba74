"""Summaries made of sentences: what is learned, where the head is asked, and that known scores give the right sentences."""

from collections import Counter

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.kinds.text.reader import TextReader
from groundup.nn.config import PooledHeadConfig
from groundup.objectives.tag_cross_entropy import IGNORE
from groundup.tasks.extraction import Extraction, sentence_sites, target_sentences
from groundup.tasks.known import make_task
from groundup.tasks.summaries import greedy, sentence_places, sentences_of
from tests.tasks.reading_models import certain, make_model, make_reader

ENGLISH = "The café is old.  Zoë met 王小明 there. It rained!\n\nNobody came in New York. J. R. Smith wrote “J’accuse”."
CHINESE = "李雷在北京大学。今天下雨了！没有人来.他们走了？"
TEXTS = [(ENGLISH,), (CHINESE,), ("One.",), ("😀 a. b c d e f g h!",)]
TARGETS = ["Nobody came in New York. Zoë met 王小明 there.", "没有人来.", "One.", "h g f e d"]


def extraction(**facts):
    return Extraction({"language": "en", "sentences": 2, "labels": ["left out", "taken"]} | facts)


@pytest.fixture(scope="module", params=["wordpiece", "byte_bpe"])
def reader(request):
    return make_reader(request.param)


def test_places_are_those_of_the_sentences():
    for text in (ENGLISH, CHINESE, "", " \n a b. \n"):
        assert [text[start:end] for start, end in sentence_places(text)] == sentences_of(text)
    assert len(sentence_places(CHINESE)) == 4


def by_counting(sentences, reference):
    """The greedy choice by plain counters: F1 of words plus F1 of pairs of words inside sentences."""

    def parts(sentence, n):
        words = sentence.split()
        return Counter(zip(*(words[start:] for start in range(n)), strict=False))

    def total(places):
        scores = 0.0
        for n in (1, 2):
            true, ours = parts(reference, n), sum((parts(sentences[place], n) for place in places), Counter())
            scores += 2 * (true & ours).total() / max(1, true.total() + ours.total())
        return scores

    chosen = []
    while len(chosen) < len(sentences):
        left = [place for place in range(len(sentences)) if place not in chosen]
        best = max(left, key=lambda place: total([*chosen, place]))
        if total([*chosen, best]) <= total(chosen) + 1e-12:
            break
        chosen.append(best)
    return sorted(chosen)


def test_the_quick_oracle_takes_what_counters_take():
    rng = np.random.default_rng(0)
    for _ in range(100):
        sentences = [" ".join(rng.choice(list("abcdef"), rng.integers(1, 6))) for _ in range(rng.integers(1, 8))]
        reference = " ".join(rng.choice(list("abcdefgh"), rng.integers(1, 12)))
        assert greedy(sentences, reference) == by_counting(sentences, reference)


def test_the_oracle_says_when_it_takes_nothing():
    assert greedy(["a b", "c"], "x y") == greedy([], "a") == greedy(["a"], "") == []
    assert greedy(["天冷。", "下雪了。"], "下雪") == [1]


def test_the_number_of_sentences_is_learned_as_a_number_or_a_share(reader):
    task = Extraction()
    task.learn([("A b. C d. E f.",), ("G h. I j. K l. M n. O p. Q r.",)], ["C d.", "O p."], reader)
    assert (task.facts["sentences"], task.facts["language"]) == (1, "en")
    task = Extraction()
    long = " ".join(f"Word{chr(97 + i)} here{chr(97 + i)}." for i in range(12))
    task.learn([("A b. C d. E f. G h.",), (long,)], ["A b. G h.", " ".join(long.split(" ")[:12])], reader)
    assert task.facts["share"] == 0.5
    assert task.counts(([], []))[1](12) == 6
    assert "sentences" not in task.facts


def test_chinese_is_told_from_english(reader):
    task = Extraction()
    task.learn([(CHINESE,)] * 3, ["没有人来."] * 3, reader)
    assert task.facts["language"] == "zh"


def test_texts_of_one_sentence_are_refused_with_the_way_out(reader):
    with pytest.raises(InputError, match=r"no training text has two sentences.*--task summarization"):
        Extraction().learn([("One title",), ("Another",)], ["title", "other"], reader)


@pytest.mark.parametrize("bad", [None, "", "  ", 3, ["a"]])
def test_what_is_no_summary_is_refused(bad):
    with pytest.raises(ValueError, match="is empty or not text"):
        Extraction().read_target(bad, ("a text",))


def test_summaries_of_other_texts_are_left_out():
    found = Extraction().unfit_rows([("a b",), ("c d",)], ["b", "x"])
    assert next(iter(found.values())).tolist() == [False, True]


@pytest.mark.parametrize(("length", "too_long"), [(64, "truncate"), (12, "window")])
def test_known_scores_give_the_sentences_that_were_wanted(reader, length, too_long):
    """Over accents, Chinese, emoji and windows."""
    for text, target in zip(TEXTS, TARGETS, strict=True):
        task = extraction(sentences=len(target_sentences(text[0], target)), language="zh" if text[0] == CHINESE else "en")
        framed = task.pack([text], reader, length, too_long)
        rows = task.make_rows([text], [target], framed, reader, 0)
        answer = task.decode(certain(rows.marks, 2), rows, [text])[0]
        assert [sentence_places(text[0]).index(span) for span in answer.sentences] == target_sentences(text[0], target)
        assert all(score > 0 for score in answer.scores)


def test_each_sentence_is_asked_once_in_a_text_that_fits(reader):
    task = extraction()
    framed = task.pack(TEXTS, reader, 128, "truncate")
    for (text,), mark in zip(TEXTS, task.make_rows(TEXTS, None, framed, reader, 0).marks, strict=True):
        assert (mark != IGNORE).sum() == len(sentence_places(text))


def test_a_window_that_lacks_the_beginning_of_a_sentence_does_not_ask_it(reader):
    framed = extraction().pack([TEXTS[0]], reader, 12, "window")
    spans = sentence_places(ENGLISH)
    assert len(framed.places) > 2
    found = [sentence_sites(places, spans, goes_on=n > 0) for n, places in enumerate(framed.places)]
    for places, sentences in zip(framed.places, found, strict=True):
        assert all(places.start[token] <= spans[sentence][0] < places.end[token] for token, sentence in sentences)
    assert {sentence for one in found for _, sentence in one} == set(range(len(spans)))


@pytest.mark.parametrize("text", ["", "a", "...", "\n\n", "王。。。", "x" * 300, ENGLISH * 5])
def test_any_text_has_an_answer(reader, text):
    task = extraction()
    model = make_model(reader, task, PooledHeadConfig(classes=2))
    framed = task.pack([(text,)], reader, 24, "window")
    answer = task.evaluate(model, task.make_rows([(text,)], None, framed, reader, 0), [(text,)], reader).answers[0]
    assert len(answer.sentences) <= 2
    assert answer.text == " ".join(text[start:end] for start, end in answer.sentences)
    assert task.as_dict(answer)["sentences"] == [
        {"start": s, "end": e, "score": v} for (s, e), v in zip(answer.sentences, answer.scores, strict=True)
    ]


def test_baselines_take_as_many_sentences_and_the_bound_is_above_them():
    task = make_task("extraction", extraction(sentences=1).facts)
    texts, targets = [("A cat slept. Snow fell on the mat. Dogs bark.",)] * 3, ["snow fell"] * 3
    found = task.baselines((texts, targets), (texts, targets), texts, TextReader())
    assert [one.name for one in found] == ["first 1", "TextRank 1", "random 1"]
    assert found[0].answers == ["A cat slept."] * 3
    bound = task.upper_bounds(texts, targets)[0]
    assert bound.answers == ["Snow fell on the mat."] * 3
    figures = task.scores(bound.answers, targets, texts).figures(np.arange(3))
    assert figures["rouge1"] == pytest.approx(2 * 2 / 7)
    assert figures["copy_rate"] == 1
