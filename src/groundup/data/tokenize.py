"""Tokenizers: trained on one's own text or reused, and the one way from text to ids."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from groundup.data.settings import TokenizerSettings
from groundup.data.word_counts import count_words, lines_of
from groundup.data.word_ids import Flat, WordIds, ask, splits_words
from groundup.errors import InputError
from groundup.folders import NewFolder, read_verified
from groundup.strict_json import parse_json

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]  # ids 0 to 4 (of a Unigram tokenizer: 0 for [UNK], else the last)
INSIDE = "##"  # before a piece that goes on with a word
ROLES = ("pad", "unk", "cls", "sep", "mask")
KNOWN = {  # names by which foreign tokenizers call them
    "pad": ("[PAD]", "<pad>"), "unk": ("[UNK]", "<unk>"), "cls": ("[CLS]", "<s>"), "sep": ("[SEP]", "</s>"),
    "mask": ("[MASK]", "<mask>"),
}  # fmt: skip
LARGEST_FILE = 64 * 2**20
MOST_ENTRIES = 2**20
LONGEST_TOKEN = 4096


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


class Encoder:
    """A tokenizer in use. Special tokens come from us alone: `[CLS]` in a user's text is plain text.

    `encode_batch` and `encode_flat` give the ids of texts without special tokens, the shortest way there is.
    """

    def __init__(self, tokenizer: Tokenizer, names: dict[str, str]):
        self.tokenizer, self.names = tokenizer, names
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.tokenizer.encode_special_tokens = True
        self.ids = Ids(*(self._id(names.get(role)) for role in ROLES))
        lowercase = splits_words(tokenizer)
        self.word_ids = None if lowercase is None else WordIds(tokenizer, lowercase)

    def __reduce__(self):
        """Made anew in another process: what the library saves lacks how special tokens are treated."""
        return Encoder, (self.tokenizer, self.names)

    def _id(self, name: str | None) -> int:
        found = None if name is None else self.tokenizer.token_to_id(name)
        return -1 if found is None else found

    @property
    def vocabulary(self) -> dict[str, int]:
        """Token -> id."""
        return self.tokenizer.get_vocab(with_added_tokens=True)

    @property
    def vocab_size(self) -> int:
        """Ids lie in [0, vocab_size)."""
        return max(self.vocabulary.values()) + 1

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without special tokens."""
        return self.encode_flat(texts).lists()

    def encode_flat(self, texts: Sequence[str]) -> Flat:
        """The same ids end to end, and how many each text has."""
        return ask(self.tokenizer, texts) if self.word_ids is None else self.word_ids(texts)

    def locate(self, texts: Sequence[str]) -> list[Located]:
        """The same ids with their places in the text as it was given, before any normalization; blanks at the ends of a token
        (byte-level BPE, SentencePiece) are no part of its place, and one of blanks alone has none."""
        found = []
        for text, one in zip(texts, self.tokenizer.encode_batch(list(texts), add_special_tokens=False), strict=True):
            places = unblanked(text, np.array(one.offsets, dtype=np.int64).reshape(-1, 2))
            words = np.array([-1 if word is None else word for word in one.word_ids], dtype=np.int64)
            found.append(Located(one.ids, places[:, 0], places[:, 1], np.diff(words, prepend=-2) != 0))
        return found

    def framed(self, text: str) -> list[int]:
        """The ids of a text with the special tokens that the tokenizer itself puts around it."""
        return self.tokenizer.encode(text, add_special_tokens=True).ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, special tokens left out."""
        return self.tokenizer.decode(list(ids), skip_special_tokens=True)

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
        single = {self.tokenizer.encode(letter, add_special_tokens=False).ids[-1:][0] for letter in letters
                  if len(self.tokenizer.encode(letter, add_special_tokens=False).ids) == 1}  # fmt: skip
        marked = {i for token, i in self.vocabulary.items() if token.strip("#\u2581\u0120") in set(letters) and token}
        return sorted((single | marked) - {self.ids.unk})

    def sentinels(self, count: int) -> list[int]:
        """Ids of <extra_id_0> to <extra_id_{count - 1}>, which stand for missing spans."""
        found = [self.tokenizer.token_to_id(f"<extra_id_{i}>") for i in range(count)]
        return [i for i in found if i is not None]

    def add_sentinels(self, count: int) -> None:
        """Give a tokenizer that lacks them its sentinels; they are special: no text becomes one."""
        if not self.sentinels(count):
            self.tokenizer.add_special_tokens([f"<extra_id_{i}>" for i in range(count)])

    def save(self, folder: NewFolder, max_length: int = 512, segments: bool = False, frame: Sequence[str] = ()) -> None:
        """Write tokenizer.json and tokenizer_config.json, as `AutoTokenizer` reads them.

        `segments` says that the model tells the texts of a pair apart by token types; `frame` is for a model that writes: the
        roles that stand around a text ($A), which its tokenizer is to put there.
        """
        ends = {"bos": self.names.get("cls", ""), "eos": self.names.get("sep", "")} if frame else {}
        inputs = ["input_ids", *(["token_type_ids"] if segments else []), "attention_mask"]
        raw = Tokenizer.from_str(self.tokenizer.to_str())
        raw.encode_special_tokens = False
        if frame:
            parts = [part if part == "$A" else self.names[part] for part in frame if part == "$A" or self.names.get(part)]
            named = [(name, raw.token_to_id(name)) for name in parts if name != "$A"]
            raw.post_processor = processors.TemplateProcessing(single=" ".join(parts), special_tokens=named)
        folder.write_text("tokenizer.json", raw.to_str(pretty=False))
        folder.write_json("tokenizer_config.json", {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": max_length,
            "model_input_names": inputs,
            "clean_up_tokenization_spaces": False,
            **{f"{role}_token": name for role, name in sorted((self.names | ends).items()) if name},
        })  # fmt: skip


def unblanked(text: str, places: np.ndarray) -> np.ndarray:
    """Places [L, 2] without the blanks at their ends."""
    solid = np.array([not character.isspace() for character in text] + [True])
    numbers = np.arange(len(solid))
    following = np.minimum.accumulate(np.where(solid, numbers, len(solid))[::-1])[::-1]  # the next that is no blank, or this
    before = np.maximum.accumulate(np.where(np.insert(solid[:-1], 0, True), numbers, 0))  # the place after the last such one
    start = np.minimum(following[places[:, 0]], places[:, 1])
    return np.stack([start, np.maximum(before[places[:, 1]], start)], axis=1)


def train_tokenizer(texts: Callable[[], Iterator[str]], settings: TokenizerSettings) -> Encoder:
    """Train a tokenizer on texts, which may be read more than once. The same texts give the same bytes, but for Unigram: the
    library adds up its scores in the order of a hash, and pieces whose scores are nearly equal may change places."""
    tokenizer = MAKERS[settings.kind](texts, settings)
    frame = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=frame
    )
    return Encoder(tokenizer, dict(zip(ROLES, SPECIALS, strict=True)))


def train_words(texts: Callable[[], Iterator[str]], settings: TokenizerSettings) -> Tokenizer:
    """WordPiece or BPE with `##` before what goes on with a word. The library is given the words alone, each as often as it
    occurs: it finds them in texts in many times the time. Words of one letter, where nothing can be joined, are left out.

    It numbers the letters inside words in the order of a hash that differs from run to run, and breaks ties by these numbers.
    So they come first, in order.
    """
    normalizer, splitter = normalizers.BertNormalizer(lowercase=settings.lowercase), pre_tokenizers.BertPreTokenizer()
    words = count_words(texts(), normalizer, splitter, settings.lowercase)
    letters = most_frequent_letters(words, max(100, settings.vocab_size // 2))
    inside = {INSIDE + letter for letter in letters}.intersection(INSIDE + letter for word in words for letter in word[1:])
    if settings.kind == "wordpiece":
        tokenizer, trainer = Tokenizer(models.WordPiece(unk_token="[UNK]")), trainers.WordPieceTrainer
    else:
        tokenizer = Tokenizer(models.BPE(unk_token="[UNK]", continuing_subword_prefix=INSIDE))
        trainer = trainers.BpeTrainer
    tokenizer.pre_tokenizer = pre_tokenizers.CharDelimiterSplit(" ")
    several = {word: times for word, times in words.items() if len(word) > 1}
    tokenizer.train_from_iterator(lines_of(several), trainer(
        vocab_size=settings.vocab_size, min_frequency=settings.min_frequency, special_tokens=SPECIALS + sorted(inside),
        show_progress=False, continuing_subword_prefix=INSIDE, initial_alphabet=letters, limit_alphabet=len(letters),
    ))  # fmt: skip
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = normalizer, splitter, decoders.WordPiece()
    return changed(tokenizer, only_ours_are_special)


def most_frequent_letters(words: Mapping[str, int], most: int) -> list[str]:
    """The letters that occur most, in their order; ties in the order of letters."""
    counts: Counter[str] = Counter()
    for word, times in words.items():
        for letter in word:
            counts[letter] += times
    return sorted(sorted(counts, key=lambda letter: (-counts[letter], letter))[:most])


def train_byte_bpe(texts: Callable[[], Iterator[str]], settings: TokenizerSettings) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts(), trainers.BpeTrainer(
        vocab_size=settings.vocab_size, min_frequency=settings.min_frequency, special_tokens=SPECIALS,
        show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    ))  # fmt: skip
    return tokenizer


def train_unigram(texts: Callable[[], Iterator[str]], settings: TokenizerSettings) -> Tokenizer:
    """Unigram. Of the special tokens only `[UNK]` is a piece of its model: others could be found in a user's text."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    size = settings.vocab_size - len(SPECIALS) + 1
    try:
        tokenizer.train_from_iterator(texts(), trainers.UnigramTrainer(
            vocab_size=size, special_tokens=["[UNK]"], unk_token="[UNK]", show_progress=False
        ))  # fmt: skip
    except Exception as error:  # the library raises plain Exception, for a vocabulary smaller than the alphabet
        raise InputError("VOCABULARY_TOO_SMALL", "tokenizer.vocab_size", str(error), "make it larger") from None
    tokenizer = changed(tokenizer, pieces_in_order)
    tokenizer.add_special_tokens([name for name in SPECIALS if name != "[UNK]"])
    return tokenizer


def changed(tokenizer: Tokenizer, change: Callable[[dict], None]) -> Tokenizer:
    """A tokenizer whose description was changed."""
    value = json.loads(tokenizer.to_str())
    change(value)
    return Tokenizer.from_str(json.dumps(value, ensure_ascii=False))


def only_ours_are_special(value: dict) -> None:
    value["added_tokens"] = [token for token in value["added_tokens"] if token["content"] in SPECIALS]


def pieces_in_order(value: dict) -> None:
    """Pieces by falling score, rounded, since the library adds in an order that differs from run to run. In the same disorder
    it gives the letters that were nearly lost scores that fall by 0.0001 each: these are handed out in the order of letters."""
    first, *pieces = value["model"]["vocab"]
    scores = {piece: round(score, 6) for piece, score in pieces}
    letters = sorted((piece for piece in scores if len(piece) == 1), key=lambda piece: -scores[piece])
    start = len(letters) - 1
    while start > 0 and abs(scores[letters[start - 1]] - scores[letters[start]] - 0.0001) < 0.000002:
        start -= 1
    lost = letters[max(0, start) :]
    scores |= dict(zip(sorted(lost), [scores[letter] for letter in lost], strict=True))
    value["model"]["vocab"] = [first, *map(list, sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))]


def train_characters(texts: Callable[[], Iterator[str]], settings: TokenizerSettings) -> Tokenizer:
    """An id for each character, the most frequent ones; blanks and line ends always are among them."""
    counts: Counter[str] = Counter({letter: settings.min_frequency for letter in PROBE})
    for text in texts():
        counts.update(text)
    found = sorted(letter for letter, count in counts.items() if count >= settings.min_frequency)
    room = settings.vocab_size - len(SPECIALS)
    if room < 1:
        what = f"{settings.vocab_size} leaves no room for a character beside {len(SPECIALS)} special tokens"
        raise InputError("VOCABULARY_TOO_SMALL", "tokenizer.vocab_size", what, "make it larger")
    kept = sorted(sorted(found, key=lambda letter: (-counts[letter], letter))[:room])
    vocabulary = {token: i for i, token in enumerate([*SPECIALS, *kept])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens(SPECIALS)
    return tokenizer


MAKERS = {
    "wordpiece": train_words,
    "bpe": train_words,
    "byte_bpe": train_byte_bpe,
    "unigram": train_unigram,
    "character": train_characters,
}


def load_tokenizer(path: Path | str) -> Encoder:
    """The tokenizer of a data or model folder, of a run's model, or of a tokenizer.json."""
    path = Path(path)
    inner = path / "model" / "tokenizer.json"
    file = path if not path.is_dir() else inner if inner.is_file() else path / "tokenizer.json"
    if not file.is_file():
        raise InputError("NO_TOKENIZER", path, "has no tokenizer.json", "save the tokenizer in the fast format")
    if file.stat().st_size > LARGEST_FILE:
        raise InputError("TOKENIZER_TOO_LARGE", file, f"has {file.stat().st_size:,} bytes", limit=f"{LARGEST_FILE:,}")
    data = read_verified(file.parent, file.name)
    check_tokenizer(parse_json(data, file), file)
    try:
        tokenizer = Tokenizer.from_buffer(data)
    except Exception as error:  # the library raises plain Exception
        raise InputError("BAD_TOKENIZER", file, f"cannot be read: {error}", "save it again") from None
    return Encoder(tokenizer, special_names(file.parent, tokenizer))


def check_tokenizer(value: object, place: Path) -> None:
    """Entries unique, ids whole, not negative and distinct, within the limits."""
    if not isinstance(value, dict) or not isinstance(value.get("model"), dict):
        raise InputError("BAD_TOKENIZER", place, "is not a tokenizer")
    vocab = value["model"].get("vocab", {})
    if isinstance(vocab, list):
        entries = {pair[0]: i for i, pair in enumerate(vocab)}
    else:
        entries = dict(vocab)
    added = {a["content"]: a["id"] for a in value.get("added_tokens", [])}
    ids = {**entries, **added}
    if len(ids) > MOST_ENTRIES or any(len(token) > LONGEST_TOKEN for token in ids):
        raise InputError("BAD_TOKENIZER", place, "has too many or too long entries", limit=f"{MOST_ENTRIES:,} entries")
    if any(type(i) is not int or i < 0 for i in ids.values()) or len(set(ids.values())) < len(ids):
        raise InputError("BAD_TOKENIZER", place, "has entries that share an id, or ids that are not whole numbers from 0 on")


def special_names(folder: Path, tokenizer: Tokenizer) -> dict[str, str]:
    """Role -> token, from tokenizer_config.json and special_tokens_map.json, else by the well-known names."""
    names: dict[str, str] = {}
    for file in ("special_tokens_map.json", "tokenizer_config.json"):
        if (folder / file).is_file():
            value = parse_json(read_verified(folder, file), folder / file)
            for role in ROLES:
                token = value.get(f"{role}_token")
                token = token.get("content") if isinstance(token, dict) else token
                if isinstance(token, str) and token:
                    names[role] = token
    vocabulary = tokenizer.get_vocab(with_added_tokens=True)
    for role, candidates in KNOWN.items():
        if names.get(role) not in vocabulary:
            names[role] = next((c for c in candidates if c in vocabulary), "")
    return {role: name for role, name in names.items() if name}


def parallel(wanted: bool) -> None:
    """Whether the tokenizer library may use all cores."""
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if wanted else "false"
