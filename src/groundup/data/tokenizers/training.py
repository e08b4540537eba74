"""Tokenizers learned from one's own text: WordPiece, BPE, byte-level BPE, Unigram, characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.special_tokens import ROLES, SPECIALS, with_description
from groundup.data.tokenizers.tokenizer import PROBE, Encoder, TokenizerOptions
from groundup.data.tokenizers.word_counts import count_words, lines_of
from groundup.errors import InputError
from groundup.messages.current import message

INSIDE = "##"  # before a piece that continues a word
LONGEST_RUN = 1000
KINDS = (r"[^\W\d_]", r"\d", r"\s", r"(?!\s)[\W_]")  # letters, digits, blanks, marks
LONG_RUN = re.compile("|".join(f"(?:{kind}){{{LONGEST_RUN}}}(?={kind})" for kind in KINDS))


def train_tokenizer(texts: Callable[[], Iterator[str]], settings: TokenizerSettings) -> Encoder:
    """Train a tokenizer on texts, which may be read more than once. The same texts give the same bytes, but for Unigram: the
    library adds up its scores in the order of a hash, and pieces whose scores are nearly equal may change places."""
    cut = Cut(texts)
    tokenizer = MAKERS[settings.kind](cut if settings.kind in ("byte_bpe", "unigram") else texts, settings, cut)
    frame = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=frame
    )
    return Encoder(tokenizer, dict(zip(ROLES, SPECIALS, strict=True)), TokenizerOptions(notes=cut.notes()))


@dataclass
class Cut:
    """Texts to learn from, whose runs of LONGEST_RUN letters, digits, marks or blanks end there and begin anew: the time that
    the library takes to learn from a run grows with the square of its length."""

    texts: Callable[[], Iterator[str]]
    count: int = 0  # runs that were cut, each time that they occur

    def __call__(self) -> Iterator[str]:
        self.count = 0
        for text in self.texts():
            start = last = 0
            for match in LONG_RUN.finditer(text) if len(text) > LONGEST_RUN else ():
                self.count += last == 0 or match.start() > last  # another run, not more of the last one
                last = match.end()
                yield text[start : match.end()]
                start = match.end()
            if start < len(text) or not text:
                yield text[start:]

    def words(self, words: Counter[str]) -> Counter[str]:
        """The same for words with their counts."""
        long = [word for word in words if len(word) > LONGEST_RUN]
        self.count = sum(words[word] for word in long)
        for word in long:
            times = words.pop(word)
            for start in range(0, len(word), LONGEST_RUN):
                words[word[start : start + LONGEST_RUN]] += times
        return words

    def notes(self) -> tuple[str, ...]:
        if not self.count:
            return ()
        return (message("runs in pieces", size=LONGEST_RUN, count=self.count),)


def train_words(texts: Callable[[], Iterator[str]], settings: TokenizerSettings, cut: Cut) -> Tokenizer:
    """WordPiece or BPE with `##` before what goes on with a word. The library is given the words alone, each as often as it
    occurs: it finds them in texts in many times the time. Words of one letter, where nothing can be joined, are left out.

    It numbers the letters inside words in the order of a hash that differs from run to run, and breaks ties by these numbers.
    So they come first, in order.
    """
    normalizer, splitter = normalizers.BertNormalizer(lowercase=settings.lowercase), pre_tokenizers.BertPreTokenizer()
    words = cut.words(count_words(texts(), normalizer, splitter, settings.lowercase))
    letters = most_frequent_letters(words, max(100, settings.vocab_size // 2))
    inside = {INSIDE + letter for letter in letters}.intersection(INSIDE + letter for word in words for letter in word[1:])
    if settings.kind == "wordpiece":
        tokenizer, trainer = Tokenizer(models.WordPiece(unk_token="[UNK]")), trainers.WordPieceTrainer
    else:
        tokenizer = Tokenizer(models.BPE(unk_token="[UNK]", continuing_subword_prefix=INSIDE))
        trainer = trainers.BpeTrainer
    tokenizer.pre_tokenizer = pre_tokenizers.CharDelimiterSplit(" ")
    several = {word: times for word, times in words.items() if len(word) > 1}
    tokenizer.train_from_iterator(
        lines_of(several),
        trainer(
            vocab_size=settings.vocab_size,
            min_frequency=settings.min_frequency,
            special_tokens=SPECIALS + sorted(inside),
            show_progress=False,
            continuing_subword_prefix=INSIDE,
            initial_alphabet=letters,
            limit_alphabet=len(letters),
        ),
    )
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = normalizer, splitter, decoders.WordPiece()
    return with_description(tokenizer, only_ours_are_special)


def most_frequent_letters(words: Mapping[str, int], most: int) -> list[str]:
    """The letters that occur most, in their order; ties in the order of letters."""
    counts: Counter[str] = Counter()
    for word, times in words.items():
        for letter in word:
            counts[letter] += times
    return sorted(sorted(counts, key=lambda letter: (-counts[letter], letter))[:most])


def train_byte_bpe(texts: Callable[[], Iterator[str]], settings: TokenizerSettings, cut: Cut) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        texts(),
        trainers.BpeTrainer(
            vocab_size=settings.vocab_size,
            min_frequency=settings.min_frequency,
            special_tokens=SPECIALS,
            show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        ),
    )
    return tokenizer


def train_unigram(texts: Callable[[], Iterator[str]], settings: TokenizerSettings, cut: Cut) -> Tokenizer:
    """Unigram. Of the special tokens only `[UNK]` is a piece of its model: others could be found in a user's text."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    size = settings.vocab_size - len(SPECIALS) + 1
    try:
        tokenizer.train_from_iterator(
            texts(), trainers.UnigramTrainer(vocab_size=size, special_tokens=["[UNK]"], unk_token="[UNK]", show_progress=False)
        )
    except Exception as error:  # the library raises plain Exception, for a vocabulary smaller than the alphabet
        raise InputError("VOCABULARY_TOO_SMALL", "tokenizer.vocab_size", str(error), "make it larger") from None
    tokenizer = with_description(tokenizer, pieces_in_order)
    tokenizer.add_special_tokens([name for name in SPECIALS if name != "[UNK]"])
    return tokenizer


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


def train_characters(texts: Callable[[], Iterator[str]], settings: TokenizerSettings, cut: Cut) -> Tokenizer:
    """An id for each character, the most frequent ones; blanks and line ends always are among them."""
    counts: Counter[str] = Counter({letter: settings.min_frequency for letter in PROBE})
    for text in texts():
        counts.update(text)
    letters = sorted(letter for letter, count in counts.items() if count >= settings.min_frequency)
    room = settings.vocab_size - len(SPECIALS)
    if room < 1:
        what = f"{settings.vocab_size} leaves no room for a character beside {len(SPECIALS)} special tokens"
        raise InputError("VOCABULARY_TOO_SMALL", "tokenizer.vocab_size", what, "make it larger")
    alphabet = sorted(sorted(letters, key=lambda letter: (-counts[letter], letter))[:room])
    vocabulary = {token: i for i, token in enumerate([*SPECIALS, *alphabet])}
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
