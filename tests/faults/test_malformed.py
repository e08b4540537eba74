"""Every file of our own folders, broken in a thousand ways: each reader gives a value or one refusal with its place."""

import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundup.cli import explain
from groundup.commands.run.settings import Run
from groundup.commands.run.story import read_life, read_recipe
from groundup.commands.table import command_class
from groundup.errors import GroundupError, InputError
from groundup.evaluate.opened import refused_or_begun
from groundup.finished import verify_run
from groundup.folders import new_folder
from groundup.kinds.text.reader import TextReader
from groundup.manifest import Manifest, hash_file, read_manifest, verify_folder
from groundup.openings import open_rows
from groundup.runs import RunFolder, resolved_in
from groundup.strict_json import canonical
from groundup.tasks.rows.labelled_rows import stored_table

ROUNDS = 400
STRANGE = [
    None,
    True,
    False,
    0,
    -1,
    3,
    2.5,
    10**18,
    "",
    "x",
    "../x",
    "\u0000",
    [],
    {},
    [1],
    {"a": 1},
    [[]],
    [None],
    {"": None},
    "é" * 300,
]
PLAN = {"steps": 4, "log_every": 1, "evaluate_every": 2, "save_every": 2, "patience": None}


def nodes(value, path=()):
    """The places of all values within a value."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from nodes(one, (*path, key))


def changed(value, rng):
    """A copy with one value replaced, removed, renamed or doubled."""
    whole = json.loads(json.dumps(value))
    path = rng.choice([*nodes(whole)])
    if not path:
        return rng.choice(STRANGE)
    owner = whole
    for key in path[:-1]:
        owner = owner[key]
    last = path[-1]
    match rng.randrange(4):
        case 0:
            del owner[last]
        case 1 if isinstance(owner, dict):
            owner[last + rng.choice(["", "x", " "])] = owner.pop(last)
            owner["more"] = rng.choice(STRANGE)
        case _:
            owner[last] = rng.choice(STRANGE)
    return whole


def broken(text, rng):
    """Text with some bytes changed, cut or doubled."""
    data = bytearray(text.encode())
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(data))
        match rng.randrange(3):
            case 0:
                data[place] = rng.randrange(256)
            case 1:
                del data[place : place + rng.randrange(1, 9)]
            case _:
                data[place:place] = rng.choice([b"{", b"[", b'"', b"\n", b",", b"1e999", b"NaN", b"\xff", b"[" * 99, b'"a":1,'])
        if not data:
            return b""
    return bytes(data)


def variants(value, seed, write=canonical, rounds=ROUNDS):
    rng = random.Random(seed)
    for number in range(rounds):
        yield write(changed(value, rng)).encode() if number % 2 else broken(write(value), rng)


def only_refusals(place: Path, many, read):
    """Every variant in this place is read, or refused with a code, the place and exit 2; some are refused."""
    refused = places = 0
    for data in many:
        place.write_bytes(data)
        try:
            read()
        except InputError as error:
            refused += bool(error.place or error.problems)
            places += 1
        except GroundupError as error:
            raise AssertionError(f"{error} for {data!r}") from error
        except Exception as error:
            if isinstance(explain(error), InputError):  # what the command line makes of it: a path that is too long, say
                refused, places = refused + 1, places + 1
                continue
            raise AssertionError(f"{type(error).__name__}: {error} for {data!r}") from error
    assert refused == places > 20


def forge(folder, name, manifest="manifest.json"):
    """Make the manifest fit what a file has become."""
    value = json.loads((folder / manifest).read_text("utf-8"))
    entry = hash_file(folder / name, name)._asdict()
    files = tuple(entry if one["name"] == name else one for one in value["files"])
    made = Manifest(**{k: v for k, v in value.items() if k not in ("files", "digest", "parents")}, parents=(), files=())
    whole = made.to_dict() | {"files": list(files)}
    import hashlib

    (folder / manifest).write_text(
        canonical(whole | {"digest": hashlib.sha256(canonical(whole).encode()).hexdigest()}), "utf-8"
    )


def test_manifests(tmp_path):
    with new_folder(tmp_path / "one", kind="data", settings={"a": [1, {"b": None}]}, extra={"x": "y"}) as folder:
        folder.write_text("inner/one.txt", "text")
    place = tmp_path / "one" / "manifest.json"
    value = json.loads(place.read_text())
    only_refusals(place, variants(value, 1, rounds=1500), lambda: read_manifest(tmp_path / "one"))
    place.write_bytes(canonical(value | {"files": 3}).encode())
    assert verify_folder(tmp_path / "one")


def signed(value):
    """A manifest whose own digest fits, whatever stands in it."""
    import hashlib

    if not isinstance(value, dict):
        return canonical(value)
    rest = {k: v for k, v in value.items() if k != "digest"}
    return canonical(rest | {"digest": hashlib.sha256(canonical(rest).encode()).hexdigest()})


def test_manifests_whose_own_digest_fits(tmp_path):
    with new_folder(tmp_path / "one", kind="data", settings={"a": 1}) as folder:
        folder.write_text("one.txt", "text")
    place = tmp_path / "one" / "manifest.json"
    value = json.loads(place.read_text())
    rng = random.Random(2)
    only_refusals(place, (signed(changed(value, rng)).encode() for _ in range(1500)), lambda: verify(tmp_path / "one"))


def verify(folder):
    """What `verify` asks: a refusal where a manifest cannot be read."""
    read_manifest(folder)
    verify_folder(folder)


def go_on(path):
    with RunFolder.open(path, {"seed": 1, "optimizer": {"rate": 0.1}}) as run:
        run.plan(lambda: dict(PLAN))
        run.resolve({"optimizer": {"rate": 0.1}})
        resolved_in(path)
    (path / "finished.json").unlink()


def test_settings_of_runs(tmp_path):
    out = tmp_path / "run"
    with RunFolder.open(out, {"seed": 1, "optimizer": {"rate": 0.1}}) as run:
        run.plan(lambda: dict(PLAN))
        run.resolve({"optimizer": {"rate": 0.1}})
    (out / "finished.json").unlink()
    value = json.loads((out / "run.json").read_text())
    only_refusals(out / "run.json", variants(value, 3), lambda: go_on(out))


def test_what_vouches_for_a_run(tmp_path):
    out = tmp_path / "run"
    with RunFolder.open(out, {"seed": 1}):
        open_rows(out, 3, "a" * 64, "x")
    value = json.loads((out / "finished.json").read_text())
    for data in (*variants(value, 4), *(signed(changed(value, random.Random(n))).encode() for n in range(300))):
        (out / "finished.json").write_bytes(data)
        if data != canonical(value).encode() and data != signed(value).encode():
            assert isinstance(verify_run(out), list)


def test_logs_and_openings(tmp_path):
    open_rows(tmp_path, 3, "a" * 64, "x")
    open_rows(tmp_path, 3, "a" * 64, "y")
    lines = (tmp_path / "openings.jsonl").read_text()
    rng = random.Random(5)
    values = [json.loads(line) for line in lines.splitlines()]
    many = [broken(lines, rng) for _ in range(ROUNDS)]
    many += ["".join(json.dumps(one) + "\n" for one in (changed(values[0], rng), values[1])).encode() for _ in range(ROUNDS)]
    only_refusals(tmp_path / "openings.jsonl", many, lambda: open_rows(tmp_path, 3, "a" * 64, "z"))


def test_lives(tmp_path):
    stage = {"command": "prepare", "digest": "d", "key": {"a": 1}, "finished": True, "wall_seconds": 1.5}
    value = {"stages": {"data": stage, "lm": stage}}

    def read():
        for stage in read_life(tmp_path).values():
            assert isinstance(stage["finished"], bool)
            assert isinstance(stage["key"], dict)

    only_refusals(tmp_path / "life.json", variants(value, 6, rounds=1000), read)


RECIPE = {
    "stages": {
        "data": {"prepare": {"source": "in.txt", "tokenizer": {"vocab_size": 200}, "split": {"validation": 0.1}}},
        "lm": {"pretrain": {"data": "data", "preset": "tiny", "steps": 2, "track": ["tensorboard"]}},
        "cls": {"finetune": {"model": "lm", "data": "in.txt", "text_column": ["text"], "optimizer": {"learning_rate": 0.001}}},
        "small": {"compress": {"model": "cls", "method": "distill", "distill": {"layers": 1}}},
    }
}


def test_recipes(tmp_path):
    from groundup import strict_yaml

    (tmp_path / "in.txt").write_text("text")

    def write(value):
        return strict_yaml.write(value) if isinstance(value, dict) else json.dumps(value)

    place = tmp_path / "recipe.yaml"
    only_refusals(
        place,
        variants(RECIPE, 7, write, 1200),
        lambda: read_recipe(Run(recipe=str(place), out=str(tmp_path / "out")), command_class),
    )


@pytest.mark.parametrize("name", ["../out", "/abs", ".hidden", "a/b", "", "life.json", "lock"])
def test_a_stage_is_a_folder_inside_its_life(name, tmp_path):
    (tmp_path / "in.txt").write_text("text")
    (tmp_path / "recipe.yaml").write_text(json.dumps({"stages": {name: {"prepare": {"source": "in.txt"}}}}))
    with pytest.raises(InputError, match="is no name for a stage"):
        read_recipe(Run(recipe=str(tmp_path / "recipe.yaml"), out=str(tmp_path / "out")), command_class)


def test_reports_that_say_why_a_run_has_no_model(tmp_path):
    only_refusals(
        tmp_path / "report.json", variants({"published": False, "figures": {"a": 1.5}}, 8), lambda: refused_or_begun(tmp_path)
    )


@pytest.fixture
def kept(tmp_path):
    """The rows of a run, as it keeps them."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"text:t": ["a", "b"], "label": ["x", "y"], "split": ["train", "test"]}), sink)
    with new_folder(tmp_path / "data", kind="data") as new:
        new.write_bytes("records.parquet", sink.getvalue().to_pybytes())
        new.write_json("preflight.json", {"task": {"name": "classification", "facts": {"labels": ["x", "y"]}}, "rows": 2})
    return tmp_path / "data"


def test_a_report_that_is_told_again(tmp_path):
    from groundup.commands.compress.story import read_report
    from groundup.compress.quality_gate import Limits
    from groundup.strict_json import read_json, understood

    value = {"comparison": {"lost": 1.5, "speedup": 1.2, "before": {"figures": {}}}, "limits": {"max_loss": 3.0}}
    place = tmp_path / "report.json"

    def read():
        report = read_report(tmp_path)
        with understood(place):
            Limits(3.0, 1.0).violations(report["comparison"])

    place.write_text(json.dumps(value))
    assert read_json(place) == value
    read()
    only_refusals(place, variants(value, 10), read)


def test_what_a_run_knows_of_its_rows(kept):
    value = json.loads((kept / "preflight.json").read_text())

    def read():
        forge(kept, "preflight.json")
        stored_table(kept, TextReader())

    only_refusals(kept / "preflight.json", variants(value, 9), read)
