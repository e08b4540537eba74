import json
import os
import shutil
import signal
import threading
import time

import pytest

from groundup.commands.run.settings import Run
from groundup.commands.run.story import read_recipe
from groundup.commands.table import command_class
from groundup.config import make_settings
from groundup.events import read_events
from tests.commands.life import groundup, report, tree

RECIPE = """
stages:
  data:
    prepare: {source: documents, tokenizer: {vocab_size: 300}}
  lm:
    pretrain: {data: data, preset: tiny, steps: 40, length: 32, batch_size: 4}
  reviews:
    finetune: {model: lm, data: reviews.csv, text_column: sentence, steps: 6, baselines: false}
  judged:
    evaluate: {model: reviews, data: reviews.csv, baselines: false}
"""
STAGES = ["data", "lm", "reviews", "judged"]


@pytest.fixture(scope="module")
def recipe(life):
    path = life.root / "recipe.yaml"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="module")
def lived(recipe, tmp_path_factory):
    """A whole life of four stages; nobody changes it."""
    out = tmp_path_factory.mktemp("lives") / "life"
    assert groundup("run", recipe, "--out", out, "--quiet") == 0
    return out


@pytest.fixture
def copied(lived, tmp_path):
    return shutil.copytree(lived, tmp_path / "life")


def stages_of(out):
    return json.loads((out / "life.json").read_text())["stages"]


def told_stages(text, what):
    return [line.split()[1].rstrip(":") for line in text.splitlines() if line.startswith("[") and (what in line)]


def test_every_stage_of_a_recipe_is_done_in_its_own_folder(lived):
    assert list(stages_of(lived)) == sorted(STAGES)
    assert all(stage["finished"] for stage in stages_of(lived).values())
    assert {p.name for p in lived.iterdir()} == {*STAGES, "life.json", "lock"}
    assert report(lived / "judged")["rows"]["all"] == 120
    assert groundup("verify", lived) == 0


def test_the_second_run_does_nothing(lived, recipe, capsys):
    before = tree(lived)
    assert groundup("run", recipe, "--out", lived) == 0
    assert tree(lived) == before
    assert told_stages(capsys.readouterr().err, "done already") == STAGES


def test_a_life_that_was_moved_is_still_done(copied, recipe, capsys):
    assert groundup("run", recipe, "--out", copied) == 0
    assert told_stages(capsys.readouterr().err, "done already") == STAGES


def test_a_changed_setting_is_refused_with_the_difference(lived, recipe, capsys):
    before = tree(lived)
    assert groundup("run", recipe, "--out", lived, "--set", "lm.steps=41", "--set", "lm.optimizer.clip=2") == 2
    told = capsys.readouterr().err
    assert "STAGE_DIFFERS" in told
    assert "steps: 40 -> 41" in told
    assert "optimizer.clip: 1.0 -> 2.0" in told
    assert "--redo lm" in told
    assert tree(lived) == before


def test_a_life_of_an_older_version_that_lacks_a_setting_is_still_done(copied, recipe, capsys):
    life = json.loads((copied / "life.json").read_text())
    del life["stages"]["lm"]["key"]["optimizer.clip"], life["stages"]["reviews"]["key"]["read.quote"]
    (copied / "life.json").write_text(json.dumps(life))
    assert groundup("run", recipe, "--out", copied) == 0
    assert told_stages(capsys.readouterr().err, "done already") == STAGES
    assert groundup("run", recipe, "--out", copied, "--set", "lm.optimizer.clip=2") == 2
    assert "made otherwise (optimizer.clip: None -> 2.0)" in capsys.readouterr().err


def test_every_setting_that_names_a_file_may_name_a_stage(life, tmp_path):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        RECIPE.replace("source: documents", f"source: {life.root / 'documents'}")
        .replace("steps: 6,", "steps: 6, split: {test: 0.2}, replay: {data: data, watch: true},")
        .replace("data: reviews.csv", f"data: {life.root / 'reviews.csv'}")
    )
    stages = {
        stage.name: stage
        for stage in read_recipe(make_settings(Run, {"recipe": str(recipe), "out": str(tmp_path / "out")}), command_class)
    }
    assert stages["reviews"].needs == {"model": "lm", "replay.data": "data"}
    assert stages["reviews"].settings.replay.data == str(tmp_path / "out" / "data")
    assert stages["reviews"].settings.split.test == 0.2


def test_a_dry_run_tells_what_is_decided_for_each_stage_and_refuses_a_mistaken_recipe(recipe, tmp_path, capsys):
    assert groundup("run", recipe, "--out", tmp_path / "life", "--dry_run") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("# lm: resolved: AdamW, peak learning rate 0.000") for line in lines)
    assert "# reviews: resolved: 6 steps of 32 rows; resolved at the start: how many epochs that is" in lines
    assert groundup("run", recipe, "--out", tmp_path / "life", "--set", "lm.stepps=3", "--dry_run") == 2
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "life").exists()


def test_a_changed_input_file_is_refused(life, copied, tmp_path, capsys):
    for name in ("documents", "reviews.csv", "recipe.yaml"):
        place = life.root / name
        (shutil.copytree if place.is_dir() else shutil.copy)(place, tmp_path / name)
    with open(tmp_path / "reviews.csv", "a", encoding="utf-8") as file:
        file.write("One row more.,好评\n")
    assert groundup("run", tmp_path / "recipe.yaml", "--out", copied, "--quiet") == 2
    told = capsys.readouterr().err
    assert "STAGE_DIFFERS" in told
    assert "reviews: was made otherwise (files:" in told


def test_redo_sets_the_old_folder_aside_and_redoes_what_is_made_of_it(copied, recipe, capsys):
    old = tree(copied / "lm")
    assert groundup("run", recipe, "--out", copied, "--set", "lm.steps=3", "--redo", "lm") == 0
    assert told_stages(capsys.readouterr().err, "done already") == ["data"]
    assert tree(copied / "lm.old-1") == old
    assert {p.name for p in copied.iterdir()} == {*STAGES, "lm.old-1", "reviews.old-1", "judged.old-1", "life.json", "lock"}
    assert json.loads((copied / "lm" / "run.json").read_text())["plan"]["steps"] == 3
    assert groundup("verify", copied) == 0


def test_redo_of_the_last_stage_leaves_the_others(copied, recipe, capsys):
    assert groundup("run", recipe, "--out", copied, "--set", "judged.language=zh", "--redo", "judged") == 0
    assert told_stages(capsys.readouterr().err, "done already") == ["data", "lm", "reviews"]
    assert report(copied / "judged")["language"] == "zh"


def test_only_runs_the_chosen_stage(recipe, tmp_path):
    assert groundup("run", recipe, "--out", tmp_path / "life", "--only", "data", "--quiet") == 0
    assert {p.name for p in (tmp_path / "life").iterdir()} == {"data", "life.json", "lock"}


def test_only_refuses_a_stage_whose_needs_are_not_done_and_writes_nothing(recipe, tmp_path, capsys):
    assert groundup("run", recipe, "--out", tmp_path / "life", "--only", "reviews") == 2
    told = capsys.readouterr().err
    assert "STAGE_NOT_DONE" in told
    assert "lm" in told
    assert not (tmp_path / "life").exists()


def test_a_stage_stopped_half_way_goes_on_and_ends_with_the_same_bytes(lived, copied, recipe, capsys):
    out, events = copied, copied / "lm" / "events.jsonl"
    for name in STAGES[1:]:
        shutil.rmtree(out / name)
    (out / "life.json").write_text(json.dumps({"stages": {"data": stages_of(lived)["data"]}}))

    def interrupt():
        deadline = time.monotonic() + 60
        while not (events.is_file() and events.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    assert groundup("run", recipe, "--out", out) == 130
    thread.join()
    assert "INTERRUPTED" in capsys.readouterr().err
    assert not stages_of(out)["lm"]["finished"]
    assert 0 < len(read_events(events)) < 40
    assert groundup("run", recipe, "--out", out) == 0
    assert told_stages(capsys.readouterr().err, "done already") == ["data"]
    for name in ("model.safetensors", "heads.safetensors"):
        assert (out / "lm" / "model" / name).read_bytes() == (lived / "lm" / "model" / name).read_bytes()


def test_a_stage_that_ended_without_being_noted_is_noted_and_not_done_again(copied, recipe):
    value = json.loads((copied / "life.json").read_text())
    value["stages"]["lm"]["finished"] = False
    (copied / "life.json").write_text(json.dumps(value))
    before = {name: tree(copied / name) for name in STAGES}
    assert groundup("run", recipe, "--out", copied, "--quiet") == 0
    assert stages_of(copied)["lm"]["finished"]
    assert {name: tree(copied / name) for name in STAGES} == before


def test_a_report_that_ended_without_being_noted_is_noted(copied, recipe):
    value = json.loads((copied / "life.json").read_text())
    value["stages"]["judged"]["finished"] = False
    (copied / "life.json").write_text(json.dumps(value))
    assert groundup("run", recipe, "--out", copied, "--quiet") == 0
    assert stages_of(copied)["judged"]["finished"]


WRONG = """
stages:
  data:
    prepair: {source: documents}
  lm:
    pretrain: {data: data, preset: tinny, steps: 8, lenght: 32}
  reviews:
    finetune: {model: lm, data: nowhere.csv, text_column: sentence, out: here}
  judged:
    evaluate: {model: reviews, data: nowhere.csv}
notes: none
"""


def test_the_mistakes_of_all_stages_are_told_at_once_and_nothing_is_written(life, tmp_path, capsys):
    (tmp_path / "recipe.yaml").write_text(WRONG)
    words = ("--only", "reviewz", "--set", "lmm.steps=4")
    assert groundup("run", tmp_path / "recipe.yaml", "--out", tmp_path / "life", *words) == 2
    told = capsys.readouterr().err
    for part in (
        "notes: no such part of a recipe",
        "stages.data: is not one of prepare, pretrain, finetune, compress, ladder, evaluate, explain, export with its settings. Did you mean 'prepare'?",
        "stages.lm.pretrain.preset: 'tinny' is not one of micro, tiny",
        "stages.lm.pretrain.lenght: no such setting. Did you mean 'stages.lm.pretrain.length'?",
        "stages.reviews.finetune.out",
        "stages.judged.evaluate",
        "nowhere.csv does not exist",
        "only: no stage 'reviewz'. Did you mean 'reviews'?",
        "set: 'lmm.steps=4'",
    ):
        assert part in told
    assert not (tmp_path / "life").exists()


@pytest.mark.parametrize(("content", "told"), [("stages: {}", "a recipe has stages"), ("- a\n- b\n", "recipe.yaml")])
def test_what_is_no_recipe_is_refused(tmp_path, capsys, content, told):
    (tmp_path / "recipe.yaml").write_text(content)
    assert groundup("run", tmp_path / "recipe.yaml", "--out", tmp_path / "life") == 2
    assert told in capsys.readouterr().err


def test_the_run_of_a_recipe_can_take_the_tokenizer_of_an_earlier_model(life, recipe, lived, tmp_path):
    more = RECIPE.replace("judged:", "more:").split("  more:")[0] + (
        "  more:\n    prepare: {source: documents, tokenizer: {existing: lm}, seed: 3}\n"
        "  lm2:\n    pretrain: {model: lm, data: more, steps: 2, length: 32, batch_size: 4}\n"
    )
    path = life.root / "longer.yaml"
    path.write_text(more)
    out = shutil.copytree(lived, tmp_path / "life")
    assert groundup("run", path, "--out", out, "--quiet") == 0
    assert stages_of(out)["lm2"]["finished"]


@pytest.mark.parametrize("name", ["../out", "a/b", "life.json", "lock", ".trash", "1.5", "-x", "''", "two words", "x" * 81])
def test_names_of_stages_that_are_no_folders_of_their_own_are_refused(life, tmp_path, name, capsys):
    path = life.root / "names.yaml"
    path.write_text(RECIPE.replace("  data:\n", f"  {name}:\n", 1))
    assert groundup("run", path, "--out", tmp_path / "life") == 2
    assert f"stages.{name.strip(chr(39))}: is no name for a stage" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["label", "data-2", "文本", "Lock", "7"])
def test_other_names_of_stages_are_taken(life, tmp_path, name, capsys):
    path = life.root / "names.yaml"
    path.write_text(f"stages:\n  {name}:\n    prepare: {{source: nowhere}}\n")
    assert groundup("run", path, "--out", tmp_path / "life") == 2
    assert "is no name for a stage" not in capsys.readouterr().err
