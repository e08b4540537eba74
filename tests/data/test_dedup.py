import random
from itertools import count

import pytest
from rensa import RMinHash, RMinHashLSH

from groundup.data import dedup
from groundup.data.dedup import Look, Repeats, exact_key, look_at
from groundup.data.settings import DedupSettings
from groundup.data.sketch import fold

TEXT = "The old lighthouse keeper climbed the stairs every evening, and lit the lamp before the boats came home. " * 3
CHINESE = "老人每天傍晚登上灯塔的台阶,在渔船回港之前把灯点亮,风雨无阻,从不间断。" * 3


def look(text: str, **settings) -> Look:
    return look_at(text, DedupSettings(**settings))


@pytest.mark.parametrize("text", [TEXT, CHINESE, "short", "短"])
def test_the_second_of_two_equal_texts_is_a_repeat(text):
    repeats = Repeats(DedupSettings())
    assert repeats.find("first", look(text)) is None
    assert repeats.find("second", look("  " + text.upper().replace(" ", "\u3000"))) == ("EXACT_DUPLICATE", "first")


@pytest.mark.parametrize("text", [TEXT, CHINESE])
def test_a_text_with_a_few_other_characters_is_nearly_the_same(text):
    repeats = Repeats(DedupSettings())
    repeats.find("first", look(text))
    assert repeats.find("second", look(text + "PS 1")) == ("NEAR_DUPLICATE", "first")
    assert Repeats(DedupSettings(near=False)).find("x", look(text, near=False)) is None


def test_half_a_text_is_another_text():
    repeats = Repeats(DedupSettings())
    half = "A quite different story begins where nobody had expected one, in a small shop behind the station. " * 3
    repeats.find("first", look(TEXT))
    assert repeats.find("second", look(TEXT + half)) is None


def test_a_repeat_is_not_remembered_but_a_link_is():
    repeats = Repeats(DedupSettings())
    repeats.find("a", look(TEXT))
    repeats.find("b", look(TEXT))
    assert list(repeats.names) == ["a"]
    assert repeats.link("c", look(TEXT))[0] == 0
    assert list(repeats.names) == ["a", "c"]


def test_fold_removes_what_readers_do_not_see():
    assert fold("Ｇo\u200bod\u00a0 Straße\ufeff") == "good strasse"
    assert exact_key("A  b") == exact_key("a b") != exact_key("a c")
    assert len(exact_key("\ud800")) == 16  # half of a surrogate pair, as JSON may hold


def test_a_sketch_does_not_depend_on_how_often_or_where_a_gram_stands():
    once, turned = look(TEXT), look(TEXT[105:] + TEXT[:105])
    assert once.sketch == turned.sketch != look(CHINESE).sketch


@pytest.mark.parametrize("text", ["Plain  ASCII\ttext ", "\x1cA\x0bb"])
def test_plain_text_is_folded_as_any_other(text):
    assert fold(text) == fold(text + "\u200b") == " ".join(text.lower().split())


def texts_that_repeat(number: int) -> list[str]:
    """Texts of 60 words, three in four of which are changed copies of an earlier one, in up to a quarter of the words."""
    generator = random.Random(number)
    words = ["".join(generator.choices("abcdefgh好天ö", k=generator.randrange(2, 8))) for _ in range(2000)]
    texts: list[list[str]] = []
    for n in range(number):
        if n % 4 == 0:
            texts.append(generator.choices(words, k=60))
        else:
            share = generator.choice([0, 0.01, 0.03, 0.06, 0.25])
            texts.append([generator.choice(words) if generator.random() < share else w for w in generator.choice(texts)])
    return [" ".join(text) for text in texts]


@pytest.mark.parametrize("slots", [4, 2**10])
def test_near_repeats_are_those_of_the_package(slots, monkeypatch):
    monkeypatch.setattr(dedup, "SLOTS", slots)
    texts = texts_that_repeat(800)
    index, sketches, numbers = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16), {}, count()
    linked = Repeats(DedupSettings(exact=False))
    found = 0
    for text in texts:
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update([fold(text)[i : i + 5] for i in range(len(fold(text)) - 4)])
        expected = [n for n in index.query(sketch) if sketch.jaccard(sketches[n]) >= 0.8]
        assert linked.link("", look(text, exact=False)) == expected
        number = next(numbers)
        sketches[number] = sketch
        index.insert(number, sketch)
        found += len(expected)
    assert found > 1000


def test_a_short_text_has_no_sketch_and_keeps_its_number():
    repeats = Repeats(DedupSettings())
    for name, text in (("a", "short"), ("b", TEXT), ("c", "shorter")):
        assert repeats.find(name, look(text)) is None
    assert repeats.find("d", look(TEXT + "PS 1")) == ("NEAR_DUPLICATE", "b")
    assert repeats.find("e", look("SHORTER")) == ("EXACT_DUPLICATE", "c")


def test_what_is_not_wanted_is_not_looked_for():
    repeats = Repeats(DedupSettings(exact=False, near=False))
    assert [repeats.find("a", look(TEXT, exact=False, near=False)) for _ in range(2)] == [None, None]
    assert [len(part) for part in look(TEXT, exact=False)[::2]] == [0, 512]
    assert [len(part) for part in look(TEXT, near=False)[::2]] == [16, 0]


def test_a_remembered_text_takes_less_than_a_kilobyte():
    repeats = Repeats(DedupSettings())
    for number in range(2000):
        generator = random.Random(number)
        repeats.remember("name", Look(generator.randbytes(16), generator.getrandbits(64), generator.randbytes(512),
                                      [generator.getrandbits(64) for _ in range(16)]))  # fmt: skip
    parts = [repeats.keys.records, repeats.keys.slots, repeats.bands.records, repeats.bands.slots, repeats.following,
             repeats.sketched, repeats.names.letters, repeats.names.starts]  # fmt: skip
    assert sum(memoryview(part).nbytes for part in parts) < 2000 * 900
