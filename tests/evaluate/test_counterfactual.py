"""A world in which one word tells the label: a masked language model and a classifier that have learned it."""

import csv
import io

import numpy as np
import pytest

import groundup as library
from groundup.augment.masked_lm import MaskedWords
from groundup.errors import InputError
from groundup.evaluate.counterfactual import Edit, applied, counterfactual_words
from groundup.kinds.text.pieces import cut
from tests.commands.life import BAD, BLAME, GOOD, PRAISE, groundup, labelled, read_table, write_table

pytest.importorskip("rjieba")
ROWS = labelled(150)
PRAISED = [text for text, label in labelled(40, seed=1) if label == PRAISE]
ENGLISH, CHINESE = (next(text for text in PRAISED if text.isascii() == ascii) for ascii in (True, False))


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The folders of a classifier and of a model of masked words."""
    root = tmp_path_factory.mktemp("counterfactual")
    (root / "texts").mkdir()
    for number in range(30):
        rows = ROWS[5 * number : 5 * number + 5]
        (root / "texts" / f"{number:02d}.txt").write_text("\n\n".join(text for text, _ in rows), "utf-8")
    table = write_table(root / "rows.csv", ROWS)
    lines = [
        ("prepare", "--source", root / "texts", "--out", root / "data", "--tokenizer.vocab_size", 400, "--dedup.near", "false"),
        (
            "pretrain",
            "--data",
            root / "data",
            "--out",
            root / "lm",
            "--preset",
            "tiny",
            "--steps",
            120,
            "--length",
            32,
            "--batch_size",
            16,
            "--optimizer.learning_rate",
            3e-3,
        ),
        (
            "finetune",
            "--model",
            root / "lm",
            "--data",
            table,
            "--text_column",
            "sentence",
            "--out",
            root / "classifier",
            "--steps",
            30,
            "--batch_size",
            16,
            "--max_length",
            32,
            "--optimizer.learning_rate",
            1e-3,
        ),
    ]
    for line in lines:
        assert groundup(*line, "--quiet") == 0
    return root / "classifier", root / "lm"


@pytest.fixture(scope="module")
def classifier(models):
    return library.load(models[0])


@pytest.fixture(scope="module")
def masked(models):
    other = library.load(models[1])
    return MaskedWords(other.model, other.encoder)


@pytest.mark.parametrize(("text", "word"), [(ENGLISH, GOOD[0]), (CHINESE, GOOD[1])])
def test_the_word_that_tells_the_label_is_found_first(classifier, masked, text, word):
    first = counterfactual_words(classifier, masked, text)[0]
    (change,) = first.changes
    assert change.word == word
    assert text[change.start :].startswith(word)
    assert first.text == text.replace(word, change.new)
    assert first.label == BLAME
    assert first.before > 0.5 > first.after


def test_what_the_model_proposes_is_the_opposite(classifier, masked):
    assert counterfactual_words(classifier, masked, ENGLISH)[0].changes[0].new == BAD[0]


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_what_is_told_is_what_the_classifier_says(classifier, masked, text):
    shares = classifier.probabilities([text])[0]
    for one in counterfactual_words(classifier, masked, text):
        now = classifier.probabilities([one.text])[0]
        assert one.before == pytest.approx(shares.max(), abs=1e-5)
        assert one.after == pytest.approx(now[shares.argmax()], abs=1e-5)
        assert (one.label, one.probability) == (BLAME, pytest.approx(now.max(), abs=1e-5))


class ByHand:
    """A classifier of two labels by a rule, in the place of a model."""

    columns = ()

    def __init__(self, good):
        self.good, self.trained_task = good, self
        self.labels = ["bad", "good"]

    def probabilities(self, texts):
        shares = np.array([self.good(text.lower().split()) for text in texts])
        return np.stack([1 - shares, shares], axis=1)


def test_of_two_words_that_say_the_same_neither_turns_the_verdict_alone(masked):
    rule = ByHand(lambda words: 0.2 + 0.4 * ("wonderful" in words) + 0.35 * ("bright" in words))
    found = counterfactual_words(rule, masked, "A wonderful and bright red lamp")
    assert [change.word for change in found[0].changes] == ["wonderful", "bright"]
    assert found[0].after == pytest.approx(0.2)
    assert all({"wonderful", "bright"} == {change.word for change in one.changes} for one in found)
    assert counterfactual_words(rule, masked, "A wonderful and bright red lamp", words=1) == []


def test_single_words_come_first_and_no_pair_holds_one(masked):
    rule = ByHand(
        lambda words: 0.1 if "wonderful" not in words else 0.9 - 0.25 * ("red" not in words) - 0.2 * ("lamp" not in words)
    )
    found = counterfactual_words(rule, masked, "A wonderful red lamp")
    assert [[change.word for change in one.changes] for one in found] == [["wonderful"], ["red", "lamp"]]


def test_a_text_keeps_its_form_when_several_words_go():
    pieces = cut("The old lamp, 公园很美。")
    assert "".join(p.text for p in applied(pieces, (Edit(0, ""), Edit(2, "new"), Edit(4, "")))) == "new, 公园很美。"


def test_what_cannot_be_asked_is_refused(classifier, masked, models):
    with pytest.raises(InputError, match="holds no word"):
        counterfactual_words(classifier, masked, "12 !")
    with pytest.raises(InputError, match="was pretrained only"):
        counterfactual_words(library.load(models[1]), masked, ENGLISH)


def test_the_command_tells_changes_a_line_each(models, capsys):
    line = ("--model", models[0], "--counterfactual", "--masked_model", models[1])
    assert groundup("keywords", *line, "--text", ENGLISH, "--text", CHINESE, "--top", 1) == 0
    english, chinese = capsys.readouterr().out.strip().split("\n\n")
    assert "  wonderful -> dreadful  (bad, really 0." in english
    assert english.endswith(f"  {ENGLISH.replace('wonderful', 'dreadful')}")
    assert "  精彩 -> " in chinese


def test_the_command_answers_every_row_of_a_file(models, tmp_path, capsys):
    table = write_table(tmp_path / "in.csv", [(ENGLISH,), ("12",), (CHINESE,)], ("text",))
    line = ("--model", models[0], "--counterfactual", "--masked_model", models[1])
    assert groundup("keywords", *line, "--input", table, "--out", tmp_path / "out.csv") == 3
    first, second, third = read_table(tmp_path / "out.csv")
    assert first["keywords"].split("; ")[0] == "wonderful -> dreadful"
    assert first["changed_text"] == ENGLISH.replace("wonderful", "dreadful")
    assert float(first["before"]) > 0.5 > float(first["after"])
    assert (second["keywords"], second["error"]) == ("", "the text is empty, not text, or without a word")
    assert third["changed_label"] == BLAME
    assert next(csv.reader(io.StringIO((tmp_path / "out.csv").read_text("utf-8"))))[0] == "text"


REFUSED = {
    "no classifier": (("--counterfactual", "--masked_model", "lm"), "asks a classifier"),
    "no masked words": (("--model", "x", "--counterfactual"), "belongs to --counterfactual"),
    "masked words alone": (("--model", "x", "--masked_model", "lm"), "belongs to --counterfactual"),
    "another question": (
        ("--model", "x", "--counterfactual", "--masked_model", "lm", "--method", "yake"),
        "a question of its own",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_questions_that_do_not_fit_are_refused(case, capsys):
    words, told = REFUSED[case]
    assert groundup("keywords", "--text", "a lamp", *words) == 2
    assert told in capsys.readouterr().err
