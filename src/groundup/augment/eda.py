"""Easy data augmentation: words replaced by synonyms, synonyms inserted, words swapped, words deleted (Wei and Zou, 2019,
arXiv:1901.11196), and random punctuation (AEDA; Karimi et al., 2021, arXiv:2108.13230).

Unlike the published code, which lowers case and drops marks, blanks, case and marks stay; negations and the words right after
them stay where they are; and a copy in which chance would delete nothing loses one word.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundup.augment.settings import NEED_SYNONYMS, Operation
from groundup.augment.synonyms import Proposer, WordQuery, pick, suitable
from groundup.data.settings import Chinese
from groundup.errors import InputError
from groundup.kinds.text.pieces import (
    Piece,
    Source,
    changeable,
    cut,
    deleted,
    inserted,
    is_negation,
    joined,
    kind_of,
    replaced,
    words_of,
)

MIN_QUERIES = 8  # words of a text
MARKS = {"word": ".,;:?!", "han": "。，；：？！"}
PLAIN = {  # say too little to have synonyms
    *"a an the and or but if than that this these those there here of in on at by for from to with as into onto about".split(),
    *"i you he she it we they me him her us them my your his its our their who whom whose which what when".split(),
    *"where why how".split(),
    *"am is are was were be been being do does did have has had will would shall should can could may might must".split(),
    *"so too very just also then".split(),
    *"的 了 着 过 得 地 和 与 及 或 而 但 但是 因为 所以 如果 就 都 也 还 又 在 从 到 对 把 被 给 向 跟 是 有 会 能 要".split(),
    *"我 你 您 他 她 它 我们 你们 他们 她们 它们 这 那 这个 那个 这些 那些 这里 那里 什么 谁 哪 怎么 吗 呢".split(),
    *"吧 啊 很 个 一个".split(),
}


def eda(
    sources: Sequence[Source],
    operations: Sequence[Operation],
    alpha: float,
    proposer: Proposer | None = None,
    chinese: Chinese = "words",
) -> list[str]:
    """One copy of each source: each by one operation, in turn over the copies of a row from a drawn start. n words are changed,
    n = alpha x the words of the text, at least one; deleted is each with probability alpha.

    Raises InputError for an operation that needs synonyms when nobody proposes any.
    """
    lacking = [operation for operation in operations if operation in NEED_SYNONYMS and proposer is None]
    if lacking:
        what = f"{' and '.join(lacking)} need words of the same sense, and there is neither a model nor a list that knows any"
        raise InputError("NO_SYNONYMS", "augment.operations", what, "give one, or use swap and delete")
    pieces = [cut(source.text, chinese) for source in sources]
    chosen = [operation_of(source, operations) for source in sources]
    counts = [max(1, int(alpha * len(words_of(current)))) for current in pieces]
    query_places = [
        synonym_places(source, current, count) if operation in NEED_SYNONYMS else []
        for source, current, count, operation in zip(sources, pieces, counts, chosen, strict=True)
    ]
    queries = {
        (source.text, place): WordQuery(current, place)
        for source, current, places in zip(sources, pieces, query_places, strict=True)
        for place in places
    }
    answers = proposer(list(queries.values())) if proposer is not None and queries else []
    known = {key: suitable(words, one.word) for (key, one), words in zip(queries.items(), answers, strict=True)}
    copies = []
    for source, current, count, operation, places in zip(sources, pieces, counts, chosen, query_places, strict=True):
        synonyms = {place: known[source.text, place] for place in places}
        if operation == "replace":
            current = replace(source, current, count, synonyms)
        elif operation == "insert":
            current = insert(source, current, count, synonyms)
        elif operation == "swap":
            current = swap(source, current, count)
        else:
            current = delete(source, current, alpha)
        copies.append(joined(current))
    return copies


def operation_of(source: Source, operations: Sequence[Operation]) -> Operation:
    """The operation of this copy: the next one of those of the copy before; the first one's is drawn for the row."""
    first = Source("", source.seed, source.row, 0).uniform("eda/operation", 1)[0]
    return operations[(int(first * len(operations)) + source.copy) % len(operations)]


def synonym_places(source: Source, pieces: Sequence[Piece], count: int) -> list[int]:
    """Places whose synonyms are wanted, in the order of chance: more than are to be changed, since not every word has one."""
    places = [place for place in changeable(pieces) if pieces[place].text.lower() not in PLAIN]
    return shuffled(places, source, "eda/ask")[: max(MIN_QUERIES, 3 * count)]


def shuffled(places: Sequence[int], source: Source, stream: str) -> list[int]:
    return [places[i] for i in np.argsort(source.uniform(stream, len(places)), kind="stable")]


def replace(source: Source, pieces: list[Piece], count: int, synonyms: dict[int, list[str]]) -> list[Piece]:
    """The first `count` words that have synonyms, each replaced by one of them."""
    having = [place for place, proposals in synonyms.items() if proposals][:count]
    for place, draw in zip(having, source.uniform("eda/replace", len(having)), strict=True):
        pieces = replaced(pieces, place, pick(synonyms[place], draw))
    return pieces


def insert(source: Source, pieces: list[Piece], count: int, synonyms: dict[int, list[str]]) -> list[Piece]:
    """Synonyms of the first `count` words that have some, each before a drawn word."""
    having = [place for place, proposals in synonyms.items() if proposals][:count]
    which, where = source.uniform("eda/synonym", len(having)), source.uniform("eda/place", len(having))
    new = [pick(synonyms[place], draw) for place, draw in zip(having, which, strict=True)]
    for word, draw in zip(new, where, strict=True):
        kind = kind_of(word)
        gaps = gaps_of(pieces)
        if gaps and kind:
            pieces = inserted(pieces, gaps[int(draw * len(gaps))], Piece(word, kind))
    return pieces


def gaps_of(pieces: Sequence[Piece]) -> list[int]:
    """Words before which something may be inserted: after a blank, a word or nothing, and not after a negation."""
    gaps, last = [], ""
    for place, piece in enumerate(pieces):
        free = place == 0 or pieces[place - 1].kind in ("blank", "word", "han")
        if piece.is_word and free and not is_negation(last):
            gaps.append(place)
        if piece.kind != "blank":
            last = piece.text if piece.is_word else ""
    return gaps


def swap(source: Source, pieces: list[Piece], count: int) -> list[Piece]:
    """`count` times two words of the same script change places."""
    places = changeable(pieces)
    pieces = list(pieces)
    for first, second in source.uniform("eda/swap", 2 * count).reshape(count, 2):
        if not places:
            break
        one = places[int(first * len(places))]
        text, kind = pieces[one]
        others = [place for place in places if pieces[place].kind == kind and pieces[place].text != text]
        if others:
            other = others[int(second * len(others))]
            pieces[one], pieces[other] = pieces[other], pieces[one]
    return pieces


def delete(source: Source, pieces: list[Piece], alpha: float) -> list[Piece]:
    """Each word deleted with probability alpha, one at least; not one alone between marks, and never the last word left."""
    places = [place for place in changeable(pieces) if not enclosed(pieces, place)]
    draw = source.uniform("eda/delete", len(places))
    order = np.argsort(draw, kind="stable")
    gone = [places[i] for at, i in enumerate(order) if draw[i] < alpha or at == 0]
    gone = gone[: max(0, len(words_of(pieces)) - 1)]
    for place in sorted(gone, reverse=True):
        pieces = deleted(pieces, place)
    return pieces


def enclosed(pieces: Sequence[Piece], place: int) -> bool:
    """Whether marks, or the ends of the text, stand on both sides."""
    sides = [pieces[at].kind for at in (place - 1, place + 1) if 0 <= at < len(pieces)]
    return all(kind == "mark" for kind in sides)


def aeda(sources: Sequence[Source], most: float, chinese: Chinese = "words") -> list[str]:
    """One copy of each source with marks before drawn words: from one to `most` x the words, each number as likely. Chinese
    words get full-width marks."""
    return [joined(punctuate(source, cut(source.text, chinese), most)) for source in sources]


def punctuate(source: Source, pieces: list[Piece], most: float) -> list[Piece]:
    gaps = gaps_of(pieces)
    limit = max(1, int(most * len(words_of(pieces))))
    count = min(1 + int(source.uniform("aeda/count", 1)[0] * limit), len(gaps))
    draw = source.uniform("aeda/mark", len(gaps))
    for place, which in sorted(zip(shuffled(gaps, source, "aeda/place")[:count], draw), reverse=True):
        marks = MARKS[pieces[place].kind]
        pieces = inserted(pieces, place, Piece(marks[int(which * len(marks))], "mark"))
    return pieces
