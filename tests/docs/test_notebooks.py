"""The notebooks run from the first cell to the last, in a folder and a home of their own, and are kept without outputs."""

import json
import sys
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "notebooks").glob("*.ipynb"))
names = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_there_are_three():
    assert [path.stem for path in NOTEBOOKS] == ["images", "tables", "text"]


@names
def test_a_notebook_is_kept_without_outputs_and_its_code_compiles(path):
    notebook = json.loads(path.read_text("utf-8"))
    for number, cell in enumerate(code_cells(notebook)):
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
        compile("".join(cell["source"]), f"{path.name}, cell {number}", "exec")


@pytest.mark.slow
@names
def test_a_notebook_runs_and_shows_no_object_by_its_address(path, tmp_path, monkeypatch):
    nbformat = pytest.importorskip("nbformat", reason="needs the extra notebooks")
    nbclient = pytest.importorskip("nbclient", reason="needs the extra notebooks")
    pytest.importorskip("ipykernel", reason="needs the extra notebooks")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    notebook = nbformat.read(path, 4)
    nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in code_cells(notebook) for output in cell["outputs"] if output["output_type"] == "execute_result"]
    assert len(shown) >= 5
    assert not [one for one in shown if " object at 0x" in one["data"]["text/plain"]]
    assert any("text/html" in one["data"] for one in shown), "models, runs and explanations have a form for notebooks"
