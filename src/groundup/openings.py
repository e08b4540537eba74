"""How often the model of a run was evaluated on which rows: a log beside it, each line of which vouches for the one before.

A line is opened before the rows are looked at and closed when the judgment stands. One that a kill left open is the same
opening when the same is done again; so nothing is counted twice, and nothing that was seen is forgotten.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

from groundup import disk
from groundup.errors import InputError
from groundup.events import Events, read_events, whole_lines
from groundup.manifest import File, Problem
from groundup.strict_json import canonical, fields, line, parse_json

OPENINGS = "openings.jsonl"
OLD = {"rows", "fingerprint"}  # a line of a version without digests


def open_rows(run: Path, rows: int, fingerprint: str, by: str) -> int:
    """Note that `by` judges the model of this run on these rows; how many times that was done by now, this one included.

    Call it holding the run's lock.
    """
    path = run / OPENINGS
    known = read_openings(path)
    if not is_open(known, fingerprint, by):
        known.append(add(path, known, {"rows": rows, "fingerprint": fingerprint, "by": by}))
    return sum(event.get("fingerprint") == fingerprint for event in known)


def close_rows(run: Path, by: str) -> None:
    """Note that what `by` opened is evaluated: the next time it is another opening. Call it holding the run's lock."""
    path = run / OPENINGS
    known = read_openings(path)
    if any(event.get("by") == by for event in known):
        add(path, known, {"closed": by})


def is_open(known: list[dict], fingerprint: str, by: str) -> bool:
    """Whether `by` has begun to judge on these rows and has not come to its end."""
    mine = [
        event
        for event in known
        if by in (event.get("closed"), event.get("by")) and event.get("fingerprint") in (fingerprint, None)
    ]
    return bool(mine) and "closed" not in mine[-1]


def read_openings(path: Path) -> list[dict]:
    events = read_events(path)
    for number, event in enumerate(events, 1):
        if "closed" not in event:
            fields(event, f"{path}:{number}", rows=int, fingerprint=str, by=(str, type(None)))
    return events


def add(path: Path, known: list[dict], event: dict) -> dict:
    """Append a line that vouches for itself and for the one before."""
    event |= {"previous": digest_of(known[-1]) if known else ""}
    event |= {"digest": digest_of(event)}
    with closing(Events(path)) as log:
        log.append(event)
        log.sync()
    return event


def digest_of(event: dict) -> str:
    """SHA-256 of a line without its own digest."""
    return hashlib.sha256(canonical({name: value for name, value in event.items() if name != "digest"}).encode()).hexdigest()


def verify_openings(run: Path, begins_with: File | None = None) -> list[Problem]:
    """What is wrong with the log, which began with what a finished run vouches for."""
    path = run / OPENINGS
    try:
        data = disk.read_regular(path)
    except FileNotFoundError:
        return [Problem(str(path), "is missing", False)] if begins_with else []
    except InputError as error:
        return [Problem(str(path), error.what)]
    if begins_with and hashlib.sha256(data[: begins_with.size]).hexdigest() != begins_with.sha256:
        return [Problem(str(path), "does not begin with the openings that the finished run had")]
    if len(whole_lines(data)) < len(data):
        return [Problem(str(path), "ends in the middle of a line")]
    previous = ""
    for number, row in enumerate(data.split(b"\n")[:-1], 1):
        try:
            event = fields(parse_json(row, path), path)
        except InputError as error:
            return [Problem(f"{path}:{number}", error.what)]
        sound = event.get("digest") == digest_of(event) and event.get("previous") == previous
        if line(event).encode() != row + b"\n" or not (sound or event.keys() == OLD):
            return [Problem(f"{path}:{number}", "does not have the digest that it says")]
        previous = digest_of(event)
    return []
