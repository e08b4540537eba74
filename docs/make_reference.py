"""Write docs/reference/*.md from the code: a page for each command, one for Python, and a list. Nothing is written by hand."""

from __future__ import annotations

import inspect
from pathlib import Path

import groundup
from groundup.commands.table import COMMANDS, VERBS, Verb
from groundup.usage.help import setting_lines

FOLDER = Path(__file__).parent / "reference"


def page(verb: Verb) -> str:
    """The reference page of a command."""
    command = verb.settings()
    described = "\n".join(line.strip() for line in (command.__doc__ or "").splitlines())
    rows = [f"| `--{s.name}` | {cell(s.kind)} | {cell(s.default)} | {cell(s.text)} |" for s in setting_lines(command)]
    head = [
        f"# groundup {verb.name}",
        "",
        verb.text,
        "",
        described.strip(),
        "",
        "| setting | takes | default | |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def index() -> str:
    """The list of the commands."""
    rows = [f"| [{verb.name}]({verb.name}.md) | {cell(verb.text)} |" for verb in VERBS]
    return "\n".join(
        [
            "# Reference",
            "",
            "[Python](python.md) has the same commands as functions.",
            "",
            "| command | |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def python() -> str:
    """The public names of the package, with their signatures and docstrings."""
    lines = ["# Python", "", inspect.getdoc(groundup) or "", ""]
    for name in groundup.__all__:
        thing = getattr(groundup, name)
        described = (inspect.getdoc(thing) or "").partition("\nParameters\n")[0].rstrip()
        if name in COMMANDS:
            described += f" Its settings: [{name}]({name}.md)."
        lines += [
            f"## {name}",
            "",
            "```python",
            f"groundup.{name}{signature(thing)}",
            "```",
            "",
            described,
            "",
        ]
    return "\n".join(lines)


def signature(thing: object) -> str:
    """How it is called; of an exception that has no signature of its own nothing."""
    try:
        return str(inspect.signature(thing))  # ty: ignore[invalid-argument-type]
    except ValueError:
        return ""


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    pages = {"index": index(), "python": python()} | {verb.name: page(verb) for verb in VERBS}
    for name, text in pages.items():
        (FOLDER / f"{name}.md").write_text(text, encoding="utf-8")
    print(f"{FOLDER}: {len(pages)} pages")


if __name__ == "__main__":
    main()
