"""The tokenizer's files in a folder of Hugging Face's form, as transformers (5.23) takes them together.

tokenizer_config.json and special_tokens_map.json say more than tokenizer.json: which class makes the tokenizer anew, by which
options, and which tokens are added. Where there is no tokenizer.json, vocab.txt or vocab.json with merges.txt are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenizers import AddedToken

from groundup.data.tokenizers.limits import FLAGS, LONGEST_TOKEN, MOST_ENTRIES, check_flags, check_tokenizer, refuse
from groundup.errors import InputError, printable
from groundup.manifest import read_verified
from groundup.strict_json import parse_json

TOKENIZER, CONFIG, SPECIALS, ADDED = "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"
TEMPLATE = "chat_template.jinja"
NAMED = ("bos", "eos", "unk", "sep", "pad", "cls", "mask")  # in the order in which transformers adds them
LARGEST_FILE = 64 * 2**20
SENTENCEPIECE = ("spiece.model", "sentencepiece.bpe.model", "tokenizer.model")
LARGEST_LENGTH = 10**9  # what is larger stands for no limit: transformers writes 1e30
FIX = "save the tokenizer again, or fetch the file again"

Token = str | AddedToken


@dataclass
class TokenizerFiles:
    """What the files say. `value` is tokenizer.json, or what stands for it; `whole` whether it was there."""

    folder: Path
    value: dict
    whole: bool
    options: dict[str, Any] = field(default_factory=dict)  # tokenizer_config.json
    tokens_by_role: dict[str, Token] = field(default_factory=dict)  # role -> special token
    further: list[Token] = field(default_factory=list)  # special tokens without a role
    added: dict[int, AddedToken] = field(default_factory=dict)  # tokens that are added, by the id that they had
    model: dict[str, Any] = field(default_factory=dict)  # config.json
    template: str = ""  # of chats

    def flag(self, name: str, default: bool | None) -> Any:
        """An option that is true, false or left open."""
        value = self.options.get(name, default)
        if value is not None and not isinstance(value, bool):
            refuse(f"{self.folder / CONFIG}: {name}", f"{printable(repr(value), 40)} is neither true nor false")
        return value

    def choice(self, name: str, options: tuple[str, ...]) -> str | None:
        """An option that is one of some names."""
        value = self.options.get(name)
        if value is not None and value not in options:
            refuse(f"{self.folder / CONFIG}: {name}", f"{printable(repr(value), 40)} is not one of {', '.join(options)}")
        return value

    @property
    def max_length(self) -> int | None:
        """The longest text in tokens; None where there is no limit."""
        value = self.options.get("model_max_length", self.options.get("max_len"))
        place = f"{self.folder / CONFIG}: model_max_length"
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 1:
            refuse(place, f"{printable(repr(value), 40)} is no number of tokens")
        return int(value) if value <= LARGEST_LENGTH else None


def has_tokenizer(folder: Path) -> bool:
    """Whether there are files that `read_files` reads."""
    pair = (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file()
    return pair or (folder / TOKENIZER).is_file() or (folder / "vocab.txt").is_file()


def read_files(folder: Path) -> TokenizerFiles:
    """The files of a folder, checked. Raises InputError NO_TOKENIZER or BAD_TOKENIZER."""
    options, model = read_object(folder, CONFIG), read_object(folder, "config.json")
    if (folder / TOKENIZER).is_file():
        value, whole = read_tokenizer(folder / TOKENIZER), True
    else:
        value, whole = older_files(folder), False
    files = TokenizerFiles(folder, value, whole, options, model=model, template=read_template(folder, options))
    read_tokens(files)
    return files


def read_tokenizer(file: Path) -> dict:
    """A tokenizer.json within the limits."""
    if file.stat().st_size > LARGEST_FILE:
        raise InputError("TOKENIZER_TOO_LARGE", file, f"has {file.stat().st_size:,} bytes", limit=f"{LARGEST_FILE:,}")
    value = parse_json(read_verified(file.parent, file.name), file)
    check_tokenizer(value, file)
    return value


def read_object(folder: Path, name: str) -> dict[str, Any]:
    """A JSON object; empty where there is no such file."""
    path = folder / name
    if not path.is_file():
        return {}
    if path.stat().st_size > LARGEST_FILE:
        raise InputError("TOKENIZER_TOO_LARGE", path, f"has {path.stat().st_size:,} bytes", limit=f"{LARGEST_FILE:,}")
    value = parse_json(read_verified(folder, name), path, any_integer=True)
    if not isinstance(value, dict):
        refuse(path, "is not an object")
    return value


def read_template(folder: Path, options: Mapping[str, Any]) -> str:
    """The templates of chats as text; nothing runs them here."""
    template = options.get("chat_template") or ""
    if (folder / TEMPLATE).is_file():
        template = read_text(folder, TEMPLATE)
    return template if isinstance(template, str) else str(template)


def older_files(folder: Path) -> dict:
    """What vocab.txt, or vocab.json with merges.txt, would be as the model of a tokenizer.json."""
    if (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file():
        vocabulary = read_object(folder, "vocab.json")
        lines = (line.strip() for line in read_text(folder, "merges.txt").split("\n"))
        merges = [line.split(" ") for line in lines if line and not line.startswith("#version")]
        value = {"model": {"type": "BPE", "vocab": vocabulary, "merges": merges}}
    elif (folder / "vocab.txt").is_file():
        lines = read_text(folder, "vocab.txt").split("\n")
        lines = lines[:-1] if lines and not lines[-1] else lines
        value = {"model": {"type": "WordPiece", "vocab": {line.rstrip(): number for number, line in enumerate(lines)}}}
    else:
        there = [name for name in SENTENCEPIECE if (folder / name).is_file()]
        what = f"has {there[0]} and no tokenizer.json" if there else "has no tokenizer.json"
        raise InputError(
            "NO_TOKENIZER",
            folder,
            what,
            "save the tokenizer in the fast format: transformers.AutoTokenizer.from_pretrained(folder).save_pretrained(folder)",
        )
    check_tokenizer(value, folder)
    return value


def read_text(folder: Path, name: str) -> str:
    path = folder / name
    if path.stat().st_size > LARGEST_FILE:
        raise InputError("TOKENIZER_TOO_LARGE", path, f"has {path.stat().st_size:,} bytes", limit=f"{LARGEST_FILE:,}")
    try:
        return read_verified(folder, name).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError("BAD_TOKENIZER", path, f"is not UTF-8 at byte {error.start}", FIX) from None


def read_tokens(files: TokenizerFiles) -> None:
    """The special and added tokens. `added_tokens_decoder` stands for all older files; else special_tokens_map.json goes before
    tokenizer_config.json, and added_tokens.json and tokenizer.json name what is added."""
    place, options = files.folder / CONFIG, renamed(dict(files.options))
    if "added_tokens_decoder" in options:
        files.added = read_decoder(options["added_tokens_decoder"], f"{place}: added_tokens_decoder")
    else:
        options |= read_object(files.folder, SPECIALS)
        roles = {token_text(options[f"{role}_token"]) for role in NAMED if options.get(f"{role}_token")}
        files.added = read_added(files, roles | {token_text(token) for token in listed(options)})
        options = renamed(options)
    for key, value in options.items():
        if key.endswith("_token") and isinstance(value, (str, dict)) and value:
            files.tokens_by_role[key.removesuffix("_token")] = as_token(value, f"{place}: {key}")
    extra = options.get("extra_special_tokens") or []
    if isinstance(extra, dict):
        files.tokens_by_role |= {
            name.removesuffix("_token"): as_token(value, f"{place}: extra_special_tokens.{printable(name, 40)}")
            for name, value in extra.items()
        }
    elif isinstance(extra, list):
        files.further = [as_token(token, f"{place}: extra_special_tokens[{n}]") for n, token in enumerate(extra)]
    else:
        refuse(f"{place}: extra_special_tokens", "is neither a list nor an object of tokens")
    known = {token.content: token for token in files.added.values()}
    files.tokens_by_role = {role: known.get(token_text(token), token) for role, token in files.tokens_by_role.items()}
    if len(files.added) + len(files.tokens_by_role) + len(files.further) > MOST_ENTRIES:
        refuse(place, "adds too many tokens", f"{MOST_ENTRIES:,}")


def renamed(options: dict[str, Any]) -> dict[str, Any]:
    """The options with the older name of the special tokens without a role under the newer one."""
    if "additional_special_tokens" in options and not options.get("extra_special_tokens"):
        options["extra_special_tokens"] = options.pop("additional_special_tokens")
    return options


def listed(options: Mapping[str, Any]) -> list[Any]:
    extra = options.get("extra_special_tokens")
    return extra if isinstance(extra, list) else []


def read_decoder(value: object, place: str) -> dict[int, AddedToken]:
    """`added_tokens_decoder`: id -> token with its flags."""
    if not isinstance(value, dict):
        refuse(place, "is not an object")
    added = {}
    for key, token in sorted(value.items(), key=lambda pair: len(str(pair[0]))):
        where = f"{place}.{printable(str(key), 40)}"
        if not str(key).isdecimal() or int(key) >= MOST_ENTRIES:
            refuse(where, "is not an id", f"whole numbers below {MOST_ENTRIES:,}")
        if not isinstance(token, dict):
            refuse(where, "is not a token with its flags")
        added[int(key)] = as_added(token, where)
    return added


def read_added(files: TokenizerFiles, specials: set[str]) -> dict[int, AddedToken]:
    """What added_tokens.json and tokenizer.json name."""
    added: dict[int, AddedToken] = {}
    for text, i in read_object(files.folder, ADDED).items():
        where = f"{files.folder / ADDED}: {printable(text, 40)}"
        if type(i) is not int or not 0 <= i < MOST_ENTRIES or not text:
            refuse(where, f"{printable(repr(i), 40)} is not an id", f"whole numbers below {MOST_ENTRIES:,}")
        added[i] = AddedToken(text, normalized=text not in specials, special=text in specials)
    for number, token in enumerate(files.value.get("added_tokens") or []):
        added[token["id"]] = as_added(token, f"{files.folder / TOKENIZER}: added_tokens[{number}]")
    return added


def as_token(value: object, place: str) -> Token:
    """A token as text or as an object with `content`."""
    if isinstance(value, str) and value and len(value.encode("utf-8", "surrogatepass")) <= LONGEST_TOKEN:
        return value
    if isinstance(value, dict):
        return as_added(value, place, special=True)
    raise InputError("BAD_TOKENIZER", place, f"{printable(repr(value), 40)} is not a token", FIX)


def as_added(value: dict, place: str, special: bool | None = None) -> AddedToken:
    text = value.get("content")
    if not isinstance(text, str) or not text or len(text.encode("utf-8", "surrogatepass")) > LONGEST_TOKEN:
        refuse(place, "has no text under 'content'")
    check_flags(value, place)
    flags = {flag: value[flag] for flag in FLAGS if flag in value}
    return AddedToken(text, **(flags | ({} if special is None else {"special": special})))


def token_text(token: object) -> str:
    """The text of a token, however it is written."""
    if isinstance(token, AddedToken):
        return token.content
    return str(token.get("content", "")) if isinstance(token, dict) else str(token)
