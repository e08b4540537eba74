"""Small files of every format in which people have labelled rows: name -> what makes it in a folder."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.commands.life import labelled

ROWS = [(text, "pos" if n % 2 else "neg", 1 + n % 5, f"2026-01-{1 + n % 28:02d}") for n, (text, _) in enumerate(labelled(60))]


def table(path: Path, header, rows, delimiter=",", encoding="utf-8") -> None:
    with open(path, "w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])


def lines(path: Path, rows) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def named(row) -> dict:
    """A text that begins with a name."""
    return {"text": f"Anna {row[0]}"}


def conll(path: Path) -> None:
    sentences = ("".join(f"{word} O\n" for word in text.split()) + "Anna B-PER\nSmith I-PER\nlives O\n" for text, *_ in ROWS)
    path.write_text("\n".join(sentences), "utf-8")


def squad(path: Path) -> None:
    asked = [
        {
            "context": text,
            "qas": [
                {
                    "id": str(n),
                    "question": f"Which is word {n}?",
                    "answers": [{"text": text.split()[0], "answer_start": text.index(text.split()[0])}],
                }
            ],
        }
        for n, (text, *_) in enumerate(ROWS)
    ]
    path.write_text(json.dumps({"data": [{"title": "all", "paragraphs": asked}]}), "utf-8")


def label_studio(path: Path) -> None:
    mark = {"start": 0, "end": 4, "text": "Anna", "labels": ["PER"]}
    result = {"from_name": "who", "to_name": "text", "type": "labels", "value": mark}
    tasks = [{"id": n, "data": named(row), "annotations": [{"result": [result]}]} for n, row in enumerate(ROWS)]
    path.write_text(json.dumps(tasks), "utf-8")


def brat(path: Path) -> None:
    path.mkdir()
    for n, row in enumerate(ROWS):
        (path / f"{n}.txt").write_text(named(row)["text"], "utf-8")
        (path / f"{n}.ann").write_text("T1\tPER 0 4\tAnna\n", "utf-8")


def class_folders(path: Path) -> None:
    for n, (text, label, *_) in enumerate(ROWS):
        (path / label).mkdir(parents=True, exist_ok=True)
        (path / label / f"{n}.txt").write_text(text, "utf-8")


def photos(path: Path) -> None:
    from PIL import Image

    for n in range(40):
        colour = "red" if n % 2 else "blue"
        (path / colour).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (12, 12), (200 + n, n, 0) if n % 2 else (0, n, 200 + n)).save(path / colour / f"{n}.png")


def workbook(path: Path) -> None:
    """An xlsx of text cells, as small as it can be."""
    import zipfile
    from xml.sax.saxutils import escape

    rows = [("review", "sentiment"), *((text, label) for text, label, *_ in ROWS)]
    body = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>" for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


FILES = {
    "comma.csv": lambda path: table(path, ("review", "sentiment"), [row[:2] for row in ROWS]),
    "semicolon.csv": lambda path: table(path, ("review", "sentiment", "day"), [(*row[:2], row[3]) for row in ROWS], ";"),
    "tab.tsv": lambda path: table(path, ("review", "sentiment", "id"), [(*row[:2], n) for n, row in enumerate(ROWS)], "\t"),
    "chinese.csv": lambda path: table(
        path, ("内容", "类别"), [(f"这家餐厅的菜很好吃服务也很热情{n}", "好评" if n % 2 else "差评") for n in range(60)]
    ),
    "numbers.csv": lambda path: table(
        path, ("age", "income", "paid"), [(20 + n, 1000 + 37 * n % 999, "yes" if n % 3 else "no") for n in range(60)]
    ),
    "rows.jsonl": lambda path: lines(path, [{"review": text, "sentiment": label} for text, label, *_ in ROWS]),
    "rows.parquet": lambda path: pq.write_table(
        pa.table({"review": [row[0] for row in ROWS], "sentiment": [row[1] for row in ROWS]}), path
    ),
    "book.xlsx": workbook,
    "names.txt": conll,
    "squad.json": squad,
    "doccano.jsonl": lambda path: lines(
        path,
        [
            {"id": n, **named(row), "entities": [{"label": "PER", "start_offset": 0, "end_offset": 4}], "relations": []}
            for n, row in enumerate(ROWS)
        ],
    ),
    "prodigy.jsonl": lambda path: lines(
        path,
        [
            {**named(row), "spans": [{"start": 0, "end": 4, "label": "PER"}], "answer": "accept", "_input_hash": n}
            for n, row in enumerate(ROWS)
        ],
    ),
    "label-studio.json": label_studio,
    "brat": brat,
    "folders": class_folders,
    "photos": photos,
}


def write_file(folder: Path, name: str) -> Path:
    """The file or folder of this name, made."""
    path = folder / name
    FILES[name](path)
    return path
