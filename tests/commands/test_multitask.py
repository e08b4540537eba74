"""One model for several tasks: mixes, weights found and led, the search and its resumption, use and refusals."""

import csv
import json

import numpy as np
import pytest
import torch
import yaml

import groundup as library
from groundup.commands.multitask import search as searching_weights
from groundup.commands.multitask.screening import unhelpful
from groundup.commands.multitask.search import distance, settled, winner
from groundup.commands.multitask.settings import Multitask
from groundup.commands.multitask.tables import make_folds, make_tables, unite
from groundup.config import make_settings
from groundup.data.clean.dedup import exact_key
from groundup.data.splits.split import LEFT_OUT, TEST, TRAIN, VALIDATION
from groundup.data.tokenizers.load import load_tokenizer
from groundup.errors import InputError
from groundup.events import read_events
from groundup.families import checkpoint
from groundup.kinds.text.reader import TextReader
from groundup.manifest import verify_folder
from groundup.strict_json import read_json
from tests.commands.life import BLAME, PEOPLE, PRAISE, groundup, labelled, report, sentence, write_table

QUICK = {"steps": 6, "batch_size": 6, "max_length": 32, "quiet": True, "num_evaluations": 2}


def spans(count, seed):
    """Rows (text, spans): the people in a sentence."""
    rng, rows = np.random.default_rng(seed), []
    for _ in range(count):
        text = sentence(rng, False)
        who = next(name for name in PEOPLE if f" {name} " in text)
        rows.append((text, json.dumps([[text.index(who), text.index(who) + len(who), "who"]])))
    return rows


def questions(count, seed):
    rng, rows = np.random.default_rng(seed), []
    for _ in range(count):
        text = sentence(rng, False)
        rows.append((f"Who {text.split()[3]} the {text.split()[6]}?", text, text.split()[2]))
    return rows


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """One table for each kind of task, and one whose labels say nothing."""
    root = tmp_path_factory.mktemp("tables")
    rng = np.random.default_rng(1)
    rows = labelled(90, seed=3)
    noise = [label for _, label in labelled(120, seed=5)]
    rng.shuffle(noise)
    return {
        "tone": {"data": write_table(root / "tone.csv", labelled(120)), "text_column": "sentence"},
        "size": {
            "data": write_table(root / "size.csv", [(t, len(t) + 40 * (label == PRAISE)) for t, label in rows]),
            "text_column": "sentence",
            "task": "regression",
        },
        "kinds": {
            "data": write_table(
                root / "kinds.csv",
                [(t, json.dumps(["long"] * (len(t) > 60) + ["good"] * (label == PRAISE))) for t, label in labelled(70, seed=9)],
            ),
            "text_column": "sentence",
            "task": "multilabel",
        },
        "who": {"data": write_table(root / "who.csv", spans(60, 2)), "text_column": "sentence", "task": "tagging"},
        "asked": {
            "data": write_table(root / "asked.csv", questions(60, 4), ("question", "sentence", "label")),
            "text_column": ("question", "sentence"),
            "task": "answering",
        },
        "noise": {
            "data": write_table(
                root / "noise.csv", [(t, label) for (t, _), label in zip(labelled(120, seed=5), noise, strict=True)]
            ),
            "text_column": "sentence",
        },
    }


def tasks(tables, *names):
    return {name: {key: str(value) if key == "data" else value for key, value in tables[name].items()} for name in names}


@pytest.fixture(scope="module")
def mixture(life, tables, tmp_path_factory):
    """A run with a task of every kind, from a recipe by the command line."""
    root = tmp_path_factory.mktemp("mixture")
    recipe = {
        "model": str(life.lm),
        "tasks": tasks(tables, "tone", "size", "kinds", "who", "asked"),
        "weights": "uniform",
        **QUICK,
    }
    recipe["tasks"]["asked"]["text_column"] = list(recipe["tasks"]["asked"]["text_column"])
    (root / "recipe.yaml").write_text(yaml.safe_dump(recipe), "utf-8")
    assert groundup("multitask", root / "recipe.yaml", "--out", root / "run") == 0
    return root / "run"


def test_tasks_of_every_kind_become_one_model_with_a_head_each(mixture):
    assert verify_folder(mixture / "model") == []
    assert sorted(checkpoint.load(mixture / "model").model.heads) == ["asked", "kinds", "size", "tone", "who"]
    found = report(mixture)
    assert {name: one["main"]["metric"] for name, one in found["tasks"].items()} == {
        "tone": "macro_f1",
        "size": "pearson",
        "kinds": "micro_f1",
        "who": "f1",
        "asked": "f1",
    }
    assert all(one["baselines"] for one in found["tasks"].values())
    assert found["weights"] == dict.fromkeys(found["tasks"], 0.2)
    assert found["effective_weights"]["mean"] == pytest.approx(found["weights"])
    page = (mixture / "report.html").read_text("utf-8")
    assert all(name in page for name in found["tasks"])
    assert sorted(p.name for p in (mixture / "tasks").iterdir()) == [f"{name}.html" for name in sorted(found["tasks"])]


@pytest.mark.parametrize(
    ("task", "texts", "field"),
    [
        ("tone", ["A wonderful thing!"], "label"),
        ("size", ["A thing."], "number"),
        ("asked", [("Who?", "The baker.")], "answer"),
    ],
)
def test_a_task_is_named_to_predict(mixture, task, texts, field):
    assert field in library.load(mixture, task=task).predict(texts)[0]


def test_a_model_of_several_tasks_asks_which(mixture, capsys):
    assert groundup("predict", "--model", mixture, "--text", "A thing.") == 2
    assert (
        "is a model of several tasks: asked, kinds, size, tone, who. Fix: name one of them with --task"
        in capsys.readouterr().err
    )
    assert groundup("predict", "--model", mixture, "--text", "A thing.", "--task", "tome") == 2
    assert "has no task 'tome'" in capsys.readouterr().err
    assert groundup("predict", "--model", mixture, "--text", "A thing.", "--task", "tone") == 0
    assert any(label in capsys.readouterr().out for label in (PRAISE, BLAME))


def test_a_model_of_one_task_has_no_task_names(life, capsys):
    assert groundup("predict", "--model", life.classifier, "--text", "A thing.", "--task", "tone") == 2
    assert "has no tasks by name" in capsys.readouterr().err


def test_evaluate_opens_the_test_split_of_the_named_task_again(mixture, tmp_path):
    assert groundup("evaluate", "--model", mixture, "--task", "size", "--out", tmp_path / "e", "--quiet") == 0
    again, before = report(tmp_path / "e"), report(mixture)["tasks"]["size"]
    assert again["figures"] == before["figures"]
    assert again["baselines"][1]["figures"] == before["baselines"][1]["figures"]
    assert again["test_openings"] == 2


def test_a_finished_run_is_left_alone_and_another_recipe_refused(mixture, capsys):
    recipe = mixture.parent / "recipe.yaml"
    before = (mixture / "report.json").stat().st_mtime_ns
    assert groundup("multitask", recipe, "--out", mixture) == 0
    assert (mixture / "report.json").stat().st_mtime_ns == before
    assert groundup("multitask", recipe, "--out", mixture, "--batch_size", 5) == 2
    assert "batch_size: 6 -> 5" in capsys.readouterr().err


# One task


def test_one_task_is_fine_tuning_bit_for_bit(life, tables, tmp_path):
    """The head is drawn from its name, so the task is called as fine-tuning calls it."""
    one = tasks(tables, "tone")["tone"]
    library.multitask(model=str(life.lm), tasks={"label": one}, out=tmp_path / "several", baselines=False, **QUICK)
    library.finetune(model=str(life.lm), out=tmp_path / "one", baselines=False, **one, **QUICK)
    several, alone = (
        {e["step"]: e for e in read_events(tmp_path / run / "events.jsonl") if e["event"] == "step"}
        for run in ("several", "one")
    )
    assert [e["loss"] for e in several.values()] == [e["loss"] for e in alone.values()]
    ours, theirs = (dict(checkpoint.load(tmp_path / run / "model").model.named_parameters()) for run in ("several", "one"))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())
    assert report(tmp_path / "several")["tasks"]["label"]["accuracy"] == report(tmp_path / "one")["accuracy"]


# Weights


@pytest.mark.parametrize("rule", ["fixed", "uncertainty", "dwa", "gradnorm", "pcgrad"])
def test_a_killed_run_goes_on_with_its_weights(life, tables, tmp_path, rule, monkeypatch):
    """Stopped after a checkpoint and started again, a run ends as one that was never stopped."""
    chosen = {
        "model": str(life.lm),
        "tasks": tasks(tables, "tone", "size"),
        "weights": rule,
        "uniform": False,
        "baselines": False,
        **QUICK,
        "steps": 30,
    }
    if rule == "fixed":
        chosen["tasks"]["tone"]["weight"] = 3.0
    library.multitask(**chosen, out=tmp_path / "whole")
    from groundup.commands.multitask import story as multitasking

    count, evaluate = [0], multitasking.evaluate

    def fails(*arguments):
        count[0] += 1
        if count[0] == 2:
            raise KeyboardInterrupt
        return evaluate(*arguments)

    monkeypatch.setattr(multitasking, "evaluate", fails)
    with pytest.raises(KeyboardInterrupt):
        library.multitask(**chosen, out=tmp_path / "parts")
    library.multitask(**chosen, out=tmp_path / "parts")
    ours, theirs = (report(tmp_path / run)["effective_weights"] for run in ("parts", "whole"))
    assert ours == theirs
    assert (tmp_path / "parts/model/heads.safetensors").read_bytes() == (
        tmp_path / "whole/model/heads.safetensors"
    ).read_bytes()
    last = {name: line[-1][1] for name, line in ours["series"].items()}
    assert sum(last.values()) == pytest.approx(1)
    if rule == "fixed":
        assert last == {"tone": 0.75, "size": 0.25}
    assert (last["tone"] == 0.5) == (rule == "pcgrad")


def test_the_winner_is_the_nearest_to_uniform_within_a_standard_error():
    def told(name, weights, score, error):
        return {"name": name, "weights": dict(enumerate(weights)), "score": score, "standard_error": error}

    uniform, far, near = (
        told("uniform", (0.5, 0.5), 0.70, 0.01),
        told("far", (1.0, 0.0), 0.75, 0.02),
        told("near", (0.6, 0.4), 0.74, 0.5),
    )
    assert winner([uniform, far, near]) == "near"
    assert winner([uniform, far | {"standard_error": 0.06}, near]) == "uniform"
    assert winner([uniform, far | {"standard_error": 0.001}]) == "far"
    assert winner([uniform | {"score": 0.75}, far]) == "uniform"
    assert distance({"a": 1.0, "b": 0.0}) == pytest.approx(0.5**0.5)


def figures(others, own, spread=0.1, chance=0.1):
    return {"others": others, "spread": spread, "own": own, "chance": chance}


def test_a_task_that_helps_no_target_is_left_out_with_its_numbers():
    probes = {
        name: {"learnable": name not in ("noise", "weak"), "gain": 0.1, "chance": 0.02}
        for name in ("a", "against", "noise", "weak", "aid")
    }
    cosines = {
        "a": figures(-0.3, 0.4),
        "against": figures(-0.01, 0.9),
        "noise": figures(0.0, 0.05),
        "weak": figures(0.0, 0.15),
        "aid": figures(0.01, -0.3),
    }
    found = unhelpful(list(probes), ["a"], probes, cosines)
    assert list(found) == ["against", "noise"]
    assert "mean cosine -0.010" in found["against"]
    assert "is +0.050 (by chance up to +0.100)" in found["noise"]
    assert unhelpful(list(probes), list(probes), probes, cosines) == {}


def test_a_hopeless_target_keeps_the_least_weight_and_another_task_without_weight_none():
    assert settled(
        {"a": 0.6, "noise": 0.2, "b": 0.2}, ["a", "noise", "b", "aid"], ["a", "b", "noise"], ["noise"]
    ) == pytest.approx({"a": 0.7425, "noise": 0.01, "b": 0.2475, "aid": 0.0})
    assert settled({"a": 1.0, "b": 0.0}, ["a", "b"], ["a", "b"], []) == pytest.approx({"a": 0.99, "b": 0.01})
    assert settled({"a": 0.5, "b": 0.5}, ["a", "b"], ["a"], []) == {"a": 0.5, "b": 0.5}


# The search

SEARCH = {"folds": 2, "candidates": 4, "finalists": 1, "screen": False}


def test_one_of_several_tasks_is_compared_with_a_model_of_it_alone(mixture, life, tmp_path, capsys):
    line = ("compare", mixture, life.classifier, "--data", life.table, "--timed_rows", 0, "--no-baselines", "--quiet")
    assert groundup(*line, "--task", "tone", "--out", tmp_path / "tone") in (0, 3)
    found = report(tmp_path / "tone")
    assert [system["name"] for system in found["systems"]] == ["run", "classifier"]
    assert (
        groundup("evaluate", "--model", mixture, "--task", "tone", "--data", life.table, "--out", tmp_path / "e", "--quiet")
        == 0
    )
    assert found["systems"][0]["accuracy"]["value"] == pytest.approx(report(tmp_path / "e")["accuracy"]["value"])
    capsys.readouterr()
    assert groundup(*line, "--out", tmp_path / "no") == 2
    assert "is a model of several tasks: asked, kinds, size, tone, who" in capsys.readouterr().err
    assert groundup(*line, "--task", "size", "--out", tmp_path / "no") == 2
    assert "is a model for regression" in capsys.readouterr().err
    assert groundup("compare", life.classifier, tmp_path / "e", "--task", "tone", "--out", tmp_path / "no", "--quiet") == 2
    assert "no system has tasks by name, so none called 'tone'" in capsys.readouterr().err


@pytest.fixture(scope="module")
def searched(life, tables, tmp_path_factory):
    out = tmp_path_factory.mktemp("searched") / "run"
    chosen = {
        "model": str(life.lm),
        "tasks": tasks(tables, "tone", "size"),
        "search": SEARCH,
        "baselines": False,
        **QUICK,
        "steps": 8,
    }
    library.multitask(**chosen, out=out)
    return chosen, out


def test_the_report_shows_every_candidate_of_every_round(searched):
    _, out = searched
    rounds = report(out)["search"]["rounds"]
    assert [(one["title"], len(one["candidates"])) for one in rounds] == [("round 1", 4), ("round 2", 2), ("final", 2)]
    assert {one["name"] for one in rounds[0]["candidates"]} == {"uniform", "inverse loss", "only tone", "only size"}
    assert all(sum(one["weights"].values()) == pytest.approx(1) for one in rounds[0]["candidates"])
    assert rounds[-1]["candidates"][0]["name"] == "uniform"
    assert rounds[-1]["all_blocks"]
    assert not rounds[0]["all_blocks"]
    assert "inverse loss" in (out / "report.html").read_text("utf-8")


def test_the_same_seed_finds_the_same_and_a_killed_search_repeats_no_trial(searched, tmp_path, monkeypatch):
    chosen, before = searched
    done, trial = [], searching_weights.run_trial

    def counting(bench, weights, *rest):
        if len(done) == 5:
            done.append("killed")
            raise KeyboardInterrupt
        done.append(tuple(weights.values()))
        return trial(bench, weights, *rest)

    monkeypatch.setattr(searching_weights, "run_trial", counting)
    with pytest.raises(KeyboardInterrupt):
        library.multitask(**chosen, out=tmp_path / "run")
    finished = set(read_json(tmp_path / "run/search/search.json")["trials"])
    assert len(finished) == 5
    library.multitask(**chosen, out=tmp_path / "run")
    trials = read_json(tmp_path / "run/search/search.json")["trials"]
    assert len(done) - 1 == len(trials)
    expected = read_json(before / "search/search.json")["trials"]
    assert {key: one["scores"] for key, one in trials.items()} == {key: one["scores"] for key, one in expected.items()}
    assert report(tmp_path / "run")["weights"] == report(before)["weights"]


def test_a_label_in_other_units_leaves_the_weights(searched, tables, tmp_path):
    """A regression task's loss is of its standardized label; in other units of the loss itself, see test_weighing."""
    chosen, before = searched
    with open(chosen["tasks"]["size"]["data"], encoding="utf-8", newline="") as file:
        rows = [(row["sentence"], int(row["label"]) * 1024) for row in csv.DictReader(file)]
    other = chosen["tasks"] | {"size": chosen["tasks"]["size"] | {"data": str(write_table(tmp_path / "size.csv", rows))}}
    library.multitask(**chosen | {"tasks": other, "uniform": False}, out=tmp_path / "run")
    assert report(tmp_path / "run")["weights"] == report(before)["weights"]


@pytest.mark.slow
def test_a_task_with_shuffled_labels_gets_no_weight(life, tables, tmp_path):
    """Beside two tasks of which a linear head learns something. All updates in the last round, as few can tell nothing."""
    outcome = library.multitask(
        model=str(life.lm),
        tasks=tasks(tables, "size", "kinds", "noise"),
        out=tmp_path / "run",
        baselines=False,
        **QUICK | {"steps": 100},
        search={"candidates": 4, "folds": 2, "finalists": 1, "final": 1.0},
    )
    found = report(tmp_path / "run")
    assert found["weights"]["noise"] <= 0.05
    assert min(found["weights"][name] for name in ("size", "kinds")) > 0.05
    assert "noise" in found["tasks"]
    assert "nothing was learned of it" in found["dropped"]["noise"]
    assert outcome.exit_code == 3
    assert "uniform" in found["tasks"]["size"]["main"]["beside"]


# Splits and folds


def settings_of(life, chosen, **more):
    return make_settings(Multitask, {"model": str(life.lm), "tasks": chosen, "out": "unused", **more})


def keys(table, split):
    return {exact_key("\n".join(text)) for text in table.texts_of(split)}


def test_a_text_of_two_tasks_is_in_one_split_and_one_fold(life, tables, tmp_path):
    """The second task has the texts of the first, with other labels, in another order."""
    rows = labelled(120)[::-1][:80]
    write_table(tmp_path / "other.csv", [(t.upper(), len(t)) for t, _ in rows])
    chosen = tasks(tables, "tone") | {
        "other": {"data": str(tmp_path / "other.csv"), "text_column": "sentence", "task": "regression"}
    }
    found = make_tables(settings_of(life, chosen), TextReader(load_tokenizer(life.lm / "model")))
    for split, others in (("train", ("validation", "test")), ("test", ("train", "validation"))):
        for other in others:
            assert not keys(found["tone"], split) & keys(found["other"], other)
    assert found["other"].preflight["shared_with_other_tasks"] > 0
    folds = make_folds(found, 3, 0, ["tone.csv", "other.csv"])
    of_text = {}
    for name, table in found.items():
        assert set(folds[name].tolist()) == {0, 1, 2}
        for text, fold in zip(table.texts_of("train"), folds[name].tolist(), strict=True):
            assert of_text.setdefault(exact_key("\n".join(text)), fold) == fold


def test_a_split_that_a_file_tells_is_kept_and_others_give_way(life, tables):
    class Few:
        reader = TextReader()

        def __init__(self, texts, splits):
            self.texts, self.splits = [(text,) for text in texts], np.array(splits, np.int8)

    one = Few(["alpha is here", "beta was there", "gamma went home"], [TRAIN, TRAIN, VALIDATION])
    two = Few(["beta was there", "gamma went home", "alpha is here", "delta"], [TEST, TRAIN, TRAIN, TRAIN])
    assert unite([one, two], [set(), {TEST}], ["a", "b"]) == [1, 1]
    assert one.splits.tolist() == [TRAIN, TEST, VALIDATION]
    assert two.splits.tolist() == [TEST, VALIDATION, TRAIN, TRAIN]
    three = Few(["beta was there"], [TRAIN])
    assert unite([two, three], [{TEST}, {TEST}], ["b", "c"]) == [0, 1]
    assert three.splits.tolist() == [LEFT_OUT]


# Refusals


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tasks": {}}, "tasks: is required"),
        ({"tasks": {"a.b": {"data": "d", "text_column": "t"}}}, "tasks.a.b: is no name for a task"),
        ({"tasks": {"mlm": {"data": "d", "text_column": "t"}}}, "tasks.mlm: is no name for a task"),
        (
            {"tasks": {name: {"data": "d", "text_column": "t"} for name in ("weight", "accuracy")}},
            "tasks.accuracy: its figure 'weight_accuracy' would be one of task 'weight', too",
        ),
        ({"tasks": {"a": {"data": "d", "text_column": "t"}}, "targets": ["b"]}, "targets: 'b' is no task; the tasks are a"),
        (
            {"tasks": {"a": {"data": "d", "text_column": "t", "task": "translation"}}},
            "tasks.a.task: 'translation' is not one of",
        ),
        (
            {"tasks": {"a": {"data": "d", "text_column": ("t", "u"), "task": "tagging"}}},
            "tasks.a.text_column: 2 columns; tagging reads one",
        ),
    ],
)
def test_mistakes_are_told_with_their_place(change, told):
    with pytest.raises(InputError) as caught:
        make_settings(Multitask, {"model": "m", "out": "o", **change})
    assert any(told in problem for problem in caught.value.problems)


def test_too_few_rows_for_the_folds_are_refused(life, tables, tmp_path):
    few = {"data": str(write_table(tmp_path / "few.csv", labelled(14))), "text_column": "sentence"}
    with pytest.raises(InputError, match=r"tasks.few: \d+ training rows do not fill 20 folds"):
        library.multitask(
            model=str(life.lm), tasks=tasks(tables, "tone") | {"few": few}, out=tmp_path / "o", search={"folds": 20}, **QUICK
        )
