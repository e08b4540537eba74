import json
from collections import Counter

import pyarrow.parquet as pq
import pytest
import torch
from safetensors.numpy import load_file

import groundup as library
from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.story import check_fits
from groundup.errors import InputError
from groundup.events import read_events
from groundup.families import checkpoint
from groundup.former.names import SETTINGS
from groundup.manifest import verify_folder
from groundup.tasks.known import make_task
from groundup.train.checkpoint import load_weights
from tests.commands.life import BLAME, PRAISE, groundup, labelled, report, tree, write_table


def evaluations(run):
    return [event for event in read_events(run / "events.jsonl") if event["event"] == "evaluation"]


def test_a_run_ends_with_a_model_a_report_and_a_page(life):
    assert verify_folder(life.classifier / "model") == []
    assert report(life.classifier)["verdict"]["text"]
    page = (life.classifier / "report.html").read_text("utf-8")
    assert report(life.classifier)["verdict"]["outcome"] in ("wins", "loses", "ahead", "behind")
    assert PRAISE in page
    assert BLAME in page


def test_the_report_holds_both_baselines_on_the_same_rows(life):
    found = report(life.classifier)
    assert [b["name"] for b in found["baselines"]] == ["majority", "tfidf"]
    assert found["rows"]["scored"] == sum(c["support"] for c in found["classes"]) > 8


def test_best_and_last_checkpoint_are_kept(life):
    found = evaluations(life.classifier)
    best, last = max(e["step"] for e in found if e["best"]), max(e["step"] for e in found)
    kept = {int(p.name.removeprefix("step-")) for p in (life.classifier / "checkpoints").iterdir()}
    assert {best, last} <= kept
    assert len(kept) <= 3


def test_the_published_model_is_the_best_one(life, tmp_path):
    run = tmp_path / "run"
    assert life.finetune(run, "--num_evaluations", 6, "--patience", 9, "--optimizer.learning_rate", 0.3, steps=6) == 0
    best = max(e["step"] for e in evaluations(run) if e["best"])
    assert best < 6, "so high a learning rate gets nowhere"
    published = {name: p.clone() for name, p in checkpoint.load(run / "model").model.named_parameters()}
    model = checkpoint.load(run / "model").model
    for step, same in ((best, True), (6, False)):
        load_weights(run / "checkpoints" / f"step-{step:08d}", model)
        assert all(torch.equal(p, published[name]) for name, p in model.named_parameters()) is same


def test_labels_keep_their_names_everywhere(life):
    config = json.loads((life.classifier / "model" / "config.json").read_text("utf-8"))
    manifest = json.loads((life.classifier / "model" / "manifest.json").read_text("utf-8"))
    assert config["id2label"] == {"0": BLAME, "1": PRAISE}
    assert manifest["extra"]["labels"] == report(life.classifier)["labels"] == [BLAME, PRAISE]


def test_decays_that_nobody_gave_are_kept_as_the_numbers_that_older_versions_kept(life):
    settings = json.loads((life.classifier / "run.json").read_text())["settings"]
    assert (settings["layer_decay"], settings["ema_decay"]) == (0.9, 0)


def test_the_same_command_again_changes_no_file(life, tmp_path):
    line = (tmp_path / "run", "--no-baselines")
    assert life.finetune(*line) == 0
    before = tree(tmp_path / "run")
    assert life.finetune(*line) == 0
    assert tree(tmp_path / "run") == before


def test_the_same_settings_give_the_same_bytes_in_another_folder(life, tmp_path):
    for name in ("one", "two"):
        assert life.finetune(tmp_path / name, "--no-baselines") == 0
    one, two = (load_file(tmp_path / name / "model" / "model.safetensors") for name in ("one", "two"))
    assert all((one[name] == two[name]).all() for name in one)


def test_another_table_in_the_same_folder_is_refused(life, tmp_path, capsys):
    other = write_table(tmp_path / "other.csv", labelled(100, seed=5))
    assert life.finetune(tmp_path / "run", "--no-baselines") == 0
    assert life.finetune(tmp_path / "run", "--no-baselines", data=other) == 2
    told = capsys.readouterr().err
    assert "RUN_DIFFERS" in told
    assert "holds a run of other files: data: the content has changed (SHA-256 " in told
    assert "Fix: put the old data back to go on, or give another --out for a new run" in told


def test_frozen_blocks_and_embeddings_are_published_bit_for_bit(life, tmp_path):
    assert life.finetune(tmp_path / "run", "--freeze", 1, "--no-baselines") == 0
    before, after = (load_file(run / "model" / "model.safetensors") for run in (life.lm, tmp_path / "run"))
    same = {name: (before[name] == after[name]).all() for name in before.keys() & after.keys()}
    held = {name for name in same if "embeddings" in name or ".layers.0." in name or name.startswith("layers.0.")}
    assert len(held) > 4
    assert all(same[name] for name in held)
    trained = {name for name in same if "layers.1." in name}
    assert trained
    assert not any(same[name] for name in trained)


def test_untrained_starts_from_other_weights_of_the_same_shape(life, tmp_path):
    assert life.finetune(tmp_path / "run", "--from_scratch", "--seed", 1, "--no-baselines", steps=1) == 0
    before, after = (load_file(run / "model" / "model.safetensors") for run in (life.lm, tmp_path / "run"))
    name = next(name for name in before if "tok_embeddings" in name)
    assert before[name].shape == after[name].shape
    assert abs(before[name] - after[name]).max() > 0.01


def test_pairs_of_texts_are_two_columns(life, tmp_path, capsys):
    rows = [(text, f"it was {label}", str(i % 3 > 0)) for i, (text, label) in enumerate(labelled(90, names=("good", "bad")))]
    table = write_table(tmp_path / "pairs.csv", rows, ("premise", "hypothesis", "label"))
    line = (
        "finetune",
        "--model",
        life.lm,
        "--data",
        table,
        "--text_column",
        "premise",
        "--text_column",
        "hypothesis",
        "--out",
        tmp_path / "run",
        "--steps",
        4,
        "--quiet",
    )
    assert groundup(*line) == 0
    assert groundup("predict", "--model", tmp_path / "run", "--text", "One.", "--text", "it was good") == 0
    assert capsys.readouterr().out.startswith(("True ", "False "))
    assert groundup("predict", "--model", tmp_path / "run", "--text", "One.") == 2
    assert "premise and hypothesis" in capsys.readouterr().err


@pytest.fixture(scope="module")
def long_texts(life):
    """Every seventh text is far longer than 16 tokens; all others fit into 64."""
    rows = [(text * 9 if i % 7 == 0 else text, label) for i, (text, label) in enumerate(labelled(105, seed=3))]
    return write_table(life.root / "long.csv", rows)


def test_too_long_texts_can_be_refused_with_the_way_out(life, long_texts, tmp_path, capsys):
    out = tmp_path / "made" / "run"
    assert life.finetune(out, "--too_long", "error", "--max_length", 64, data=long_texts) == 2
    told = capsys.readouterr().err
    assert "TEXT_TOO_LONG" in told
    assert "--too_long truncate or window" in told
    assert not out.parent.exists()


@pytest.mark.parametrize("way", ["truncate", "window"])
def test_too_long_texts_are_cut_or_read_in_windows_and_their_share_is_told(life, long_texts, tmp_path, way):
    line = ("--too_long", way, "--max_length", 64, "--no-baselines")
    assert life.finetune(tmp_path / "run", *line, data=long_texts, steps=3) == 0
    share = float(report(tmp_path / "run")["facts"]["texts cut"].removesuffix("%"))
    assert 8 < share < 21


def test_rare_classes_are_weighed_unless_told_otherwise(life, tmp_path):
    rows = [row for i, row in enumerate(labelled(160)) if row[1] == PRAISE or i % 10 == 1]
    table = write_table(tmp_path / "rare.csv", rows)
    balanced = {}
    for weights in ("auto", "none"):
        assert life.finetune(tmp_path / weights, "--class_weights", weights, data=table, steps=2) == 0
        balanced[weights] = report(tmp_path / weights)["baselines"][1]["details"]["balanced"]
    assert balanced == {"auto": True, "none": False}


def test_fewer_training_rows_leave_validation_and_test_as_they_are(life, tmp_path):
    assert life.finetune(tmp_path / "run", "--train_rows", 21, "--no-baselines", steps=2) == 0
    files = [run / "data" / "preflight.json" for run in (tmp_path / "run", life.classifier)]
    few, all_rows = (json.loads(file.read_text("utf-8")) for file in files)
    assert few["splits"]["train"] == 21
    assert few["splits"]["left out"] == all_rows["splits"]["train"] - 21
    assert few["labels"]["test"] == all_rows["labels"]["test"]
    assert min(few["labels"]["train"].values()) == 10


def test_training_stops_early_when_nothing_gets_better(life, tmp_path):
    line = ("--optimizer.learning_rate", 1e-12, "--num_evaluations", 20, "--patience", 2, "--no-baselines")
    assert life.finetune(tmp_path / "run", *line, steps=40) == 0
    assert [e["best"] for e in evaluations(tmp_path / "run")] == [True, False, False, False]
    assert report(tmp_path / "run")["accuracy"]["value"] is not None


@pytest.mark.parametrize(("steps", "evaluations", "early"), [(8, 4, False), (40, 20, True)])
def test_a_training_that_reached_its_last_step_is_not_said_to_have_stopped(life, tmp_path, capsys, steps, evaluations, early):
    line = ("--optimizer.learning_rate", 1e-12, "--num_evaluations", evaluations, "--patience", 2, "--no-baselines")
    fixed = ("--data", life.table, "--text_column", "sentence", "--steps", steps)
    assert groundup("finetune", "--model", life.lm, "--out", tmp_path / "run", *fixed, *line) == 0
    assert ("stopped at step 8: no better" in capsys.readouterr().err) == early


def test_a_stopped_run_that_is_called_again_is_not_trained_on(life, tmp_path):
    line = ("--optimizer.learning_rate", 1e-12, "--num_evaluations", 20, "--patience", 1, "--no-baselines")
    assert life.finetune(tmp_path / "run", *line, steps=40) == 0
    (tmp_path / "run" / "report.json").unlink()
    assert life.finetune(tmp_path / "run", *line, steps=40) == 0
    assert max(e["step"] for e in evaluations(tmp_path / "run")) == 6


def test_a_label_that_only_validation_and_test_have_is_told_and_counted_as_an_error(life, tmp_path, capsys):
    rows = [*labelled(10, seed=8), ("The boat is a boat.", "无"), ("The old lamp sings.", "无")]
    held = write_table(tmp_path / "held.csv", rows)
    words = ("--validation", held, "--test", held, "--no-baselines")
    line = ("finetune", "--model", life.lm, "--data", life.table, "--text_column", "sentence", "--steps", 2)
    assert groundup(*line, "--out", tmp_path / "run", *words) == 0
    assert "labels that no training row has: 无" in capsys.readouterr().err
    found = report(tmp_path / "run")
    assert found["unseen_labels"] == {"无": 2}
    assert found["rows"]["scored"] == 12
    assert found["accuracy"]["value"] <= 10 / 12
    assert all(e["accuracy"] <= 10 / 12 for e in evaluations(tmp_path / "run"))


def test_the_mean_over_classes_says_which_it_holds_when_the_test_lacks_one(life, tmp_path):
    held = write_table(tmp_path / "held.csv", [row for row in labelled(18, seed=8) if row[1] == PRAISE])
    assert life.finetune(tmp_path / "run", "--test", held, "--no-baselines", steps=2) == 0
    found = report(tmp_path / "run")
    supports = {c["label"]: (c["support"], c["recall"]) for c in found["classes"]}
    assert supports[BLAME] == (0, None)
    assert supports[PRAISE][0] == 9
    assert set(found["macro"]["averaged"]["recall"]) == {PRAISE}


def test_every_text_may_be_longer_than_the_limit_and_it_is_told(life, tmp_path):
    assert life.finetune(tmp_path / "run", "--max_length", 6, "--no-baselines", steps=2) == 0
    told = report(tmp_path / "run")["limits"]
    assert "training rows (100.0%) are longer than 6 tokens and are cut; --max_length changes that" in told[0]
    assert told[1].startswith("warning: 12 of 12 texts (100.0%) are longer than 6 tokens and are cut")
    assert report(tmp_path / "run")["facts"]["texts cut"] == "100.0%"


def test_rows_that_contradict_each_other_are_told_before_training(life, tmp_path, capsys):
    rows = [*labelled(90), ("The Lamp is  lost.", PRAISE), ("the lamp is lost.", BLAME)]
    table = write_table(tmp_path / "table.csv", rows)
    line = ("finetune", "--model", life.lm, "--data", table, "--text_column", "sentence", "--steps", 2, "--no-baselines")
    assert groundup(*line, "--out", tmp_path / "run") == 0
    assert "warning: 1 text contradicts an equal one, such as 'the lamp is lost.'" in capsys.readouterr().err


def numbered(rows, labels):
    return "sentence,label\n" + "".join(f"text number {i},{i % labels}\n" for i in range(rows))


REFUSED = {
    "header only": ("sentence,label\n", (), "EMPTY_DATA"),
    "one label": (numbered(50, 1), (), "ONE_CLASS"),
    "one row": ("sentence,label\na single row,one\n", (), "ONE_CLASS"),
    "too few rows": ("sentence,label\nthe first row,a\nanother thing,b\nlast of them,a\n", (), "EMPTY_SPLIT"),
    "no label column": ("sentence,mark\nsome words,a\nother words,b\n", (), "NO_LABEL_COLUMN"),
    "no text column": ("words,label\nsome words,a\nother words,b\n", (), "has no column 'sentence'"),
    "numbers": (numbered(50, 50), (), "TOO_MANY_LABELS"),
    "one row to train on": (numbered(9, 2), ("--train_rows", 1), "ONE_CLASS"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trained_is_refused_and_nothing_is_written(life, tmp_path, capsys, case):
    content, words, code = REFUSED[case]
    (tmp_path / "table.csv").write_text(content)
    assert life.finetune(tmp_path / "made" / "run", *words, data=tmp_path / "table.csv") == 2
    assert code in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


def test_labels_of_two_types_are_refused(life, tmp_path, capsys):
    rows = [json.dumps({"sentence": f"words {i}", "label": str(i % 2) if i > 40 else i % 2}) for i in range(60)]
    (tmp_path / "table.jsonl").write_text("\n".join(rows) + "\n")
    assert life.finetune(tmp_path / "run", data=tmp_path / "table.jsonl") == 2
    assert "MIXED_LABELS" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--freeze", 3), "BAD_FREEZE"), (("--test", "nowhere.csv"), "NO_FILE"), (("--epochs", 1), "give either epochs or steps")],
)
def test_settings_that_do_not_fit_are_refused_and_nothing_is_written(life, tmp_path, capsys, words, code):
    assert life.finetune(tmp_path / "run", *words) == 2
    assert code in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_figure_that_is_none_is_refused_and_leaves_the_place_to_the_mended_command(life, tmp_path, capsys):
    (tmp_path / "here").mkdir()
    for out in (tmp_path / "made/run", tmp_path / "here"):
        assert life.finetune(out, "--best_metric", "accurracy") == 2
    assert "best_metric: 'accurracy' is no figure of classification" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]
    assert life.finetune(tmp_path / "here", "--best_metric", "accuracy") in (0, 3)


def test_a_trained_run_stays_when_a_changed_command_is_refused(life, tmp_path, capsys):
    assert life.finetune(tmp_path / "run") in (0, 3)
    before = tree(tmp_path / "run")
    assert life.finetune(tmp_path / "run", "--best_metric", "accuracy") == 2
    assert "RUN_DIFFERS" in capsys.readouterr().err
    assert tree(tmp_path / "run") == before


def test_nothing_is_added_to_a_finished_folder(life, tmp_path, capsys):
    before = tree(life.lm)
    assert life.finetune(life.lm / "model" / "run") == 2
    assert groundup("export", "--model", life.classifier, "--out", life.classifier / "model/deep/onnx") == 2
    told = capsys.readouterr().err
    assert told.count("error OUTPUT_INSIDE") == 2
    assert f"lies inside {(life.lm / 'model').resolve()}" in told
    assert tree(life.lm) == before
    (tmp_path / "manifest.json").write_text('{"name": "a page of others"}')
    assert life.finetune(tmp_path / "run") in (0, 3)


def test_an_output_folder_with_other_things_in_it_is_left_alone(life, tmp_path, capsys):
    (tmp_path / "diary.txt").write_text("dear diary")
    assert life.finetune(tmp_path) == 2
    assert "OUTPUT_NOT_OURS" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["diary.txt"]


def kept_splits(run) -> dict[str, str]:
    """Text -> split, as the run keeps them."""
    rows = pq.read_table(run / "data" / "records.parquet").to_pylist()
    return {row["text/sentence"]: row["split"] for row in rows}


def in_splits(tmp_path, **tables):
    for name, rows in tables.items():
        write_table(tmp_path / "set" / f"{name}.csv", rows)
    return tmp_path / "set"


def test_a_data_set_in_splits_keeps_them_and_lacks_none(life, tmp_path):
    rows = labelled(100)
    (tmp_path / "set").mkdir()
    folder = in_splits(tmp_path, train=rows[:70], test=rows[70:])
    assert life.finetune(tmp_path / "run", "--no-baselines", "--split.validation", 0.2, data=folder, steps=2) == 0
    splits = kept_splits(tmp_path / "run")
    assert {splits[text] for text, _ in rows[70:]} == {"test"}
    assert Counter(splits[text] for text, _ in rows[:70]) == {"train": 56, "validation": 14}
    other = write_table(tmp_path / "other.csv", labelled(30, seed=9))
    assert life.finetune(tmp_path / "other", "--no-baselines", "--test", other, data=folder, steps=2) == 0
    assert {kept_splits(tmp_path / "other")[text] for text, _ in rows[70:]} == {"left out"}


def test_a_test_split_without_labels_is_refused_with_the_way_out(life, tmp_path, capsys):
    rows = labelled(80)
    (tmp_path / "set").mkdir()
    folder = in_splits(tmp_path, train=rows[:60], test=[(text, "-1") for text, _ in rows[60:]])
    assert life.finetune(tmp_path / "run", data=folder, steps=2) == 2
    assert "NO_LABELS split 'test': has no label that a training row has, but ['-1'];" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_single_file_is_split_whatever_its_name(life, tmp_path):
    table = write_table(tmp_path / "test.csv", labelled(100))
    assert life.finetune(tmp_path / "run", "--no-baselines", data=table, steps=2) == 0
    assert set(kept_splits(tmp_path / "run").values()) == {"train", "validation", "test"}


@pytest.mark.parametrize("pooling", ["first", "mean"])
def test_the_classes_can_be_read_from_the_first_token_or_from_all(life, tmp_path, pooling):
    assert life.finetune(tmp_path / "run", "--pooling", pooling, "--no-baselines", steps=2) == 0
    assert checkpoint.load(tmp_path / "run" / "model").model.head_configs["label"].pooling == pooling


def test_a_pooler_that_the_model_lacks_is_refused(life, tmp_path, capsys):
    assert life.finetune(tmp_path / "run", "--pooling", "pooler") == 2
    assert "NO_POOLER" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.fixture(scope="module")
def others(life, tmp_path_factory):
    """Family -> a small random folder of transformers with the tokenizer of the shared life."""
    transformers = pytest.importorskip("transformers")
    from groundup.data.tokenizers.load import load_tokenizer
    from groundup.folders import new_folder
    from tests.families.zoo import CASES

    words = load_tokenizer(life.lm)

    def make(name, cls):
        case, root = CASES[name], tmp_path_factory.mktemp("other")
        config = getattr(transformers, case.config)(**(case.sizes | {"vocab_size": words.vocab_size, "pad_token_id": 0}))
        getattr(transformers, cls)(config).save_pretrained(root / "theirs")
        with new_folder(root / "words", kind="model") as folder:
            words.save(folder)
        for file in ("tokenizer.json", "tokenizer_config.json"):
            (root / "words" / file).rename(root / "theirs" / file)
        return root / "theirs"

    return make


@pytest.mark.parametrize(
    ("name", "cls"), [("roberta", "RobertaModel"), ("distilbert", "DistilBertModel"), ("bert", "BertModel")]
)
def test_a_classifier_of_each_family_is_one_of_transformers(life, others, tmp_path, name, cls):
    transformers = pytest.importorskip("transformers")
    folder = others(name, cls)
    fixed = ("--data", life.table, "--text_column", "sentence", "--steps", 3, "--max_length", 20, "--no-baselines", "--quiet")
    assert groundup("finetune", "--model", folder, "--out", tmp_path / "run", *fixed) == 0
    predictor = library.load(tmp_path / "run")
    theirs = transformers.pipeline("text-classification", model=str(tmp_path / "run" / "model"), device="cpu")
    for text in ("A wonderful thing!", "真糟糕！"):
        ours, other = predictor.predict([text])[0], theirs(text, truncation=True)[0]
        assert ours["label"] == other["label"]
        assert ours["probability"] == pytest.approx(other["score"], abs=1e-5)


def test_a_model_with_an_encoder_beside_it_learns_labels_and_no_tags(life, others, tmp_path):
    folder = others("bart", "BartModel")
    fixed = ("--data", life.table, "--text_column", "sentence", "--steps", 3, "--max_length", 20, "--quiet")
    assert groundup("finetune", "--model", folder, "--out", tmp_path / "run", *fixed) == 0
    loaded = checkpoint.load(tmp_path / "run" / "model")
    assert loaded.metadata["architectures"] == ["BartForSequenceClassification"]
    settings = Finetune(model=str(folder), data=str(life.table), text_column=("sentence",), out=str(tmp_path / "tags"))
    with pytest.raises(InputError, match="is a bart, which is not made for tagging"):
        check_fits(settings, make_task("tagging"), loaded.model, "bart")


@pytest.mark.parametrize(
    ("name", "cls"), [("roberta", "RobertaForMaskedLM"), ("distilbert", "DistilBertForMaskedLM"), ("gpt2", "GPT2LMHeadModel")]
)
def test_models_of_other_families_go_on_with_ones_own_text(life, others, tmp_path, name, cls):
    folder = others(name, cls)
    fixed = ("--length", 20, "--batch_size", 4, "--steps", 2, "--quiet")
    assert groundup("pretrain", "--model", folder, "--data", life.data, "--out", tmp_path / "run", *fixed) == 0
    assert checkpoint.load(tmp_path / "run" / "model").family == name


def test_a_decoder_learns_labels_from_the_mean_of_its_states(life, others, tmp_path):
    folder = others("gpt2", "GPT2LMHeadModel")
    fixed = ("--data", life.table, "--text_column", "sentence", "--steps", 3, "--max_length", 20, "--quiet")
    assert groundup("finetune", "--model", folder, "--out", tmp_path / "run", *fixed) == 0
    assert verify_folder(tmp_path / "run" / "model") == []


def former(values):
    """Settings as an earlier version called them."""
    old = {new: name for name, new in SETTINGS.items() if new not in ("examples", "position")} | {"decay_start": "flat_until"}
    return {old.get(name, name): former(value) if isinstance(value, dict) else value for name, value in values.items()}


def test_a_run_of_an_earlier_version_goes_on_under_former_names(life, tmp_path, capsys):
    run = tmp_path / "run"
    line = ("--ema_decay", 0.5, "--regularize.method", "l2_sp", "--optimizer.decay_start", 0.5, "--num_evaluations", 2)
    assert life.finetune(run, *line, steps=4) == 0
    told = json.loads((run / "run.json").read_text())
    told |= {"settings": former(told["settings"]), "resolved": former(told["resolved"])}
    assert {"average", "stay", "evaluations"} <= told["settings"].keys()
    assert "flat_until" in told["resolved"]["optimizer"]
    (run / "run.json").write_text(json.dumps(told))
    (run / "finished.json").unlink()
    capsys.readouterr()
    assert life.finetune(run, *line, steps=4) == 0
    assert "is now called" not in capsys.readouterr().err
    assert life.finetune(run, "--ema_decay", 0.6, *line[2:], steps=4) == 2
    assert "ema_decay: 0.5 -> 0.6" in capsys.readouterr().err
