from collections import Counter

import ftfy
import pytest
from ftfy.badness import BADNESS_RE
from hypothesis import given
from hypothesis import strategies as st

from groundup.data.clean.rules import (
    BLANKS,
    CONTROL,
    ODD,
    SUSPICIOUS,
    Cleaner,
    Counts,
    collapse_blanks,
    remove_control,
    repair_mojibake,
)
from groundup.data.settings import CleanSettings


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("It\u200b is \x00here\ufeff", "It is here", "control"),
        ("cafe\u0301", "café", "normalize"),
        ("a \t b\u3000c ", "a b c", "whitespace"),
        ("Ã©tÃ© en franÃ§ais", "été en français", "mojibake"),
    ],
)
def test_each_rule_changes_its_kind_and_counts_it(before, after, rule):
    cleaner = Cleaner(CleanSettings())
    assert cleaner.text(before) == after
    assert cleaner.counts.changed[rule] == 1
    assert cleaner.text(after) == after
    assert cleaner.counts.changed[rule] == 1
    assert Cleaner(CleanSettings(mojibake=False, control=False, normalize="none", whitespace=False)).text(before) == before


@pytest.mark.parametrize("text", ["他说：“好的。”——然后走了……", "“Curly” quotes – and dashes", "naïve café", "𠮷野家で食べた"])
def test_good_text_stays(text):
    cleaner = Cleaner(CleanSettings())
    assert cleaner.text(text) == text
    assert not cleaner.counts.changed


@given(st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once(text):
    cleaner = Cleaner(CleanSettings(mojibake=False))
    assert cleaner.text(cleaner.text(text)) == cleaner.text(text)


def test_dropped_paragraphs_are_counted_by_reason():
    cleaner = Cleaner(CleanSettings(min_characters=3, min_letters=0.5))
    long = "This very line stands twice in one and the same document."
    assert cleaner.document([long, "no", "  ", "12345 !!", long]) == [long]
    assert cleaner.document([long]) == [long]
    assert cleaner.document(["\u200b"]) == []
    assert cleaner.counts.dropped == {"too_short": 1, "empty": 2, "few_letters": 1, "repeated": 1}
    assert (cleaner.counts.paragraphs, cleaner.counts.num_kept) == (7, 2)


def test_counts_add_up():
    counts = Counts(3, 2, Counter(mojibake=1), Counter(empty=1))
    counts.add(Counts(2, 2, Counter(mojibake=1, control=2)))
    assert counts == Counts(5, 4, Counter(mojibake=2, control=2), Counter(empty=1))


@given(st.text(alphabet="aZ é“”‘’–—…·Ââ€œ™Ð³вБВ“Г�ßœ°²¼☺好，\u0080\u00a0\u0178ĀžΒΓ´☃─│ﬁ‚„", max_size=8))
def test_text_that_is_not_shown_to_ftfy_is_none_that_it_would_change(text):
    assert repair_mojibake(text) == (ftfy.fix_encoding(text) if SUSPICIOUS.search(text) else text)


def test_every_kind_of_wrong_text_has_a_letter_that_is_looked_for():
    classes = BADNESS_RE.pattern
    right = set(map(chr, range(128))) | set("–—‘’“”…")
    assert not {c for c in right if BADNESS_RE.search(c)}
    assert not any(BADNESS_RE.search(a + b + c) for a in right for b in right for c in "a“’ ")
    named = {c for c in classes if not c.isascii()} - right
    assert named - {c for c in named if ODD.search(c)} == set()


@given(st.text(alphabet="ab \t\n\r\u00a0\u2003\u3000\u200b\x00\x7f\x85\u2028\u2066é好", max_size=12))
def test_texts_that_need_no_change_are_told_from_those_that_do(text):
    assert collapse_blanks(text) == BLANKS.sub(" ", text).strip()
    assert remove_control(text) == CONTROL.sub("", text)
