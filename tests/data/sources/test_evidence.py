"""Offsets against the text beside them: what proves another way of counting refuses the file with the setting that means it."""

import json

import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.annotated.offsets import Offsets, places
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import write

TEXTS = [
    ("😀 Ada Byron lives in Bath today", ["Ada Byron", "Bath"]),
    ("é\r\nSaw 👍🏽 Zoë in Cádiz", ["Zoë", "Cádiz"]),
    ("Rain fell on Rome", ["Rome"]),
]
COLUMNS = ("text", "spans")


def utf16(text, at):
    return len(text[:at].encode("utf-16-le")) // 2


COUNTS = {
    "--read.offsets utf16": utf16,
    "--read.offsets bytes": lambda text, at: len(text[:at].encode()),
    "--read.offsets lf": lambda text, at: len(text[:at].replace("\r\n", "\n")),
    "--read.offset_shift -1": lambda text, at: at + 1,
    "--read.offset_shift 1": lambda text, at: at - 1,
}


def spans(text, names, count, end=0, beside=True):
    found = [(text.index(name), name) for name in names]
    return [
        {"start": count(text, at), "end": count(text, at + len(name)) + end, "label": "X"} | ({"text": name} if beside else {})
        for at, name in found
    ]


def table(path, rows):
    return write(path, [json.dumps(row, ensure_ascii=False) for row in rows])


def read(path, columns=COLUMNS, rejects=None, **settings):
    return [row.values for row in read_rows([str(path)], ReadSettings(**settings), rejects or Rejects(), columns)]


def told(setting):
    name, value = setting.removeprefix("--read.").split(" ")
    return {name: int(value) if value.strip("-").isdigit() else value == "true" or value}


@pytest.mark.parametrize("setting", COUNTS)
def test_the_way_of_counting_is_found_and_its_setting_reads_the_file(setting, tmp_path):
    path = table(tmp_path / "a.jsonl", [{"text": text, "spans": spans(text, names, COUNTS[setting])} for text, names in TEXTS])
    with pytest.raises(InputError) as error:
        read(path)
    assert (error.value.code, error.value.fix) == ("OFFSETS_DIFFER", f"pass {setting}")
    assert "line 1: " in error.value.what or "line 2: " in error.value.what
    assert [[text[s:e] for s, e, _ in row["spans"]] for row in read(path, **told(setting)) for text in [row["text"]]] == [
        n for _, n in TEXTS
    ]


def test_ends_that_are_inside_are_found_with_and_without_text_beside_them(tmp_path):
    rows = [
        {
            "text": f"On day {n} Ada Byron went home",
            "spans": [{"start": 9 + (n > 9), "end": 17 + (n > 9), "label": "X", "text": "Ada Byron"}],
        }
        for n in range(20)
    ]
    path = table(tmp_path / "a.jsonl", rows)
    for _ in ("beside", "alone"):
        with pytest.raises(InputError, match="name the last character of a span, not the one after it") as error:
            read(path)
        assert error.value.fix.startswith("pass --read.inclusive_end true")
        path = table(
            tmp_path / "b.jsonl",
            [{"text": row["text"], "spans": [[s["start"], s["end"], "X"] for s in row["spans"]]} for row in rows],
        )
    assert [row["text"][slice(*row["spans"][0][:2])] for row in read(path, inclusive_end=True)] == ["Ada Byron"] * 20
    rejects = Rejects()
    assert len(read(path, rejects=rejects, offsets="codepoints")) == 20  # who says so is believed, and warned
    assert rejects.notes()[0].startswith(
        "warning: b.jsonl: 20 of 20 rows have spans that begin or end inside a word: line 1: 'Ada Byro'"
    )


def test_few_rows_that_differ_are_left_out_and_counted_and_many_refuse_the_file(tmp_path):
    good = [{"text": "Rain fell on Rome", "spans": [{"start": 13, "end": 17, "label": "X", "text": "Rome"}]}] * 150
    bad = {"text": "Rain fell on Rome", "spans": [{"start": 0, "end": 4, "label": "X", "text": "Rome"}]}
    rejects = Rejects()
    assert len(read(table(tmp_path / "a.jsonl", [*good, bad]), rejects=rejects)) == 150
    assert dict(rejects.counts) == {"OFFSETS_DIFFER": 1}
    assert rejects.notes() == [
        "warning: a.jsonl: 1 of 151 rows has spans that differ from the text: line 151: 'Rain' stands [0, 4], "
        "beside it stands 'Rome'; these rows are left out"
    ]
    with pytest.raises(InputError, match="2 of 152 rows have spans that differ from the text: line 151") as error:
        read(table(tmp_path / "b.jsonl", [*good, bad, bad]))
    assert "--read.max_rejects" in error.value.fix
    assert len(read(tmp_path / "b.jsonl", max_rejects=2)) == 150


def test_spans_outside_the_text_are_told_with_their_place(tmp_path):
    path = table(tmp_path / "a.jsonl", [{"text": "Rain", "spans": [[0, 9, "X"]]}, {"text": "Rain", "spans": [[2, 2, "X"]]}])
    with pytest.raises(
        InputError, match=r"line 1: \[0, 9\] is no part of 4 characters; line 2: \[2, 2\] is no part of 4 characters"
    ):
        read(path)


def test_spans_of_several_scripts_do_not_cut_words(tmp_path):
    rejects = Rejects()
    rows = [
        {"text": "吴重阳在中国", "spans": [[0, 3, "X"]]},
        {"text": "서울에서", "spans": [[0, 2, "X"]]},
        {"text": "Ada's", "spans": [[0, 3, "X"]]},
    ]
    assert len(read(table(tmp_path / "a.jsonl", rows), rejects=rejects)) == 3
    assert rejects.notes() == []


SHAPES = {
    "doccano": [{"id": 0, "start_offset": 5, "end_offset": 8, "label": "X"}],
    "pairs": [[5, 8, "X"]],
    "Label Studio": [{"start": 5, "end": 8, "text": "Ada", "labels": ["X"]}],
    "transformers": [{"entity_group": "X", "word": "Ada", "start": 5, "end": 8, "score": 0.9}],
    "Rasa": [{"start": 5, "end": 8, "value": "Ada", "entity": "X"}],
    "length": [{"offset": 5, "length": 3, "category": "X"}],
    "CLUENER": {"X": {"Ada": [[5, 7]]}},
    "JSON in a cell": '[{"start": 5, "end": 8, "label": "X"}]',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_spans_of_every_tool_are_read_alike(shape, tmp_path):
    assert read(table(tmp_path / "a.jsonl", [{"text": "Here Ada is", "spans": SHAPES[shape]}]))[0]["spans"] == [[5, 8, "X"]]


def test_a_span_of_two_types_is_left_to_the_task_with_its_words(tmp_path):
    value = [{"start": 5, "end": 8, "labels": ["X", "Y"]}]
    assert read(table(tmp_path / "a.jsonl", [{"text": "Here Ada is", "spans": value}]))[0]["spans"] == value


def test_answers_are_compared_with_their_place(tmp_path):
    context = "👍 Ada lived in Bath. Bath is old."
    rows = [
        {"question": "Where?", "context": context, "answers": {"text": ["Bath"], "answer_start": [context.index("Bath") + 1]}},
        {"question": "Why?", "context": context, "answers": {"text": [], "answer_start": []}},
    ]
    path, columns = table(tmp_path / "a.jsonl", rows), ("question", "context", "answers")
    with pytest.raises(InputError, match=r"--read\.offsets utf16"):
        read(path, columns)
    found = [row["answers"] for row in read(path, columns, offsets="utf16")]
    assert found == [[{"text": "Bath", "answer_start": 15}], []]
    elsewhere = [{"question": "Where?", "context": context, "answers": [{"text": "in the town of Bath", "answer_start": 3}]}]
    assert read(table(tmp_path / "b.jsonl", elsewhere), columns)[0]["answers"] == elsewhere[0]["answers"]


def test_lists_in_cells_are_words_and_tags(tmp_path):
    rejects = Rejects()
    path = write(
        tmp_path / "a.csv",
        [
            "words,tags",
            "\"['EU', \"\"isn't\"\", 'São']\",\"['B-ORG', 'O', 'O']\"",
            "\"['a' 'b']\",\"['O' 'B-X']\"",
            '"[""x"", ""\\u00e9""]","[0, 1]"',
        ],
    )
    assert read(path, ("words", "tags"), rejects) == [
        {"words": ["EU", "isn't", "São"], "tags": ["B-ORG", "O", "O"]},
        {"words": ["a", "b"], "tags": ["O", "B-X"]},
        {"words": ["x", "é"], "tags": [0, 1]},
    ]
    assert "read as words and their tags" in rejects.notes()[0]
    plain = write(tmp_path / "b.csv", ["words,tags", "[sic] he said,['A']", "[EU],x"])
    assert read(plain, ("words", "tags"))[0] == {"words": "[sic] he said", "tags": "['A']"}


def test_places_in_a_list_of_words_count_words(tmp_path):
    rows = [
        {
            "tokens": ["So", "Ada", "Byron", "saw", "Bath"],
            "entities": [{"type": "PER", "start": 1, "end": 3}, {"type": "LOC", "start": 4, "end": 5}],
        },
        {"tokens": list("吴在中国"), "entities": [{"type": "LOC", "start": 2, "end": 4}]},
    ]
    found = read(table(tmp_path / "a.jsonl", rows), ("tokens", "entities"))
    assert [row["entities"] for row in found] == [[[3, 12, "PER"], [17, 21, "LOC"]], [[2, 4, "LOC"]]]
    inclusive = [
        {
            "tokens": row["tokens"],
            "entities": [
                {**s, "end": s["end"] - 1, "text": " ".join(row["tokens"][s["start"] : s["end"]])} for s in row["entities"]
            ],
        }
        for row in rows[:1]
    ]
    path = table(tmp_path / "b.jsonl", inclusive)
    with pytest.raises(InputError, match=r"'Ada' stands \[1, 2\], beside it stands 'Ada Byron'.*--read\.inclusive_end true"):
        read(path, ("tokens", "entities"))
    assert read(path, ("tokens", "entities"), inclusive_end=True)[0]["entities"] == found[0]["entities"]
    with pytest.raises(InputError, match=r"\[1, 9\] is no part of 2 words"):
        read(table(tmp_path / "c.jsonl", [{"tokens": ["a", "b"], "entities": [[1, 9, "X"]]}]), ("tokens", "entities"))


def test_tags_in_lists_are_read_by_the_scheme_of_the_file(tmp_path):
    rows = [
        {"words": ["Ada", "Byron", "saw", "Bath"], "tags": ["B-PER", "L-PER", "O", "U-LOC"]},
        {"words": ["so"], "tags": ["O"]},
    ]
    rejects = Rejects()
    found = read(table(tmp_path / "a.jsonl", rows), ("words", "tags"), rejects)
    assert [row["tags"] for row in found] == [["B-PER", "I-PER", "O", "B-LOC"], ["O"]]
    assert rejects.notes() == ["a.jsonl: the tags in 'tags' are of the scheme BILOU"]


WORDS = ["sentence #,word,tag", "Sentence: 1,Ada,B-PER", ",Byron,I-PER", ",saw,O", "Sentence: 2,Bath,B-LOC"]


def test_one_word_a_row_becomes_sentences_by_the_column_that_counts_them(tmp_path):
    rejects = Rejects()
    found = read(write(tmp_path / "a.csv", [*WORDS, *(f"Sentence: {n},so,O" for n in range(3, 20))]), ("word", "tag"), rejects)
    assert [(row["word"], row["tag"]) for row in found[:3]] == [
        (["Ada", "Byron", "saw"], ["B-PER", "I-PER", "O"]),
        (["Bath"], ["B-LOC"]),
        (["so"], ["O"]),
    ]
    assert (rejects.read, rejects.joined, rejects.delivered) == (21, 2, 19)
    with pytest.raises(
        InputError, match=r"WORD_A_ROW b\.csv: has one word a row \('tag' is like 'B-PER'\), and no column says"
    ):
        read(write(tmp_path / "b.csv", [line.partition(",")[2] for line in [*WORDS, *WORDS[1:], *WORDS[1:]]]), ("word", "tag"))


def test_cells_with_objects_of_translations_are_languages(tmp_path):
    path = write(
        tmp_path / "a.csv",
        ["id,translation", "1,\"{'en': 'one', 'de': \"\"eins'\"\"}\"", '2,"{""en"": ""two"", ""de"": ""zwei""}"'],
    )
    assert read(path, ("en", "de")) == [{"id": "1", "en": "one", "de": "eins'"}, {"id": "2", "en": "two", "de": "zwei"}]


def test_counting_is_linear_in_the_text():
    text = "ab\r\n😀" * 20_000
    assert places(text, "utf16")[len(text.encode("utf-16-le")) // 2] == len(text)
    assert places(text, "lf")[len(text.replace("\r\n", "\n"))] == len(text)
    assert Offsets("bytes").character(10**12, text) is None
