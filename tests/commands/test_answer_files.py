"""Answers never take the place of the file that they are answers to."""

import os

import pytest

from groundup.commands.shared.answers import check_answer_file
from groundup.errors import InputError


def test_the_input_is_not_overwritten(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text\na\n", "utf-8")
    with pytest.raises(InputError, match=r"OUTPUT_IS_INPUT.*Fix: name another file"):
        check_answer_file(str(path), os.path.join(tmp_path, ".", "rows.csv"))
    with pytest.raises(InputError, match="OUTPUT_IS_A_FOLDER"):
        check_answer_file(str(tmp_path), str(path))


@pytest.mark.parametrize("source", [None, "-", "other.csv"])
def test_any_other_file_may_be_written_again(source, tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("old", "utf-8")
    check_answer_file(str(path), source)
