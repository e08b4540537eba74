from collections import Counter

import numpy as np
import pytest
import torch
from scipy import stats

from groundup.augment.masked_lm import InContext, MaskedWords, sample_tokens
from groundup.augment.substitute import substitute
from groundup.augment.synonyms import EmbeddingNeighbors, SynonymList, WordQuery, suitable, whole_words
from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.special_tokens import SPECIALS
from groundup.data.tokenizers.training import train_tokenizer
from groundup.errors import InputError
from groundup.kinds.text.pieces import Source, cut, words_of
from groundup.nn.config import PooledHeadConfig, TokenHeadConfig
from groundup.nn.model import Model
from tests.commands.life import PEOPLE, THINGS, WHAT, WHERE, WHO

ENGLISH = "The Old painter never sells the quiet mirror near the window."
CHINESE = "老师和邻居在图书馆散步，孩子不休息。"


def words(text):
    pieces = cut(text)
    return [pieces[place].text for place in words_of(pieces)]


def copies(masked, text, count=100, rate=0.15, temperature=1.0):
    return substitute([Source(text, 0, row, 0) for row in range(count)], masked, rate, temperature)


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_marks_blanks_and_negations_stay_and_no_special_token_comes(masked, text):
    before = cut(text)
    for copy in copies(masked, text, rate=0.5, temperature=3.0):
        after = cut(copy)
        assert [p.text for p in after if not p.is_word] == [p.text for p in before if not p.is_word]
        assert ("never sells" if text == ENGLISH else "不休息。") in copy
        assert copy.count("不") == text.count("不")
        assert not any(special.strip("[]") in copy for special in SPECIALS)


def test_the_rate_is_the_share_of_words_and_no_word_is_drawn_as_itself(masked, sentences):
    english = [text for text in sentences if text[0] == "T"][:300]
    made = substitute([Source(text, 0, row, 0) for row, text in enumerate(english)], masked, 0.3, 1.0)
    for copy, text in zip(made, english, strict=True):
        differing = sum(a.lower() != b.lower() for a, b in zip(words(copy), words(text), strict=True))
        assert differing == round(0.3 * len(words(text)))


def test_chosen_words_are_uniform(masked):
    text = "The bright singer paints the broken clock near the bridge."
    places = Counter(
        place
        for copy in copies(masked, text, 1000, 0.01)
        for place, (a, b) in enumerate(zip(words(copy), words(text)))
        if a != b
    )
    assert stats.chisquare([places[place] for place in range(10)]).pvalue > 0.001


def test_a_trained_model_puts_people_for_people_and_writes_them_alike(masked):
    swapped = Counter(
        w
        for copy in copies(masked, "The old PAINTER sells the quiet mirror.", 300, 0.01, 0.5)
        for w in words(copy)
        if w.isupper()
    )
    del swapped["PAINTER"]
    assert swapped.total() > 20
    assert sum(count for word, count in swapped.items() if word.lower() in PEOPLE) > 0.9 * swapped.total()


def test_chinese_words_are_drawn_whole_from_left_to_right(masked):
    text = "医生和工人在公园散步。"
    kinds = Counter()
    for copy in copies(masked, text, 300, 0.01, 0.3):
        for old, new in zip(cut(text), cut(copy)):
            if old.text in WHO + WHERE + WHAT and old != new:
                kinds[new.text in (WHO if old.text in WHO else WHERE if old.text in WHERE else WHAT)] += 1
    assert kinds.total() > 100
    assert kinds[True] > 0.5 * kinds.total()  # by chance nearly none


def test_a_longer_chinese_word_stays(masked):
    pieces = cut("中华人民共和国")
    (found,) = masked.encoder.locate(["中华人民共和国"])
    assert len(pieces) == 1
    assert masked.holes(pieces, found.ids, found.spans, [0]) == []


def test_a_copy_hangs_on_seed_row_and_copy_alone(masked, sentences):
    sources = [Source(text, 5, row, copy) for row, text in enumerate(sentences[:40]) for copy in range(2)]
    made = substitute(sources, masked, 0.3, 1.0)
    assert substitute(sources[::-1], masked, 0.3, 1.0)[::-1] == made
    assert substitute(sources[17:18], masked, 0.3, 1.0) == made[17:18]
    assert np.mean([a != b for a, b in zip(made[::2], made[1::2])]) > 0.8


def test_a_text_longer_than_the_model_is_read_in_parts(masked, sentences):
    text = " ".join(text for text in sentences[:60] if text[0] == "T")
    assert len(masked.encoder.encode_batch([text])[0]) > 8 * masked.length
    copy = copies(masked, text, 1)[0]
    changed = [place for place, (a, b) in enumerate(zip(words(copy), words(text), strict=True)) if a.lower() != b.lower()]
    assert len(changed) == round(0.15 * len(words(text)))
    assert max(changed) > 0.9 * len(words(text))


def test_texts_without_a_word_that_may_change_stay(masked):
    assert [copies(masked, text, 1)[0] for text in ("", "...", "not good", "12 http://a.b")] == [
        "",
        "...",
        "not good",
        "12 http://a.b",
    ]


@pytest.mark.parametrize("kind", ["byte_bpe", "unigram", "bpe"])
def test_words_of_any_tokenizer_are_masked_whole(sentences, kind):
    encoder = train_tokenizer(lambda: iter(sentences), TokenizerSettings(kind=kind, vocab_size=400, lowercase=False))
    from tests.augment.conftest import TransformerConfig

    config = TransformerConfig(vocab_size=encoder.vocab_size, hidden_size=16, num_layers=1, num_heads=2, intermediate_size=16)
    masked = MaskedWords(Model(config, {"mlm": TokenHeadConfig()}), encoder)
    text = "The old painter, Tom, sells the window."
    for copy in copies(masked, text, 30, 0.5):
        assert [p.text for p in cut(copy) if not p.is_word] == [p.text for p in cut(text) if not p.is_word]
        assert sum(a != b for a, b in zip(words(copy), words(text), strict=True)) == 4
        assert all(
            word.lower() in {w.lower() for w in masked.words.values()} | {*map(str.lower, words(text))} for word in words(copy)
        )


def test_draws_follow_the_probabilities_at_the_temperature_and_skip_what_is_forbidden():
    logits = torch.tensor([[1.0, -torch.inf, 0.0, 2.0]]).expand(4000, 4)
    draws = np.random.default_rng(0).random(4000)
    counts = np.bincount(sample_tokens(logits, draws, 2.0), minlength=4)
    expected = np.exp(np.array([0.5, -np.inf, 0.0, 1.0]))
    assert counts[1] == 0
    assert stats.chisquare(counts[[0, 2, 3]], (4000 * expected / expected.sum())[[0, 2, 3]]).pvalue > 0.001
    assert sample_tokens(torch.tensor([[-torch.inf, 0.0, -torch.inf], [-torch.inf] * 3]), np.array([0.0, 0.5]), 1.0) == [1, -1]
    assert sample_tokens(torch.tensor([[0.0, 0.0, -torch.inf]]), np.array([1 - 2**-53]), 1.0) == [1]


def test_a_model_without_masked_words_is_refused(encoder, model):
    with pytest.raises(InputError, match=r"NO_MASKED_LM model: has no masked-language-model head.* use a pretrained encoder"):
        MaskedWords(Model(model.config, {"label": PooledHeadConfig(classes=2, pooling="first")}), encoder)


def test_whole_words_hold_no_piece_no_special_token_and_no_negation():
    texts = ["unbelievable not nobody a x 好 不"] * 3
    encoder = train_tokenizer(lambda: iter(texts), TokenizerSettings(vocab_size=90))
    found = whole_words(encoder)
    assert {"unbelievable", "a", "好"} <= set(found.values())
    assert not {"not", "nobody", "不", "x"} & set(found.values())
    assert not any(word.startswith(("##", "[")) for word in found.values())


def test_words_in_context_are_the_likeliest_ones(masked):
    asked = [
        WordQuery(cut(text), place)
        for text, place in (("The old painter sells the quiet mirror.", 4), ("医生和工人在公园散步。", 4))
    ]
    people, places = InContext(masked, 3)(asked)
    assert len(people) == len(places) == 3
    assert len(set(people) & set(PEOPLE)) >= 2
    assert len(set(places) & set(WHERE)) >= 1
    assert "painter" not in people
    assert "公园" not in places


def test_neighbors_are_the_words_of_the_largest_centered_cosine(model, encoder):
    table = model.backbone.token_embedding.weight.detach().numpy()
    words = [*PEOPLE, *THINGS, *WHO, "not"]
    neighbors = EmbeddingNeighbors(model, encoder, words, most=2, least=-1)
    vectors = np.stack([table[ids].mean(0) for ids in encoder.encode_batch([*PEOPLE, *THINGS, *WHO])])
    vectors -= vectors.mean(0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = (vectors @ vectors[0])[1:20]
    expected = [words[1 + i] for i in np.argsort(-cosines)[:2]]
    unknown, known, chinese = neighbors([WordQuery(cut(text), 0) for text in ("zebra", "Teacher", "老师")])
    assert unknown == []
    assert known == expected
    assert set(chinese) < set(WHO) - {"老师"}
    assert EmbeddingNeighbors(model, encoder, words, least=1.01)([WordQuery(cut("teacher"), 0)]) == [[]]


def test_proposals_that_are_no_other_word_are_not_taken():
    assert suitable(["Film", "film", "two words", "not", "不好", "movie", "", "[MASK]"], "film") == ["movie"]
    assert SynonymList({"Film": ["movie"]})([WordQuery(cut("FILM"), 0), WordQuery(cut("x"), 0)]) == [["movie"], []]
