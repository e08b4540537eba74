"""Write docs/reference/*.md from the settings of the commands: one page each, nothing written by hand."""

from __future__ import annotations

from pathlib import Path

from groundup.commands.table import COMMANDS, command_class
from groundup.help import setting_lines

FOLDER = Path(__file__).parent / "reference"


def page(name: str) -> str:
    """The reference page of a command."""
    command = command_class(name)
    described = "\n".join(line.strip() for line in (command.__doc__ or "").splitlines())
    rows = [f"| `--{s.name}` | {cell(s.kind)} | {cell(s.default)} | {cell(s.text)} |" for s in setting_lines(command)]
    head = ["# groundup " + name, "", described.strip(), "", "| setting | takes | default | |", "|---|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in COMMANDS:
        (FOLDER / f"{name}.md").write_text(page(name), encoding="utf-8")
        print(FOLDER / f"{name}.md")


if __name__ == "__main__":
    main()
