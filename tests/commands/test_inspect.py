import pytest

import groundup as library
from tests.commands.life import groundup


def test_the_parts_have_all_parameters_of_the_model(life):
    from groundup.families import checkpoint

    found = library.inspect(model=life.lm).facts
    model = checkpoint.load(life.lm / "model").model
    assert sum(part["size"] for part in found["parts"]) == sum(p.numel() for p in model.parameters())
    assert [part["name"] for part in found["parts"]] == ["embedding", "block 0", "block 1", "last norm", "head mlm", "head nsp"]


@pytest.mark.parametrize(("language", "heading"), [("en", "Parts and their parameters"), ("zh", "各部分及其参数")])
def test_a_page_shows_every_part(life, tmp_path, language, heading):
    assert groundup("inspect", life.classifier, "--out", tmp_path / "new" / "page.html", "--language", language) == 0
    page = (tmp_path / "new" / "page.html").read_text("utf-8")
    assert heading in page
    assert page.count('class="box"') == 5
    assert "<script" not in page


def test_what_is_printed_tells_shapes_and_shares(life, capsys):
    assert groundup("inspect", life.lm) == 0
    told = capsys.readouterr().out
    assert "modernbert" in told
    assert "query 128 x 128" in told
    assert "WordPiece" in told


def test_a_folder_that_is_no_model_is_refused(tmp_path, capsys):
    assert groundup("inspect", tmp_path) == 2
    assert "NO_MODEL" in capsys.readouterr().err


def test_models_of_this_machine_are_listed_beside_the_published_ones(life, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    snapshot = tmp_path / "cache" / "hub" / "models--google-bert--bert-base-chinese" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text('{"model_type": "bert"}')
    (snapshot / "model.safetensors").write_bytes(b"0" * 2**20)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "config.json").write_text('{"model_type": "unheard of"}')
    found = library.models(where=[str(life.root), str(tmp_path / "other")]).facts
    assert {(one["family"], one["name"]) for one in found["here"]} == {
        ("modernbert", ""),
        ("bert", "google-bert/bert-base-chinese"),
    }
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("google-bert/bert-base-chinese"))
    assert " yes " in line
    assert {entry["family"] for entry in found["published"]} == set(families())


def families():
    from groundup.families.checkpoint import FAMILIES

    return FAMILIES
