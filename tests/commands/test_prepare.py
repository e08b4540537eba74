import json
import shutil

import pytest

from groundup.data.shards import Shards
from groundup.manifest import digest, verify_folder
from tests.commands.life import groundup, tree, write_documents


def test_the_manifest_of_a_data_folder_verifies(life):
    assert verify_folder(life.data) == []
    assert groundup("verify", life.data) == 0


def test_splits_and_tokens_of_the_report_are_those_of_the_shards(life):
    splits = json.loads((life.data / "report.json").read_text())["splits"]
    assert sum(counts["documents"] for counts in splits.values()) == 60
    for name, counts in splits.items():
        shards = Shards.open(life.data, name)
        assert shards.num_tokens == counts["tokens"]
        assert len(shards.document_starts) - 1 == counts["documents"]


def test_both_languages_are_in_the_vocabulary(life):
    vocabulary = json.loads((life.data / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    assert 200 < len(vocabulary) <= 300
    assert {"the", "师", "图"} <= vocabulary.keys()


def test_preparing_twice_changes_nothing(life, capsys):
    before = tree(life.data)
    line = ("prepare", "--source", life.documents, "--out", life.data, "--tokenizer.vocab_size", 300)
    assert groundup(*line) == 0
    assert tree(life.data) == before
    assert "is finished already" in capsys.readouterr().err


def test_other_settings_do_not_overwrite_a_data_folder(life, capsys):
    line = ("prepare", "--source", life.documents, "--out", life.data, "--tokenizer.vocab_size", 200, "--quiet")
    assert groundup(*line) == 2
    assert "OUTPUT_DIFFERS" in capsys.readouterr().err


def test_verify_names_the_file_with_one_flipped_bit(life, tmp_path, capsys):
    copy = shutil.copytree(life.data, tmp_path / "data")
    victim = copy / "records.parquet"
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    assert groundup("verify", tmp_path) == 2
    told = capsys.readouterr()
    assert str(victim) in told.err
    assert "SHA-256" in told.err
    assert "damaged" in told.out


def test_verify_looks_through_a_whole_run(life, capsys):
    assert groundup("verify", life.classifier) == 0
    sound = capsys.readouterr().out
    assert "classifier/model" in sound
    assert "classifier/checkpoints/step-" in sound


@pytest.mark.parametrize(("place", "code"), [("nowhere", "NO_FILE"), (".", "NO_MANIFEST")])
def test_verify_refuses_what_is_no_folder_of_ours(tmp_path, capsys, place, code):
    assert groundup("verify", tmp_path / place) == 2
    assert code in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "   \n\n \t\n"])
def test_a_source_without_text_is_refused_and_leaves_no_folder(tmp_path, capsys, content):
    (tmp_path / "empty.txt").write_text(content)
    assert groundup("prepare", "--source", tmp_path / "empty.txt", "--out", tmp_path / "made" / "data", "--quiet") == 2
    assert "EMPTY_DATA" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


def test_the_same_text_gives_the_same_folder_bit_for_bit(life, tmp_path):
    line = ("prepare", "--source", life.documents, "--tokenizer.vocab_size", 300, "--quiet")
    assert groundup(*line, "--out", tmp_path / "again") == 0
    assert digest(tmp_path / "again") == digest(life.data)


def test_files_that_are_passed_over_are_told_and_counted(tmp_path, capsys):
    write_documents(tmp_path / "in", 20, seed=3)
    (tmp_path / "in" / "picture.png").write_bytes(b"\x89PNG")
    line = ("prepare", "--source", tmp_path / "in", "--out", tmp_path / "out", "--tokenizer.vocab_size", 200)
    assert groundup(*line) == 0
    assert "passed over 1 file (1 of other formats): picture.png" in capsys.readouterr().err
    files = json.loads((tmp_path / "out" / "report.json").read_text())["files"]
    assert (files["read"], files["passed_over"]) == (20, {"of other formats": 1})
    assert files["bytes"] == sum(path.stat().st_size for path in (tmp_path / "in").glob("*.txt"))
