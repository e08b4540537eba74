import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup.data.clean.rules import BLANKS, CONTROL, Cleaner, collapse_blanks, remove_control
from groundup.data.settings import CleanSettings
from groundup.data.sources.records import Document, Rejects


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
    assert cleaner.changed[rule] == 1
    assert cleaner.text(after) == after
    assert cleaner.changed[rule] == 1
    assert Cleaner(CleanSettings(mojibake=False, control=False, normalize="none", whitespace=False)).text(before) == before


@pytest.mark.parametrize("text", ["他说：“好的。”——然后走了……", "“Curly” quotes – and dashes", "naïve café", "𠮷野家で食べた"])
def test_good_text_stays(text):
    cleaner = Cleaner(CleanSettings())
    assert cleaner.text(text) == text
    assert not cleaner.changed


@given(st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once(text):
    cleaner = Cleaner(CleanSettings(mojibake=False))
    assert cleaner.text(cleaner.text(text)) == cleaner.text(text)


def test_dropped_paragraphs_are_counted_by_reason_and_empty_documents_rejected():
    cleaner = Cleaner(CleanSettings(fewest_characters=3, least_letters=0.5))
    long = "This very line stands twice in one and the same document."
    rejects = Rejects()
    texts = {"a": [long, "no", "  ", "12345 !!", long], "b": [long], "c": ["\u200b"]}
    documents = (Document(name, paragraphs, "here") for name, paragraphs in texts.items())
    found = [(d.id, d.paragraphs) for d in cleaner.documents(documents, rejects)]
    assert found == [("a", [long]), ("b", [long])]
    assert cleaner.dropped == {"too_short": 1, "empty": 2, "few_letters": 1, "repeated": 1}
    assert (cleaner.paragraphs, cleaner.kept) == (7, 2)
    assert rejects.dropped == rejects.counts["EMPTY"] == 1
    assert rejects.kept[0]["place"] == "c"


@given(st.text(alphabet="ab \t\n\r\u00a0\u2003\u3000\u200b\x00\x7f\x85\u2028\u2066é好", max_size=12))
def test_texts_that_need_no_change_are_told_from_those_that_do(text):
    assert collapse_blanks(text) == BLANKS.sub(" ", text).strip()
    assert remove_control(text) == CONTROL.sub("", text)
