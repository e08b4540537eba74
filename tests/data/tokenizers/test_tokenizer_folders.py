"""Ids and text of other people's tokenizer folders, beside AutoTokenizer of the same folder."""

import json

import pytest

from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.tokenizers.tokenizer import by_number
from groundup.errors import InputError
from tests.data.foreign_tokenizers import BERT, MAKERS, TEXTS, with_markers, wordpiece, write_folder

HARD = [
    *TEXTS,
    "  blanks at both ends  ",
    "MIXED Case ÉCOLE",
    "tab\tand\nline",
    "",
    "ﬁ ① Ａ",
    "[E1] Bill [/E1] in Berlin, Berliner ",
    "x<|user|> hi [E1]a[/E1]",
    "ÜBER Über uber",
    "don't . stop , now ! we 've",
]
NAMES = {
    "bert": ["BertTokenizer", "BertTokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend", None, "NoSuchTokenizer"],
    "distilbert": ["DistilBertTokenizer", "DistilBertTokenizerFast", "BertTokenizer", None],
    "roberta": ["RobertaTokenizer", "RobertaTokenizerFast", "TokenizersBackend", None],
    "bart": ["BartTokenizer", "BartTokenizerFast", None, "PreTrainedTokenizerFast"],
    "gpt2": ["GPT2Tokenizer", "GPT2TokenizerFast", "TokenizersBackend", None],
    "t5": ["T5Tokenizer", "T5TokenizerFast", "TokenizersBackend", None],
    "xlm-roberta": ["XLMRobertaTokenizer", "XLMRobertaTokenizerFast", "TokenizersBackend", None],
    "camembert": ["CamembertTokenizer", "TokenizersBackend", None],
    "llama": ["LlamaTokenizer", "LlamaTokenizerFast", "PreTrainedTokenizerFast", None],
    "modernbert": ["PreTrainedTokenizerFast", "TokenizersBackend", "RobertaTokenizer", None],
}
OPTIONS = {
    "nothing": {},
    "cased": {"do_lower_case": False},
    "uncased": {"do_lower_case": True},
    "accents": {"do_lower_case": True, "strip_accents": False},
    "no accents": {"do_lower_case": False, "strip_accents": True},
    "chinese": {"tokenize_chinese_chars": False},
    "prefix": {"add_prefix_space": True},
    "no prefix": {"add_prefix_space": False},
    "legacy": {"legacy": True},
    "ends": {"add_bos_token": True, "add_eos_token": True},
    "no ends": {"add_bos_token": False, "add_eos_token": False},
    "cleans": {"clean_up_tokenization_spaces": True},
    "split": {"split_special_tokens": True},
    "sides": {"padding_side": "left", "truncation_side": "left", "model_max_length": 12},
    "no limit": {"model_max_length": 1000000000000000019884624838656},
}


@pytest.fixture(scope="module")
def transformers():
    found = pytest.importorskip("transformers")
    found.logging.set_verbosity_error()
    return found


def same(transformers, folder, texts=HARD):
    """The encoder of a folder, after its ids and its text were compared with those of AutoTokenizer."""
    theirs, ours = transformers.AutoTokenizer.from_pretrained(folder), load_tokenizer(folder)
    for text in texts:
        ids = theirs(text)["input_ids"]
        assert ours.framed(text) == ids, text
        assert ours.encode_batch([text])[0] == theirs(text, add_special_tokens=False)["input_ids"], text
        assert ours.locate([text])[0].ids == ours.encode_batch([text])[0], text
        assert ours.decode(ids) == theirs.decode(ids, skip_special_tokens=True), text
    return ours


USED = {  # options that a class of the family reads, or that all do
    "bert": ["nothing", "cased", "accents", "no accents", "chinese", "cleans", "split", "sides", "no limit"],
    "roberta": ["prefix", "split"],
    "gpt2": ["prefix", "ends"],
    "t5": ["nothing", "cleans"],
    "xlm-roberta": ["no prefix"],
    "llama": ["legacy", "no prefix"],
}


@pytest.mark.parametrize("family", USED)
def test_options_that_the_family_reads_give_the_ids_and_the_text_of_transformers(family, transformers, tmp_path):
    for number, option in enumerate(USED[family]):
        same(
            transformers, write_folder(tmp_path / str(number), family, with_markers(MAKERS[family]()), OPTIONS[option] or None)
        )


@pytest.mark.slow
@pytest.mark.parametrize("family", MAKERS)
def test_every_option_with_every_class_gives_the_ids_and_the_text_of_transformers(family, transformers, tmp_path):
    plain, marked = MAKERS[family](), with_markers(MAKERS[family]())
    number = 0
    for name in NAMES[family]:
        for options in OPTIONS.values():
            for tokenizer in (plain, marked):
                number += 1
                told = ({} if name is None else {"tokenizer_class": name}) | options
                same(transformers, write_folder(tmp_path / str(number), family, tokenizer, told or None))
    assert number == 30 * len(NAMES[family])


def flags(content, **changed):
    return {
        "content": content,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    } | changed


MORE = {
    "decoder": {
        "added_tokens_decoder": {"220": flags("[E1]"), "221": flags("[/E1]", lstrip=True, rstrip=True), "0": flags("[PAD]")}
    },
    "additional": {"additional_special_tokens": ["[E1]", "[/E1]"]},
    "additional objects": {"additional_special_tokens": [flags("[E1]", rstrip=True) | {"__type": "AddedToken"}, "<|user|>"]},
    "extra": {"extra_special_tokens": ["[E1]", "<|user|>"]},
    "extra by name": {"extra_special_tokens": {"user_token": "<|user|>"}},
    "a role of its own": {"image_token": "<|user|>"},
    "roles as objects": {"cls_token": flags("[CLS]") | {"__type": "AddedToken"}, "pad_token": "[PAD]", "eos_token": "[SEP]"},
    "another role": {"bos_token": "<|user|>"},
}


@pytest.mark.parametrize("more", MORE)
@pytest.mark.parametrize("name", ["BertTokenizer", "TokenizersBackend"])
def test_tokens_that_tokenizer_config_adds_are_added(more, name, transformers, tmp_path):
    folder = write_folder(tmp_path / "m", "bert", wordpiece(), {"tokenizer_class": name} | MORE[more])
    texts = [text for text in HARD if more != "another role" or "<|user|>" not in text]  # the beginning of a text is no text
    assert len(same(transformers, folder, texts).vocabulary) > 5


@pytest.mark.parametrize("name", ["BertTokenizer", "TokenizersBackend"])
def test_special_tokens_map_and_added_tokens_are_read_where_the_config_does_not_list_what_is_added(
    name, transformers, tmp_path
):
    folder = write_folder(
        tmp_path / "m",
        "bert",
        wordpiece(),
        {"tokenizer_class": name, "do_lower_case": False},
        special_tokens_map={"additional_special_tokens": ["[E1]"], "mask_token": flags("[MASK]", lstrip=True)},
        added_tokens={"Berlin": 221, "[E1]": 220},
    )
    ours = same(transformers, folder)
    words = len(wordpiece().get_vocab())  # whatever ids the files name, new tokens come after the last
    assert (ours.vocabulary["[E1]"], ours.vocabulary["Berlin"]) == (words, words + 1)


@pytest.mark.parametrize("options", [None, {"do_lower_case": False, "tokenizer_class": "BertTokenizer"}])
def test_vocab_txt_alone_is_a_tokenizer(options, transformers, tmp_path):
    tokenizer = wordpiece()
    folder = write_folder(tmp_path / "m", "bert", tokenizer, options)
    (folder / "tokenizer.json").unlink()
    words = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", "utf-8")
    same(transformers, folder)


@pytest.mark.parametrize("options", [None, {"add_prefix_space": True}, {"add_bos_token": True}])
@pytest.mark.parametrize("family", ["gpt2", "roberta", "bart"])
def test_vocab_json_with_merges_is_a_tokenizer(family, options, transformers, tmp_path):
    tokenizer = MAKERS[family]()
    folder = write_folder(tmp_path / "m", family, tokenizer, options)
    (folder / "tokenizer.json").unlink()
    tokenizer.model.save(str(folder))
    same(transformers, folder)


def test_a_sentencepiece_model_alone_is_refused_with_the_way_out(tmp_path):
    folder = write_folder(tmp_path / "m", "t5", wordpiece(), None)
    (folder / "tokenizer.json").rename(folder / "spiece.model")
    with pytest.raises(InputError, match=r"NO_TOKENIZER .*spiece.model and no tokenizer.json.*save_pretrained"):
        load_tokenizer(folder)


def test_a_class_that_is_made_anew_in_ways_unknown_here_is_refused_by_name(tmp_path):
    folder = write_folder(tmp_path / "m", "bert", wordpiece(), {"tokenizer_class": "AlbertTokenizerFast"})
    with pytest.raises(InputError, match=r"UNSUPPORTED_TOKENIZER .*AlbertTokenizer.*TokenizersBackend"):
        load_tokenizer(folder)


def test_what_a_class_changes_of_tokenizer_json_is_said(tmp_path):
    folder = write_folder(tmp_path / "m", "bert", wordpiece(), {"do_lower_case": True, "tokenize_chinese_chars": False})
    (note,) = load_tokenizer(folder).manner.notes
    assert "BertTokenizer" in note
    assert "normalizer.lowercase false -> true" in note
    assert "normalizer.handle_chinese_chars true -> false" in note


@pytest.mark.parametrize("family", MAKERS)
def test_control_tokens_in_text_are_plain_text_and_markers_are_not(family, tmp_path):
    encoder = load_tokenizer(write_folder(tmp_path / "m", family, with_markers(MAKERS[family]()), None))
    control = {
        i
        for name, i in encoder.vocabulary.items()
        if name in encoder.control and (name != encoder.names.get("unk") or family == "gpt2")
    }
    assert control
    for name in sorted(encoder.control & set(encoder.vocabulary)):
        for text in (name, f"a {name} b", f"a{name}b", f"[E1]{name}"):
            assert not control & set(encoder.encode_batch([text])[0]), text
            inner = encoder.framed(text)
            empty = encoder.framed("")
            assert sum(inner.count(i) for i in control) == sum(empty.count(i) for i in control), text
            located = encoder.locate([text])[0]
            assert located.ids == encoder.encode_batch([text])[0]
            assert len(located.start) == len(located.ids) == len(located.begins)
    assert encoder.vocabulary["[E1]"] in encoder.encode_batch(["a [E1] b"])[0]
    assert encoder.rule.startswith("special tokens in text: <|user|>, [/E1], [E1] are read whole") or family == "t5"


def test_an_end_of_turn_that_the_chat_template_writes_is_read_whole(tmp_path):
    tokenizer = MAKERS["gpt2"]()
    tokenizer.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    options = {"tokenizer_class": "TokenizersBackend", "eos_token": "<|im_end|>"}
    text = "<|im_start|>user\nhi<|im_end|>"
    plain = load_tokenizer(write_folder(tmp_path / "plain", "gpt2", tokenizer, options))
    assert plain.vocabulary["<|im_end|>"] not in plain.encode_batch([text])[0]
    chat = load_tokenizer(
        write_folder(tmp_path / "chat", "gpt2", tokenizer, options | {"chat_template": "<|im_start|>{{ m }}<|im_end|>"})
    )
    assert chat.encode_batch([text])[0][-1] == chat.vocabulary["<|im_end|>"]


def test_markers_stay_what_they_are_when_a_folder_is_written_again(transformers, tmp_path):
    from groundup.folders import new_folder

    folder = write_folder(tmp_path / "m", "bert", with_markers(wordpiece()), {"clean_up_tokenization_spaces": True})
    first = load_tokenizer(folder)
    with new_folder(tmp_path / "again", kind="model") as new:
        first.save(new, 64)
    second = same(transformers, tmp_path / "again")
    assert second.encode_batch(HARD) == first.encode_batch(HARD)
    assert second.manner.special_texts == first.manner.special_texts == {"[E1]", "[/E1]", "<|user|>"}


def test_the_longest_text_is_read_and_1e30_is_none(tmp_path):
    for number, (value, expected) in enumerate([(10**30, None), (1e30, None), (77, 77), (512.0, 512), (None, None)]):
        options = {"model_max_length": value}
        assert load_tokenizer(write_folder(tmp_path / str(number), "bert", wordpiece(), options)).manner.max_length == expected
    with pytest.raises(InputError, match="model_max_length: -5 is no number of tokens"):
        load_tokenizer(write_folder(tmp_path / "bad", "bert", wordpiece(), {"model_max_length": -5}))


def test_a_tokenizer_file_by_its_name_is_taken_as_it_is(tmp_path):
    folder = write_folder(tmp_path / "m", "bert", wordpiece(), {"do_lower_case": True})
    assert load_tokenizer(folder / "tokenizer.json").encode_batch(["The Film"]) != load_tokenizer(folder).encode_batch(
        ["The Film"]
    )
    assert [load_tokenizer(folder / "tokenizer.json").ids[i] for i in range(5)] == [
        json.loads(wordpiece().to_str())["model"]["vocab"][n] for n in BERT
    ]


def test_tokens_are_named_in_the_order_of_their_numbers():
    names = [f"<extra_id_{number}>" for number in (10, 2, 1, 0)]
    assert sorted(names, key=by_number) == [f"<extra_id_{number}>" for number in (0, 1, 2, 10)]


def test_the_former_place_of_load_tokenizer_gives_the_same_function():
    from groundup.data import tokenize

    assert tokenize.load_tokenizer is load_tokenizer
