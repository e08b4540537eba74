"""The documentation site: every page is in its contents, and it builds without a link to nowhere."""

import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import groundup
from groundup.version import VERSION

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MADE = {"reference/index.md", "reference/python.md", "examples/index.md", "decisions/index.md"}


def listed(entry):
    """The pages that an entry of the contents names."""
    if isinstance(entry, str):
        return [entry]
    return [page for one in (entry.values() if isinstance(entry, dict) else entry) for page in listed(one)]


@pytest.mark.parametrize("folder", ["", "zh"])
def test_every_page_is_in_the_contents_of_the_site(folder):
    home = DOCS / folder
    pages = listed(tomllib.loads((home / "site.toml").read_text("utf-8"))["project"]["nav"])
    apart = ("decisions", "experiments", "reference") if folder else ("decisions", "experiments", "reference", "zh")
    here = {path.relative_to(home).as_posix() for path in home.rglob("*.md")}
    assert len(pages) == len(set(pages))
    assert set(pages) - MADE == {page for page in here if page.split("/")[0] not in apart}


def test_chinese_pages_are_chinese():
    for page in (DOCS / "zh").rglob("*.md"):
        prose = re.sub(r"```.*?```|`[^`]*`|\([^)]*\)", "", page.read_text("utf-8"), flags=re.DOTALL)
        assert len(re.findall(r"[\u4e00-\u9fff]", prose)) > 45, page.name


def test_the_reference_of_python_has_every_public_name(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    page = importlib.import_module("make_reference").python()
    assert re.findall(r"^## (\w+)$", page, re.MULTILINE) == list(groundup.__all__)
    assert "groundup.DataWarning\n" in page


@pytest.mark.slow
def test_the_site_builds_and_asks_nobody(tmp_path):
    if shutil.which("zensical") is None:
        pytest.skip("zensical is not installed: pip install '.[docs]'")
    shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("reference"))
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copy(ROOT / "CHANGELOG.md", tmp_path)
    subprocess.run([sys.executable, tmp_path / "docs/make_site.py"], check=True, capture_output=True, timeout=300)
    pages = [path.read_text("utf-8") for path in (tmp_path / "build/site").rglob("*.html")]
    assert len(pages) > 80
    assert any('lang="zh"' in page for page in pages)
    fetched = {address for page in pages for address in re.findall(r'(?:src|href)="(https?://[^"]+\.(?:js|css|woff2?))"', page)}
    assert fetched == set()


def test_what_stands_beside_the_package_agrees_with_it():
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    copied = re.findall(r"^COPY (.*) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert all((ROOT / name).exists() for line in copied for name in line.split())
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    everything = set(re.findall(r"[a-z]+", extras["all"][0].partition("[")[2]))
    assert everything == extras.keys() - {"all", "dev", "docs", "notebooks"}
