import numpy as np
import pytest

from groundup.keywords.embedding import EmbeddingKeywords, marginal
from groundup.keywords.phrases import make_phrases

EN = make_phrases("en")
WORDS = ["lamp", "boat", "bird", "red"]


class Counting:
    """A vector counts four words; hidden characters are not seen."""

    def __init__(self):
        self.calls = 0

    def vectors(self, texts):
        self.calls += 1
        return np.array([[text.lower().count(word) for word in WORDS] for text in texts], dtype=np.float32).reshape(-1, 4)

    def hidden_vectors(self, texts, hidden):
        seen = [
            "".join(c for i, c in enumerate(text) if not any(a <= i < b for a, b in spans))
            for text, spans in zip(texts, hidden)
        ]
        return self.vectors(seen)


def test_scores_are_cosines_of_phrase_and_text():
    ranked = EmbeddingKeywords(Counting(), EN, diversity=0).rank("lamp, boat, lamp, bird, lamp", 2)
    assert ranked == [("lamp", pytest.approx(3 / 11**0.5)), ("boat", pytest.approx(1 / 11**0.5))]


def test_masked_scores_are_what_the_text_loses_at_all_places_of_the_phrase():
    ranked = EmbeddingKeywords(Counting(), EN, "masked", diversity=0).rank("lamp, boat, lamp, bird, lamp", 3)
    assert ranked[0] == ("lamp", pytest.approx(1 - (2 / 11) ** 0.5))
    assert ranked[1] == ("boat", pytest.approx(1 - (10 / 11) ** 0.5, abs=1e-6))


def test_diversity_puts_another_word_before_more_of_the_same():
    text = "lamp, red lamp, lamp, boat, red lamp"
    plain = [p for p, _ in EmbeddingKeywords(Counting(), EN, diversity=0).rank(text, 2)]
    diverse = [p for p, _ in EmbeddingKeywords(Counting(), EN, diversity=0.6).rank(text, 2)]
    assert plain == ["red lamp", "lamp"]
    assert diverse == ["red lamp", "boat"]


def test_marginal_relevance_is_the_formula():
    scores, likeness = np.array([1.0, 0.8, 0.5, 0.0]), np.eye(4)
    likeness[0, 1] = likeness[1, 0] = 0.9
    assert marginal(scores, likeness, 4, 0.5) == [0, 2, 3, 1]  # 1: .4 - .45 < 3: 0 < 2: .25
    assert marginal(scores, likeness, 9, 0.0) == [0, 1, 2, 3]
    assert marginal(np.array([]), np.zeros((0, 0)), 3) == []


@pytest.mark.parametrize("method", ["embedding", "masked"])
def test_documents_together_are_ranked_as_alone_with_few_calls(method):
    texts = ["lamp and boat", "", "red bird. Red lamp", "the of"]
    encoder = Counting()
    together = EmbeddingKeywords(encoder, EN, method).rank_all(texts, 3)
    assert encoder.calls == {"embedding": 1, "masked": 2}[method]
    assert [[p for p, _ in one] for one in together] == [
        [p for p, _ in EmbeddingKeywords(Counting(), EN, method).rank(text, 3)] for text in texts
    ]
    assert together[1] == together[3] == []
