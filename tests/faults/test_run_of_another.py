"""What lies at --out is named for what it is, before anything is read."""

import pytest

from groundup.errors import InputError
from groundup.runs import RunFolder


def test_a_run_of_another_command_is_called_so_and_its_settings_are_not_listed(tmp_path):
    with RunFolder.open(tmp_path / "run", {"a": 1, "b": 2}, command="finetune"):
        pass
    with (
        pytest.raises(InputError, match="RUN_DIFFERS") as error,
        RunFolder.open(tmp_path / "run", {"c": 1}, command="pretrain"),
    ):
        pass
    assert "holds a run of finetune" in str(error.value)
    assert "None" not in str(error.value)
    with RunFolder.open(tmp_path / "run", {"a": 1, "b": 2}, command="finetune") as run:
        assert run.path == tmp_path / "run"


def test_finetune_refuses_a_folder_that_is_not_ours_before_it_reads_the_table(tmp_path, monkeypatch):
    from groundup.commands.finetune import story as finetuning
    from groundup.commands.finetune.settings import Finetune

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    monkeypatch.setattr(finetuning, "fingerprints", lambda settings: {})
    monkeypatch.setattr(finetuning, "identity", lambda path: "x")
    monkeypatch.setattr(finetuning, "model_folder", lambda path: tmp_path)
    monkeypatch.setattr(finetuning, "open_rows", lambda *given: pytest.fail("the table was read"))
    settings = Finetune(model="m", data="t.csv", text_column=("text",), label_column="label", out=str(tmp_path / "out"))
    with pytest.raises(InputError, match="OUTPUT_NOT_OURS"):
        finetuning.finetune(settings)
