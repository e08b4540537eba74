"""How transformers (5.23) makes a tokenizer anew: a class such as BertTokenizer takes the vocabulary of tokenizer.json and
builds what normalizes, splits and joins text from the options of tokenizer_config.json, whatever tokenizer.json says of it.

Other classes, TokenizersBackend among them, take tokenizer.json as it is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from groundup.data.tokenizers.files import CONFIG, NAMED, Token, TokenizerFiles, token_text
from groundup.data.tokenizers.limits import guarded, quiet, refuse
from groundup.errors import InputError, printable
from groundup.messages.current import message

BLOCK = "\u2581"  # what SentencePiece writes for a blank
AS_IT_IS = ("TokenizersBackend", "PreTrainedTokenizer", "PythonBackend")
OF_FAMILY = {  # what transformers takes for a model_type where no file names a class
    "bert": "BertTokenizer",
    "distilbert": "BertTokenizer",
    "electra": "BertTokenizer",
    "roberta": "RobertaTokenizer",
    "bart": "RobertaTokenizer",
    "gpt2": "GPT2Tokenizer",
    "t5": "T5Tokenizer",
    "mt5": "T5Tokenizer",
    "xlm-roberta": "XLMRobertaTokenizer",
    "camembert": "CamembertTokenizer",
    "modernbert": "TokenizersBackend",
}
ALIASES = {
    "DistilBertTokenizer": "BertTokenizer",
    "ElectraTokenizer": "BertTokenizer",
    "MobileBertTokenizer": "BertTokenizer",
    "SqueezeBertTokenizer": "BertTokenizer",
    "LxmertTokenizer": "BertTokenizer",
    "BartTokenizer": "RobertaTokenizer",
    "LEDTokenizer": "RobertaTokenizer",
    "MvpTokenizer": "RobertaTokenizer",
}
ANEW_THERE = """
    AlbertTokenizer BarthezTokenizer BartphoTokenizer BertGenerationTokenizer BertJapaneseTokenizer BertweetTokenizer
    BigBirdTokenizer BioGptTokenizer BlenderbotSmallTokenizer BlenderbotTokenizer ByT5Tokenizer CLIPTokenizer
    CTRLTokenizer CanineTokenizer CodeGenTokenizer CodeLlamaTokenizer CohereTokenizer ConvBertTokenizer CpmAntTokenizer
    CpmTokenizer DPRContextEncoderTokenizer DPRQuestionEncoderTokenizer DPRReaderTokenizer DebertaTokenizer
    DebertaV2Tokenizer EsmTokenizer FNetTokenizer FSMTTokenizer FlaubertTokenizer FunnelTokenizer GPTNeoXJapaneseTokenizer
    GPTNeoXTokenizer GPTSw3Tokenizer GemmaTokenizer HerbertTokenizer LayoutLMv2Tokenizer LayoutLMv3Tokenizer
    LayoutXLMTokenizer LukeTokenizer M2M100Tokenizer MBart50Tokenizer MBartTokenizer MLukeTokenizer MPNetTokenizer
    MarianTokenizer MarkupLMTokenizer MyT5Tokenizer NllbTokenizer NougatTokenizer OpenAIGPTTokenizer PLBartTokenizer
    PegasusTokenizer PerceiverTokenizer PhobertTokenizer ProphetNetTokenizer Qwen2Tokenizer Qwen3_5Tokenizer RagTokenizer
    ReformerTokenizer RemBertTokenizer RoCBertTokenizer RoFormerTokenizer SeamlessM4TTokenizer Siglip2Tokenizer
    SiglipTokenizer SplinterTokenizer TapasTokenizer UdopTokenizer WhisperTokenizer XGLMTokenizer XLMTokenizer
    XLNetTokenizer
""".split()  # classes there that are none of ours to make

Parts = tuple[Any, Any, Any, Any]  # a model, a normalizer, a pre-tokenizer and a decoder


@dataclass(frozen=True)
class TokenizerClass:
    """A class of transformers: its special tokens by default, what it builds, and what it puts around texts (None: what
    tokenizer.json says)."""

    defaults: dict[str, str]
    parts: Callable[[TokenizerFiles, dict[str, Token]], Parts]
    frame: Callable[[TokenizerFiles, Tokenizer, dict[str, Token]], Any] | None = None


def class_name(files: TokenizerFiles) -> str:
    """The class that transformers would use."""
    class_in_file = files.options.get("tokenizer_class") or files.model.get("tokenizer_class")
    family = OF_FAMILY.get(str(files.model.get("model_type")))
    if not isinstance(class_in_file, str):
        return family or AS_IT_IS[0]
    name = class_in_file.removesuffix("Fast")
    if name == "LlamaTokenizer" and "ByteLevel" in kinds_of(files.value):
        return AS_IT_IS[0]
    if family == AS_IT_IS[0]:  # of these models the class that is named is known to be wrong
        return AS_IT_IS[0]
    return ALIASES.get(name, name)


def kinds_of(value: object) -> set[str]:
    """The `type` of every part of a description, the vocabulary left out."""
    if isinstance(value, list):
        return set().union(*map(kinds_of, value))
    if not isinstance(value, dict):
        return set()
    inner = (kinds_of(part) for key, part in value.items() if key not in ("vocab", "merges", "added_tokens"))
    return {str(value.get("type"))}.union(*inner)


def make_tokenizer(files: TokenizerFiles) -> tuple[Tokenizer, dict[str, Token], list[str]]:
    """The tokenizer of a folder as transformers makes it, its special tokens by role, and notes of what differs from
    tokenizer.json."""
    name, place = class_name(files), files.folder / ("tokenizer.json" if files.whole else CONFIG)
    tokenizer_class = CLASSES.get(name)
    if tokenizer_class is None and name in ANEW_THERE:
        what = f"names the class {name}, which transformers makes anew from its options, and which is not known here"
        fix = 'write "tokenizer_class": "TokenizersBackend" there if tokenizer.json is to be used as it is'
        raise InputError("UNSUPPORTED_TOKENIZER", files.folder / CONFIG, what, fix)
    if tokenizer_class is None and not files.whole:
        raise InputError(
            "NO_TOKENIZER",
            files.folder,
            "has no tokenizer.json, and no file names the class of its tokenizer",
            "save the tokenizer in the fast format",
        )
    tokens_by_role = (tokenizer_class.defaults if tokenizer_class else {}) | files.tokens_by_role
    with quiet(), guarded(place, "cannot be read", "save it again"):
        filed = Tokenizer.from_str(json.dumps(files.value)) if files.whole else None
        tokenizer = filed if tokenizer_class is None else built(tokenizer_class, files, tokens_by_role)
        assert tokenizer is not None
        if filed is not None and tokenizer_class is not None:
            tokenizer.post_processor = filed.post_processor
        tokenizer.add_tokens(list(missing_tokens(tokenizer, files, tokens_by_role)))
        if tokenizer_class is not None and tokenizer_class.frame is not None:
            tokenizer.post_processor = tokenizer_class.frame(files, tokenizer, tokens_by_role)
        elif not files.whole and (files.flag("add_bos_token", False) or files.flag("add_eos_token", False)):
            tokenizer.post_processor = ends(files, tokenizer, tokens_by_role)
    return (
        tokenizer,
        tokens_by_role,
        differences(files, tokenizer, name) if filed is not None and tokenizer_class is not None else [],
    )


def built(tokenizer_class: TokenizerClass, files: TokenizerFiles, tokens_by_role: dict[str, Token]) -> Tokenizer:
    model, normalizer, splitter, decoder = tokenizer_class.parts(files, tokens_by_role)
    tokenizer = Tokenizer(model)
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer, tokenizer.decoder = splitter, decoder
    return tokenizer


def missing_tokens(tokenizer: Tokenizer, files: TokenizerFiles, tokens_by_role: dict[str, Token]) -> Iterator[AddedToken]:
    """The tokens to add, in the order of transformers: by their old ids, then those with a role, then the others."""
    known = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
    roles = {token_text(token) for token in tokens_by_role.values()}
    for _, token in sorted(files.added.items()):
        known.add(token.content)
        yield as_special(token) if token.content in roles else token
    ordered = sorted(tokens_by_role, key=lambda role: NAMED.index(role) if role in NAMED else len(NAMED))
    for token in [*(tokens_by_role[role] for role in ordered), *files.further]:
        if token_text(token) not in known:
            known.add(token_text(token))
            special = isinstance(token, str) or token.content in roles
            yield as_special(token) if special else token


def as_special(token: Token) -> AddedToken:
    """The token with the flag `special`."""
    if isinstance(token, str):
        return AddedToken(token, special=True)
    return AddedToken(
        token.content,
        single_word=token.single_word,
        lstrip=token.lstrip,
        rstrip=token.rstrip,
        normalized=token.normalized,
        special=True,
    )


def differences(files: TokenizerFiles, tokenizer: Tokenizer, name: str) -> list[str]:
    """What the class changes of tokenizer.json, one line for all."""
    description = json.loads(tokenizer.to_str())
    changed = []
    for part in ("normalizer", "pre_tokenizer"):
        theirs, ours = (dict(leaves(value.get(part), part)) for value in (files.value, description))
        for key in dict.fromkeys([*theirs, *ours]):
            if theirs.get(key) != ours.get(key) and not key.endswith("precompiled_charsmap"):
                changed.append(f"{key} {show(theirs.get(key))} -> {show(ours.get(key))}")
    if not changed:
        return []
    changes = ", ".join(changed[:4])
    changes = message("list and more", list=changes, count=len(changed) - 4) if len(changed) > 4 else changes
    return [message("tokenizer made anew", place=files.folder / CONFIG, name=name, changes=changes)]


def leaves(value: object, where: str) -> Iterator[tuple[str, object]]:
    """(place, value) of all that is no object and no list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{where}[{number}]")
    else:
        yield where, value


def show(value: object) -> str:
    return printable(json.dumps(value, ensure_ascii=False), 30)


# What the classes build


def vocabulary(files: TokenizerFiles) -> dict[str, int]:
    """Token -> id."""
    vocab = files.value["model"].get("vocab") or {}
    if isinstance(vocab, dict):
        return vocab
    return {pair[0] if isinstance(pair, list) else pair: number for number, pair in enumerate(vocab)}


def pieces(files: TokenizerFiles) -> list[tuple[str, float]]:
    """The pieces of a Unigram model with their scores."""
    vocab = files.value["model"].get("vocab")
    if not isinstance(vocab, list) or not vocab:
        refuse(f"{files.folder}: model.vocab", f"is no list of pieces with scores, which {class_name(files)} needs")
    return [(piece, float(score)) for piece, score in vocab]


def merges(files: TokenizerFiles) -> list[tuple[str, str]]:
    pairs = (merge.split(" ") if isinstance(merge, str) else merge for merge in files.value["model"].get("merges") or [])
    return [(first, second) for first, second in pairs]


def bert(files: TokenizerFiles, tokens_by_role: dict[str, Token]) -> Parts:
    chinese, accents = files.flag("tokenize_chinese_chars", True), files.flag("strip_accents", None)
    normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=chinese, strip_accents=accents, lowercase=files.flag("do_lower_case", True)
    )
    model = models.WordPiece(vocabulary(files), unk_token=token_text(tokens_by_role["unk"]))
    return model, normalizer, pre_tokenizers.BertPreTokenizer(), decoders.WordPiece(prefix="##")


def bert_frame(files: TokenizerFiles, tokenizer: Tokenizer, tokens_by_role: dict[str, Token]) -> Any:
    first, last = token_text(tokens_by_role["cls"]), token_text(tokens_by_role["sep"])
    return processors.TemplateProcessing(
        single=f"{first}:0 $A:0 {last}:0",
        pair=f"{first}:0 $A:0 {last}:0 $B:1 {last}:1",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in (first, last)],
    )


def byte_bpe(files: TokenizerFiles, tokens_by_role: dict[str, Token]) -> Parts:
    model = models.BPE(
        vocab=vocabulary(files),
        merges=merges(files),
        dropout=None,
        continuing_subword_prefix="",
        end_of_word_suffix="",
        fuse_unk=False,
    )
    splitter = pre_tokenizers.ByteLevel(add_prefix_space=files.flag("add_prefix_space", False))
    return model, None, splitter, decoders.ByteLevel()


def roberta_frame(files: TokenizerFiles, tokenizer: Tokenizer, tokens_by_role: dict[str, Token]) -> Any:
    first, last = token_text(tokens_by_role["cls"]), token_text(tokens_by_role["sep"])
    sep, cls = tokenizer.token_to_id(last), tokenizer.token_to_id(first)
    assert sep is not None  # both were added
    assert cls is not None
    return processors.RobertaProcessing(
        (last, sep),
        (first, cls),
        trim_offsets=files.flag("trim_offsets", True),
        add_prefix_space=files.flag("add_prefix_space", False),
    )


def unigram(unk: int | None, prefixed: Callable[[TokenizerFiles], bool]) -> Callable[[TokenizerFiles, dict[str, Token]], Parts]:
    """SentencePiece's Unigram. The piece for what is unknown is that of this number, or the one that is named."""

    def parts(files: TokenizerFiles, tokens_by_role: dict[str, Token]) -> Parts:
        entries, name = pieces(files), token_text(tokens_by_role["unk"])
        number = unk if unk is not None else next((n for n, (piece, _) in enumerate(entries) if piece == name), 0)
        scheme = "always" if prefixed(files) else "never"
        splitter = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement=BLOCK, prepend_scheme=scheme)]
        )
        model = models.Unigram(entries, unk_id=number, byte_fallback=False)
        return model, charsmap(files), splitter, decoders.Metaspace(replacement=BLOCK, prepend_scheme=scheme)

    return parts


def charsmap(files: TokenizerFiles) -> Any:
    """SentencePiece's own normalizer, where tokenizer.json has one."""
    normalizer = files.value.get("normalizer") or {}
    inner = normalizer.get("normalizers") if normalizer.get("type") == "Sequence" else [normalizer]
    for one in inner or []:
        if one.get("type") == "Precompiled" and "precompiled_charsmap" in one:
            return normalizers.Precompiled(base64.b64decode(one["precompiled_charsmap"]))
    return None


def t5_frame(files: TokenizerFiles, tokenizer: Tokenizer, tokens_by_role: dict[str, Token]) -> Any:
    end = tokenizer.token_to_id(token_text(tokens_by_role["eos"]))
    pair = ["$A", "</s>", "$B", "</s>"]
    return processors.TemplateProcessing(single=pair[:2], pair=pair, special_tokens=[("</s>", end)])


def sentence_frame(files: TokenizerFiles, tokenizer: Tokenizer, tokens_by_role: dict[str, Token]) -> Any:
    first, last = token_text(tokens_by_role["bos"]), token_text(tokens_by_role["eos"])
    return processors.TemplateProcessing(
        single=[first, "$A", last],
        pair=[first, "$A", last, last, "$B", last],
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in dict.fromkeys((first, last))],
    )


def llama(files: TokenizerFiles, tokens_by_role: dict[str, Token]) -> Parts:
    prefixed, legacy = files.flag("add_prefix_space", None) is not False, files.flag("legacy", False)
    scheme = ("always" if legacy else "first") if prefixed else "never"
    model = models.BPE(vocab=vocabulary(files), merges=merges(files), fuse_unk=True, byte_fallback=True, dropout=None)
    stripped = [decoders.Strip(content=" ", left=1)] if prefixed else []
    joining = [decoders.Replace(BLOCK, " "), decoders.ByteFallback(), decoders.Fuse(), *stripped]
    splitter = pre_tokenizers.Metaspace(replacement=BLOCK, prepend_scheme=scheme, split=False)
    return model, None, splitter, decoders.Sequence(joining)


def ends(files: TokenizerFiles, tokenizer: Tokenizer, tokens_by_role: dict[str, Token]) -> Any:
    """What `add_bos_token` and `add_eos_token` put around a text."""
    first = token_text(tokens_by_role["bos"]) if files.flag("add_bos_token", False) and "bos" in tokens_by_role else ""
    last = token_text(tokens_by_role["eos"]) if files.flag("add_eos_token", False) and "eos" in tokens_by_role else ""
    single = " ".join(part for part in (first and f"{first}:0", "$A:0", last and f"{last}:0") if part)
    second = " ".join(part for part in (first and f"{first}:1", "$B:1", last and f"{last}:1") if part)
    names = [(name, tokenizer.token_to_id(name)) for name in dict.fromkeys((first, last)) if name]
    return processors.TemplateProcessing(single=single, pair=f"{single} {second}", special_tokens=names)


def prefixed(files: TokenizerFiles) -> bool:
    return bool(files.flag("add_prefix_space", True))


SENTENCE = {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "sep": "</s>", "pad": "<pad>", "cls": "<s>", "mask": "<mask>"}
BERT = {"unk": "[UNK]", "sep": "[SEP]", "pad": "[PAD]", "cls": "[CLS]", "mask": "[MASK]"}
GPT2 = {"bos": "<|endoftext|>", "eos": "<|endoftext|>", "unk": "<|endoftext|>"}
CLASSES = {
    "BertTokenizer": TokenizerClass(BERT, bert, bert_frame),
    "RobertaTokenizer": TokenizerClass(SENTENCE, byte_bpe, roberta_frame),
    "GPT2Tokenizer": TokenizerClass(GPT2, byte_bpe),
    "T5Tokenizer": TokenizerClass({"eos": "</s>", "unk": "<unk>", "pad": "<pad>"}, unigram(2, lambda files: True), t5_frame),
    "XLMRobertaTokenizer": TokenizerClass(SENTENCE, unigram(3, prefixed), sentence_frame),
    "CamembertTokenizer": TokenizerClass(SENTENCE, unigram(None, prefixed), sentence_frame),
    "LlamaTokenizer": TokenizerClass({"bos": "<s>", "eos": "</s>", "unk": "<unk>"}, llama),
}
