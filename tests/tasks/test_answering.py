"""Answers to questions in a text: what is read, what a window wants, and which beginning and end belong together."""

import itertools
import json

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.kinds.text.reader import TextReader
from groundup.nn.config import NumberHeadConfig, PooledHeadConfig
from groundup.objectives.span_cross_entropy import IGNORE, SPAN_END, SPAN_START
from groundup.tasks.answering import Answer, Answering, Reference, log_softmax
from groundup.tasks.baselines.answering import by_overlap, first_sentence, sentences_at
from tests.tasks.reading_models import make_model, make_reader

CONTEXT = "  Zoë Müller met 王小明 in São Paulo, near the café of São Paulo."
TEXTS = ("Where?", CONTEXT)
SECOND = CONTEXT.rindex("São Paulo")
LONG = "the old lamp is near. " * 12 + "王小明 met Zoë in São Paulo. " + "a b c d e f g h. " * 12


def read(value, texts=TEXTS):
    return Answering().read_target(value, texts)


FORMS = {
    "a text": ("王小明", [("王小明", 17)]),
    "the first of several places": ("São Paulo", [("São Paulo", 24)]),
    "a list of texts": (["São Paulo", "café"], [("São Paulo", 24), ("café", 44)]),
    "the same as JSON": ('["São Paulo", "café"]', [("São Paulo", 24), ("café", 44)]),
    "SQuAD": ([{"text": "São Paulo", "answer_start": SECOND}], [("São Paulo", SECOND)]),
    "Hugging Face": ({"text": ["São Paulo", "Zoë"], "answer_start": [SECOND, 2]}, [("São Paulo", SECOND), ("Zoë", 2)]),
    "Hugging Face without places": ({"text": ["Zoë"]}, [("Zoë", 2)]),
    "an object": ({"text": "Zoë", "start": 2}, [("Zoë", 2)]),
    "a place that is a little wrong": ([{"text": "São Paulo", "answer_start": SECOND - 3}], [("São Paulo", SECOND)]),
    "blanks around it": ({"text": " São Paulo", "answer_start": SECOND - 1}, [("São Paulo", SECOND)]),
    "one of several that people wrote otherwise": (["Zoe", "Zoë"], [("Zoë", 2), ("Zoe", -1)]),
    "no answer": ([], []),
    "no answer as Hugging Face has it": ({"text": [], "answer_start": []}, []),
    "twice the same": (["Zoë", "Zoë"], [("Zoë", 2)]),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_answers_is_read(form):
    value, expected = FORMS[form]
    assert read(value) == expected
    assert read(json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value) == expected


def test_an_answer_that_begins_like_json_is_a_text():
    assert read("[1]", ("Which?", "see [1] and (2)")) == [Reference("[1]", 4)]


WRONG = {
    "elsewhere": ("Rio", "the answer 'Rio' does not stand in the text"),
    "two elsewhere": (["Rio", "Lima"], "the answer 'Rio' does not stand in the text"),
    "empty": ("", "is empty"),
    "blank": (" ", "without text"),
    "missing": (None, "is empty; where there is no answer write \\[\\]"),
    "a number": (7, "without text"),
    "an object without text": ({"start": 3}, "without text"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_answer_is_told(case):
    with pytest.raises(ValueError, match=WRONG[case][1]):
        read(WRONG[case][0])


def test_two_texts_are_needed():
    with pytest.raises(ValueError, match="two text columns"):
        read("a", ("a",))


def known(texts, targets, reader, length=200, too_long="truncate"):
    """What a head says that knows each window's marks."""
    task = Answering()
    task.learn(texts, targets, reader)
    framed = task.pack(texts, reader, length, too_long)
    rows = task.make_rows(texts, targets, framed, reader, 0)
    said = []
    for mark in rows.marks:
        asked = mark[mark != IGNORE]
        said.append(np.stack([(asked & SPAN_START > 0) * 9.0, (asked & SPAN_END > 0) * 9.0], axis=1))
    return task, rows, said


@pytest.mark.parametrize("kind", ["wordpiece", "byte_bpe", "unigram", "character"])
def test_known_ends_give_the_answer_back(kind):
    """With accents, Chinese, blanks before the context, and the second of two places."""
    texts = [TEXTS] * 5
    answers = [("Zoë Müller", 2), ("王小明", 17), ("São Paulo", SECOND), ("café", 44), ("São Paulo, near", 24)]
    task, rows, said = known(texts, [[Reference(*answer)] for answer in answers], make_reader(kind))
    assert [(one.text, one.start) for one in task.decode(said, rows, texts)] == answers


def test_tokens_of_the_context_are_asked_and_the_first_one_of_all():
    reader = make_reader()
    _, rows, _ = known([TEXTS], [[Reference("王小明", 17)]], reader)
    places, mark = rows.packed.places[0], rows.marks[0]
    asked = np.flatnonzero(mark != IGNORE)
    assert asked[0] == 0
    assert (places.column[asked[1:]] == 1).all()
    assert len(asked) == 1 + (places.column == 1).sum()
    (begin,), (end,) = np.flatnonzero(mark & SPAN_START > 0), np.flatnonzero(mark & SPAN_END > 0)
    assert (places.start[begin], places.end[end]) == (17, 20)


@pytest.mark.parametrize("length", [24, 40])
def test_windows_find_an_answer_far_inside_and_the_others_say_that_it_is_elsewhere(length):
    answer, reader = Reference("São Paulo", LONG.index("São Paulo")), make_reader()
    task, rows, said = known([("Where?", LONG)], [[answer]], reader, length, "window")
    assert len(said) > 7
    elsewhere = [bool(mark[0] & SPAN_START) for mark in rows.marks]
    inside = [bool((mark[1:] & SPAN_START > 0).any() and (mark[1:] & SPAN_END > 0).any()) for mark in rows.marks]
    assert [a != b for a, b in zip(elsewhere, inside, strict=True)] == [True] * len(said)
    assert 1 <= sum(inside) <= 2
    assert [(one.text, one.start) for one in task.decode(said, rows, [("Where?", LONG)])] == [answer]


def test_a_window_that_says_elsewhere_loses_against_one_that_has_an_answer():
    """Scores of one window may be larger all over: what counts is their share."""
    task = Answering({"longest": 5})
    reader = make_reader()
    framed = task.pack([("Where?", LONG)], reader, 40, "window")
    rows = task.make_rows([("Where?", LONG)], None, framed, reader, 0)
    said = []
    for number, mark in enumerate(rows.marks):
        scores = np.full((int((mark != IGNORE).sum()), 2), 30.0)
        scores[0] = 40.0
        if number == 2:
            scores[:] = 0.0
            scores[3] = 5.0
        said.append(scores)
    (answer,) = task.decode(said, rows, [("Where?", LONG)])
    place = framed.places[2]
    third = np.flatnonzero(place.column == 1)[2]
    assert (answer.start, answer.text) == (place.start[third], LONG[place.start[third] : place.end[third]])


def test_the_best_ends_are_the_best_of_all_pairs():
    rng = np.random.default_rng(3)
    for length in (1, 2, 5, 11):
        for longest in (1, 3, 48):
            task = Answering({"longest": longest})
            scores = rng.normal(size=(length, 2))
            pairs = [(i, j) for i, j in itertools.product(range(length), repeat=2) if 0 <= j - i < longest]
            best = max(pairs, key=lambda pair: scores[pair[0], 0] + scores[pair[1], 1])
            assert task.best_ends(scores)[:2] == best


def test_log_softmax_is_one_per_end():
    shares = np.exp(log_softmax(np.array([[1000.0, -3.0], [999.0, 4.0]])))
    np.testing.assert_allclose(shares.sum(0), [1, 1])
    np.testing.assert_allclose(shares[0, 0], 1 / (1 + np.exp(-1)))


@pytest.mark.parametrize("texts", [("?", "a"), ("Where is it " * 30, "b c"), ("什么？", "王小明在北京大学")])
def test_any_pair_has_an_answer_out_of_the_context(texts):
    reader, task = make_reader(), Answering({"longest": 5})
    model = make_model(reader, task, PooledHeadConfig(classes=2))
    framed = task.pack([texts], reader, 32, "window")
    (answer,) = task.evaluate(model, task.make_rows([texts], None, framed, reader, 0), [texts], reader).answers
    assert answer.text
    assert texts[1][answer.start :].startswith(answer.text)
    assert answer.score <= 0


def test_a_context_without_a_token_has_no_answer():
    reader, task = make_reader(), Answering({"longest": 5})
    model = make_model(reader, task, PooledHeadConfig(classes=2))
    framed = task.pack([("a", "   ")], reader, 32, "truncate")
    (answer,) = task.evaluate(model, task.make_rows([("a", "   ")], None, framed, reader, 0), [("a", "   ")], reader).answers
    assert (answer.text, answer.start) == ("", 0)
    assert task.as_text(answer, ("a", "   ")).startswith("(no answer)")


def test_the_head_is_that_of_the_familys_class():
    task = Answering()
    assert task.head == "ends"
    assert task.make_head(PooledHeadConfig(classes=1, dropout=0.1), None) == NumberHeadConfig(outputs=2)
    assert task.make_head(PooledHeadConfig(classes=1, dense=True), None) == NumberHeadConfig(outputs=2, dense=True)


def test_any_reference_is_right():
    task = Answering()
    targets = [[Reference("São Paulo", 24), Reference("café", 44)]] * 2
    answers = [Answer("café", 44, -1.0), Answer("the café", 40, -1.0)]
    figures = task.scores(answers, targets, [TEXTS] * 2).figures(np.arange(2))
    assert figures == {"exact_match": 1.0, "f1": 1.0}, "articles do not count"
    assert task.error(answers[0], targets[0], TEXTS) is None
    assert task.error(Answer("met", 13, -1.0), targets[0], TEXTS) == (1.0, "São Paulo / café", "met")
    assert task.deserialize(task.serialize(targets[0])) == targets[0]


def test_chinese_answers_are_judged_by_characters():
    texts = [("谁？", "王小明在北京大学工作")]
    assert Answering().rules_of(texts) == "zh"
    assert Answering().rules_of([TEXTS]) == "en"
    figures = Answering().scores([Answer("北京", 4, 0.0)], [[Reference("北京大学", 4)]], texts).figures(np.arange(1))
    assert figures["f1"] == pytest.approx(2 / 3)


def test_sentences_know_where_they_begin():
    text = " One is 3.5 m. Two!  三。四"
    assert [(one, text[at : at + len(one)]) for one, at in sentences_at(text)] == [
        (one, one) for one in ("One is 3.5 m.", "Two!", "三。", "四")
    ]
    assert sentences_at("") == [("", 0)]


def test_the_sentence_with_the_rarest_shared_words_is_the_one_to_beat():
    context = "The lamp is old. The boat is in the harbor. It rains."
    asked = [("Where is the boat?", context), ("这里有什么？", "天气好。这里有灯。")]
    assert by_overlap([("q", context)] * 3, asked) == [("The boat is in the harbor.", 17), ("这里有灯。", 4)]
    assert first_sentence([], asked) == [("The lamp is old.", 0), ("天气好。", 0)]


def test_a_question_without_answer_wants_the_first_token_and_gets_nothing_back():
    task, rows, said = known([TEXTS, TEXTS], [[], [Reference("café", 44)]], make_reader())
    assert task.facts["threshold"] == 0.0
    assert rows.marks[0][0] == SPAN_START | SPAN_END
    assert not (rows.marks[0][1:] & (SPAN_START | SPAN_END) > 0)[rows.marks[0][1:] != IGNORE].any()
    nothing, place = task.decode(said, rows, [TEXTS, TEXTS])
    assert (nothing.text, place.text) == ("", "café")
    assert task.as_dict(nothing) == {
        "answer": "",
        "start": None,
        "score": nothing.score,
        "no_answer": nothing.probability_of_none,
    }
    assert nothing.probability_of_none > 0.99 > 0.01 > place.probability_of_none
    assert task.as_text(nothing, TEXTS).startswith("(no answer)")
    assert task.error(nothing, [], TEXTS) is None
    assert task.error(nothing, [Reference("café", 44)], TEXTS) == (1.0, "café", "(no answer)")
    assert task.error(place, [], TEXTS) == (1.0, "(no answer)", "café")
    assert task.deserialize(task.serialize([])) == []


def test_a_model_that_never_saw_such_a_question_always_names_a_place():
    task, rows, said = known([TEXTS], [[Reference("café", 44)]], make_reader())
    assert "threshold" not in task.facts
    said[0][0] += 30.0
    assert task.decode(said, rows, [TEXTS])[0].text
    assert "threshold" not in Answering.of_outputs(None).facts


def test_of_windows_the_one_least_sure_that_there_is_none_counts():
    task, reader = Answering({"longest": 5, "threshold": 0.0}), make_reader()
    rows = task.make_rows([("Where?", LONG)], None, task.pack([("Where?", LONG)], reader, 40, "window"), reader, 0)
    said = [np.zeros((int((mark != IGNORE).sum()), 2)) for mark in rows.marks]
    for scores in said:
        scores[0] = 9.0
    assert task.decode(said, rows, [("Where?", LONG)])[0].text == ""
    said[3][0], said[3][2] = 0.0, 5.0
    assert task.decode(said, rows, [("Where?", LONG)])[0].text != ""


def test_the_threshold_is_the_one_with_the_highest_f1():
    rng, texts = np.random.default_rng(6), [TEXTS] * 60
    targets = [[] if rng.random() < 0.5 else [Reference("café", 44)] for _ in texts]
    answers = [
        Answer("café" if rng.random() < 0.7 else "met", 44, 0.0, float(np.round(rng.normal(1.0 if not one else -1.0, 2.0), 1)))
        for one in targets
    ]
    task = Answering({"longest": 5, "threshold": 0.0, "language": "en"})

    def f1(threshold):
        task.facts["threshold"] = threshold
        return task.scores([task.apply_threshold(one) for one in answers], targets, texts).figures(np.arange(60))["f1"]

    best = max(f1(threshold) for threshold in [one.none + step for one in answers for step in (-1e-6, 1e-6)])
    task.tune(lambda: [task.apply_threshold(one) for one in answers], targets, texts)
    assert f1(task.facts["threshold"]) == best > max(f1(np.inf), f1(-1e9))
    task.facts["threshold"] = 7.0
    task.tune(list, [], [])
    assert task.facts["threshold"] == 7.0, "no rows to choose by"


def test_without_any_answer_nothing_can_be_learned():
    with pytest.raises(InputError, match="no training row has an answer"):
        Answering().learn([TEXTS], [[]], make_reader())


def test_to_say_that_there_is_no_answer_is_a_baseline_where_rows_have_none():
    rows = [TEXTS, TEXTS], [[], [Reference("café", 44)]]
    found = Answering().baselines(rows, rows, [TEXTS], TextReader())
    assert (found[0].name, found[0].answers[0].text) == ("no answer", "")
    assert [one.name for one in Answering().baselines((rows[0][:1], rows[1][1:]), rows, [TEXTS], TextReader())] == [
        one.name for one in found[1:]
    ]


def test_of_equally_good_thresholds_the_one_next_to_none_is_taken():
    wanted = [[Reference("café", 44)], [Reference("café", 44)], []]
    answers = [Answer("café", 44, 0.0, -6.0), Answer("met", 13, 0.0, -2.0), Answer("met", 13, 0.0, 4.0)]
    task = Answering({"longest": 5, "threshold": 0.0, "language": "en"})
    task.tune(lambda: answers, wanted, [TEXTS] * 3)
    assert task.facts["threshold"] == 1.0, "-4 is as good: it lies between a right place and a wrong one"
