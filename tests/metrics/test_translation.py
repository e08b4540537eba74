"""Figures are those of sacrebleu to the last bit: its own functions finish sums of whole numbers."""

import gzip
import sys

import numpy as np
import pytest
from sacrebleu import corpus_bleu, corpus_chrf

from groundup.errors import InputError
from groundup.metrics.scores import row_means, together
from groundup.metrics.translation import kept_scores, placeholders, tokenizer_of, translation_scores

ENGLISH = "A man in an orange hat starring at something . Two dogs, one ball! 3.5 %s".split()
CHINESE = ["今天", "天气", "很好", "。", "ＧＤＰ", "BERT", "，", "的", "3.5"]


def random_texts(rng, words, blank, count, least=0):
    return [blank.join(rng.choice(words, int(rng.integers(least, 12)))) for _ in range(count)]


def check(references, predictions, language, rows):
    scores = translation_scores(references, predictions, language)
    several = [[r] if isinstance(r, str) else r for r in references]
    streams = [[several[r][n] if n < len(several[r]) else None for r in rows] for n in range(max(map(len, several)))]
    found = [predictions[r] for r in rows]
    bleu = corpus_bleu(found, streams, tokenize="zh" if language == "zh" else "13a", force=True).score
    assert scores.figures(np.asarray(rows)) == {"bleu": bleu, "chrf": corpus_chrf(found, streams).score}


@pytest.mark.parametrize(("language", "words", "blank"), [("en", ENGLISH, " "), ("zh", CHINESE, "")])
def test_figures_of_any_rows_are_those_of_sacrebleu(language, words, blank):
    rng = np.random.default_rng(0)
    references, predictions = [*random_texts(rng, words, blank, 40), ""], [*random_texts(rng, words, blank, 40), "a"]
    for rows in (range(41), rng.integers(0, 41, 41), [7], [40], [3, 3, 40]):
        check(references, predictions, language, rows)


def test_rows_may_have_different_numbers_of_references():
    rng = np.random.default_rng(1)
    references = [random_texts(rng, ENGLISH, " ", int(rng.integers(1, 4)), least=1) for _ in range(30)]
    predictions = random_texts(rng, ENGLISH, " ", 30)
    for rows in (range(30), rng.integers(0, 30, 30)):
        check(references, predictions, "en", rows)
    assert "nrefs:var" in translation_scores(references, predictions, "en").signatures["bleu"]


def test_signatures_say_how():
    signatures = translation_scores(["你好"], ["你好"], "zh-CN").signatures
    assert signatures["bleu"].startswith("nrefs:1|case:mixed|eff:no|tok:zh|smooth:exp|version:")
    assert signatures["chrf"].startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:")


@pytest.mark.parametrize(
    ("language", "name"), [("de", "13a"), ("zh", "zh"), ("zh_Hans", "zh"), ("ZH-tw", "zh"), ("lzh", "zh"), ("ja", "char")]
)
def test_the_tokenizer_follows_the_target_language(language, name):
    assert tokenizer_of(language) == name


def test_no_rows_have_no_figures():
    assert translation_scores(["a"], ["a"], "en").figures(np.arange(0)) == {"bleu": None, "chrf": None}
    none = translation_scores([], [], "en")
    assert len(none) == 0
    assert none.figures(np.arange(0)) == {"bleu": None, "chrf": None}


def test_rows_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="without a reference"):
        translation_scores([[]], ["a"], "en")
    with pytest.raises(ValueError, match="2 references, 1 predictions"):
        translation_scores(["a", "b"], ["a"], "en")


def test_without_sacrebleu_the_way_out_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics", None)
    with pytest.raises(InputError, match=r"MISSING_EXTRA bleu: .*sacrebleu.*pip install 'groundup\[translate\]'"):
        translation_scores(["a"], ["a"], "en")


def test_real_captions_are_scored_as_by_sacrebleu(shared_data):
    folder = shared_data / "translation/multi30k_en_de"
    english, german = (
        gzip.decompress((folder / f"val.{name}.gz").read_bytes()).decode().split("\n")[:300] for name in ("en", "de")
    )
    check(german, english, "de", range(300))
    check(german, german[1:] + german[:1], "de", np.random.default_rng(2).integers(0, 300, 300))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "%s of %(name)d, 100%% of {count} <b>files</b> in {0:.2f} s",
            ["%s", "%(name)d", "%%", "{count}", "<b>", "</b>", "{0:.2f}", "100"],
        ),
        ("5% of 3.5 at 12:30, a < b and c > d {not this} 50 % done", ["5", "3.5", "12:30", "50"]),
        ('共 %d 个文件 {name}，<a href="x">见</a>', ["%d", "{name}", '<a href="x">', "</a>"]),
    ],
)
def test_placeholders_are_what_no_translation_changes(text, found):
    assert sorted(placeholders(text).elements()) == sorted(found)


def test_a_row_keeps_its_placeholders_or_does_not():
    kept = kept_scores(["%s and 3", "no marks", "{a} {a}", "7"], ["3 und %s", "9", "{a}", "sieben"])
    assert kept.figures(np.arange(4)) == {"placeholders_kept": pytest.approx(1 / 3)}
    assert kept.figures(np.array([1])) == {"placeholders_kept": None}
    assert kept_scores(["a"], ["b"]) is None


def test_scores_of_several_kinds_stand_together_and_keep_signatures():
    ours = translation_scores(["ein Haus", "zwei"], ["ein Haus", "drei"], "de")
    both = together(ours, row_means(["length"], np.array([[2.0], [4.0]])))
    for rows in (np.array([0, 1]), np.array([1, 1])):
        assert both.figures(rows) == {**ours.figures(rows), "length": float(np.mean([[2.0, 4.0][r] for r in rows]))}
    assert both.signatures == ours.signatures
