"""One model for tasks whose rows are of different kinds: tables that share columns, texts beside a table, images."""

import json
import shutil

import numpy as np
import pytest

import groundup as library
from groundup.commands.multitask.readers import open_reader
from groundup.commands.multitask.settings import Multitask
from groundup.commands.multitask.tables import make_folds, make_tables
from groundup.config import make_settings
from groundup.errors import InputError
from groundup.families import checkpoint
from tests.commands.life import labelled, write_table
from tests.estimators.test_columns import people

QUICK = {"steps": 60, "batch_size": 16, "quiet": True, "num_evaluations": 2, "weights": "uniform", "baselines": False}


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    """People with a loan and a city, and flats, which have an age, too."""
    home, rng = tmp_path_factory.mktemp("frames"), np.random.default_rng(2)
    loans = [row | {"city": "Lyon" if n % 3 else "Metz", "loan": ("no", "yes")[n % 2]} for n, row in enumerate(people(120))]
    flats = [{"age": n % 40, "rooms": n % 5, "price": float(100 * (n % 5) + rng.normal(0, 5))} for n in range(100)]
    for name, rows in (("loans", loans), ("flats", flats)):
        lines = [",".join(rows[0]), *(",".join("" if cell is None else str(cell) for cell in row.values()) for row in rows)]
        (home / f"{name}.csv").write_text("\n".join(lines), "utf-8")
    return home


def two_tables(frames):
    return {
        "loan": {"data": str(frames / "loans.csv"), "table_column": ["*"], "label_column": "loan"},
        "price": {
            "data": str(frames / "flats.csv"),
            "table_column": ["*"],
            "label_column": "price",
            "task": "regression",
        },
    }


@pytest.fixture(scope="module")
def bank(frames):
    library.multitask(tasks=two_tables(frames), out=str(frames / "bank"), **QUICK | {"steps": 150})
    return frames / "bank"


def report_of(run):
    return json.loads((run / "report.json").read_text("utf-8"))


def test_two_tables_share_a_backbone_and_a_column_of_one_name(bank):
    report = report_of(bank)
    assert report["tasks"]["loan"]["main"]["value"] > 0.9
    assert report["tasks"]["price"]["main"]["value"] > 0.8
    columns = json.loads((bank / "model/columns.json").read_text("utf-8"))["columns"]
    assert [one["name"] for one in columns] == ["age", "income", "job", "city", "rooms"]
    assert sorted(checkpoint.load(bank / "model").model.heads) == ["loan", "price"]


def test_each_task_reads_its_own_columns(bank, frames):
    loan, price = (library.load(bank, task=name) for name in ("loan", "price"))
    assert loan.columns == ["age", "income", "job", "city"]
    assert price.columns == ["age", "rooms"]
    rows = [{"age": 30, "rooms": n, "price": 0} for n in (0, 4)]
    low, high = (answer["number"] for answer in price.predict(rows))
    assert high > low + 200
    with pytest.raises(InputError, match="row 1: has no column 'rooms'"):
        price.predict([{"age": 3, "income": 2.0}])
    out = frames / "answers.csv"
    library.predict(model=str(bank), task="price", input=rows, out=str(out), quiet=True)
    assert float(out.read_text("utf-8").splitlines()[1].split(",")[3]) == pytest.approx(low, abs=1e-3)


def test_a_run_that_lost_its_model_goes_on_with_the_same_rows(bank, frames):
    copied = frames / "again"
    shutil.copytree(bank, copied)
    shutil.rmtree(copied / "model")
    (copied / "report.json").unlink()
    library.multitask(tasks=two_tables(frames), out=str(copied), **QUICK | {"steps": 150})
    for name in ("groundup.safetensors", "heads.safetensors", "columns.json"):
        assert (copied / "model" / name).read_bytes() == (bank / "model" / name).read_bytes()


def settings_of(tasks, **more):
    return make_settings(Multitask, {"tasks": tasks, "out": "nowhere", "quiet": True, **more})


def test_rows_of_one_file_are_in_one_split_and_one_fold_and_no_label_of_it_is_read(frames):
    data = str(frames / "loans.csv")
    both = {name: {"data": data, "table_column": ["*"], "label_column": name} for name in ("loan", "city")}
    settings = settings_of(both)
    tables = make_tables(settings, open_reader(settings, None))
    assert tables["loan"].reader.columns == tables["city"].reader.columns == ("age", "income", "job")
    splits = [dict(zip(table.places, table.splits.tolist(), strict=True)) for table in tables.values()]
    assert splits[0] == splits[1]
    assert any("'city' is not read" in line for line in tables["loan"].preflight["reading"])
    folds = make_folds(tables, 3, 0, [data, data])
    dealt = [
        dict(zip([table.places[i] for i in table.rows("train")], folds[name].tolist(), strict=True))
        for name, table in tables.items()
    ]
    assert dealt[0] == dealt[1]


@pytest.mark.parametrize("start", [True, False])
def test_a_task_of_texts_beside_one_of_a_table(life, frames, tmp_path, start):
    table = write_table(tmp_path / "tone.csv", labelled(120))
    tasks = {"tone": {"data": str(table), "text_column": "sentence"}, "loan": two_tables(frames)["loan"]}
    model = {"model": str(life.lm)} if start else {}
    run = tmp_path / "run"
    library.multitask(tasks=tasks, out=str(run), max_length=32, **model, **QUICK)
    assert report_of(run)["tasks"]["loan"]["main"]["value"] > 0.9
    shape = checkpoint.read_shape(run / "model")
    assert [one.kind for one in shape.inputs] == ["text", "table"]
    tone, loan = (library.load(run, task=name) for name in ("tone", "loan"))
    assert (tone.columns, loan.columns) == (["sentence"], ["age", "income", "job", "city"])
    found = library.predict(model=str(run), task="tone", text=["a wonderful thing"], quiet=True)
    assert found.facts["answers"][0]["label"] == tone.predict(["a wonderful thing"])[0]["label"]
    with pytest.raises(InputError, match="has no column 'sentence'"):
        tone.predict([{"age": 3}])


def test_weights_are_looked_for_on_folds_of_tables(frames, tmp_path):
    quick = QUICK | {"weights": "cv", "steps": 8}
    search = {"candidates": 4, "folds": 2, "finalists": 1}
    library.multitask(tasks=two_tables(frames), out=str(tmp_path / "run"), search=search, **quick)
    weights = report_of(tmp_path / "run")["weights"]
    assert sum(weights.values()) == pytest.approx(1)
    assert sorted(weights) == ["loan", "price"]


def test_images_and_a_table_in_the_rows_of_one_task(frames, tmp_path):
    images = pytest.importorskip("PIL.Image")
    lines = ["picture,size,shade"]
    for number in range(60):
        shade = (20, 230)[number % 2]
        noisy = np.random.default_rng(number).integers(shade - 10, shade + 10, (8, 8, 3))
        images.fromarray(noisy.astype(np.uint8)).save(tmp_path / f"{number}.png")
        lines.append(f"{number}.png,{number % 7},{'dark' if shade < 100 else 'light'}")
    (tmp_path / "shop.csv").write_text("\n".join(lines), "utf-8")
    shop = {
        "data": str(tmp_path / "shop.csv"),
        "image_column": "picture",
        "table_column": "size",
        "label_column": "shade",
    }
    image = {"size": 8, "patch_size": 4}
    library.multitask(tasks={"shop": shop, "loan": two_tables(frames)["loan"]}, out=str(tmp_path / "run"), image=image, **QUICK)
    assert report_of(tmp_path / "run")["tasks"]["shop"]["main"]["value"] > 0.9
    assert library.load(tmp_path / "run", task="shop").columns == ["picture", "size"]


REFUSED = {
    "tagging beside a table": (
        {
            "who": {"data": "who.csv", "text_column": "text", "task": "tagging"},
            "loan": {"data": "l.csv", "table_column": "age"},
        },
        {},
        r"tasks.who.task: tagging is not for a model that reads tables",
    ),
    "texts without a model": ({"tone": {"data": "a.csv", "text_column": "text"}}, {}, "model: is required"),
    "freezing a new model": ({"loan": {"data": "l.csv", "table_column": "age"}}, {"freeze": 1}, "freeze: is for a model that"),
    "a size of a model that is there": (
        {"tone": {"data": "a.csv", "text_column": "text"}},
        {"model": "runs/lm", "preset": "tiny"},
        "preset: is of a new model",
    ),
    "settings of tables without one": (
        {"tone": {"data": "a.csv", "text_column": "text"}},
        {"model": "runs/lm", "table": {"bins": 4}},
        "table.bins: is of table_column",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_work_together_is_refused_by_name(case):
    tasks, more, said = REFUSED[case]
    with pytest.raises(InputError, match=said):
        settings_of(tasks, **more)


def test_a_model_that_reads_text_wants_a_task_of_texts(life, frames):
    settings = settings_of({"loan": two_tables(frames)["loan"]}, model=str(life.lm))
    with pytest.raises(InputError, match="reads text, and no text_column is named"):
        open_reader(settings, life.lm / "model")
