"""Columns that say how rows are split, as people have them: dates that do not sort, users who are unknown, few images."""

import csv
import datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.commands.life import labelled
from tests.strangers.conftest import records

pytestmark = pytest.mark.slow
TEXTS = labelled(200, seed=3)


def write(path, column, values):
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = [(*row, value) for row, value in zip(TEXTS, values, strict=True)]
        csv.writer(file).writerows([("text", "label", column), *rows])
    return path


def commands(train, run, path, tmp_path, *words):
    """What finetune, check, multitask and prepare answer to one table."""
    recipe = tmp_path / "tasks.yaml"
    split = {name.removeprefix("--split."): value for name, value in zip(words[::2], words[1::2], strict=True)}
    recipe.write_text(f"tasks: {{tone: {{data: {path}, text_column: text, split: {split}}}}}\n", "utf-8")
    yield train("classification", path, *words)[0]
    model = train("classification", write(tmp_path / "plain.csv", "x", range(200)), name="start")[1] / "model"
    yield run("check", path, "--text_column", "text", "--no-baseline", *words)
    yield run("multitask", recipe, "--model", model, "--steps", 2, "--batch_size", 8, "--out", tmp_path / "multi")
    yield run(
        "prepare",
        "--source",
        path,
        "--text_column",
        "text",
        "--dedup.near",
        "false",
        "--tokenizer.vocab_size",
        200,
        "--out",
        tmp_path / "data",
        *words,
    )


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            [f"{1 + n % 12:02d}/{1 + n % 11:02d}/2024" for n in range(200)],
            "say which number comes first: --split.dates dmy or --split.dates mdy",
        ),
        (
            ["unknown" if n % 10 == 3 else f"2024-01-{1 + n % 28:02d}" for n in range(200)],
            "'unknown' in 'when' at rows.csv:5 is neither",
        ),
        (["" if n % 10 == 4 else n for n in range(200)], "'' in 'when' at rows.csv:6 holds no time; 20 of 200 rows"),
    ],
)
def test_times_without_an_order_are_refused_by_every_command(train, run, tmp_path, values, told):
    path = write(tmp_path / "rows.csv", "when", values)
    for answer in commands(train, run, path, tmp_path, "--split.time_column", "when"):
        assert answer.code == 2, answer.out
        assert told in answer.out


def test_rows_without_a_group_are_counted_by_every_command(train, run, tmp_path):
    path = write(tmp_path / "rows.csv", "user", [None if n % 4 == 0 else f"u{n % 60}" for n in range(200)])
    for answer in commands(train, run, path, tmp_path, "--split.group_by", "user"):
        assert answer.code in (0, 3), answer.out  # a check that warns
        assert "have no value in 'user'; each is a group of its own" in answer.out
        assert "50 of 200" in answer.out


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_timestamps_of_a_typed_column_are_ordered_by_time(train, tmp_path, zone):
    start = datetime.datetime(2024, 10, 20)
    when = np.random.default_rng(0).permutation([start + datetime.timedelta(hours=3 * n) for n in range(200)])
    texts, labels = zip(*TEXTS, strict=True)
    table = {"text": texts, "label": labels, "when": pa.array(when.tolist(), pa.timestamp("us", zone))}
    pq.write_table(pa.table(table), tmp_path / "rows.parquet")
    told, out = train("classification", tmp_path / "rows.parquet", "--split.time_column", "when")
    assert told.code == 0, told.out
    kept = dict(zip(records(out)["text/text"], records(out)["split"], strict=True))
    assert {kept[texts[row]] for row in np.argsort(when)[-20:]} == {"test"}
    assert {kept[texts[row]] for row in np.argsort(when)[:160]} == {"train"}


@pytest.mark.parametrize(("count", "warned"), [(3, ["validation", "test"]), (20, [])])
def test_so_few_images_that_a_split_is_empty_are_warned_of(run, tmp_path, count, warned):
    image = pytest.importorskip("PIL.Image")
    for label in ("cat", "dog"):
        (tmp_path / "in" / label).mkdir(parents=True)
        for n in range(count):
            pixels = np.random.default_rng([n, label == "dog"]).integers(0, 256, (8, 8, 3)).astype(np.uint8)
            image.fromarray(pixels).save(tmp_path / "in" / label / f"{n}.png")
    told = run(
        "prepare",
        "--source",
        tmp_path / "in",
        "--image.size",
        8,
        "--split.validation",
        0.1,
        "--split.test",
        0.1,
        "--out",
        tmp_path / "out",
    )
    assert told.code == 0, told.out
    assert [
        name
        for name in ("validation", "test")
        if f"warning: the {name} split is empty: --split.{name} 0.1 of so few is none" in told.out
    ] == warned
