"""The plainest input: if this fails, the fixtures are wrong."""

import json

import pytest

from tests.commands.life import labelled
from tests.strangers.conftest import names_of, records

pytestmark = pytest.mark.slow


def test_a_plain_file_of_json_lines_becomes_a_classifier(train, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"text": t, "label": name}) + "\n" for t, name in labelled(60)), "utf-8")
    told, out = train("classification", path)
    assert told.code == 0, told.out
    assert len(records(out)["label"]) == 60
    assert names_of(out) == ["bad, really", "好评"]
