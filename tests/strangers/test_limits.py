"""Every cut is counted and told, with the limit and the setting that changes it; a model's own maximum length is used."""

import csv
import io
import json

import pytest
import torch

from tests.strangers.test_hyper import write_rows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def foreign(encoder_folder, tmp_path_factory):
    """A classifier that transformers wrote, which reads 128 tokens, and one of the same weights that reads 1,024."""
    transformers = pytest.importorskip("transformers")
    root = tmp_path_factory.mktemp("foreign")
    for name, positions in (("short", 128), ("long", 1024)):
        torch.manual_seed(3)
        config = transformers.AutoConfig.from_pretrained(encoder_folder)
        config.max_position_embeddings, config.num_labels = positions, 3
        transformers.BertForSequenceClassification(config).save_pretrained(root / name)
        for path in encoder_folder.glob("tokenizer*"):
            (root / name / path.name).write_bytes(path.read_bytes())
    return root


def answers_of(told):
    lines = [line for line in told.out.split("\n") if "," in line]
    return list(csv.DictReader(io.StringIO("\n".join(lines))))


def test_predict_reads_as_much_as_the_model_does(run, foreign, tmp_path):
    transformers = pytest.importorskip("transformers")
    rows = write_rows(tmp_path / "rows.csv", 4, long=2)
    told = run(
        "predict", "--model", foreign / "long", "--input", rows, "--text_column", "text", "--out", tmp_path / "out.jsonl"
    )
    assert told.code == 0, told.out
    assert "warning" not in told.out
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_file=str(foreign / "long" / "tokenizer.json"))
    model = transformers.BertForSequenceClassification.from_pretrained(foreign / "long").eval()
    lengths = []
    for line in (tmp_path / "out.jsonl").read_text("utf-8").split("\n")[:-1]:
        found = json.loads(line)
        tokens = tokenizer(found["text"], return_tensors="pt")
        lengths.append(tokens.input_ids.shape[1])
        with torch.no_grad():
            shares = model(input_ids=tokens.input_ids).logits.softmax(-1)[0]
        assert found["predicted_label"] == model.config.id2label[int(shares.argmax())]
        assert found["probability"] == pytest.approx(float(shares.max()), abs=1e-5)
        assert "truncated" not in found
    assert sorted(length > 512 for length in lengths) == [False, False, True, True]


def test_predict_counts_what_it_cuts_and_marks_the_rows(run, foreign, tmp_path):
    rows = write_rows(tmp_path / "rows.csv", 10, long=3)
    told = run("predict", "--model", foreign / "short", "--input", rows, "--text_column", "text", "--out", tmp_path / "out.csv")
    assert told.code == 0, told.out
    line = "warning: 3 of 10 texts (30.0%) are longer than 128 tokens and are cut; the model has no more positions"
    assert line in told.out
    answered = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8")))
    assert [row["truncated"] for row in answered] == ["true"] * 3 + [""] * 7
    single = run("predict", "--model", foreign / "short", "--text", " ".join(["lamp"] * 300))
    assert "warning: 1 of 1 text (100.0%) is longer than 128 tokens and is cut" in single.out


def test_what_was_trained_to_read_less_says_which_setting_changes_it(run, train, tmp_path):
    rows = write_rows(tmp_path / "rows.csv", 120, long=60)
    told, out = train("classification", rows, "--max_length", 32)
    assert told.code in (0, 3), told.out
    assert "are longer than 32 tokens and are cut; --max_length changes that (the model has room for 128)" in told.out
    report = json.loads((out / "report.json").read_text())
    assert [alarm["code"] for alarm in report["alarms"] if alarm["code"] == "cut"] == ["cut"]
    assert "longer than the 32 tokens that the model reads" in (out / "report.html").read_text("utf-8")
    table = write_rows(tmp_path / "held.csv", 20, long=5)
    setting = "--max_length of its training (finetune, multitask) sets that, up to 128"
    line = f"warning: 5 of 20 texts (25.0%) are longer than 32 tokens and are cut; {setting}"
    for words in (
        ("evaluate", "--model", out, "--data", table, "--out", tmp_path / "e"),
        ("predict", "--model", out, "--input", table, "--out", tmp_path / "p.csv"),
        ("compare", out, out / "model", "--data", table, "--out", tmp_path / "c", "--timed_rows", 0),
        ("explain", "--model", out, "--input", table, "--method", "occlusion", "--overview", "--out", tmp_path / "x"),
    ):
        told = run(*words)
        assert line.removeprefix("warning: ") in told.out, (words[0], told.out)
    assert line in json.loads((tmp_path / "e" / "report.json").read_text())["preflight"]
    told = run("explain", "--model", out, "--input", table, "--method", "occlusion", "--out", tmp_path / "y")
    assert "of 5 of 20 texts the model did not read all words: they are longer than the 32 tokens that it reads" in told.out


def test_curve_and_compress_tell_what_was_cut(run, train, encoder_folder, tmp_path):
    rows = write_rows(tmp_path / "rows.csv", 120, long=60)
    told = run(
        "curve",
        "--model",
        encoder_folder,
        "--data",
        rows,
        "--text_column",
        "text",
        "--out",
        tmp_path / "curve",
        "--rows",
        20,
        "--seeds",
        0,
        "--steps",
        2,
        "--max_length",
        16,
    )
    assert "training rows" in told.out
    assert told.out.count("are longer than 16 tokens and are cut") >= 2  # training rows, and texts of the test split
    _, out = train("classification", rows, "--max_length", 16)
    told = run(
        "compress",
        "--model",
        out,
        "--method",
        "quantize",
        "--out",
        tmp_path / "small",
        "--timed_rows",
        2,
        "--rounds",
        1,
        "--no-memory",
        "--explained_rows",
        0,
    )
    assert told.code in (0, 3), told.out
    assert "are longer than 16 tokens and are cut" in told.out


def test_generate_says_how_many_answers_end_at_the_limit(run, tmp_path):
    transformers = pytest.importorskip("transformers")
    from groundup.folders import new_folder
    from tests.tasks.reading_models import make_encoder

    encoder = make_encoder("byte_bpe")
    torch.manual_seed(1)
    config = transformers.GPT2Config(
        vocab_size=encoder.vocab_size, n_positions=64, n_embd=32, n_layer=1, n_head=2, eos_token_id=None, bos_token_id=None
    )
    transformers.GPT2LMHeadModel(config).save_pretrained(tmp_path / "gpt")
    with new_folder(tmp_path / "tokenizer", kind="data") as new:
        encoder.save(new, 64, frame=("$A",))
    for path in (tmp_path / "tokenizer").glob("tokenizer*"):
        (tmp_path / "gpt" / path.name).write_bytes(path.read_bytes())
    told = run("generate", "--model", tmp_path / "gpt", "--text", "a lamp", "--text", "a boat", "--max_new_tokens", 3)
    assert told.code == 0, told.out
    assert "2 of 2 answers end at the limit of 3 tokens; --max_new_tokens sets that" in told.out
