"""Labels as strangers write them: several in a cell, vectors, numbers, in other words than the model's, under names of ours."""

import csv
import json

import numpy as np
import pytest

from tests.strangers.conftest import names_of, records

pytestmark = pytest.mark.slow

FILL = "the old boat lies near a small grey house and waits for rain".split()
SIGNS = {"sport": "ball", "art": "song", "food": "bread"}


def text_of(labels, number):
    """A text that holds the sign of each of its labels."""
    rng = np.random.default_rng(number)
    return " ".join([*rng.choice(FILL, 5), *(SIGNS[label] for label in labels), *rng.choice(FILL, 2)])


def several(count=48):
    """(text, labels) of every set of the three labels in turn."""
    kinds = [[label for place, label in enumerate(SIGNS) if number >> place & 1] for number in range(8)]
    return [(text_of(kinds[number % 8], number), kinds[number % 8]) for number in range(count)]


def write_csv(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def targets_of(out):
    kept = records(out)
    return dict(zip(kept["text/text"], map(json.loads, kept["label"]), strict=True))


@pytest.mark.parametrize("form", ["lists", "text", "columns"])
def test_vectors_are_learned_by_their_names_and_refused_without(train, tmp_path, form):
    rows, order = several(), list(SIGNS)
    bits = [[int(label in labels) for label in order] for _, labels in rows]
    names = [word for label in order for word in ("--label.names", label)]
    if form == "columns":
        data = write_csv(
            tmp_path / "v.csv", ["text", *order], [[text, *one] for (text, _), one in zip(rows, bits, strict=True)]
        )
        names = [word for label in order for word in ("--label.columns", label)]
    elif form == "text":
        data = write_csv(
            tmp_path / "v.csv",
            ["text", "label"],
            [[text, " ".join(map(str, one))] for (text, _), one in zip(rows, bits, strict=True)],
        )
    else:
        data = tmp_path / "v.jsonl"
        data.write_text(
            "".join(json.dumps({"text": text, "label": one}) + "\n" for (text, _), one in zip(rows, bits, strict=True)), "utf-8"
        )
    if form != "columns":
        told, _ = train("multilabel", data, name="refused")
        assert told.code == 2
        assert "VECTORS_WITHOUT_NAMES column 'label': holds vectors of 3 zeros and ones" in told.out
    told, out = train("multilabel", data, *names)
    assert told.code == 0, told.out
    assert names_of(out) == order
    assert targets_of(out) == {text: sorted(labels) for text, labels in rows}


def test_columns_of_a_model_are_found_again_when_it_is_judged(train, run, tmp_path):
    order = list(SIGNS)
    data = write_csv(
        tmp_path / "v.csv", ["text", *order], [[text, *(int(one in labels) for one in order)] for text, labels in several()]
    )
    _, out = train("multilabel", data, *(word for label in order for word in ("--label.columns", label)))
    told = run("evaluate", "--model", out, "--data", data, "--out", tmp_path / "report")
    assert told.code == 0, told.out
    predictions = list(csv.DictReader((tmp_path / "report" / "predictions.csv").open(encoding="utf-8")))
    assert {row["text"]: json.loads(row["label"]) for row in predictions} == {
        text: sorted(labels) for text, labels in several()
    }


@pytest.mark.parametrize(("separator", "told_by"), [("|", "'|' parts"), ("#", "'#' parts"), (" / ", None)])
def test_the_separator_of_labels_is_one_for_the_column(train, tmp_path, separator, told_by):
    named = {"sport": "Sport, Games; more", "art": "Art", "food": "Food"}
    rows = [(text, separator.join(named[label] for label in labels)) for text, labels in several() if labels]
    if separator != "|":
        rows = [(text, cell.replace(", Games; more", "")) for text, cell in rows]
    data = write_csv(tmp_path / "s.csv", ["text", "label"], rows)
    told, out = train("multilabel", data, *([] if told_by else ["--label.separator", "/"]))
    assert told.code == 0, told.out
    assert sorted(names_of(out)) == ["Art", "Food", "Sport, Games; more" if separator == "|" else "Sport"]
    if told_by:
        assert told_by in told.out


def classes(names, count=40):
    signs = list(SIGNS.values())
    return [(text_of([list(SIGNS)[number % 2]], number), names[number % 2]) for number in range(count) if signs]


@pytest.fixture
def tone(train, tmp_path):
    """A model that knows neg and pos."""
    told, out = train(
        "classification", write_csv(tmp_path / "tone.csv", ["text", "label"], classes(["neg", "pos"])), name="tone"
    )
    assert told.code == 0, told.out
    return out


@pytest.mark.parametrize(
    ("words", "names", "told"),
    [
        ((0, 1), ("--label.names", "neg", "--label.names", "pos"), "--label.names neg --label.names pos"),
        (
            ("negative", "positive"),
            ("--label.rename", "negative=neg", "--label.rename", "positive=pos"),
            "--label.rename negative=...",
        ),
        (
            ("NEG", "Pos "),
            ("--label.rename", "NEG=neg", "--label.rename", "Pos =pos"),
            "--label.rename NEG=neg --label.rename 'Pos =pos'",
        ),
    ],
)
@pytest.mark.parametrize("command", ["evaluate", "compare"])
def test_labels_in_other_words_are_refused_and_the_way_out_leads_to_the_same_figures(
    run, tone, tmp_path, words, names, told, command
):
    plain = write_csv(tmp_path / "plain.csv", ["text", "label"], classes(["neg", "pos"], 30))
    other = write_csv(tmp_path / "other.csv", ["text", "label"], classes(words, 30))
    model = ("--model", tone) if command == "evaluate" else (tone, tone / "model", "--timed_rows", 0)
    refused = run(command, *model, "--data", other, "--out", tmp_path / "refused")
    assert refused.code == 2
    assert "LABELS_DIFFER column 'label': holds " in refused.out
    assert "none of which the model knows: 'neg', 'pos'" in refused.out
    assert told in refused.out
    found = []
    for data, more, name in ((plain, (), "a"), (other, names, "b")):
        assert run(command, *model, "--data", data, *more, "--out", tmp_path / name).code in (0, 3)
        report = json.loads((tmp_path / name / "report.json").read_text("utf-8"))
        found.append(report["accuracy"] if command == "evaluate" else [one["accuracy"] for one in report["systems"]])
    assert found[0] == found[1]


def test_labels_of_which_some_are_strange_are_named_with_their_counts(run, tone, tmp_path):
    rows = [*classes(["neg", "pos"], 30), *[("a grey house", "NEG")] * 3, ("rain", "neutral")]
    told = run(
        "evaluate", "--model", tone, "--data", write_csv(tmp_path / "m.csv", ["text", "label"], rows), "--out", tmp_path / "r"
    )
    assert told.code == 0
    assert "warning: column 'label': labels that the model does not know count as errors: " in told.out
    assert "'NEG' (3 rows, like 'neg' but for case, width or blanks)" in told.out
    assert "'neutral' (1 row)" in told.out


def test_variants_of_a_label_are_named_with_the_way_out(train, run, tmp_path):
    rows = classes(["neg", "pos"], 40) + [(f"{text} again", label.upper() + " ") for text, label in classes(["neg", "pos"], 8)]
    data = write_csv(tmp_path / "v.csv", ["text", "label"], rows)
    told, _ = train("classification", data)
    line = "labels that differ by case, width or blanks alone are learned apart: 'neg' 20, 'NEG ' 4 (--label.rename 'NEG =neg')"
    assert f"warning: {line}" in told.out
    assert "'neg' 20, 'NEG ' 4" in run("check", data, "--text_column", "text").out
    told, out = train("classification", data, "--label.rename", "NEG =neg", "--label.rename", "POS =pos", name="mended")
    assert "differ by case" not in told.out
    assert names_of(out) == ["neg", "pos"]
    told, _ = train("classification", data, "--label.rename", "Neg=neg", name="unmet")
    assert "warning: --label.rename: no row has the label 'Neg'" in told.out


def test_classes_that_are_numbers_stand_in_their_order(train, tmp_path):
    rows = [(f"{FILL[number % 11]} {number % 12} house {number}", number % 12) for number in range(96)]
    _, out = train("classification", write_csv(tmp_path / "n.csv", ["text", "label"], rows))
    assert names_of(out) == [str(number) for number in range(12)]
