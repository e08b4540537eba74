"""Annotated text, translations and personal data in the files that people have, from the command line to the model folder."""

import json

import pytest

from tests.commands.conftest import SMALL
from tests.commands.life import groundup
from tests.strangers.conftest import names_of, records

pytestmark = pytest.mark.slow

PEOPLE, TOWNS = ("Ada Byron", "Max Born", "Lise Meitner"), ("Bath", "Rome", "Cork")
ROWS = [(PEOPLE[n % 3], TOWNS[n % 3 - n % 2], f"on day {n}") for n in range(60)]
TAGS = {"BIO": ("B", "I", "B"), "BILOU": ("B", "L", "U"), "BMES": ("B", "E", "S"), "IOB1": ("I", "I", "I")}


def text(row):
    return f"So {row[0]} saw {row[1]} {row[2]}"


def spans(row, shift=0):
    found = [(text(row).index(part), part, kind) for part, kind in zip(row, ("PER", "LOC"), strict=False)]
    return [{"start": at + shift, "end": at + shift + len(part), "label": kind, "text": part} for at, part, kind in found]


def words(row, scheme="BIO"):
    first, second, single = TAGS[scheme]
    person = zip(row[0].split(), (f"{first}-PER", f"{second}-PER"), strict=True)
    return [("So", "O"), *person, ("saw", "O"), (row[1], f"{single}-LOC"), *((word, "O") for word in row[2].split())]


def write(path, content):
    path.write_text(content, "utf-8")
    return path


def lines(path, rows):
    return write(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def read_names(out):
    """The parts that a run kept as spans."""
    table = records(out)
    column = next(name for name in table if name.startswith("text/"))
    return {
        text[start:end]
        for text, label in zip(table[column], table["label"], strict=True)
        for start, end, _ in json.loads(label)
    }


def conll(row, line, scheme="BIO"):
    return "".join(line(n, word, tag) + "\n" for n, (word, tag) in enumerate(words(row, scheme), 1)) + "\n"


DIALECTS = {
    "GermEval": lambda row: "#\thttp://x.org\n" + conll(row, lambda n, word, tag: f"{n}\t{word}\t{tag}\tO"),
    "MultiCoNER": lambda row: "# id 1\tdomain=en\n" + conll(row, lambda n, word, tag: f"{word} _ _ {tag}"),
    "CoNLL-U": lambda row: (
        "# text = x\n" + conll(row, lambda n, word, tag: f"{n}\t{word}\t{word}\tX\t_\t_\t0\troot\t_\tNER={tag}")
    ),
    "BILOU": lambda row: conll(row, lambda n, word, tag: f"{word} {tag}", "BILOU"),
    "IOB1 and numbers": lambda row: conll(row, lambda n, word, tag: f"{word} NN {tag} 0", "IOB1"),
    "BMES by tabs": lambda row: conll(row, lambda n, word, tag: f"{word}\t{tag}", "BMES").replace("Cork\t", "County Cork\t"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_model_of_names_is_trained_on_each_dialect_of_conll(dialect, train, tmp_path):
    path = write(tmp_path / "names.txt", "".join(map(DIALECTS[dialect], ROWS)))
    answer, out = train("tagging", path, text="words", label="tags")
    assert answer.code in (0, 3), answer.out
    assert "--read.words_column and --read.tags_column set the columns" in answer.out
    assert read_names(out) == {*PEOPLE, "Bath", "Rome", "County Cork" if "tabs" in dialect else "Cork"}
    assert "B-PER" in names_of(out)


def test_shifted_offsets_stop_the_run_and_the_setting_it_names_reads_them(train, tmp_path):
    path = lines(tmp_path / "a.jsonl", [{"text": text(row), "spans": spans(row, 1)} for row in ROWS])
    answer, out = train("tagging", path, label="spans", name="refused")
    assert (answer.code, out.exists()) == (2, False)
    assert "60 of 60 rows have spans that differ from the text" in answer.out
    assert "pass --read.offset_shift -1" in answer.out
    answer, out = train("tagging", path, "--read.offset_shift", "-1", label="spans")
    assert answer.code in (0, 3), answer.out
    assert read_names(out) == {*PEOPLE, *TOWNS}


EXPORTS = {
    "doccano": (
        "jsonl",
        "entities",
        lambda n, row: {
            "text": text(row),
            "relations": [],
            "entities": [
                {"id": n, "label": s["label"], "start_offset": s["start"], "end_offset": s["end"]} for s in spans(row)
            ],
        },
    ),
    "Prodigy": (
        "jsonl",
        "spans",
        lambda n, row: {"text": text(row), "spans": spans(row), "answer": ("accept", "reject")[n % 4 == 3]},
    ),
    "Label Studio": (
        "json",
        "label",
        lambda n, row: {
            "id": n,
            "data": {"text": text(row)},
            "annotations": [
                {
                    "result": [
                        {"value": {**s, "labels": [s["label"]]}, "from_name": "label", "type": "labels"} for s in spans(row)
                    ]
                }
            ],
        },
    ),
    "spaCy": (
        "json",
        "entities",
        lambda n, row: [text(row), {"entities": [[s["start"], s["end"], s["label"]] for s in spans(row)]}],
    ),
}


@pytest.mark.parametrize("tool", EXPORTS)
def test_exports_of_annotation_tools_train(tool, train, tmp_path):
    kind, label, make = EXPORTS[tool]
    rows = [make(n, row) for n, row in enumerate(ROWS)]
    path = lines(tmp_path / "a.jsonl", rows) if kind == "jsonl" else write(tmp_path / "a.json", json.dumps(rows))
    answer, out = train("tagging", path, label=label)
    assert answer.code in (0, 3), answer.out
    assert read_names(out) == {*PEOPLE, *TOWNS}
    assert len(records(out)["label"]) == (45 if tool == "Prodigy" else 60)
    assert tool != "Prodigy" or "rows of Prodigy: 45 accepted; left out by their answer: 15 reject" in answer.out


def test_what_was_recognised_is_told_by_predict_and_check_too(train, run, tmp_path):
    path = write(tmp_path / "names.txt", "".join(map(DIALECTS["BILOU"], ROWS)))
    _, out = train("tagging", path, text="words", label="tags")
    answer = run(
        "predict", "--model", out / "model", "--input", path, "--text_column", "words", "--out", tmp_path / "answers.jsonl"
    )
    assert answer.code == 0, answer.out
    assert "CoNLL parted by blanks: words in column 1, tags in column 2, scheme BILOU" in answer.out
    answered = (tmp_path / "answers.jsonl").read_text("utf-8").rstrip("\n").split("\n")
    assert [json.loads(line)["words"] for line in answered] == [[word for word, _ in words(row)] for row in ROWS]
    listed = write(
        tmp_path / "new.csv", "words\n" + "".join('"' + str([word for word, _ in words(row)]) + '"\n' for row in ROWS)
    )
    answer = run(
        "predict", "--model", out / "model", "--input", listed, "--text_column", "words", "--out", tmp_path / "listed.jsonl"
    )
    assert answer.code == 0, answer.out
    again = (tmp_path / "listed.jsonl").read_text("utf-8").rstrip("\n").split("\n")
    assert [json.loads(line)["spans"] for line in again] == [json.loads(line)["spans"] for line in answered]


def test_markup_does_not_become_sentences_of_a_corpus(run, tmp_path):
    page = "<!DOCTYPE html>\n<html><body>\n" + "<p>Rain falls on the town.</p>\n" * 50 + "</body></html>\n"
    answer = run("prepare", "--source", write(tmp_path / "a.txt", page), "--out", tmp_path / "out")
    assert (answer.code, (tmp_path / "out").exists()) == (2, False)
    assert "is HTML, not plain text: it begins with '<!DOCTYPE html>'" in answer.out
    assert "--read.format html" in answer.out


def test_personal_data_beside_chinese_text_leaves_a_prepared_corpus(run, tmp_path):
    data = [
        "请打电话13{0:09}联系他。",
        "卡号4111111111111111是她的，第{1}段。",
        "Call +49 30 12345{0:02} about {1}.",
        "服务器192.168.1.{0}在{1}。",
    ]
    texts = [frame.format(n, "abcdefghij"[n % 10] + "klmnopqrst"[n // 10]) for n in range(40) for frame in data]
    path = write(tmp_path / "a.txt", "\n\n".join(texts))
    answer = run(
        "prepare",
        "--source",
        path,
        "--out",
        tmp_path / "out",
        "--clean.personal",
        "true",
        "--tokenizer.kind",
        "character",
        "--tokenizer.vocab_size",
        300,
        "--tokenizer.min_frequency",
        1,
        "--read.paragraphs",
        "line",
        "--dedup.near",
        "false",
    )
    assert answer.code in (0, 3), answer.out
    vocabulary = json.loads((tmp_path / "out" / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    assert {"请", "联", "C", "<", "第"} <= vocabulary.keys()
    assert not set("0123456789") & vocabulary.keys()


PAIRS = [
    (f"the {a} {b} stands", f"das {a} {b} steht")
    for a in ("old", "new", "red", "big")
    for b in ("cat", "dog", "car", "hat", "box", "bag", "cup", "pen")
]


@pytest.fixture(scope="module")
def writer(tmp_path_factory):
    """An encoder-decoder of few updates on the words of both languages."""
    root = tmp_path_factory.mktemp("writer")
    (root / "text").mkdir()
    for number in range(40):
        chosen = [PAIRS[(number * 7 + n) % len(PAIRS)] for n in range(8)]
        write(root / "text" / f"{number:02}.txt", "\n\n".join(f"{en} {number}, {de}." for en, de in chosen))
    kind = ("--tokenizer.kind", "byte_bpe", "--tokenizer.vocab_size", 330, "--quiet")
    assert groundup("prepare", "--source", root / "text", "--out", root / "data", *kind) in (0, 3)
    assert (
        groundup(
            "pretrain",
            "--data",
            root / "data",
            "--out",
            root / "lm",
            "--preset",
            "tiny",
            "--objective",
            "spans",
            "--steps",
            4,
            *SMALL,
        )
        == 0
    )
    return root / "lm"


TMX = "<?xml version='1.0'?>\n<tmx version='1.4'><header/><body>{}</body></tmx>"
SEGMENTS = "<srcset setid='s'><doc docid='a'>\n{}\n</doc></srcset>\n"


def translations(kind, folder):
    """The same pairs in another format, and what to give as data."""
    if kind == "TMX":
        units = "\n".join(
            f"<tu><tuv xml:lang='en-GB'><seg>{en}</seg></tuv><tuv xml:lang='de'><seg>{de}</seg></tuv></tu>" for en, de in PAIRS
        )
        return write(folder / "memory.tmx", TMX.format(units))
    if kind == "WMT":
        sides = [" ".join(f'<seg id="{n}">{pair[side]}</seg>' for n, pair in enumerate(PAIRS)) for side in (0, 1)]
        return write(
            folder / "set.en-de.xml",
            f"<?xml version='1.0'?><dataset><doc id='a'><src lang='en'><p>{sides[0]}</p></src>"
            f"<ref lang='de' translator='A'><p>{sides[1]}</p></ref></doc></dataset>",
        )
    if kind == "SGML":
        for side, language in enumerate(("en", "de")):
            write(
                folder / f"set.{language}.sgm",
                SEGMENTS.format(" ".join(f"<seg id={n}>{pair[side]}</seg>" for n, pair in enumerate(PAIRS))),
            )
        return folder
    return lines(folder / "hub.jsonl", [{"translation": {"en": en, "de": de}} for en, de in PAIRS])


@pytest.mark.parametrize("kind", ["TMX", "WMT", "SGML", "objects"])
def test_a_translator_is_trained_on_each_format(kind, writer, run, tmp_path):
    source = translations(kind, tmp_path)
    out = tmp_path / "run"
    answer = run(
        "finetune",
        "--task",
        "translation",
        "--model",
        writer,
        "--data",
        source,
        "--text_column",
        "en",
        "--label_column",
        "de",
        "--steps",
        2,
        "--batch_size",
        8,
        "--out",
        out,
    )
    assert answer.code in (0, 3), answer.out
    table = records(out)
    assert sorted(zip(table["text/en"], table["label"], strict=True)) == sorted(PAIRS)
