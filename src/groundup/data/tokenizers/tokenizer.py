"""Tokenizers in use: read from their folders, and the one way from text to ids."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from tokenizers import Tokenizer, processors

from groundup.data.batches.pairs import Specials
from groundup.data.tokenizers.limits import guarded
from groundup.data.tokenizers.special_tokens import CONTROL, ROLES, SPECIALS, findable, spelled
from groundup.data.tokenizers.word_ids import Flat, WordIds, ask, splits_words
from groundup.errors import InputError, printable
from groundup.folders import NewFolder
from groundup.messages.current import message

SPACED = (
    (" .", "."),
    (" ?", "?"),
    (" !", "!"),
    (" ,", ","),
    (" ' ", "'"),
    (" n't", "n't"),
    (" 'm", "'m"),
    (" 's", "'s"),
    (" 've", "'ve"),
    (" 're", "'re"),
)  # what `clean_up_tokenization_spaces` of transformers joins
ANOTHER = "leave the text out, or use another tokenizer"
PROBE = "Aa, b  A\n\nb"


class Ids(NamedTuple):
    """Ids of the special tokens; -1 for one that the tokenizer lacks."""

    pad: int
    unk: int
    cls: int
    sep: int
    mask: int

    @property
    def all(self) -> list[int]:
        return [i for i in self if i >= 0]


class Located(NamedTuple):
    """The ids of a text, and for each token its first character, the place after its last, and whether it begins a word."""

    ids: list[int]
    start: np.ndarray
    end: np.ndarray
    begins: np.ndarray

    @property
    def spans(self) -> list[tuple[int, int]]:
        """(start, end) of each token."""
        return list(zip(self.start.tolist(), self.end.tolist(), strict=True))


@dataclass(frozen=True)
class TokenizerOptions:
    """What a folder's files say of a tokenizer beside tokenizer.json."""

    special_texts: frozenset[str] = frozenset()  # special tokens that a text may become, as with transformers
    max_length: int | None = None  # the longest text in tokens that the files name
    cut: str = "right"  # the side at which a long text loses tokens
    cleans: bool = False  # decoded text loses the blanks before marks
    template: str = ""  # of chats
    notes: tuple[str, ...] = ()  # what a person should know of how it was read


class Encoder:
    """A tokenizer in use. Its control tokens come from us alone: `[CLS]` in a user's text is plain text. Tokens that users
    added (entity markers, turns of a chat) are found in text, as transformers does.

    `encode_batch` and `encode_flat` give the ids of texts without special tokens, the shortest way there is.
    """

    ends = True
    """Whether the token behind the last text is read; not by heads of the last token that take it for padding."""

    def __init__(self, tokenizer: Tokenizer, names: dict[str, str], manner: TokenizerOptions | None = None):
        self.filed, self.names, self.manner = tokenizer, names, manner or TokenizerOptions()
        self.tokenizer = findable(tokenizer, self.manner.special_texts, self.control)
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.tokenizer.encode_special_tokens = True
        self.ids = Ids(*(self._id(names.get(role)) for role in ROLES))
        lowercase = splits_words(self.tokenizer)
        self.word_ids = None if lowercase is None else WordIds(self.tokenizer, lowercase)
        added = self.filed.get_added_tokens_decoder().items()
        self.unsaid = {i for i, token in added if token.special}  # ids that decoded text leaves out
        self.letters = spelled(self.tokenizer, self.control - {names.get("unk", "")})

    def __reduce__(self):
        """Made anew in another process: what the library saves lacks how special tokens are treated."""
        return Encoder, (self.filed, self.names, self.manner)

    @property
    def notes(self) -> list[str]:
        """What a person should know: how the folder's files were read, and which tokens a text may become."""
        return [*self.manner.notes, *([self.rule] if self.rule else [])]

    @property
    def max_length(self) -> int | None:
        """The longest text in tokens that the folder names (`model_max_length`); None where it names none."""
        return self.manner.max_length

    @property
    def control(self) -> set[str]:
        """The tokens that no text becomes."""
        return ({*self.names.values()} | CONTROL) - self.manner.special_texts

    @property
    def rule(self) -> str:
        """Which tokens a text may become, in a sentence; empty where there are only control tokens."""
        names = [printable(name, 20) for name in sorted(self.manner.special_texts, key=by_number)]
        if not names:
            return ""
        control = ", ".join(name for name in dict.fromkeys(self.names[role] for role in ROLES if role in self.names))
        listed, more = ", ".join(names[:4]), len(names) - 4
        listed = message("names and more", list=listed, count=more) if more > 0 else listed
        return message("tokens read whole", names=listed, count=len(names), control=control)

    def _id(self, name: str | None) -> int:
        number = None if name is None else self.tokenizer.token_to_id(name)
        return -1 if number is None else number

    @property
    def vocabulary(self) -> dict[str, int]:
        """Token -> id."""
        return self.tokenizer.get_vocab(with_added_tokens=True)

    @property
    def vocab_size(self) -> int:
        """Ids lie in [0, vocab_size)."""
        return max(self.vocabulary.values()) + 1

    def check_room(self, rows: int, place: object) -> None:
        """Refuse a token that a text may become, or that we put around one, where the model's embedding has no row for it."""
        framing = {self.names[role] for role in ("cls", "sep", "mask") if role in self.names}
        for name, i in self.vocabulary.items():
            if i >= rows and (name in framing or name not in self.control):
                raise InputError(
                    "TOKENIZER_TOO_LARGE",
                    place,
                    f"'{printable(name, 40)}' has the id {i:,}, and the model's embedding {rows:,} rows",
                    "use the tokenizer that the model was trained with",
                )

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without special tokens."""
        return self.encode_flat(texts).lists()

    def encode_flat(self, texts: Sequence[str]) -> Flat:
        """The same ids end to end, and how many each text has."""
        with guarded("tokenizer", "fails on a text", ANOTHER):
            flat = ask(self.tokenizer, texts) if self.word_ids is None else self.word_ids(texts)
        return flat if not self.letters else Flat.of([self.spell(ids) for ids in flat.lists()])

    def spell(self, ids: list[int]) -> list[int]:
        """The ids with control tokens that the model made of plain text written letter by letter."""
        if self.letters.keys().isdisjoint(ids):
            return ids
        return [one for i in ids for one in self.letters.get(i, [i])]

    def locate(self, texts: Sequence[str]) -> list[Located]:
        """The same ids with their places in the text as it was given, before any normalization; blanks at the ends of a token
        (byte-level BPE, SentencePiece) are no part of its place, and one of blanks alone has none."""
        located = []
        with guarded("tokenizer", "fails on a text", ANOTHER):
            encoded = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        for text, one in zip(texts, encoded, strict=True):
            places = unblanked(text, np.array(one.offsets, dtype=np.int64).reshape(-1, 2))
            words = np.array([-1 if word is None else word for word in one.word_ids], dtype=np.int64)
            begins = np.diff(words, prepend=-2) != 0
            if self.letters.keys().isdisjoint(one.ids):
                located.append(Located(one.ids, places[:, 0], places[:, 1], begins))
                continue
            times = np.array([len(self.letters.get(i, [i])) for i in one.ids])
            first = np.insert(np.cumsum(times)[:-1], 0, 0)
            continues = np.zeros(times.sum(), dtype=bool)
            continues[first[times > 0]] = begins[times > 0]
            start, end = (np.repeat(side, times) for side in (places[:, 0], places[:, 1]))
            located.append(Located(self.spell(one.ids), start, end, continues))
        return located

    def framed(self, text: str) -> list[int]:
        """The ids of a text with the special tokens that the tokenizer itself puts around it."""
        with guarded("tokenizer", "fails on a text", ANOTHER):
            encoding = self.tokenizer.encode(text, add_special_tokens=True)
        if self.letters.keys().isdisjoint(encoding.ids):
            return encoding.ids
        return [
            one
            for i, ours in zip(encoding.ids, encoding.special_tokens_mask, strict=True)
            for one in ([i] if ours else self.letters.get(i, [i]))
        ]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, special tokens left out."""
        with guarded("tokenizer", "fails on these tokens", ANOTHER):
            text = self.tokenizer.decode([i for i in ids if i not in self.unsaid], skip_special_tokens=True)
        if self.manner.cleans:
            for spaced, joined in SPACED:
                text = text.replace(spaced, joined)
        return text

    @cached_property
    def around(self) -> Specials:
        """The tokens that the tokenizer itself puts before and behind a text (Llama's one before it, T5's one behind it);
        where it puts none, [CLS] and [SEP] if it has them, else nothing (GPT-2)."""
        inside, whole = self.encode_batch(["a"])[0], self.framed("a")
        starts = [at for at in range(len(whole) - len(inside) + 1) if whole[at : at + len(inside)] == inside]
        if len(whole) == len(inside) or not starts or starts[0] > 1 or len(whole) - starts[0] - len(inside) > 1:
            return Specials(self.ids.cls, self.ids.sep) if self.names.get("cls") == SPECIALS[2] else Specials(-1, -1)
        return Specials(whole[0] if starts[0] else -1, -1 if starts[0] + len(inside) == len(whole) else whole[-1])

    @cached_property
    def between(self) -> int:
        """Separators between the texts of a pair, as the tokenizer itself puts them (RoBERTa's: 2)."""
        ids = self.tokenizer.encode("a", "b", add_special_tokens=True).ids
        return max(1, ids.count(self.ids.sep) - 1) if self.ids.sep >= 0 else 1

    @cached_property
    def verbatim(self) -> bool:
        """Whether ids give back a text as it was: its case, its blanks, its line ends."""
        return self.decode(self.encode_batch([PROBE])[0]) == PROBE

    @cached_property
    def continuation(self) -> np.ndarray:
        """[V] bool: whether a token goes on with the word before it."""
        flags = np.zeros(self.vocab_size, dtype=bool)
        model = json.loads(self.tokenizer.to_str())["model"]
        prefix = model.get("continuing_subword_prefix") or ""
        for token, i in self.tokenizer.get_vocab(with_added_tokens=True).items():
            if prefix:
                flags[i] = token.startswith(prefix)
            elif token not in self.names.values():
                flags[i] = token[:1] not in ("\u2581", "\u0120") and token[:1].isascii() and token[:1].isalnum()
        return flags

    def tokens_of(self, letters: str) -> list[int]:
        """Ids of the tokens that are one of these letters, with or without what marks the place in a word."""
        single = {
            self.tokenizer.encode(letter, add_special_tokens=False).ids[-1:][0]
            for letter in letters
            if len(self.tokenizer.encode(letter, add_special_tokens=False).ids) == 1
        }
        marked = {i for token, i in self.vocabulary.items() if token.strip("#\u2581\u0120") in set(letters) and token}
        return sorted((single | marked) - {self.ids.unk})

    def sentinels(self, count: int) -> list[int]:
        """Ids of <extra_id_0> to <extra_id_{count - 1}>, which stand for missing spans."""
        numbers = [self.tokenizer.token_to_id(f"<extra_id_{i}>") for i in range(count)]
        return [i for i in numbers if i is not None]

    def add_sentinels(self, count: int) -> None:
        """Give a tokenizer that lacks them its sentinels; they are special: no text becomes one."""
        if not self.sentinels(count):
            names = [f"<extra_id_{i}>" for i in range(count)]
            self.filed.add_special_tokens(names)
            self.tokenizer.add_special_tokens(names)
            self.unsaid.update(self.sentinels(count))

    def save(self, folder: NewFolder, max_length: int = 512, segments: bool = False, frame: Sequence[str] = ()) -> None:
        """Write tokenizer.json and tokenizer_config.json, as `AutoTokenizer` reads them.

        `segments` says that the model tells the texts of a pair apart by token types; `frame` is for a model that writes: the
        roles that stand around a text ($A), which its tokenizer is to put there.
        """
        ends = {"bos": self.names.get("cls", ""), "eos": self.names.get("sep", "")} if frame else {}
        inputs = ["input_ids", *(["token_type_ids"] if segments else []), "attention_mask"]
        raw = Tokenizer.from_str(self.filed.to_str())
        raw.encode_special_tokens = False
        if frame:
            parts = [part if part == "$A" else self.names[part] for part in frame if part == "$A" or self.names.get(part)]
            special_tokens = [(name, raw.token_to_id(name)) for name in parts if name != "$A"]
            raw.post_processor = processors.TemplateProcessing(single=" ".join(parts), special_tokens=special_tokens)
        folder.write_text("tokenizer.json", raw.to_str(pretty=False))
        folder.write_json(
            "tokenizer_config.json",
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "model_max_length": max_length,
                "model_input_names": inputs,
                "clean_up_tokenization_spaces": self.manner.cleans,
                **({"truncation_side": self.manner.cut} if self.manner.cut != "right" else {}),
                **({"chat_template": self.manner.template} if self.manner.template else {}),
                **{f"{role}_token": name for role, name in sorted((self.names | ends).items()) if name},
            },
        )


def unblanked(text: str, places: np.ndarray) -> np.ndarray:
    """Places [L, 2] without the blanks at their ends."""
    solid = np.array([not character.isspace() for character in text] + [True])
    numbers = np.arange(len(solid))
    following = np.minimum.accumulate(np.where(solid, numbers, len(solid))[::-1])[::-1]  # the next that is no blank, or this
    before = np.maximum.accumulate(np.where(np.insert(solid[:-1], 0, True), numbers, 0))  # the place after the last such one
    start = np.minimum(following[places[:, 0]], places[:, 1])
    return np.stack([start, np.maximum(before[places[:, 1]], start)], axis=1)


def parallel(enabled: bool) -> None:
    """Whether the tokenizer library may use all cores."""
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if enabled else "false"


def by_number(name: str) -> list[str | int]:
    """The order of names in which numbers count as such: <extra_id_2> before <extra_id_10>."""
    return [int(part) if part.isascii() and part.isdigit() else part for part in re.split(r"([0-9]+)", name)]
