"""What --dry-run prints."""

from __future__ import annotations

from groundup import config
from groundup.commands.table import preview
from groundup.errors import one_line
from groundup.terminal.log import output, speaking


def dry_run(settings: config.Command) -> None:
    """Print the settings with the columns that are inferred. What they name may be missing yet, and that is said."""
    from groundup.commands.shared.inputs import previewed

    with speaking(settings):
        settings = previewed(settings)
    print_settings(settings)


def print_settings(settings: config.Command) -> None:
    """Settings as YAML that runs them: everything but --dry-run itself; what is decided by them stands in comments."""
    from groundup import strict_yaml

    values, resolved = config.to_dict(settings), preview(settings)  # which refuses a recipe with mistakes
    del values["dry_run"]
    output(strict_yaml.write(values), end="")
    for line in resolved:
        output(f"# {one_line(line)}")
