"""Tokenizer files that are damaged or hostile are refused with their place, before memory or time is spent on them."""

import copy
import json
import random
import time

import pytest

from groundup.data.tokenizers.limits import ambiguous, check_pattern
from groundup.data.tokenizers.load import load_tokenizer
from groundup.errors import InputError
from tests.data.foreign_tokenizers import MAKERS, with_markers, wordpiece, write_folder

GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
USUAL = [GPT2, LLAMA3, r" {2,}", r"[\s\S]", r"\d{3}(?=(?:\d{3})*\b)", r" ?[^(\s|[.,!?…])]+"]
SLOW = [r"(a+)+$", r"(a|aa)+$", r"(x+x+)+y", r"(.*)*b", r"(\w+\s?)*!", r"(.)\1+", r"\s*\s*\s*\s*\s*x", r"(?:a{1,50}){1,50}b"]


def folder_of(tmp_path, change=None, options=None, tokenizer=None):
    folder = write_folder(tmp_path / "m", "bert", tokenizer or wordpiece(), options)
    value = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    if change is not None:
        change(value)
    (folder / "tokenizer.json").write_text(json.dumps(value), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: v["model"]["vocab"].update(huge=3 * 10**8), r"'huge' the id 300,000,000.*limit: ids below 1,048,576"),
        (lambda v: v["added_tokens"].append({"content": "far", "id": 3 * 10**8}), r"'far' the id 300,000,000"),
        (lambda v: v["added_tokens"].append({"content": "far", "id": "7"}), r"added_tokens\[5\]: 'far' has no whole number"),
        (lambda v: v["added_tokens"].append(7), r"added_tokens\[5\]: has no text"),
        (lambda v: v["added_tokens"][0].update(lstrip="yes"), r"added_tokens\[0\].lstrip: 'yes' is neither true nor false"),
        (lambda v: v["model"]["vocab"].update({"é" * 3000: 900}), r"entry 'é+\.\.\.' of 3,000 letters"),
        (lambda v: v["model"].update(vocab=7), r"model.vocab: is neither an object nor a list"),
        (lambda v: v["model"]["vocab"].update(one=40), r"share an id: '.*' and '.*' have 40"),
        (lambda v: v.update(model={"type": "BPE", "vocab": {"a": 90}, "merges": [["a"]]}), r"model.merges\[0\]: is not a pair"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_its_place(change, message, tmp_path):
    with pytest.raises(InputError, match=rf"BAD_TOKENIZER .*tokenizer.json.*{message}"):
        load_tokenizer(folder_of(tmp_path, change))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"do_lower_case": "no"}, r"do_lower_case: 'no' is neither true nor false"),
        ({"added_tokens_decoder": {"300000000": {"content": "far"}}}, r"added_tokens_decoder.300000000: is not an id"),
        ({"added_tokens_decoder": {"7": {"content": ""}}}, r"added_tokens_decoder.7: has no text"),
        ({"added_tokens_decoder": []}, r"added_tokens_decoder: is not an object"),
        ({"extra_special_tokens": 7}, r"extra_special_tokens: is neither a list"),
        ({"truncation_side": "middle"}, r"truncation_side: 'middle' is not one of left, right"),
        ({"model_max_length": "long"}, r"model_max_length: 'long' is no number"),
    ],
)
def test_options_of_other_kinds_are_refused_with_their_name(options, message, tmp_path):
    with pytest.raises(InputError, match=rf"BAD_TOKENIZER .*tokenizer_config.json: {message}"):
        load_tokenizer(folder_of(tmp_path, options=options))


@pytest.mark.parametrize("pattern", USUAL)
def test_expressions_that_published_tokenizers_have_are_read(pattern):
    check_pattern(pattern, "f")


@pytest.mark.parametrize("pattern", SLOW)
def test_an_expression_that_takes_long_is_refused_before_any_text_is_read(pattern, tmp_path, capfd):
    def change(value):
        value["pre_tokenizer"] = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}

    start = time.process_time()
    with pytest.raises(InputError, match=r"(SLOW_PATTERN|BAD_TOKENIZER) .*tokenizer.json: pre_tokenizer.pattern"):
        load_tokenizer(folder_of(tmp_path, change))
    assert time.process_time() - start < 10
    assert "panicked" not in capfd.readouterr().err


def test_classes_and_escapes_are_no_groups():
    assert not ambiguous(r"[(a+)+]+|\(a+\)+|(?:ab)+")
    assert ambiguous(r"(?:ab+)*")
    assert ambiguous(r"((ab))+|(a|b)*")


def test_a_panic_of_the_library_is_one_line(tmp_path):
    def change(value):
        value["model"] = {"type": "Unigram", "unk_id": 5, "vocab": [["a", 0.0]]}

    with pytest.raises(InputError, match="BAD_TOKENIZER"):
        load_tokenizer(folder_of(tmp_path, change))


def places(value, path=()):
    """Every place in a value, those of long vocabularies thinned out."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for number, (key, one) in enumerate(inner):
        if number < 12:
            yield from places(one, (*path, key))


VALUES = [None, True, -1, 0, 7, 2**40, 1e300, "", "x", "[CLS]", [], [7], {}, {"a": 1}, [["a", "b"]]]


def mutants(value, count, seed):
    """Copies of a value with one place changed, taken away or doubled."""
    draw, where = random.Random(seed), [path for path in places(value) if path]
    for _ in range(count):
        changed = copy.deepcopy(value)
        *way, last = draw.choice(where)
        inner = changed
        for key in way:
            inner = inner[key]
        if draw.random() < 0.25:
            del inner[last]
        else:
            inner[last] = draw.choice(VALUES)
        yield changed


def read_or_refused(folder):
    """Whether a folder is read; what else comes than a refusal fails."""
    try:
        encoder = load_tokenizer(folder)
    except InputError as error:
        if not error.place or "\n" in str(error):
            raise AssertionError(f"not one line with a place: {error}") from None
        return False
    encoder.encode_batch(["The film [E1] was 3.14 naïve 王小明", ""])
    encoder.framed("a b")
    encoder.decode([0, 1, 2])
    return True


def fuzz(tmp_path, families, count):
    read = 0
    for number, family in enumerate(families):
        options = {
            "do_lower_case": True,
            "add_prefix_space": False,
            "model_max_length": 12,
            "extra_special_tokens": ["[E1]"],
            "added_tokens_decoder": {"0": {"content": "[E1]", "special": True}},
            "cls_token": "[CLS]",
        }
        folder = write_folder(tmp_path / family, family, with_markers(MAKERS[family]()), options)
        files = [folder / "tokenizer.json", folder / "tokenizer_config.json"]
        for file in files:
            whole = json.loads(file.read_text("utf-8"))
            for value in mutants(whole, count, number):
                file.write_text(json.dumps(value), "utf-8")
                read += read_or_refused(folder)
            file.write_text(json.dumps(whole), "utf-8")
    return read


def test_files_with_one_place_changed_are_read_or_refused(tmp_path):
    assert 0 < fuzz(tmp_path, ["bert", "t5"], 60) < 240


@pytest.mark.slow
def test_thousands_of_files_with_one_place_changed_are_read_or_refused(tmp_path):
    assert 0 < fuzz(tmp_path, MAKERS, 300) < 6000
