"""Build the documentation site by zensical, English in build/site and Chinese in build/site/zh: `make site`.

The pages of docs/ are staged beside those that are made from the code (the reference) and those of the examples. A link to
a page follows it to its place in the site. A link to anything else (source code, results) becomes plain text, for the site
has no copy of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import make_reference

DOCS = Path(__file__).parent
ROOT = DOCS.parent
BUILD = ROOT / "build"
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")
FENCE = re.compile(r"(^```.*?^```)", re.DOTALL | re.MULTILINE)
Pages = dict[Path, str]  # the source of a page -> its place in the site


def english_pages() -> Pages:
    pages = {path: path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if "zh" not in path.relative_to(DOCS).parts}
    examples = {path: f"examples/{path.parent.name}.md" for path in (ROOT / "examples").glob("*/README.md")}
    return pages | examples | {ROOT / "examples/README.md": "examples/index.md", ROOT / "CHANGELOG.md": "changes.md"}


def chinese_pages() -> Pages:
    return {path: path.relative_to(DOCS / "zh").as_posix() for path in (DOCS / "zh").rglob("*.md")}


def stage(pages: Pages, others: Pages, folder: Path) -> None:
    """Write pages into `folder`; `others` are the pages of the site above or below, by their address in the built site."""
    for source, place in pages.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        pieces = FENCE.split(source.read_text("utf-8"))
        text = "".join(piece if piece.startswith("```") else relink(piece, source, place, pages, others) for piece in pieces)
        target.write_text(text, encoding="utf-8")


def relink(text: str, source: Path, place: str, pages: Pages, others: Pages) -> str:
    def replaced(match: re.Match[str]) -> str:
        label, link, anchor = match[1], match[2], match[3] or ""
        if ":" in link or not link:
            return match[0]
        target = (source.parent / link).resolve()
        address = pages.get(target) or others.get(target)
        return f"[{label}]({os.path.relpath(address, Path(place).parent)}{anchor})" if address else label

    return LINK.sub(replaced, text)


def list_decisions(folder: Path) -> None:
    """The page that lists the decisions by their titles."""
    paths = sorted((DOCS / "decisions").glob("*.md"))
    titles = [path.read_text("utf-8").split("\n", 1)[0].removeprefix("# ") for path in paths]
    rows = [f"- [{title}]({path.name})" for path, title in zip(paths, titles, strict=True)]
    (folder / "index.md").write_text("\n".join(["# Decisions", "", *rows, ""]), encoding="utf-8")


def build(settings: Path, folder: Path, site: Path) -> None:
    """Build the pages staged in `folder`, and move the result to `site`."""
    shutil.copy(settings, folder / "zensical.toml")
    program = shutil.which("zensical") or "zensical"
    subprocess.run([program, "build", "--clean", "--strict"], cwd=folder, check=True)
    (folder / "site").rename(site)


def main() -> None:
    make_reference.main()
    english, chinese = english_pages(), chinese_pages()
    for name in ("site", "site-en", "site-zh"):
        shutil.rmtree(BUILD / name, ignore_errors=True)
    html = {path: f"../{Path(place).with_suffix('.html').as_posix()}" for path, place in english.items()}
    stage(english, {}, BUILD / "site-en/pages")
    list_decisions(BUILD / "site-en/pages/decisions")
    stage(chinese, html, BUILD / "site-zh/pages")
    build(DOCS / "site.toml", BUILD / "site-en", BUILD / "site")
    build(DOCS / "zh/site.toml", BUILD / "site-zh", BUILD / "site/zh")
    print(BUILD / "site/index.html")


if __name__ == "__main__":
    main()
