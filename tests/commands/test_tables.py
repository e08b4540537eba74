"""A labelled table as commands read it."""

from groundup.commands.tables import read_table
from groundup.data.settings import ReadSettings
from groundup.data.sources.records import Rejects


def test_rejects_stand_in_the_order_of_their_rows_though_rows_are_read_ahead(tmp_path):
    lines = ["text,label", *(f"text {n},x" for n in range(40))]
    lines[5], lines[21] = ",x", "one,two,three"
    (tmp_path / "x.csv").write_text("\n".join(lines) + "\n", "utf-8")
    rejects = Rejects()
    read_table([str(tmp_path / "x.csv")], ("text",), "label", None, ReadSettings(max_rejects=2), rejects)
    assert [(one["place"], one["code"]) for one in rejects.kept] == [("x.csv:6", "NO_TEXT"), ("x.csv:22", "RAGGED_ROW")]
