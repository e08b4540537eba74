"""How `groundup prepare` splits: by groups, by time, by containment, images by class; and what it says of what is gone."""

import csv
import json
import re

import numpy as np
import pyarrow.parquet as pq
import pytest

from groundup.commands.finetune.settings import Finetune
from groundup.data.settings import SplitSettings
from groundup.data.shards import Shards
from groundup.data.sources.records import Rejects
from groundup.data.tokenizers.load import load_tokenizer
from groundup.kinds.text.reader import TextReader
from groundup.tasks.rows.splitting import Draw, split_table
from tests.commands.life import groundup, sentence

SMALL = ("--tokenizer.vocab_size", 300, "--quiet", "--dedup.near", "false")


def write_rows(path, rows, header=("text", "author", "year")):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def rows_of(count, seed=0):
    """(text, author, year): texts of two sentences that no other has, 12 authors, years that fall and repeat."""
    rng = np.random.default_rng(seed)
    return [(f"{sentence(rng, False)} Number {n} says so.", f"author{n % 12}", 2020 - n % 7) for n in range(count)]


def splits_by_text(out, rows):
    """Text -> split, read back from the shards."""
    encoder, found = load_tokenizer(out), {}
    wanted = {tuple(encoder.encode_batch([re.sub(r"\s+", " ", text)])[0]): text for text, *_ in rows}
    for split in ("train", "validation", "test"):
        if (out / f"shards/{split}.documents").is_file():
            shards = Shards.open(out, split)
            for number in range(len(shards.document_starts) - 1):
                first, last = (int(shards.sentence_starts[place]) for place in shards.document_starts[number : number + 2])
                found[wanted[tuple(shards.slice(first, last).tolist())]] = split
    return found


def prepare(path, out, *words):
    assert groundup("prepare", "--source", path, "--text_column", "text", "--out", out, *SMALL, *words) == 0
    return out


def test_rows_of_one_group_stay_in_one_split(tmp_path):
    rows = rows_of(120)
    out = prepare(
        write_rows(tmp_path / "a.csv", rows),
        tmp_path / "out",
        "--split.group_by",
        "author",
        "--split.validation",
        0.2,
        "--split.test",
        0.2,
    )
    found = splits_by_text(out, rows)
    assert len(found) == 120
    of_author = {}
    for text, author, _ in rows:
        of_author.setdefault(author, set()).add(found[text])
    assert {len(splits) for splits in of_author.values()} == {1}
    assert {name for splits in of_author.values() for name in splits} == {"train", "validation", "test"}


def test_the_oldest_rows_train_and_the_newest_test(tmp_path):
    rows = rows_of(70)
    out = prepare(
        write_rows(tmp_path / "a.csv", rows),
        tmp_path / "out",
        "--split.time_column",
        "year",
        "--split.validation",
        0.2,
        "--split.test",
        0.1,
    )
    found = splits_by_text(out, rows)
    years = {split: [year for text, _, year in rows if found[text] == split] for split in ("train", "validation", "test")}
    assert [len(found) for found in years.values()] == [49, 14, 7]
    assert max(years["train"]) <= min(years["validation"])
    assert max(years["validation"]) <= min(years["test"])


def test_the_oldest_rows_of_a_labelled_table_train_and_the_newest_test(tmp_path):
    rows = rows_of(70)
    path = write_rows(tmp_path / "a.csv", [(text, author, year) for text, author, year in rows], ("text", "label", "year"))
    split = SplitSettings(time_column="year", validation=0.2, test=0.1)
    table = split_table(
        Finetune(model="", data=str(path), text_column=("text",), out="", split=split),
        Draw("classification", 0),
        Rejects(),
        TextReader(columns=("text",)),
    )
    year_of = {text: year for text, _, year in rows}
    years = [[year_of[text] for (text,) in table.texts_of(name)] for name in ("train", "validation", "test")]
    assert list(map(len, years)) == [49, 14, 7]
    assert max(years[0]) <= min(years[1]) <= max(years[1]) <= min(years[2])


@pytest.mark.parametrize(("contained", "left"), [("train", 0), ("leave_out", 40)])
def test_a_part_of_a_text_trains_only_if_its_whole_trains(tmp_path, contained, left):
    whole = rows_of(60)
    parts = [(text.split(". ")[0] + ".", author, year) for text, author, year in whole[:40]]
    out = prepare(
        write_rows(tmp_path / "a.csv", whole + parts),
        tmp_path / "out",
        "--split.group_by",
        "containment",
        "--split.contained",
        contained,
        "--split.validation",
        0.25,
        "--split.test",
        0.25,
    )
    found = splits_by_text(out, whole + parts)
    for (text, *_), (part, *_) in zip(whole[:40], parts, strict=True):
        expected = "train" if contained == "train" and found[text] == "train" else None
        assert found.get(part) == expected
    told = json.loads((out / "report.json").read_text())["documents"]
    held = sum(found[text] != "train" for text, *_ in whole[:40])
    assert told["in_no_split"] == (left or held)
    assert told["kept"] == 100 == len(pq.read_table(out / "records.parquet"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--split.group_by", "writer"], "a.csv:2: has no column 'writer'"),
        (["--split.time_column", "year"], None),
        (
            ["--split.time_column", "author"],
            "split.time_column: 'author0' in 'author' at a.csv:2 is neither a number nor a date",
        ),
        (
            ["--split.time_column", "mixed"],
            "'soon' in 'mixed' at a.csv:9 is neither a number nor a date; 1 of 60 rows are such",
        ),
        (["--split.time_column", "gone"], "split.time_column: '' in 'gone' at a.csv:5 holds no time; 1 of 60 rows are such"),
        (["--split.contained", "leave_out"], "split.contained: goes with --split.group_by containment"),
        (["--split.stratify", "false"], "split.stratify: is about labels, and running text has none"),
        (["--split.group_by", "alone"], "60 documents leave the validation split empty"),
        (["--split.group_by", "author", "--split.time_column", "year"], "group_by and time_column exclude each other"),
        (
            ["--read.encoding", "gb18030", "--read.allow_truncated_tail"],
            "read.allow_truncated_tail: is for jsonl, and none was read",
        ),
        (["--tokenizer.kind", "byte_bpe", "--tokenizer.lowercase", "false"], "tokenizer.lowercase: is for wordpiece and bpe"),
        (["--dedup.similarity", "0.9"], "dedup.similarity: is of near repeats, which are not looked for"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(tmp_path, capsys, words, told):
    rows = [(*row, "soon" if n == 7 else "5", "" if n == 3 else 1, "one") for n, row in enumerate(rows_of(60))]
    path = write_rows(tmp_path / "a.csv", rows, ("text", "author", "year", "mixed", "gone", "alone"))
    code = groundup("prepare", "--source", path, "--text_column", "text", "--out", tmp_path / "out", *SMALL, *words)
    assert code == (0 if told is None else 2)
    if told:
        assert told in capsys.readouterr().err
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--split.group_by", "author"], "is running text, which has no column 'author'"),
        (["--text_column", "text"], "text_column: is for tables, and none was read"),
        (["--read.quote", "none"], "read.quote: is for csv and tsv, none was read"),
    ],
)
def test_running_text_has_no_columns(life, tmp_path, capsys, words, told):
    assert groundup("prepare", "--source", life.documents, "--out", tmp_path / "out", *words) == 2
    assert told in capsys.readouterr().err


IMAGES_REFUSE = {
    "split.group_by": "cat",
    "split.time_column": "x",
    "tokenizer.kind": "bpe",
    "tokenizer.vocab_size": 77,
    "tokenizer.lowercase": "false",
    "tokenizer.min_frequency": 3,
    "tokenizer.sample_megabytes": 3,
    "tokenizer.existing": "x",
    "clean.mojibake": "false",
    "clean.control": "false",
    "clean.normalize": "NFKC",
    "clean.whitespace": "false",
    "clean.min_characters": 3,
    "clean.min_letters": 0.5,
    "clean.repeated_lines": "false",
    "clean.personal": "true",
    "dedup.near": "false",
    "dedup.similarity": 0.9,
    "text_column": "x",
    "document_column": "x",
    "read.encoding": "gb18030",
    "read.format": "csv",
    "read.quote": "none",
    "read.header": "false",
    "read.paragraphs": "line",
    "read.allow_truncated_tail": "true",
    "threads": 2,
}


@pytest.mark.parametrize("name", IMAGES_REFUSE)
def test_images_refuse_each_setting_of_text(name, capsys):
    assert groundup("prepare", "--source", "x", "--out", "o", "--image.size", 8, f"--{name}", IMAGES_REFUSE[name]) == 2
    assert f"{name}: is for text, not for images" in capsys.readouterr().err


def test_images_keep_the_shares_of_their_classes(tmp_path):
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(0)
    for label, count in (("few", 20), ("many", 90)):
        (tmp_path / "in" / label).mkdir(parents=True)
        for n in range(count):
            pixels = rng.integers(0, 256, (8, 8, 3)).astype(np.uint8)
            image.fromarray(pixels).save(tmp_path / "in" / label / f"{n}.png")
            if label == "many" and n % 9 == 0:  # repeats are no part of the shares
                image.fromarray(pixels).save(tmp_path / "in" / label / f"{n}-again.png")
    line = (
        "prepare",
        "--source",
        tmp_path / "in",
        "--image.size",
        8,
        "--split.validation",
        0.1,
        "--split.test",
        0.2,
        "--quiet",
    )
    assert groundup(*line, "--out", tmp_path / "out") == 0
    labels = json.loads((tmp_path / "out" / "report.json").read_text())["labels"]
    assert labels == {"few": {"train": 14, "validation": 2, "test": 4}, "many": {"train": 63, "validation": 9, "test": 18}}
    rows = [json.loads(line) for line in (tmp_path / "out" / "images.jsonl").read_text().splitlines()]
    for split in ("train", "validation", "test"):  # each image where its line says
        pixels = np.fromfile(tmp_path / f"out/shards/{split}.images", dtype=np.uint8).reshape(-1, 3, 8, 8)
        for row, one in zip([row for row in rows if row["split"] == split], pixels, strict=True):
            expected = np.asarray(image.open(tmp_path / "in" / row["id"])).transpose(2, 0, 1)
            assert (one == expected).all()
    assert groundup(*line, "--split.stratify", "false", "--out", tmp_path / "free") == 0
    free = json.loads((tmp_path / "free" / "report.json").read_text())["labels"]
    assert free != labels
    assert sum(sum(found.values()) for found in free.values()) == 110


def test_what_is_gone_is_told_by_reason_and_a_smaller_vocabulary_with_its_cause(tmp_path, capsys):
    rows = rows_of(60)
    path = write_rows(tmp_path / "a.csv", [*rows, *rows[:9], ("", "x", 1)])
    line = ("prepare", "--source", path, "--text_column", "text", "--dedup.near", "false", "--tokenizer.vocab_size", 5000)
    assert groundup(*line, "--out", tmp_path / "out") == 0
    told = capsys.readouterr().err
    assert "kept 60 of 70 documents" in told
    assert "    9 documents repeat an earlier one; --dedup.exact false keeps them\n" in told
    assert "    1 document holds no text, or none that cleaning leaves\n" in told
    entries = json.loads((tmp_path / "out" / "report.json").read_text())["tokenizer"]["entries"]
    assert (
        f"tokenizer of {entries:,} entries, not 5,000: the text has no more pairs of pieces to merge that occur 2 times" in told
    )


@pytest.mark.parametrize(("capital", "warned"), [(False, True), (True, False)])
def test_sentences_without_ends_are_warned_of(tmp_path, capsys, capital, warned):
    rng = np.random.default_rng(0)
    lines = [" ".join(sentence(rng, False) if capital else sentence(rng, False).lower() for _ in range(60)) for _ in range(55)]
    path = write_rows(tmp_path / "a.csv", [(line,) for line in lines], ("text",))
    line = ("prepare", "--source", path, "--tokenizer.vocab_size", 200, "--dedup.near", "false")
    assert groundup(*line, "--out", tmp_path / "out") == 0
    assert ("warning: " in capsys.readouterr().err) == warned
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (report["sentence_tokens"]["at_cap"] > 0.1) == warned
    assert ("pieces of exactly 128 tokens" in (tmp_path / "out" / "report.html").read_text("utf-8")) == warned
