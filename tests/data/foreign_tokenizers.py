"""Tokenizer folders as other people have them, made here: one for each class that transformers builds from options."""

import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXTS = [
    "The Film Was Great, really great!",
    "Zoë's naïve café déjà vu",
    "王小明在北京大学学习。",
    "it isn't 3.14 😀 (ok)",
    "a b c d e f g h",
]
LOWER = [text.lower() for text in TEXTS]
BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SENTENCE = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
T5 = ["<pad>", "</s>", "<unk>", *[f"<extra_id_{i}>" for i in range(3)]]
LLAMA = ["<unk>", "<s>", "</s>"]


def wordpiece() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(
        TEXTS + LOWER, trainers.WordPieceTrainer(vocab_size=220, special_tokens=BERT, show_progress=False)
    )
    return framed(tokenizer, "[CLS]", "[SEP]")


def byte_bpe(specials: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        TEXTS + LOWER,
        trainers.BpeTrainer(
            vocab_size=330, special_tokens=specials, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
        ),
    )
    return framed(tokenizer, "<s>", "</s>") if "<s>" in specials else tokenizer


def unigram(specials: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(
        TEXTS + LOWER, trainers.UnigramTrainer(vocab_size=120, special_tokens=specials, unk_token="<unk>", show_progress=False)
    )
    return tokenizer


def blocks() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace()
    bytes_ = [f"<0x{i:02X}>" for i in range(256)]
    tokenizer.train_from_iterator(
        TEXTS + LOWER, trainers.BpeTrainer(vocab_size=360, special_tokens=LLAMA + bytes_, show_progress=False)
    )
    value = json.loads(tokenizer.to_str())
    value["added_tokens"] = [token for token in value["added_tokens"] if token["content"] in LLAMA]
    return framed(Tokenizer.from_str(json.dumps(value)), "<s>", None)


def framed(tokenizer: Tokenizer, first: str | None, last: str | None) -> Tokenizer:
    names = [name for name in (first, last) if name]
    single = " ".join([*([first] if first else []), "$A", *([last] if last else [])])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=single, special_tokens=[(n, tokenizer.token_to_id(n)) for n in names]
    )
    return tokenizer


def with_markers(tokenizer: Tokenizer) -> Tokenizer:
    """With two markers of entities, a turn of a chat that takes the blank before it, and a word that was only added."""
    tokenizer.add_special_tokens(["[E1]", "[/E1]", AddedToken("<|user|>", lstrip=True)])
    tokenizer.add_tokens([AddedToken("Berlin", single_word=True), AddedToken("Über", normalized=True)])
    return tokenizer


MAKERS = {
    "bert": wordpiece,
    "distilbert": wordpiece,
    "roberta": lambda: byte_bpe(SENTENCE),
    "bart": lambda: byte_bpe(SENTENCE),
    "gpt2": lambda: byte_bpe(["<|endoftext|>"]),
    "t5": lambda: unigram(T5),
    "xlm-roberta": lambda: unigram(SENTENCE),
    "camembert": lambda: unigram(SENTENCE),
    "llama": blocks,
    "modernbert": lambda: byte_bpe(SENTENCE),
}


def write_folder(folder: Path, family: str, tokenizer: Tokenizer, options: dict | None, **further: dict) -> Path:
    """config.json, tokenizer.json and tokenizer_config.json (None: without it); `further` are other JSON files by name."""
    folder.mkdir(parents=True)
    files = {"config": {"model_type": family}, "tokenizer_config": options, **further}
    for name, value in files.items():
        if value is not None:
            (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder
