"""The language of texts, as far as their script says it, and how words of it are judged."""

import importlib.util

import numpy as np
import pytest

from groundup.metrics.rouge import rouge_scores, rouge_tokens
from groundup.metrics.translation import tokenizer_of, translation_scores
from groundup.tasks.known import make_task
from groundup.tasks.languages import language_of, parts_no_words

TEXTS = {
    "en": ["The lamp stands near the café.", "Лампа стоит у окна."],
    "zh": ["灯在窗边。", "我们明天去北京"],
    "ja": ["ランプは窓のそばにあります。", "東京へ行きます"],
    "ko": ["등불은 창가에 있습니다.", "우리는 내일 서울에 갑니다"],
    "th": ["โคมไฟอยู่ข้างหน้าต่าง", "พรุ่งนี้เราไป"],
    "lo": ["ໂຄມໄຟຢູ່ຂ້າງປ່ອງຢ້ຽມ"],
    "km": ["ចង្កៀងនៅក្បែរបង្អួច"],
    "my": ["မီးအိမ်သည်ပြတင်းပေါက်အနီး"],
}


class Characters:
    """Stands for a reader of texts."""

    def encode_batch(self, texts):
        return [list(range(len(text))) for text in texts]


@pytest.mark.parametrize("language", TEXTS)
def test_the_script_says_the_language(language):
    assert language_of(TEXTS[language]) == language
    assert parts_no_words(language) == (language not in ("en", "ko"))


def test_regions_of_codes_and_other_chinese_count():
    assert all(parts_no_words(code) for code in ("zh-CN", "zh_TW", "yue", "ja-JP", "TH"))
    assert language_of([]) == "en"


@pytest.mark.parametrize("language", ["ja", "ko", "th", "lo", "km", "my"])
def test_bleu_of_languages_without_blanks_is_that_of_characters_or_of_a_dictionary(language):
    """A translation that is right but for one character in each text has a BLEU, and its signature says by what tokenizer."""
    sacrebleu = pytest.importorskip("sacrebleu")
    task = make_task("translation")
    references = [text for text in TEXTS[language] for _ in range(2)]
    task.learn([("a",)] * len(references), references, Characters())
    said = [text[:-3] + text[-2:] for text in references]
    found = translation_scores(references, said, task.facts["language"])
    tokenizer = tokenizer_of(language)
    mecab = {"ja": "MeCab", "ko": "mecab_ko"}.get(language)
    assert tokenizer == (f"{language}-mecab" if mecab and importlib.util.find_spec(mecab) else "char")
    expected = sacrebleu.corpus_bleu(said, [references], tokenize=tokenizer).score
    assert found.figures(np.arange(len(said)))["bleu"] == pytest.approx(expected)
    assert expected > 30
    assert f"tok:{tokenizer}" in found.signatures["bleu"]
    assert f"tokenizer '{tokenizer}'; --label.language" in task.notes[0]


def test_a_language_that_is_said_is_taken():
    pytest.importorskip("sacrebleu")
    task = make_task("translation", {"language": "zh"})
    task.learn([("a",)] * 2, TEXTS["ja"], Characters())
    assert task.facts["language"] == "zh"


def test_rouge_of_thai_is_that_of_its_characters():
    assert rouge_tokens("แมว ab") == ["แ", "ม", "ว", "ab"]
    assert rouge_scores(["แมวดำ"], ["แมว"]).figures(np.arange(1))["rouge1"] == pytest.approx(2 * 3 / 8)
