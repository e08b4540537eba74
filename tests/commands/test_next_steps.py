"""The commands that somebody types next, of models whose rows lie in a file that the command did not name."""

import json

from groundup.commands.shared.next_steps import rows_to_ask


def run_with(folder, **settings):
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps({"settings": settings}), "utf-8")
    return folder


def test_a_run_is_asked_about_the_file_it_learned_from_as_it_was_read(tmp_path):
    table = tmp_path / "houses.csv"
    table.write_text("a;b\n1;2\n", "utf-8")
    run = run_with(tmp_path / "run", data=str(table), read={"delimiter": ";"})
    assert rows_to_ask(run).row == ["--input", str(table), "--read.delimiter", ";", "--row", "1"]


def test_a_smaller_model_is_asked_about_the_file_of_the_model_it_was_made_from(tmp_path):
    table = tmp_path / "houses.csv"
    table.write_text("a,b\n1,2\n", "utf-8")
    run = run_with(tmp_path / "run", data=str(table), read={})
    assert rows_to_ask(run_with(tmp_path / "small", data=None, model=str(run))).file == ["--input", str(table)]


def test_a_file_that_is_gone_is_not_named(tmp_path):
    assert rows_to_ask(run_with(tmp_path / "run", data=str(tmp_path / "gone.csv"), read={})).row is None
