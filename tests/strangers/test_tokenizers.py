"""Model folders with tokenizers and generation_config.json of other people: the same ids, the same text, or the line that says
why not."""

import json

import pytest
import torch

from groundup.errors import InputError
from groundup.evaluate.writer import load_writer
from tests.data.foreign_tokenizers import MAKERS, with_markers, wordpiece

pytestmark = pytest.mark.slow
transformers = pytest.importorskip("transformers")
SIZES = {
    "hidden_size": 32,
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 96,
}
WORDS = ["The Film was", "a b c d e f g h", "王小明 café", "x <|user|> [E1] hi"]


def seq2seq(words, ids):
    sizes = {
        "d_model": 32,
        "encoder_layers": 1,
        "decoder_layers": 1,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 48,
        "decoder_ffn_dim": 48,
        "max_position_embeddings": 96,
    }
    return transformers.BartForConditionalGeneration(
        transformers.BartConfig(
            vocab_size=words,
            pad_token_id=ids["<pad>"],
            bos_token_id=ids["<s>"],
            eos_token_id=ids["</s>"],
            decoder_start_token_id=ids["</s>"],
            forced_eos_token_id=ids["</s>"],
            **sizes,
        )
    )


def t5(words, ids):
    return transformers.T5ForConditionalGeneration(
        transformers.T5Config(
            vocab_size=words,
            d_model=32,
            d_kv=16,
            d_ff=48,
            num_layers=1,
            num_heads=2,
            pad_token_id=0,
            eos_token_id=1,
            decoder_start_token_id=0,
        )
    )


def gpt2(words, ids):
    return transformers.GPT2LMHeadModel(
        transformers.GPT2Config(
            vocab_size=words,
            n_embd=32,
            n_layer=2,
            n_head=2,
            n_positions=96,
            bos_token_id=0,
            eos_token_id=0,
        )
    )


def llama(words, ids):
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(vocab_size=words, bos_token_id=1, eos_token_id=2, **SIZES))


MODELS = {"bart": seq2seq, "t5": t5, "gpt2": gpt2, "llama": llama}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Family -> a folder that transformers wrote, whose model says something else at nearly every step."""
    root, found = tmp_path_factory.mktemp("writers"), {}
    for number, (family, make) in enumerate(MODELS.items()):
        tokenizer = with_markers(MAKERS[family]())
        vocabulary = tokenizer.get_vocab()
        torch.manual_seed(number)
        model = make(max(vocabulary.values()) + 1, vocabulary)
        for parameter in model.parameters():
            parameter.data *= 8
        model.save_pretrained(root / family)
        tokenizer.save(str(root / family / "tokenizer.json"))
        found[family] = root / family
    return found


CONFIGS = {
    "nothing but the ends": {"max_new_tokens": 12},
    "beams": {"num_beams": 3, "max_new_tokens": 10, "length_penalty": 0.5},
    "beams that stop early": {"num_beams": 3, "max_new_tokens": 14, "early_stopping": True, "length_penalty": 2.0},
    "no run twice": {"no_repeat_ngram_size": 2, "repetition_penalty": 1.3, "max_new_tokens": 12},
    "a longest text": {"max_length": 28},
    "a shortest text": {"min_length": 20, "max_length": 40},
    "few new tokens are too few": {"min_new_tokens": 7, "max_new_tokens": 11, "num_beams": 2},
    "forced": {"forced_bos_token_id": 7, "forced_eos_token_id": 9, "max_new_tokens": 8},
    "forced with beams": {"forced_bos_token_id": 7, "forced_eos_token_id": 9, "max_new_tokens": 8, "num_beams": 2},
    "suppressed": {"suppress_tokens": [5, 6, 20, 21, 30], "begin_suppress_tokens": [8, 40], "max_new_tokens": 12},
    "forbidden": {"bad_words_ids": [[12], [20, 21], [30, 31, 32]], "max_new_tokens": 12},
    "of the encoder": {"encoder_no_repeat_ngram_size": 2, "encoder_repetition_penalty": 1.4, "max_new_tokens": 12},
    "a growing end": {"exponential_decay_length_penalty": [3, 1.8], "max_new_tokens": 24},
    "several ends": {"eos_token_id": [2, 11, 12, 13, 14, 15, 16], "max_new_tokens": 20},
    "sampling switched off": {"temperature": 0.3, "top_k": 7, "top_p": 0.5, "do_sample": False, "max_new_tokens": 9},
    "what changes nothing": {
        "use_cache": False,
        "num_beam_groups": 1,
        "guidance_scale": 1.0,
        "output_scores": True,
        "max_new_tokens": 6,
    },
}


def with_config(folder, root, config, file="generation_config.json"):
    """A copy of a folder whose generation_config.json has its ids and these values; or whose config.json alone has them."""
    copy = root / folder.name
    copy.mkdir(parents=True)
    for path in folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    ids = json.loads((copy / "generation_config.json").read_text("utf-8"))
    if file == "config.json":
        (copy / "generation_config.json").unlink()
        ids = json.loads((copy / file).read_text("utf-8"))
    (copy / file).write_text(json.dumps(ids | config), "utf-8")
    return copy


def of_transformers(folder, words):
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    kind = "AutoModelForCausalLM" if folder.name in ("gpt2", "llama") else "AutoModelForSeq2SeqLM"
    model = getattr(transformers, kind).from_pretrained(folder).eval()
    inputs = tokenizer(words, return_tensors="pt", return_token_type_ids=False)
    out = model.generate(**inputs)[0]
    new = out[len(inputs["input_ids"][0]) :] if kind == "AutoModelForCausalLM" else out[1:]
    ends = model.generation_config.eos_token_id
    if isinstance(ends, list) and int(new[-1]) in ends:  # an end is no part of an answer, even where its token is a word
        new = new[:-1]
    return tokenizer.decode(new, skip_special_tokens=True)


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("family", MODELS)
def test_what_generation_config_says_is_written_as_transformers_writes_it(family, name, folders, tmp_path):
    folder = with_config(folders[family], tmp_path, CONFIGS[name])
    writer = load_writer(folder)
    for words in WORDS:
        assert writer.generate(words) == of_transformers(folder, words), words


@pytest.mark.parametrize("family", MODELS)
def test_without_generation_config_the_values_of_config_are_taken(family, folders, tmp_path):
    folder = with_config(
        folders[family], tmp_path, {"num_beams": 2, "no_repeat_ngram_size": 2, "max_length": 30}, "config.json"
    )
    writer = load_writer(folder)
    assert [writer.generate(words) for words in WORDS] == [of_transformers(folder, words) for words in WORDS]


def test_rules_of_the_folder_change_the_text_are_said_and_can_be_left_out(folders, tmp_path, run):
    folder = with_config(folders["gpt2"], tmp_path, {"max_new_tokens": 9, "suppress_tokens": list(range(40, 200))})
    told = run("generate", "--model", folder, "--text", WORDS[0])
    assert "generation_config.json: max_new_tokens 9, suppressed (40, 41" in told.out
    assert "--no-generation_config leaves them out" in told.out
    plain = run("generate", "--model", folder, "--text", WORDS[0], "--no-generation_config", "--max_new_tokens", 9)
    texts = (
        load_writer(folder).generate(WORDS[0]),
        load_writer(folder, generation_config=False).generate(WORDS[0], max_new_tokens=9),
    )
    assert texts[0] != texts[1]
    assert texts[0] in told.out
    assert texts[1] in plain.out


def test_words_that_the_folder_wants_before_a_text_are_said_and_not_put_there(folders, tmp_path):
    tasks = {"summarization": {"prefix": "summarize: ", "num_beams": 4}}
    told = with_config(folders["t5"], tmp_path, {"task_specific_params": tasks, "prefix": "do: "}, "config.json")
    writer = load_writer(told)
    assert "('do: ', 'summarize: '); texts are read as they are given" in writer.notes[-1]
    assert writer.generate(WORDS[0], max_new_tokens=8) == load_writer(folders["t5"]).generate(WORDS[0], max_new_tokens=8)


def test_a_setting_goes_before_the_folder(folders, tmp_path):
    folder = with_config(folders["gpt2"], tmp_path, {"max_new_tokens": 9, "num_beams": 3})
    plain = with_config(folders["gpt2"], tmp_path / "plain", {"max_new_tokens": 4})
    assert load_writer(folder).generate(WORDS[0], max_new_tokens=4, beams=1) == of_transformers(plain, WORDS[0])


def test_drawing_that_the_folder_asks_for_is_done_and_hangs_on_the_seed(folders, tmp_path):
    writer = load_writer(with_config(folders["gpt2"], tmp_path, {"do_sample": True, "temperature": 5.0, "max_new_tokens": 12}))
    assert writer.generation.settings == {"temperature": 5.0, "top_k": 50, "max_new_tokens": 12}
    texts = {writer.generate(WORDS[0], seed=seed) for seed in range(5)}
    assert len(texts) > 1
    assert writer.generate(WORDS[0], temperature=0) not in texts


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"num_beam_groups": 2}, "num_beam_groups: 2 changes what is written"),
        ({"penalty_alpha": 0.6}, "penalty_alpha: 0.6 changes"),
        ({"do_sample": True, "typical_p": 0.9}, "typical_p: 0.9 changes"),
        ({"do_sample": True, "num_beams": 2}, "do_sample: draws tokens for 2 beams"),
        ({"num_beams": 2, "early_stopping": "never"}, "early_stopping: 'never' is not true or false"),
        ({"stop_strings": ["x"]}, "stop_strings"),
        ({"num_beams": "many"}, "num_beams: 'many' is not a whole number"),
        ({"bad_words_ids": [[]]}, "bad_words_ids"),
        ({"eos_token_id": "x"}, "eos_token_id: 'x' is not an id"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name_with_the_setting_that_leaves_it_out(config, message, folders, tmp_path):
    folder = with_config(folders["gpt2"], tmp_path, config)
    with pytest.raises(InputError, match=rf"BAD_GENERATION_CONFIG .*generation_config.json: {message}.*--no-generation_config"):
        load_writer(folder)


def test_markers_and_options_reach_a_prediction(run, tmp_path):
    tokenizer = with_markers(wordpiece())
    torch.manual_seed(0)
    config = transformers.BertConfig(vocab_size=max(tokenizer.get_vocab().values()) + 1, num_labels=3, **SIZES)
    model = transformers.BertForSequenceClassification(config).eval()
    model.save_pretrained(tmp_path / "m")
    tokenizer.save(str(tmp_path / "m" / "tokenizer.json"))
    options = {"tokenizer_class": "BertTokenizer", "strip_accents": True, "model_max_length": 10**30}
    (tmp_path / "m" / "tokenizer_config.json").write_text(json.dumps(options), "utf-8")
    theirs = transformers.AutoTokenizer.from_pretrained(tmp_path / "m")
    for text in ("[E1] Zoë [/E1] was in Berlin", "a [MASK] film"):
        told = run("predict", "--model", tmp_path / "m", "--text", text)
        assert told.code == 0
        assert " read whole; " in told.out
        assert "strip_accents null -> true" in told.out
        ids = theirs(text.replace("[MASK]", "[ MASK ]"), return_tensors="pt")
        with torch.no_grad():
            shares = model(**ids).logits.softmax(-1)[0]
        assert f"LABEL_{int(shares.argmax())} {float(shares.max()):.2f}" in told.out, told.out


def test_an_added_token_without_a_row_in_the_model_is_refused_with_its_name(run, tmp_path):
    tokenizer = wordpiece()
    config = transformers.BertConfig(vocab_size=len(tokenizer.get_vocab()), num_labels=2, **SIZES)
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path / "m")
    tokenizer.save(str(tmp_path / "m" / "tokenizer.json"))
    (tmp_path / "m" / "tokenizer_config.json").write_text(json.dumps({"extra_special_tokens": ["[NEW]"]}), "utf-8")
    told = run("predict", "--model", tmp_path / "m", "--text", "a film")
    assert told.code == 2
    assert "TOKENIZER_TOO_LARGE" in told.out
    assert "'[NEW]' has the id" in told.out


def test_an_added_padding_token_without_a_row_in_the_model_does_not_matter(run, tmp_path):
    """People add one to models that have none; nothing is padded here."""
    tokenizer = wordpiece()
    config = transformers.BertConfig(vocab_size=len(tokenizer.get_vocab()), num_labels=2, **SIZES)
    tokenizer.add_special_tokens(["[PADDING]"])
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path / "m")
    tokenizer.save(str(tmp_path / "m" / "tokenizer.json"))
    (tmp_path / "m" / "tokenizer_config.json").write_text(json.dumps({"pad_token": "[PADDING]"}), "utf-8")
    told = run("predict", "--model", tmp_path / "m", "--text", "a film")
    assert told.code == 0, told.out
    assert "LABEL_" in told.out
