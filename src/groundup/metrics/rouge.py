"""ROUGE of summaries, and how much of them is copied. *Lin, 2004, ROUGE: A Package for Automatic Evaluation of Summaries*.

Variants of ROUGE differ, so name this one: F1 without stemming and without stop words, on the tokens of `rouge_tokens`,
between 0 and 1, mean over rows. On texts in Latin letters it equals the package `rouge-score` (no stemmer); scripts without
blanks (Chinese, kana, Thai, Lao, Tibetan, Burmese, Khmer) are counted in characters. R tokens of a reference, P of a
prediction.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from groundup.metrics.scores import SummedScores, check_lengths, row_means

VARIANTS = ("rouge1", "rouge2", "rougeL", "rougeLsum")
LONGEST_GRAM = 4  # of novel n-grams
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width forms of ASCII
SINGLE = (  # scripts without blanks: Thai, Lao, Tibetan, Burmese, Khmer; kana and Chinese characters
    "\u0e00-\u109f\u1780-\u17ff\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
LATIN = (  # of which only a-z and 0-9 are kept
    "\x00-\u036f\u1d00-\u1eff\u2000-\u2bff\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f\ufb00-\ufb06"
    "\U00010780-\U000107bf\U0001d400-\U0001d7ff\U0001df00-\U0001dfff\U0001f100-\U0001f1ff"
)
TOKEN = re.compile(f"[a-z0-9]+|[{SINGLE}]|[^\\W_{LATIN}{SINGLE}]+")

Gram = tuple[str, ...]
Found = tuple[float, float, float]  # precision, recall, F1


def rouge_tokens(text: str) -> list[str]:
    """The tokens of our ROUGE: runs of a-z and 0-9 of the lower-cased text, characters of scripts without blanks one by one,
    and words of other scripts whole. Full-width letters and digits count as ASCII; everything else, and letters such as é,
    parts words (as in rouge-score)."""
    return TOKEN.findall(text.translate(WIDE).lower())


def rouge_scores(references: Sequence[str | Sequence[str]], predictions: Sequence[str]) -> SummedScores:
    """ROUGE-1, -2, -L and -Lsum of N predictions: `rouge1` (F1), `rouge1_precision`, `rouge1_recall`, and so on.

    A row may have several references: of each variant the one with the highest F1 counts. Sentences of ROUGE-Lsum are
    lines. A row whose prediction or reference has no token counts as 0. ValueError for a row without reference.
    """
    check_lengths(references=references, predictions=predictions)
    names = [f"{variant}{figure}" for variant in VARIANTS for figure in ("_precision", "_recall", "")]
    rows = [best(reference, prediction) for reference, prediction in zip(references, predictions)]
    return row_means(names, np.array(rows, dtype=np.float64))


def best(references: str | Sequence[str], prediction: str) -> list[float]:
    """Precision, recall and F1 of each variant, of its best reference."""
    references = [references] if isinstance(references, str) else references
    if not references:
        raise ValueError("a row without a reference has no ROUGE")
    scores = [rouge(reference, prediction) for reference in references]
    return [number for variant in VARIANTS for number in max((row[variant] for row in scores), key=lambda f: f[2])]


def rouge(reference: str, prediction: str) -> dict[str, Found]:
    """Precision, recall and F1 of each variant."""
    true, ours = rouge_tokens(reference), rouge_tokens(prediction)
    table = lcs_table(true, ours)
    true_lines, our_lines = ([rouge_tokens(line) for line in text.split("\n")] for text in (reference, prediction))
    return {
        "rouge1": overlap(grams(true, 1), grams(ours, 1)),
        "rouge2": overlap(grams(true, 2), grams(ours, 2)),
        "rougeL": prf(int(table[-1, -1]), len(ours), len(true)),
        "rougeLsum": prf(union_hits(true_lines, our_lines), len(ours), len(true)),
    }


def prf(hits: int, predicted: int, true: int) -> Found:
    """Precision, recall and F1 of counts; 0 where they are undefined."""
    precision, recall = hits / max(predicted, 1), hits / max(true, 1)
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


def grams(tokens: Sequence[str], n: int) -> Counter[Gram]:
    return Counter(zip(*(tokens[start:] for start in range(n))))


def overlap(true: Counter[Gram], ours: Counter[Gram]) -> Found:
    return prf((true & ours).total(), ours.total(), true.total())


def lcs_table(true: Sequence[str], ours: Sequence[str]) -> np.ndarray:
    """Lengths of the longest common subsequence of every pair of beginnings [R + 1, P + 1]."""
    ids = {token: n for n, token in enumerate(dict.fromkeys(ours))}
    columns = np.array([ids[token] for token in ours], dtype=np.int64)
    table = np.zeros((len(true) + 1, len(ours) + 1), dtype=np.int32)
    for r, token in enumerate(true):
        above = table[r]
        np.maximum.accumulate(np.maximum(above[1:], above[:-1] + (columns == ids.get(token, -1))), out=table[r + 1, 1:])
    return table


def lcs_positions(true: Sequence[str], ours: Sequence[str]) -> set[int]:
    """Places in `true` of one longest common subsequence; of several the one that rouge-score takes."""
    table, positions = lcs_table(true, ours), set()
    r, p = len(true), len(ours)
    while r and p:
        if true[r - 1] == ours[p - 1]:
            positions.add(r - 1)
            r, p = r - 1, p - 1
        elif table[r, p - 1] > table[r - 1, p]:
            p -= 1
        else:
            r -= 1
    return positions


def union_hits(true: Sequence[Sequence[str]], ours: Sequence[Sequence[str]]) -> int:
    """Tokens of the reference's sentences that stand in the union of their longest common subsequences with ours.

    As in ROUGE 1.5.5 a token is a hit no more often than it stands in either summary.
    """
    left = Counter(token for line in true for token in line) & Counter(token for line in ours for token in line)
    hits = 0
    for line in true:
        for r in sorted(set().union(*(lcs_positions(line, other) for other in ours))):
            if left[line[r]]:
                left[line[r]] -= 1
                hits += 1
    return hits


def copy_scores(sources: Sequence[str], summaries: Sequence[str]) -> SummedScores:
    """How much of N summaries stands in their sources, on the same tokens, mean over rows.

    `copy_rate` is the share of a summary's tokens that its source has too, `novel_2` the share of its 2-grams that the
    source does not have (each occurrence counts), `novel_3` and `novel_4` likewise. A summary too short for an n-gram is
    left out of its mean. *See, Liu and Manning, 2017, arXiv:1704.04368*.
    """
    check_lengths(sources=sources, summaries=summaries)
    names = ["copy_rate", *(f"novel_{n}" for n in range(2, LONGEST_GRAM + 1))]
    rows = np.full((len(sources), len(names)), np.nan)
    for row, (source, summary) in enumerate(zip(sources, summaries)):
        known, ours = rouge_tokens(source), rouge_tokens(summary)
        novel = [novelty(known, ours, n) for n in range(1, LONGEST_GRAM + 1)]
        rows[row] = [1 - novel[0], *novel[1:]]
    return row_means(names, rows)


def novelty(source: Sequence[str], summary: Sequence[str], n: int) -> float:
    """Share of the summary's n-grams that are not in the source; nan if it has none."""
    known, ours = grams(source, n), grams(summary, n)
    return sum(count for gram, count in ours.items() if gram not in known) / ours.total() if ours else np.nan
