"""The story of a recipe: every stage is checked first, then each is run or skipped, in order."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from groundup import config, disk, flags
from groundup.commands.paths import is_path, names_model
from groundup.commands.run.settings import Run
from groundup.config import identity_settings, nearest
from groundup.errors import InputError, printable
from groundup.folders import check_output, make_parents, write_file
from groundup.former.names import current
from groundup.locks import lock
from groundup.manifest import fingerprint_files, is_ours
from groundup.messages.current import message, renamed_text
from groundup.runs import Outcome, differences, flat
from groundup.scalars import CommandLineText
from groundup.scope import at_default
from groundup.strict_json import canonical, fields, items, read_json
from groundup.terminal.log import say
from groundup.version import VERSION

Classes = Callable[[str], type[config.Command]]  # the settings class of a command, by its name
Perform = Callable[[config.Command], Any]  # the table's: do what the settings say
LIFE = "life.json"
LOCK = "lock"  # our own file beside the stages
STAGE_NAME = re.compile(r"[^\W_][\w-]{0,79}")
STAGES = ("prepare", "pretrain", "finetune", "compress", "ladder", "evaluate", "explain", "export")  # they make a folder


@dataclass
class Stage:
    """One step of a recipe: its settings with all names resolved, and what it takes from where."""

    name: str
    command: str
    settings: config.Command
    folder: Path
    needs: dict[str, str]  # dotted setting -> name of the earlier stage it means
    files: list[Path]  # what it reads besides

    def key(self, done: Mapping[str, dict]) -> dict:
        """What the stage's folder depends on: settings, inputs, version."""
        plain = {k: v for k, v in flat(identity_settings(self.settings)).items() if not is_path(k)}
        inputs = {k: f"stage {name} {done[name]['digest']}" for k, name in self.needs.items()}
        return {**plain, **inputs, "files": fingerprint_files(self.files), "version": VERSION, "command": self.command}


def run(settings: Run, command_class: Classes, perform: Perform) -> Outcome:
    """Check the whole recipe, then bring every stage to its end. Stages are commands: their table is handed in."""
    out = Path(settings.out)
    check_output(out)
    stages = read_recipe(settings, command_class)
    chosen = set(settings.only or [stage.name for stage in stages])
    check_needs(stages, chosen, read_life(out))
    make_parents(out)
    notes: list[str] = []
    redone = set(settings.redo)
    with lock(out):
        done = read_life(out)
        for number, stage in enumerate(stages, 1):
            if stage.name in chosen:
                title = f"[{number}/{len(stages)}] {stage.name}: {stage.command}"
                if redone & set(stage.needs.values()):
                    redone.add(stage.name)
                notes += bring(stage, done, out, settings, title, stage.name in redone, perform)
    return Outcome(out, {"stages": done}, notes)


def check_needs(stages: list[Stage], chosen: set[str], done: Mapping[str, dict]) -> None:
    """Refuse a stage whose needs are neither chosen nor done."""
    for stage in stages:
        for needed in stage.needs.values() if stage.name in chosen else ():
            if needed not in chosen and not done.get(needed, {}).get("finished"):
                raise InputError("STAGE_NOT_DONE", needed, f"is needed by {stage.name} and is not done", "add it to --only")


def bring(stage: Stage, done: dict[str, dict], out: Path, settings: Run, title: str, redo: bool, perform: Perform) -> list[str]:
    """Run a stage unless it is done; returns its reservations. `redo` allows to set an older folder aside."""
    key = stage.key(done)
    digest = hashlib.sha256(canonical(key).encode()).hexdigest()
    before = done.get(stage.name)
    changed = differences(before["key"], key, at_default(stage.settings)) if before else ""
    if redo and before and before["key"].get("language", "en") != key["language"]:  # of the page, which makes no other stage
        changed = changed or "language"
    if before and not changed and (before["finished"] or is_ours(stage.folder)) and stage.folder.is_dir():
        say(message("done already", title=title))
        if not before["finished"]:  # killed between the folder's last rename and the note of it
            before["finished"] = True
            write_life(out, done)
        return []
    if changed and stage.folder.exists():
        if not redo:
            raise InputError(
                "STAGE_DIFFERS",
                stage.folder,
                f"was made otherwise ({changed})",
                f"--redo {stage.name} sets it and what is made of it aside and does them again",
            )
        set_aside(stage.folder)
    say(title)
    done[stage.name] = {"command": stage.command, "digest": digest, "key": key, "finished": False}
    write_life(out, done)
    start = time.monotonic()
    outcome = perform(stage.settings)
    done[stage.name] |= {"finished": True, "wall_seconds": round(time.monotonic() - start, 1)}
    write_life(out, done)
    return [f"{stage.name}: {note}" for note in outcome.reservations]


def read_life(out: Path) -> dict[str, dict]:
    """Stage name -> command, digest, key, whether it is finished."""
    if not (out / LIFE).is_file():
        return {}
    place = out / LIFE
    stages = fields(read_json(place), place, stages=dict)["stages"]
    for name, stage in items(stages, f"{place}: stages", dict).items():
        fields(stage, f"{place}: {printable(name)}", command=str, digest=str, key=dict, finished=bool)
    return stages


def write_life(out: Path, done: dict) -> None:
    write_file(out / LIFE, canonical({"stages": done}))


def set_aside(folder: Path) -> None:
    """Keep an old folder under another name."""
    number = 1
    while (target := folder.with_name(f"{folder.name}.old-{number}")).exists():
        number += 1
    disk.rename(folder, target)
    disk.fsync_folder(folder.parent)


def read_recipe(settings: Run, command_class: Classes) -> list[Stage]:
    """The stages with their settings; every mistake of the whole recipe is reported at once."""
    path, mistakes = Path(settings.recipe), list[str]()
    recipe = flags.read_yaml(path)
    wrong = [name for name in recipe if name != "stages"]
    mistakes += [f"{name}: no such part of a recipe.{nearest(name, ['stages'])}" for name in wrong]
    given_stages = recipe.get("stages")
    if not isinstance(given_stages, dict) or not given_stages:
        mistakes.append("stages: a recipe has stages, each a name with one command and its settings")
        raise config.refusal(mistakes)
    changes = read_changes(settings.set, given_stages, mistakes)
    mistakes += [
        f"{field}: no stage '{name}'.{nearest(name, given_stages)}"
        for field in ("redo", "only")
        for name in getattr(settings, field)
        if name not in given_stages
    ]
    bad = [name for name in given_stages if not isinstance(name, str) or not STAGE_NAME.fullmatch(name) or name == LOCK]
    mistakes += [
        f"stages.{printable(str(name))}: is no name for a stage, which is a folder's: letters, digits, _ and -, "
        f"beginning with a letter or digit, and not {LOCK}"
        for name in bad
    ]
    stages: list[Stage] = []
    folders: dict[str, Path] = {}  # of the stages so far, the mistaken ones too
    for name, entry in given_stages.items():
        if name in bad:
            continue
        stage = read_stage(name, entry, changes.get(name, []), folders, settings, mistakes, command_class)
        folders[name] = Path(settings.out) / name
        if stage is not None:
            stages.append(stage)
    if mistakes:
        raise config.refusal(mistakes)
    return stages


def read_changes(texts: tuple[str, ...], stages: Mapping[str, object], mistakes: list[str]) -> dict[str, list[str]]:
    """`lm.steps=200` -> arguments of stage lm."""
    changes: dict[str, list[str]] = {}
    for text in texts:
        name, _, rest = text.partition(".")
        if name not in stages or "=" not in rest:
            mistakes.append(f"set: '{text}' is not stage.setting=value of a stage ({', '.join(stages)})")
        else:
            changes.setdefault(name, []).append(f"--{rest}")
    return changes


def read_stage(
    name: str,
    entry: object,
    changes: list[str],
    before: Mapping[str, Path],
    settings: Run,
    mistakes: list[str],
    command_class: Classes,
) -> Stage | None:
    """One stage of the recipe, or None when it has mistakes."""
    place = f"stages.{printable(name)}"
    if not isinstance(entry, dict) or len(entry) != 1 or next(iter(entry)) not in STAGES:
        hint = nearest(next(iter(entry)), STAGES) if isinstance(entry, dict) and entry else ""
        mistakes.append(f"{place}: is not one of {', '.join(STAGES)} with its settings.{hint}")
        return None
    command, values = next(iter(entry.items()))
    cls = command_class(command)
    folder = Path(settings.out) / name
    if not isinstance(values or {}, dict):
        mistakes.append(f"{place}.{command}: holds no settings, each a name with a value")
        return None
    wrong: list[str] = []
    inform = partial(say_renamed, settings, f"{place}.{command}")
    values = flags.merge(
        current(cls, values or {}, wrong, inform), current(cls, flags.parse_arguments(cls, changes, wrong), wrong, inform)
    )
    mistakes += [f"{place}.{command}.{mistake}" for mistake in wrong]
    if "out" in values:
        mistakes.append(f"{place}.{command}.out: is the stage's folder {folder}; leave it out")
        return None
    needs, files, values = resolve(values, before, Path(settings.recipe).parent)
    shared = {field: getattr(settings, field) for field in ("quiet", "verbose", "language", "debug", "threads", "seed")}
    shared = {field: value for field, value in shared.items() if applies(cls, field, value, values)}
    stage_settings = config.build(cls, {**shared, **values, "out": str(folder)}, f"{place}.{command}", mistakes)
    mistakes += [f"{place}.{command}: {file} does not exist" for file in files if not file.exists()]
    return None if stage_settings is None else Stage(name, command, stage_settings, folder, needs, files)


def say_renamed(settings: Run, place: str, line: str) -> None:
    """A line about a setting under a former name."""
    say(message("note of groundup", line=f"{place}.{renamed_text(line)}"))


def applies(cls: type, field: str, value: object, values: dict) -> bool:
    """Whether a setting of the whole run means something in a stage with these values."""
    mistakes: list[str] = []
    config.build(cls, {field: value, **values}, "", mistakes)
    return not any(mistake.startswith(f"{field}: ") for mistake in mistakes)


def resolve(values: dict, stages: Mapping[str, Path], home: Path) -> tuple[dict[str, str], list[Path], dict]:
    """Names of earlier stages become their folders, other paths relative to the recipe; what was found of each."""
    needs: dict[str, str] = {}
    files: list[Path] = []

    def one(place: str, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value in stages:
            needs[place] = value
            return str(stages[value])
        path = (
            Path(value) if isinstance(value, CommandLineText) else home / value
        )  # the command line's paths are the user's own
        of_run = names_model(place) and (path / "model").is_dir()  # which notes in itself how often it was evaluated
        files.append(path / "model" if of_run else path)
        return str(path)

    def walk(group: dict, prefix: str) -> dict:
        values: dict = {}
        for key, value in group.items():
            place = prefix + str(key).replace("-", "_")
            if isinstance(value, dict):
                values[key] = walk(value, f"{place}.")
            elif is_path(place):
                values[key] = [one(place, v) for v in value] if isinstance(value, list) else one(place, value)
            else:
                values[key] = value
        return values

    return needs, files, walk(values, "")
