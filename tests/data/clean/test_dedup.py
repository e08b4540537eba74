import random

import pytest
from rensa import RMinHash, RMinHashLSH

from groundup.data.clean import dedup
from groundup.data.clean.dedup import Fingerprint, Repeats, exact_key, look_at
from groundup.data.clean.minhash import LONGEST, fold
from groundup.data.settings import DedupSettings
from groundup.errors import InputError

TEXT = "The old lighthouse keeper climbed the stairs every evening, and lit the lamp before the boats came home. " * 3
CHINESE = "老人每天傍晚登上灯塔的台阶,在渔船回港之前把灯点亮,风雨无阻,从不间断。" * 3


def look(text: str, **settings) -> Fingerprint:
    return look_at([text], DedupSettings(**settings))[0]


def find(repeats: Repeats, name: str, text: str) -> tuple[str, str] | None:
    return next(repeats.find([name], look_at([text], repeats.settings)))


def link(repeats: Repeats, *texts: str) -> list[list[int]]:
    return list(repeats.link(look_at(texts, repeats.settings)))


@pytest.mark.parametrize("text", [TEXT, CHINESE, "short", "短"])
def test_the_second_of_two_equal_texts_is_a_repeat(text):
    repeats = Repeats(DedupSettings())
    assert find(repeats, "first", text) is None
    assert find(repeats, "second", "  " + text.upper().replace(" ", "\u3000")) == ("EXACT_DUPLICATE", "first")


@pytest.mark.parametrize("text", [TEXT, CHINESE])
def test_a_text_with_a_few_other_characters_is_nearly_the_same(text):
    repeats = Repeats(DedupSettings())
    find(repeats, "first", text)
    assert find(repeats, "second", text + "PS 1") == ("NEAR_DUPLICATE", "first")
    assert find(Repeats(DedupSettings(near=False)), "x", text) is None


def test_half_a_text_is_another_text():
    repeats = Repeats(DedupSettings())
    half = "A quite different story begins where nobody had expected one, in a small shop behind the station. " * 3
    find(repeats, "first", TEXT)
    assert find(repeats, "second", TEXT + half) is None


def test_a_repeat_is_not_remembered_but_a_link_is():
    repeats = Repeats(DedupSettings())
    find(repeats, "a", TEXT)
    find(repeats, "b", TEXT)
    assert list(repeats.names) == ["a"]
    assert link(repeats, TEXT)[0][0] == 0
    assert list(repeats.names) == ["a", ""]


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


def near_repeats(texts: list[str]) -> list[list[int]]:
    """The earlier texts that each nearly repeats, as the package's own index tells."""
    index, sketches, found = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16), [], []
    for number, text in enumerate(map(fold, texts)):
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update([text[i : i + 5] for i in range(len(text) - 4)])
        found.append([n for n in index.query(sketch) if sketch.jaccard(sketches[n]) >= 0.8])
        sketches.append(sketch)
        index.insert(number, sketch)
    return found


@pytest.mark.parametrize("slots", [4, 2**10])
@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_near_repeats_are_those_of_the_package_however_they_come(batch, slots, monkeypatch):
    monkeypatch.setattr(dedup, "SLOTS", slots)
    texts = texts_that_repeat(800)
    expected = near_repeats(texts)
    assert sum(map(len, expected)) > 1000
    repeats = Repeats(DedupSettings(exact=False))
    batches = [texts[start : start + batch] for start in range(0, len(texts), batch)]
    assert [found for texts in batches for found in link(repeats, *texts)] == expected


@pytest.mark.parametrize("batch", [1, 100])
def test_exact_repeats_are_found_in_any_batch(batch, monkeypatch):
    monkeypatch.setattr(dedup, "SLOTS", 2)
    texts = [str(n * n % 97) for n in range(500)]
    repeats = Repeats(DedupSettings(near=False))
    names = [
        found and found[1]
        for start in range(0, len(texts), batch)
        for found in repeats.find(
            list(map(str, range(start, start + batch))), look_at(texts[start : start + batch], repeats.settings)
        )
    ]
    assert names == [None if texts.index(text) == n else str(texts.index(text)) for n, text in enumerate(texts)]


def test_a_short_text_has_no_sketch_and_keeps_its_number():
    repeats = Repeats(DedupSettings())
    assert [find(repeats, name, text) for name, text in (("a", "short"), ("b", TEXT), ("c", "shorter"))] == [None] * 3
    assert find(repeats, "d", TEXT + "PS 1") == ("NEAR_DUPLICATE", "b")
    assert find(repeats, "e", "SHORTER") == ("EXACT_DUPLICATE", "c")


def test_what_is_not_wanted_is_not_looked_for():
    repeats = Repeats(DedupSettings(exact=False, near=False))
    assert [find(repeats, "a", TEXT) for _ in range(2)] == [None, None]
    assert list(map(len, look(TEXT, exact=False)[:2])) == [0, 256]
    assert list(map(len, look(TEXT, near=False)[:2])) == [16, 0]


def drawn(words: int, seed: int) -> str:
    return " ".join(random.Random(seed).choices([f"{n:x}" for n in range(4096)], k=words))


def test_a_book_is_no_repeat_of_its_beginning():
    repeats, excerpt = Repeats(DedupSettings()), drawn(8000, 0)
    assert len(excerpt) > LONGEST
    assert find(repeats, "excerpt", excerpt) is None
    assert find(repeats, "book", excerpt + drawn(8000, 1)) is None
    assert find(repeats, "a little more", excerpt + drawn(40, 2)) == ("NEAR_DUPLICATE", "excerpt")


@pytest.mark.parametrize("similarity", [0.5, 0.6, 0.7, 0.8, 0.9])
def test_what_is_a_little_more_alike_than_asked_is_mostly_found(similarity):
    """Of two texts with n of their words the same and s of each their own the similarity is n / (n + 2 s)."""
    alike = min(similarity + 0.05, 0.98)
    own = round(1000 * (1 - alike) / 2)
    repeats, found = Repeats(DedupSettings(similarity=similarity)), 0
    for n in range(60):
        same = drawn(1000 - 2 * own, 3 * n)
        find(repeats, f"{n}", f"{same} {drawn(own, 3 * n + 1)}")
        found += find(repeats, f"{n}, again", f"{same} {drawn(own, 3 * n + 2)}") == ("NEAR_DUPLICATE", f"{n}")
    assert found >= 50


def test_a_similarity_that_sketches_do_not_find_is_refused():
    with pytest.raises(InputError, match="SIMILARITY_TOO_LOW"):
        Repeats(DedupSettings(similarity=0.4))
    assert Repeats(DedupSettings(similarity=0.4, near=False))


def test_a_remembered_text_takes_half_a_kilobyte():
    repeats, generator = Repeats(DedupSettings()), random.Random(0)
    for _ in range(20):
        assert not any(repeats.link([Fingerprint(generator.randbytes(16), generator.randbytes(256)) for _ in range(100)]))
    repeats.bands.settle()
    parts = [
        repeats.keys.records,
        repeats.keys.slots,
        repeats.bands.records,
        repeats.bands.slots,
        repeats.following,
        repeats.sketched,
        repeats.lengths,
        repeats.names.letters,
        repeats.names.starts,
    ]
    assert 2000 * 400 < sum(memoryview(part).nbytes for part in parts) < 2000 * 620
    assert not repeats.bands.young
