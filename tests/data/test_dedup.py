import pytest

from groundup.data.dedup import Repeats, exact_key, fold
from groundup.data.settings import DedupSettings

TEXT = "The old lighthouse keeper climbed the stairs every evening, and lit the lamp before the boats came home. " * 3
CHINESE = "老人每天傍晚登上灯塔的台阶,在渔船回港之前把灯点亮,风雨无阻,从不间断。" * 3


@pytest.mark.parametrize("text", [TEXT, CHINESE, "short", "短"])
def test_the_second_of_two_equal_texts_is_a_repeat(text):
    repeats = Repeats(DedupSettings())
    assert repeats.find("first", text) is None
    assert repeats.find("second", "  " + text.upper().replace(" ", "\u3000")) == ("EXACT_DUPLICATE", "first")


@pytest.mark.parametrize("text", [TEXT, CHINESE])
def test_a_text_with_a_few_other_characters_is_nearly_the_same(text):
    repeats = Repeats(DedupSettings())
    repeats.find("first", text)
    assert repeats.find("second", text + "PS 1") == ("NEAR_DUPLICATE", "first")
    assert Repeats(DedupSettings(near=False)).find("x", text) is None


def test_half_a_text_is_another_text():
    repeats = Repeats(DedupSettings())
    half = "A quite different story begins where nobody had expected one, in a small shop behind the station. " * 3
    repeats.find("first", TEXT)
    assert repeats.find("second", TEXT + half) is None


def test_a_repeat_is_not_remembered_but_a_link_is():
    repeats = Repeats(DedupSettings())
    repeats.find("a", TEXT)
    repeats.find("b", TEXT)
    assert repeats.names == ["a"]
    assert repeats.link("c", TEXT)[0] == 0
    assert repeats.names == ["a", "c"]


def test_fold_removes_what_readers_do_not_see():
    assert fold("Ｇo\u200bod\u00a0 Straße\ufeff") == "good strasse"
    assert exact_key("A  b") == exact_key("a b") != exact_key("a c")
    assert len(exact_key("\ud800")) == 16  # half of a surrogate pair, as JSON may hold


def test_a_sketch_does_not_depend_on_how_often_or_where_a_gram_stands():
    (_, once), (_, turned) = (Repeats(DedupSettings()).look(text) for text in (TEXT, TEXT[105:] + TEXT[:105]))
    assert once.digest() == turned.digest()


@pytest.mark.parametrize("text", ["Plain  ASCII\ttext ", "\x1cA\x0bb"])
def test_plain_text_is_folded_as_any_other(text):
    assert fold(text) == fold(text + "\u200b") == " ".join(text.lower().split())
