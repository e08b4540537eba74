"""groundup ladder as a user types it: every rung that is possible, beside its control, on one page."""

import json
from xml.etree import ElementTree

import pytest

from groundup.pages.ladder_page import ladder_verdict
from groundup.pages.scatter import Box, Dot, free, label, scatter_shapes
from tests.commands.life import groundup, report, tree

SHORT = (
    "--steps",
    3,
    "--batch_size",
    8,
    "--num_evaluations",
    1,
    "--timed_rows",
    3,
    "--rounds",
    1,
    "--memory",
    "false",
    "--quiet",
)
POSSIBLE = ["theseus-half", "control-theseus", "distill-half", "control-half", "prune", "int8", "distill-half-int8"]


def read(out):
    return json.loads((out / "ladder.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def climbed(life, tmp_path_factory):
    out = tmp_path_factory.mktemp("ladder") / "ladder"
    assert groundup("ladder", "--model", life.classifier, "--out", out, "--language", "zh", "--keep", 0, *SHORT) == 0
    return out


def test_every_rung_that_is_possible_is_a_run_of_compress(climbed):
    found = read(climbed)
    assert [rung["name"] for rung in found["rungs"]] == POSSIBLE
    assert found["not_run"] == {
        name: "a third of 2 blocks is as many as half of them" for name in ("distill-third", "control-third")
    }
    for rung in found["rungs"]:
        made = report(climbed / "rungs" / rung["name"])["comparison"]
        assert rung["figures"] == made["after"]["figures"]
        if rung["name"] != "distill-half-int8":  # which is told beside the original, not beside the student
            assert rung["lost"] == pytest.approx(made["lost"])
        assert rung["blocks"] == (2 if rung["name"] in ("prune", "int8") else 1)
    assert found["original"]["figures"] == report(climbed / "rungs/int8")["comparison"]["before"]["figures"]
    assert found["original"]["speedup"] == 1.0


def test_a_student_in_int8_is_told_beside_the_original(climbed):
    original, rungs = read(climbed)["original"], {rung["name"]: rung for rung in read(climbed)["rungs"]}
    both, student = rungs["distill-half-int8"], rungs["distill-half"]
    assert both["smaller"] == original["bytes"] / both["bytes"] > 1.5 * student["smaller"]
    assert both["lost"] == pytest.approx(
        100 * (original["figures"]["macro_f1"]["value"] - both["figures"]["macro_f1"]["value"])
    )
    assert report(climbed / "rungs/distill-half-int8")["settings"]["model"] == str(climbed / "rungs/distill-half")


def test_a_control_has_no_teacher_and_trains_as_long(climbed):
    methods = {name: report(climbed / "rungs" / name)["settings"] for name in POSSIBLE}
    assert methods["control-half"]["distill"]["soft"] == 0.0
    assert methods["control-theseus"]["theseus"]["start"] == 1.0
    assert {made["steps"] for made in methods.values()} == {3}
    assert "prune" in methods
    assert not (climbed / "rungs/control-half/teacher").exists()


def test_methods_stand_beside_their_controls(climbed):
    pairs = {(pair["ours"], pair["theirs"]): pair for pair in read(climbed)["pairs"]}
    assert set(pairs) == {
        ("theseus-half", "control-theseus"),
        ("distill-half", "control-half"),
        ("theseus-half", "distill-half"),
    }
    value = {rung["name"]: rung["figures"]["macro_f1"]["value"] for rung in read(climbed)["rungs"]}
    for (ours, theirs), pair in pairs.items():
        assert pair["value"] == pytest.approx(value[ours] - value[theirs])
        assert pair["corrected"] >= pair["p"]


def test_the_page_and_the_drawings_are_chinese_and_well_formed(climbed):
    page = (climbed / "report.html").read_text("utf-8")
    assert ladder_verdict(read(climbed)) in page
    for words in ("压缩阶梯", "蒸馏，1/2 层", "未运行"):
        assert words in page
    for name in ("quality-speed.svg", "quality-size.svg"):
        root = ElementTree.fromstring((climbed / name).read_text("utf-8"))
        texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
        assert {"原模型", "忒修斯，1/2 层"} <= set(texts)


def test_typed_again_nothing_is_done_again(climbed, life):
    before = tree(climbed)
    assert groundup("ladder", "--model", life.classifier, "--out", climbed, "--language", "zh", "--keep", 0, *SHORT) == 0
    assert tree(climbed) == before


def test_stopped_between_rungs_it_goes_on(climbed, life, tmp_path, monkeypatch):
    from groundup.commands.ladder import story as laddering

    out, real = tmp_path / "ladder", laddering.compress
    line = ("ladder", "--model", life.classifier, "--out", out, "--rungs", "distill-half", "--rungs", "control-half", *SHORT)

    def stop(settings):
        if settings.out.endswith("control-half"):
            raise KeyboardInterrupt
        return real(settings)

    with monkeypatch.context() as patch:
        patch.setattr(laddering, "compress", stop)
        assert groundup(*line) == 130
    assert [rung["name"] for rung in read(out)["rungs"]] == ["distill-half"]
    assert "1 of 2 candidates so far" in (out / "report.html").read_text("utf-8")
    done = tree(out / "rungs/distill-half")
    assert groundup(*line) == 0
    assert {name: kept for name, kept in tree(out / "rungs/distill-half").items() if name != "openings.jsonl"} == {
        name: kept for name, kept in done.items() if name != "openings.jsonl"
    }
    assert (out / "rungs/distill-half/model/model.safetensors").read_bytes() == (
        climbed / "rungs/distill-half/model/model.safetensors"
    ).read_bytes()


def test_the_fastest_that_keeps_enough_is_named():
    figure = {"f1": {"value": 0.9}}
    found = {
        "language": "en",
        "keep": 0.97,
        "metric": "f1",
        "best": None,
        "rungs": [{"name": "int8", "figures": figure, "speedup": 2.0, "smaller": 3.96}],
    }
    assert ladder_verdict(found) == "No candidate keeps 97 % of F1 and is faster."
    assert (
        ladder_verdict(found | {"best": "int8"})
        == "The fastest that keeps 97 % of F1: int8, 2.00 times as fast and 3.96 times smaller."
    )


def test_labels_lie_neither_on_each_other_nor_on_points():
    taken = [Box(0, 12, 100)]
    for number in range(4):
        label(f"rung {number}", -16 if number % 2 else -15, 100, 600, taken)
    boxes = taken[1:]
    assert all(free(box, [other for other in taken if other is not box]) for box in boxes)
    assert len({box.middle for box in boxes}) == 4
    assert len([one for one in scatter_shapes([Dot("a", 1, 1), Dot("b", 1, 1, 0.5, 1.5)], "x", "y") if "circle" in one]) == 2


@pytest.mark.parametrize(
    ("words", "told"), [(["--rungs", "int4"], "rungs: 'int4' is not one of"), (["--keep", 2], "keep: '2' is not in")]
)
def test_impossible_ladders_are_refused(words, told, tmp_path, capsys):
    assert groundup("ladder", "--model", "m", "--out", tmp_path / "o", *words) == 2
    assert told in capsys.readouterr().err
