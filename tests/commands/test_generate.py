"""Models that write, from raw text to an answer, by the commands; and the same folders in transformers."""

import csv
import io
import json
import math

import pytest
import torch

import groundup as library
from groundup.commands.pretrain.objectives import OBJECTIVES
from groundup.data.shards import Shards
from groundup.data.tokenizers.load import load_tokenizer
from groundup.errors import InputError
from groundup.evaluate import predictor
from groundup.evaluate.writer import load_writer
from groundup.events import read_events
from groundup.families import checkpoint
from groundup.folders import new_folder
from groundup.nn.generate import IncrementalDecoder
from tests.commands.conftest import SMALL
from tests.commands.life import groundup, read_table, write_documents, write_table

WRITING = {
    ("causal", "fast"): "llama",
    ("causal", "paper"): "gpt2",
    ("spans", "fast"): "t5 gated",
    ("spans", "paper"): "t5",
    ("prefix", "fast"): "t5 gated",
    ("denoise", "fast"): "bart",
}
PROMPT = "The old teacher"


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """A data folder whose tokens keep every blank and line end."""
    root = tmp_path_factory.mktemp("writing")
    write_documents(root / "documents", 60, seed=0)
    line = (
        "prepare",
        "--source",
        root / "documents",
        "--out",
        root / "data",
        "--tokenizer.kind",
        "byte_bpe",
        "--tokenizer.vocab_size",
        400,
        "--read.paragraphs",
        "verse",
        "--quiet",
    )
    assert groundup(*line) == 0
    return root / "data"


@pytest.fixture(scope="module")
def models(text, tmp_path_factory):
    """(objective, regime) -> a run of eight updates, made when first asked for."""
    root, made = tmp_path_factory.mktemp("models"), {}

    def get(objective, regime):
        if (objective, regime) not in made:
            out = root / f"{objective}-{regime}"
            assert (
                groundup(
                    "pretrain",
                    "--data",
                    text,
                    "--out",
                    out,
                    "--preset",
                    "tiny",
                    "--objective",
                    objective,
                    "--regime",
                    regime,
                    "--steps",
                    8,
                    *SMALL,
                )
                == 0
            )
            made[objective, regime] = out
        return made[objective, regime]

    return get


def generate(model, *words):
    return groundup("generate", "--model", model, "--max_new_tokens", 12, *words)


@pytest.mark.parametrize(("objective", "regime"), WRITING)
def test_every_objective_learns_and_makes_a_folder_of_its_family(objective, regime, models):
    run = models(objective, regime)
    losses = [e["loss"] for e in read_events(run / "events.jsonl") if e["event"] == "evaluation"]
    assert losses[-1] < losses[0]
    assert checkpoint.load(run / "model").family == WRITING[objective, regime]


@pytest.mark.parametrize(("objective", "regime"), WRITING)
def test_transformers_writes_the_same_with_the_folder(objective, regime, models, capsys):
    transformers = pytest.importorskip("transformers")
    folder = models(objective, regime) / "model"
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    kind = "AutoModelForCausalLM" if objective == "causal" else "AutoModelForSeq2SeqLM"
    model = getattr(transformers, kind).from_pretrained(folder).eval()
    inputs = tokenizer(PROMPT, return_tensors="pt", return_token_type_ids=False)
    out = model.generate(**inputs, max_new_tokens=12, do_sample=False)[0]
    new = out[len(inputs["input_ids"][0]) :] if objective == "causal" else out[1:]
    assert generate(models(objective, regime), "--text", PROMPT) == 0
    assert capsys.readouterr().out == tokenizer.decode(new, skip_special_tokens=True) + "\n"


def test_bits_per_byte_are_the_loss_over_the_bytes_of_the_text(models, text):
    event = [e for e in read_events(models("causal", "fast") / "events.jsonl") if e["event"] == "evaluation"][-1]
    counts = json.loads((text / "report.json").read_text())["splits"]["validation"]
    assert event["bits_per_byte"] == pytest.approx(event["loss"] / math.log(2) * counts["tokens"] / counts["bytes"])


def test_shards_of_a_tokenizer_that_keeps_all_hold_the_text(text):
    from groundup.data.tokenizers.load import load_tokenizer

    shards, encoder = Shards.open(text, "train"), load_tokenizer(text)
    ends = shards.sentence_starts[shards.document_starts]
    told = encoder.decode(shards.slice(int(ends[0]), int(ends[1])).tolist())
    written = [path.read_text("utf-8").rstrip("\n") for path in (text.parent / "documents").iterdir()]
    assert told.endswith("\n\n")
    assert told[:-2] in written


def test_a_run_that_writes_goes_on_where_it_was_and_ends_with_the_same_bytes(text, tmp_path):
    line = ("pretrain", "--data", text, "--preset", "tiny", "--objective", "spans", "--steps", 4, "--save_every", 2, *SMALL)
    for name in ("one", "two"):
        assert groundup(*line, "--out", tmp_path / name) == 0
    weights = [(tmp_path / name / "model" / "model.safetensors").read_bytes() for name in ("one", "two")]
    assert weights[0] == weights[1]


def test_tokens_that_lose_case_are_told_before_a_model_learns_to_write_so(life, text, tmp_path, capsys):
    for data, warned in ((life.data, True), (text, False)):
        line = (
            "pretrain",
            "--data",
            data,
            "--preset",
            "tiny",
            "--objective",
            "causal",
            "--steps",
            1,
            "--length",
            32,
            "--batch_size",
            4,
        )
        assert groundup(*line, "--out", tmp_path / str(warned)) == 0
        assert ("lose case or blanks" in capsys.readouterr().err) == warned


def test_a_model_goes_on_with_what_its_family_learns(models, text, tmp_path, capsys):
    assert (
        groundup(
            "pretrain", "--model", models("causal", "paper"), "--data", text, "--out", tmp_path / "more", "--steps", 2, *SMALL
        )
        == 0
    )
    assert checkpoint.load(tmp_path / "more" / "model").family == "gpt2"
    wrong = (
        "pretrain",
        "--model",
        models("causal", "paper"),
        "--data",
        text,
        "--out",
        tmp_path / "no",
        "--objective",
        "masked",
    )
    assert groundup(*wrong, "--steps", 2, *SMALL) == 2
    assert "gpt2 learns 'causal'" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


def test_rows_keep_their_columns_and_order(models, tmp_path):
    rows = [(i, text) for i, text in enumerate([PROMPT, "A child, ", "孩子在", "x " * 900, ""])]
    table = write_table(tmp_path / "in.csv", rows, ("number", "beginning"))
    code = generate(models("causal", "fast"), "--input", table, "--text_column", "beginning", "--out", tmp_path / "out.csv")
    answered = read_table(tmp_path / "out.csv")
    assert code == 3
    assert [(int(row["number"]), row["beginning"]) for row in answered] == rows
    assert [row["reason"] in ("end", "length") for row in answered] == [True, True, True, False, True]
    assert "no room in the model" in answered[3]["error"]


def test_rows_are_answered_as_each_alone(models, tmp_path, capsys):
    texts = [PROMPT, "A child", "孩子在公园", "B"]
    table = write_table(tmp_path / "in.csv", [(text,) for text in texts], ("text",))
    assert generate(models("causal", "fast"), "--input", table, "--out", tmp_path / "out.csv", "--batch_size", 3) == 0
    alone = []
    for text in texts:
        assert generate(models("causal", "fast"), "--text", text) == 0
        alone.append(capsys.readouterr().out[:-1])
    assert [row["generated"] for row in read_table(tmp_path / "out.csv")] == alone


def test_a_mask_in_a_text_is_what_is_missing_for_an_encoder_and_plain_text_for_others(models):
    for objective, names in (("spans", ["<extra_id_0>", "<extra_id_1>"]), ("denoise", ["[MASK]"] * 2)):
        model = library.load(models(objective, "fast"))
        ids = model.framed("The [MASK] old [MASK] lamp.")
        holes = [model.encoder.vocabulary[name] for name in names]
        plain = model.encoder.framed("The ")
        assert [i for i in ids if i in holes] == holes
        assert ids[: len(plain) - 1] == plain[:-1]
        assert ids[-1] == plain[-1]
    writer = library.load(models("causal", "fast"))
    assert writer.encoder.vocabulary["[MASK]"] not in writer.framed("The [MASK] lamp.")


def test_lines_of_standard_input_are_answered(models, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("The lamp\nThe boat\n"))
    assert generate(models("causal", "fast"), "--input", "-") == 0
    answered = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["text"] for row in answered] == ["The lamp", "The boat"]
    for row in answered:
        assert generate(models("causal", "fast"), "--text", row["text"]) == 0
        assert capsys.readouterr().out == row["generated"] + "\n"


def test_what_is_drawn_hangs_on_the_seed(models, capsys):
    told = []
    for seed in (1, 1, 2):
        assert generate(models("causal", "fast"), "--text", PROMPT, "--temperature", 1.5, "--seed", seed) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] != told[2]


def test_an_answer_ends_before_a_stop_text(models, capsys):
    model = models("causal", "fast")
    assert generate(model, "--text", PROMPT) == 0
    whole = capsys.readouterr().out[:-1]
    stop = whole[3:5]
    assert generate(model, "--text", PROMPT, "--stop", stop) == 0
    assert capsys.readouterr().out[:-1] == whole[: whole.find(stop)]


def test_python_and_the_command_line_write_the_same(models, capsys):
    assert generate(models("denoise", "fast"), "--text", PROMPT, "--beams", 3) == 0
    told = capsys.readouterr().out
    found = library.generate(model=models("denoise", "fast"), text=PROMPT, beams=3, max_new_tokens=12)
    assert found.facts["answers"] == [told[:-1]]


def test_a_loaded_model_that_writes_generates(models, capsys):
    model = library.load(models("causal", "fast"))
    found = model.generate(PROMPT, max_new_tokens=12)
    assert generate(models("causal", "fast"), "--text", PROMPT) == 0
    assert capsys.readouterr().out == found + "\n"
    with pytest.raises(InputError, match="temprature"):
        model.generate(PROMPT, temprature=1.0)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--beams", 2, "--temperature", 1), "draws tokens"),
        (("--temperature", 0, "--top_k", 3), "needs a temperature"),
        (("--temprature", 1), "Did you mean 'temperature'?"),
        (("--input", "x.csv"), "either a text or an input file"),
        (("--stop", ""), "stands everywhere"),
    ],
)
def test_settings_that_go_badly_together_are_refused(words, told, capsys):
    assert groundup("generate", "--model", "none", "--text", "x", *words) == 2
    assert told in capsys.readouterr().err


def test_a_model_that_does_not_write_is_refused(life, capsys):
    assert generate(life.classifier, "--text", "x") == 2
    assert "does not write" in capsys.readouterr().err


def test_a_model_that_writes_gives_no_labels_and_fills_no_masks(models, capsys):
    assert groundup("predict", "--model", models("causal", "fast"), "--text", "a [MASK]") == 2
    assert "groundup generate" in capsys.readouterr().err


@pytest.mark.parametrize("objective", ["causal", "spans"])
def test_a_writer_in_int8_writes_as_one_that_is_stored_so(objective, models, tmp_path, capsys):
    run = models(objective, "fast")
    loaded, encoder = checkpoint.load(run / "model"), load_tokenizer(run / "model")
    with new_folder(tmp_path / "stored", kind="model") as folder:
        checkpoint.save(folder, loaded.model, loaded.family, specials=encoder.ids._asdict(), storage="int8")
        encoder.save(folder, 64, segments=False, frame=OBJECTIVES[objective].frame)
    line = ("--text", PROMPT, "--temperature", 1.0, "--seed", 3)
    assert generate(tmp_path / "stored", *line) == 0
    stored = capsys.readouterr()
    assert generate(run, "--int8", *line) == 0
    rounded = capsys.readouterr()
    assert rounded.out == stored.out
    assert "stored in int8" in stored.err
    assert "rounded to int8" in rounded.err


def test_int8_gives_a_text_the_same_scores_beside_any_other(models):
    writer = load_writer(models("causal", "fast"), int8=True)
    prompts = [writer.framed(text) for text in (PROMPT, "好天气", PROMPT * 3)]
    with torch.inference_mode():
        alone = IncrementalDecoder(writer.model, 1, 64).prefill(prompts[:1])
        beside = IncrementalDecoder(writer.model, 3, 64).prefill(prompts)[:1]
    torch.testing.assert_close(beside, alone, atol=1e-5, rtol=1e-5)


def test_int8_changes_nothing_where_the_machine_cannot_multiply_it(models, monkeypatch, capsys):
    run = models("causal", "fast")
    monkeypatch.setattr(predictor, "generation_kernel", lambda: None)
    assert generate(run, "--text", PROMPT) == 0
    plain = capsys.readouterr().out
    assert generate(run, "--int8", "--text", PROMPT) == 0
    found = capsys.readouterr()
    assert found.out == plain
    assert "not rounded; no int8 product" in found.err
