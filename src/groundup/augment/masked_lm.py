"""A masked language model that predicts whole words: one mask for an English word; for a Chinese word as many masks as it has
tokens, filled from left to right.

N tokens of a stream, M masked positions, V vocabulary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from groundup.augment.synonyms import WordQuery, whole_words
from groundup.data.batches.pairs import Specials
from groundup.data.batches.ragged_batch import lay
from groundup.data.clean.dedup import fold
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.errors import InputError
from groundup.kinds.text.packed import joined
from groundup.kinds.text.pieces import Piece, kind_of
from groundup.nn.layout import Layout
from groundup.nn.model import Model

MAX_TOKENS_PER_WORD = 4  # of a Chinese word that is replaced
TOKENS_PER_BATCH = 4096  # M x V logits are in memory


@dataclass
class Hole:
    """A masked word: its place among the pieces, its `original` tokens in the text from `first` on, the number of its masks,
    and the tokens that are `filled` in so far (-1 where none was possible)."""

    place: int
    word: str
    first: int
    original: list[int]
    size: int
    filled: list[int] = field(default_factory=list)


@dataclass
class TextWithHoles:
    """The tokens of a text, and the holes in it from left to right."""

    tokens: Sequence[int]
    holes: list[Hole]

    def with_masks(self, mask: int) -> tuple[list[int], list[int]]:
        """The tokens with filled holes, masks in the rest, and for each hole the place of its first mask (once it is filled, of
        the token after it)."""
        tokens: list[int] = []
        places, at = [], 0
        for hole in self.holes:
            tokens += self.tokens[at : hole.first]
            tokens += [mask if token < 0 else token for token in hole.filled]
            places.append(len(tokens))
            tokens += [mask] * (hole.size - len(hole.filled))
            at = hole.first + len(hole.original)
        return [*tokens, *self.tokens[at:]], places


Choose = Callable[[Tensor, list[Hole]], Sequence[int]]  # logits [M, V], -inf for forbidden tokens -> M tokens, -1 for none


class MaskedWords:
    """A model with masked words and its tokenizer. Raises InputError for a model without."""

    def __init__(self, model: Model, encoder: Encoder, length: int | None = None):
        """`length` is the most tokens of a sequence; a longer text is read in parts (default: 512, or what the model can)."""
        if "mlm" not in model.heads or encoder.ids.mask < 0:
            raise InputError("NO_MASKED_LM", "model", "has no masked-language-model head", "use a pretrained encoder")
        self.model, self.encoder = model.eval(), encoder
        self.length = min(length or 512, model.config.max_positions)
        self.words = whole_words(encoder)
        self.same: dict[str, list[int]] = defaultdict(list)  # folded word -> its tokens
        for i, word in self.words.items():
            self.same[fold(word)].append(i)
        self.allowed = {kind: np.zeros(model.config.vocab_size, dtype=bool) for kind in ("word", "han")}  # [V] each
        for i, word in self.words.items():
            self.allowed[kind_of(word) or "word"][i] = True

    def holes(
        self, pieces: Sequence[Piece], tokens: list[int], spans: Sequence[tuple[int, int]], places: Sequence[int]
    ) -> list[Hole]:
        """The holes that these words would leave in a text of these tokens. There is none for a word that shares a token with
        its neighbors, nor for a Chinese one of more than 4 tokens or of tokens that are not Chinese."""
        starts = np.cumsum([0, *(len(piece.text) for piece in pieces)])
        begins, ends = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        holes = []
        for place in places:
            start, stop = starts[place], starts[place + 1]
            first, last = int(np.searchsorted(ends, start, "right")), int(np.searchsorted(begins, stop, "left"))
            edges = [at for at in (place - 1, place + 1) if 0 <= at < len(pieces) and pieces[at].kind != "blank"]
            shared = first < last and any(begins[first] < starts[at + 1] and ends[last - 1] > starts[at] for at in edges)
            old, size = tokens[first:last], 1
            if pieces[place].kind == "han":
                size = len(old)
                shared = shared or size > MAX_TOKENS_PER_WORD or not all(self.allowed["han"][old])
            if old and not shared:
                holes.append(Hole(place, pieces[place].text, first, old, size))
        return holes

    def fill(self, texts: Sequence[TextWithHoles], choose: Choose) -> None:
        """Fill every hole, never with the word that stood there: `choose` is asked for the first tokens of all holes, then for
        the second ones of those that have two, and so on."""
        for number in range(max((hole.size for text in texts for hole in text.holes), default=0)):
            asking = [text for text in texts if any(len(hole.filled) == number < hole.size for hole in text.holes)]
            for logits, holes in self.next_logits(asking, number):
                self.forbid(logits, holes)
                for hole, token in zip(holes, choose(logits, holes), strict=True):
                    hole.filled.append(int(token))

    def next_logits(self, texts: Sequence[TextWithHoles], number: int) -> Iterator[tuple[Tensor, list[Hole]]]:
        """Logits [M, V] of the next token of every unfilled hole with `number` filled tokens, one batch at a time."""
        room = self.length - 2
        specials = Specials(self.encoder.ids.cls, self.encoder.ids.sep)
        parts: list[tuple[np.ndarray, list[tuple[int, Hole]]]] = []
        for text in texts:
            tokens, places = text.with_masks(self.encoder.ids.mask)
            pairs = zip(places, text.holes, strict=True)
            unfilled = [(place, hole) for place, hole in pairs if len(hole.filled) == number < hole.size]
            for start in range(0, len(tokens), room):
                inside = [(place - start + 1, hole) for place, hole in unfilled if start <= place < start + room]
                if inside:
                    parts.append((joined([tokens[start : start + room]], specials), inside))
        parts.sort(key=lambda part: -len(part[0]))
        while parts:
            count = max(1, TOKENS_PER_BATCH // len(parts[0][0]))
            batch, parts = parts[:count], parts[count:]
            logits = self.logits([tokens for tokens, _ in batch], [[place for place, _ in inside] for _, inside in batch])
            yield logits, [hole for _, inside in batch for _, hole in inside]

    def logits(self, sequences: Sequence[np.ndarray], places: Sequence[Sequence[int]]) -> Tensor:
        """[M, V] at these places of sequences that are sorted by length, longest first."""
        flat = lay(sequences, np.arange(len(sequences)))
        positions = np.concatenate([start + np.array(inside) for start, inside in zip(flat.starts, places, strict=True)])
        with torch.inference_mode():
            asking = {"mlm": torch.from_numpy(positions)}
            logits = self.model(torch.from_numpy(flat.tokens), Layout(flat.lengths.tolist()), None, asking)["mlm"]
        return logits.float().cpu().clone()  # outside, so that it may be changed

    def forbid(self, logits: Tensor, holes: Sequence[Hole]) -> None:
        """-inf for all but words of the same script, and for what would make the word that stood there."""
        for kind, allowed in self.allowed.items():
            rows = [row for row, hole in enumerate(holes) if kind_of(hole.word) == kind]
            logits[rows] = logits[rows].masked_fill(~torch.from_numpy(allowed), -torch.inf)
        for row, hole in enumerate(holes):
            if hole.filled == hole.original[:-1]:
                logits[row, hole.original[-1]] = -torch.inf
            if hole.size == 1:
                logits[row, self.same.get(fold(hole.word), [])] = -torch.inf

    def text(self, hole: Hole) -> str:
        """The word in a filled hole; empty when no word was possible."""
        return "" if -1 in hole.filled else "".join(self.words[token] for token in hole.filled)


class InContext:
    """Proposer: the words that a masked language model finds likeliest in a word's place."""

    def __init__(self, masked: MaskedWords, most: int = 5):
        self.masked, self.most = masked, most

    def __call__(self, queries: Sequence[WordQuery]) -> list[list[str]]:
        encoded = self.masked.encoder.locate(["".join(piece.text for piece in one.pieces) for one in queries])
        texts = [
            TextWithHoles(encoded_text.ids, self.masked.holes(one.pieces, encoded_text.ids, encoded_text.spans, [one.place]))
            for one, encoded_text in zip(queries, encoded, strict=True)
        ]
        best: dict[int, list[int]] = {}  # id of a hole -> its likeliest first tokens
        for logits, holes in self.masked.next_logits([text for text in texts if text.holes], 0):
            self.masked.forbid(logits, holes)
            top = logits.topk(min(self.most, logits.shape[1]))
            for hole, row, values in zip(holes, top.indices.tolist(), top.values.tolist(), strict=True):
                best[id(hole)] = [token for token, value in zip(row, values, strict=True) if value > -np.inf]
        variants = [
            [TextWithHoles(text.tokens, [replace(h, filled=[token])]) for h in text.holes for token in best[id(h)]]
            for text in texts
        ]
        self.masked.fill([text for several in variants for text in several], likeliest)
        return [[word for text in several if (word := self.masked.text(text.holes[0]))] for several in variants]


def likeliest(logits: Tensor, holes: list[Hole]) -> Sequence[int]:
    best = logits.max(-1)
    return torch.where(best.values > -torch.inf, best.indices, -1).tolist()


def sample_tokens(logits: Tensor, draws: np.ndarray, temperature: float) -> list[int]:
    """A token for each row of logits [M, V], by softmax(logits / temperature) and draws in [0, 1) [M]; -1 where none may be."""
    shares = torch.softmax(logits.double() / temperature, -1).cumsum(-1)  # not a number where all are -inf
    points = torch.from_numpy(np.asarray(draws, dtype=np.float64))[:, None] * shares[:, -1:]
    positions = torch.searchsorted(shares, points, right=True)[:, 0]
    return [int(token) if possible else -1 for token, possible in zip(positions, (logits > -torch.inf).any(-1), strict=True)]
