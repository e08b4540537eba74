"""Model folders that strangers have, through the commands: classifiers of every family, adapters, taggers, and what is refused."""

import csv
import json

import pytest
import torch

import groundup as library
from tests.commands.life import labelled
from tests.strangers.conftest import names_of

pytestmark = pytest.mark.slow
transformers = pytest.importorskip("transformers")

from tests.families.folders import make, shares, tokenizer  # noqa: E402


@pytest.fixture
def rows(tmp_path):
    """A table of two labels."""
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for text, name in labelled(60):
            writer.writerow([text, f"LABEL_{int(name == '好评')}"])
    return path


COLUMNS = ("--text_column", "text", "--label_column", "label")


@pytest.mark.parametrize("kind", ["GPT2", "Llama", "Bart", "T5"])
def test_a_classifier_of_a_decoder_is_used_judged_trained_and_exported(kind, run, rows, tmp_path):
    made, words = make(kind, "SequenceClassification", tmp_path / "m", num_labels=2)
    expected = float(shares(made, words, ["a fine film"]).max())
    answer = run("predict", "--model", tmp_path / "m", "--text", "a fine film")
    assert answer.code == 0
    assert f" {expected:.2f} " in answer.out
    judged = run("evaluate", "--model", tmp_path / "m", "--data", rows, *COLUMNS, "--out", tmp_path / "judged")
    assert judged.code == 0, judged.out
    explained = run("explain", "--model", tmp_path / "m", "--text", "a fine film")
    if kind in ("GPT2", "Llama"):
        assert explained.code == 0, explained.out
    else:
        assert explained.code == 2
        assert "so far models of one stack are explained" in explained.out
    told = run(
        "finetune",
        "--task",
        "classification",
        "--model",
        tmp_path / "m",
        "--data",
        rows,
        *COLUMNS,
        "--steps",
        2,
        "--batch_size",
        8,
        "--out",
        tmp_path / "run",
        *(["--pooling", "last"] if kind in ("GPT2", "Llama") else []),
    )
    assert told.code == 0, told.out
    assert names_of(tmp_path / "run") == ["LABEL_0", "LABEL_1"]
    exported = run("export", "--model", tmp_path / "run", "--format", "huggingface", "--out", tmp_path / "hf")
    assert exported.code == 0, exported.out
    config = json.loads((tmp_path / "hf" / "config.json").read_text())
    assert config["architectures"] == [f"{kind}ForSequenceClassification"]


def test_a_classifier_learned_from_a_bert_without_a_pooler_is_one_of_transformers(run, train, rows, tmp_path):
    told, out = train("classification", rows)
    assert told.code == 0, told.out
    config = json.loads((out / "model" / "config.json").read_text())
    assert config["architectures"] == ["BertForSequenceClassification"]
    for form in ("huggingface", "onnx"):
        exported = run("export", "--model", out, "--format", form, "--out", tmp_path / form)
        assert exported.code == 0, exported.out
    theirs = transformers.AutoModelForSequenceClassification.from_pretrained(tmp_path / "huggingface").eval()
    words = transformers.AutoTokenizer.from_pretrained(tmp_path / "huggingface")
    expected = shares(theirs, words, ["good, fine film"])[0].tolist()
    for folder in (out, tmp_path / "huggingface", tmp_path / "onnx"):
        assert library.load(folder).predict(["good, fine film"])[0]["probability"] == pytest.approx(max(expected), abs=1e-4)
    made = run("compress", "--model", out, "--data", rows, *COLUMNS, "--method", "quantize", "--out", tmp_path / "small")
    assert made.code in (0, 3, 4), made.out


@pytest.fixture
def adapter(tmp_path):
    """An adapter of peft on a RoBERTa for masked words, in the folder `lora`, and what its model says of a text."""
    peft = pytest.importorskip("peft")
    make("Roberta", "MaskedLM", tmp_path / "base")
    base = transformers.RobertaForSequenceClassification.from_pretrained(tmp_path / "base", num_labels=2)
    made = peft.get_peft_model(base, peft.LoraConfig(target_modules=["query", "value"], task_type="SEQ_CLS")).eval()
    generator = torch.Generator().manual_seed(3)
    for parameter in made.parameters():
        parameter.data += parameter.requires_grad * 0.2 * torch.randn(parameter.shape, generator=generator)
    made.save_pretrained(tmp_path / "lora")
    path = tmp_path / "lora" / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"base_model_name_or_path": "owner/base"}))
    return tmp_path / "lora", shares(made, tokenizer("Roberta"), ["a fine film"])[0].tolist()


def test_an_adapter_is_taken_by_every_command(adapter, run, rows, tmp_path):
    folder, expected = adapter
    answer = run("predict", "--model", folder, "--text", "a fine film")
    assert answer.code == 0, answer.out
    assert library.load(folder).predict(["a fine film"])[0]["probability"] == pytest.approx(max(expected), abs=1e-5)
    for words in (
        ["evaluate", "--data", rows, *COLUMNS, "--out", tmp_path / "judged"],
        ["explain", "--text", "a fine film"],
        ["inspect"],
        ["size"],
        ["export", "--format", "huggingface", "--out", tmp_path / "hf"],
        ["export", "--format", "onnx", "--out", tmp_path / "onnx"],
        [
            "finetune",
            "--task",
            "classification",
            "--data",
            rows,
            *COLUMNS,
            "--steps",
            2,
            "--batch_size",
            8,
            "--out",
            tmp_path / "run",
        ],
    ):
        told = run(words[0], "--model", folder, *words[1:])
        assert told.code == 0, told.out
    back = transformers.AutoModelForSequenceClassification.from_pretrained(tmp_path / "hf").eval()
    assert shares(back, tokenizer("Roberta"), ["a fine film"])[0].tolist() == pytest.approx(expected, abs=1e-5)


def test_an_adapter_without_its_base_is_refused_before_anything_is_read(adapter, run, tmp_path):
    folder, _ = adapter
    (tmp_path / "base").rename(tmp_path / "elsewhere")
    answer = run("predict", "--model", folder, "--text", "a fine film")
    assert answer.code == 2
    assert "base_model_name_or_path 'owner/base' is no model folder here" in answer.out


def test_an_adapter_of_our_own_run_is_a_model(run, train, rows):
    told, out = train("classification", rows, "--lora.rank", 2)
    assert told.code == 0, told.out
    merged, apart = (run("predict", "--model", folder, "--text", "good, fine film").out for folder in (out, out / "adapter"))
    assert merged.split()[1] == apart.split()[1]  # the share of the label; its name is not kept with an adapter


def test_a_tagger_of_bilou_answers_and_is_judged(run, tmp_path):
    labels = ["O", "B-PER", "I-PER", "L-PER", "U-PER"]
    make(
        "Roberta",
        "TokenClassification",
        tmp_path / "m",
        id2label=dict(enumerate(labels)),
        label2id={n: i for i, n in enumerate(labels)},
    )
    answer = run("predict", "--model", tmp_path / "m", "--text", "Ada met Bob")
    assert answer.code == 0, answer.out


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}}, "quantization_config"),
        ({"num_local_experts": 4}, "num_local_experts 4 is not supported"),
        ({"model_type": "deberta-v2"}, "deberta-v2' is not a family we know: attention is taken apart"),
    ],
)
def test_what_a_folder_has_that_is_not_computed_is_named_in_one_line(settings, said, run, tmp_path):
    make("Llama", "SequenceClassification", tmp_path / "m", num_labels=2)
    path = tmp_path / "m" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    answer = run("predict", "--model", tmp_path / "m", "--text", "a")
    assert answer.code == 2
    assert said in answer.out
    assert len(answer.out.strip().splitlines()) == 1
