"""Rows as annotation tools export them: the tool is recognised by the first row of a file and said; its rows become plain.

Label Studio (JSON, JSON_MIN, CSV), Prodigy, doccano, spaCy's `cats`, and the `translation` objects of Hugging Face.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from groundup.data.sources.annotated.spans import in_json, is_marked
from groundup.data.sources.annotated.tag_lists import dict_of
from groundup.data.sources.records import ALL, JUDGING, Columns, Rejects, Row
from groundup.errors import printable
from groundup.messages.current import message

ANSWERS = ("accept", "reject", "ignore")
PRODIGY = {
    "_input_hash",
    "_task_hash",
    "_session_id",
    "_annotator_id",
    "_view_id",
    "spans",
    "tokens",
    "options",
    "accept",
    "label",
}
ABOUT = {"annotator", "annotation_id", "lead_time", "completion_id"}  # of Label Studio
MORE_THAN_HALF = 0.5


def annotated(rows: Iterator[Row], name: str, rejects: Rejects, columns: Columns = ALL) -> Iterator[Row]:
    """The rows of a file, made plain where a tool wrote them. A column that is asked for is data, and judges no row."""
    data = JUDGING.intersection(columns.needed)
    before: list[Row] = []
    for row in rows:
        before.append(row)
        if row.fault is None:
            about = {column: value for column, value in row.values.items() if column not in data}
            tool = next((tool for tool, fits in TOOLS.items() if fits(about)), None)
            rows = chain(before, rows)
            yield from rows if tool is None else tool(rows, name, rejects)
            return
    yield from before


# Label Studio


def is_label_studio(values: Mapping) -> bool:
    return isinstance(values.get("data"), dict) and isinstance(values.get("annotations", values.get("completions")), list)


@dataclass
class Controls:
    """What the annotators of a project could say, and what was not read of it."""

    kinds: dict[str, str] = field(default_factory=dict)  # control -> spans, choices or other
    several: int = 0
    relations: int = 0

    def of_task(self, row: Row) -> dict[str, object] | None:
        """The values of a task: its data, and a column per control; None where nobody annotated it."""
        tasks, data = row.values.get("annotations", row.values.get("completions")), row.values.get("data")
        tasks = tasks if isinstance(tasks, list) else []
        done = [one for one in tasks if isinstance(one, dict) and not one.get("was_cancelled")]
        if not done or not isinstance(data, dict):
            return None
        self.several += len(done) > 1
        values = {**data, "id": row.values.get("id")}
        results = done[0].get("result")
        own: dict[str, object] = {}
        for result in results if isinstance(results, list) else []:
            if isinstance(result, dict) and isinstance(result.get("value"), dict) and isinstance(result.get("from_name"), str):
                self.add(own, result["from_name"], result["value"])
            else:
                self.relations += 1
        return values | own

    def add(self, own: dict[str, object], control: str, value: dict) -> None:
        if is_marked(value):
            self.kinds[control] = "spans"
            values = own.setdefault(control, [])
            if isinstance(values, list):
                values.append(value)
        else:
            self.kinds.setdefault(control, "choices" if "choices" in value else "other")
            own[control] = plain(value)


def plain(value: object) -> object:
    """What a control that marks nothing says: choices as a list, a number, a text."""
    if not isinstance(value, Mapping):
        return value
    for key in ("choices", "rating", "number", "text", "taxonomy"):
        if key in value:
            values = value[key]
            if key == "taxonomy" and isinstance(values, list):
                return [" / ".join(map(str, path)) for path in values if isinstance(path, list)]
            return values[0] if key == "text" and isinstance(values, list) and len(values) == 1 else values
    return value


def label_studio(rows: Iterator[Row], name: str, rejects: Rejects) -> Iterator[Row]:
    """A row per task with a column for each control; tasks that nobody annotated are left out."""
    controls, label_rows = Controls(), []
    for row in rows:
        values = controls.of_task(row) if row.fault is None else row.values
        if values is None and rejects.deliver_faulty:  # every row is wanted
            row.values = data if isinstance(data := row.values.get("data"), dict) else row.values
            label_rows.append(row)
        elif values is None:
            rejects.drop(f"{row.file}:{row.line}", "NOT_ANNOTATED", "has no annotation", row.number)
        else:
            row.values = values
            label_rows.append(row)
    clauses = [message("Label Studio tasks", columns=controls_text(controls.kinds) or message("none"))]
    clauses += [message("several annotations", count=controls.several)] * (controls.several > 0)
    clauses += [message("relations unread", count=controls.relations)] * (controls.relations > 0)
    rejects.inform(message("semicolon").join(clauses), name)
    for row in label_rows:
        for control, kind in controls.kinds.items():
            row.values.setdefault(control, [] if kind == "spans" else None)
        yield row


def controls_text(kinds: Mapping[str, str]) -> str:
    """Controls and what they say, for people."""
    return message("comma").join(message(f"control {kind}", name=name) for name, kind in kinds.items())


def is_label_studio_min(values: Mapping) -> bool:
    return len(ABOUT & values.keys()) > 1


def label_studio_min(rows: Iterator[Row], name: str, rejects: Rejects) -> Iterator[Row]:
    """Rows of JSON_MIN or CSV: what a task lacks is filled, choices in an object become a list."""
    label_rows = list(rows)
    kinds: dict[str, str] = {}
    for row in label_rows:
        for column, value in row.values.items():
            text = in_json(value)
            if isinstance(text, list) and text and all(map(is_marked, text)):
                kinds[column] = "spans"
            elif isinstance(text, dict) and "choices" in text:
                kinds.setdefault(column, "choices")
                row.values[column] = text["choices"]
    rejects.inform(message("Label Studio rows", columns=controls_text(kinds) or message("none with spans")), name)
    everywhere = dict.fromkeys(column for row in label_rows if row.fault is None for column in row.values)
    for row in label_rows:
        if row.fault is None:
            for column in everywhere:
                row.values.setdefault(column, [] if kinds.get(column) == "spans" else None)
        yield row


# Prodigy


def is_prodigy(values: Mapping) -> bool:
    return values.get("answer") in ANSWERS and bool(PRODIGY & values.keys())


def prodigy(rows: Iterator[Row], name: str, rejects: Rejects) -> Iterator[Row]:
    """Rows that were accepted; rejected and ignored ones are left out."""
    counts: Counter[str] = Counter()
    for row in rows:
        answer, place = row.values.get("answer"), f"{row.file}:{row.line}"
        if rejects.deliver_faulty or row.fault is not None:  # every row is wanted
            yield row
            continue
        if answer is not None and answer not in ANSWERS:
            what = f"has the answer '{printable(answer, 40)}', not one of {', '.join(ANSWERS)}"
            rejects.fault(place, "BAD_ANSWER", what, number=row.number)
            continue
        counts[str(answer or "none")] += 1
        if answer != "accept":
            rejects.drop(place, f"ANSWER_{str(answer or 'none').upper()}", f"has the answer {answer or 'none'}", row.number)
            continue
        if not {"accept", "options", "label", "cats"} & row.values.keys():
            row.values.setdefault("spans", [])
        yield row
    others = [message(f"answer {one}", count=counts[one]) for one in ("reject", "ignore", "none") if counts[one]]
    clauses = [message("Prodigy rows", count=counts["accept"])]
    clauses += [message("left out by answer", answers=message("comma").join(others))] if others else []
    rejects.inform(message("semicolon").join(clauses), name)


# doccano and others


def is_doccano(values: Mapping) -> bool:
    entities = values.get("entities")
    if not isinstance(entities, list):
        return False
    return "relations" in values or any(isinstance(one, dict) and "start_offset" in one for one in entities)


def doccano(rows: Iterator[Row], name: str, rejects: Rejects) -> Iterator[Row]:
    """Rows with the entities of doccano; its relations are counted."""
    relations = 0
    for row in rows:
        given_relations = row.values.get("relations")
        relations += len(given_relations) if isinstance(given_relations, list) else 0
        yield row
    clauses = [message("doccano rows"), *[message("relations unread", count=relations)] * (relations > 0)]
    rejects.inform(message("semicolon").join(clauses), name)


def has_cats(values: Mapping) -> bool:
    cats = values.get("cats")
    return isinstance(cats, dict) and bool(cats) and all(isinstance(share, (int, float)) for share in cats.values())


def spacy_cats(rows: Iterator[Row], name: str, rejects: Rejects) -> Iterator[Row]:
    """Rows whose `cats` name the labels that hold by more than a half."""
    rejects.inform(message("cats over half", share=MORE_THAN_HALF), name)
    for row in rows:
        cats = row.values.get("cats")
        if isinstance(cats, dict):
            shares = {label: share for label, share in cats.items() if isinstance(share, (int, float))}
            row.values["cats"] = [label for label, share in shares.items() if share > MORE_THAN_HALF]
        yield row


def translations(value: object) -> dict[str, str] | None:
    """Language -> text of a `translation` object; None for what is none."""
    value = dict_of(value) if isinstance(value, str) else value
    if not isinstance(value, Mapping) or not value:
        return None
    if isinstance(languages := value.get("language"), list) and isinstance(texts := value.get("translation"), list):
        value = dict(zip(languages, texts, strict=False))
    return {str(one): text for one, text in value.items()} if all(isinstance(text, str) for text in value.values()) else None


def translated(rows: Iterator[Row], name: str, rejects: Rejects) -> Iterator[Row]:
    """Rows with a column per language."""
    has_pairs = False
    for row in rows:
        pair = translations(row.values.get("translation"))
        if pair is not None:
            if not has_pairs:
                rejects.inform(message("translation is columns", languages=", ".join(list(pair)[:20])), name)
                has_pairs = True
            row.values = {**{column: value for column, value in row.values.items() if column != "translation"}, **pair}
        yield row


Tool = Callable[[Iterator[Row], str, Rejects], Iterator[Row]]
TOOLS: dict[Tool, Callable[[Mapping], bool]] = {
    label_studio: is_label_studio,
    label_studio_min: is_label_studio_min,
    prodigy: is_prodigy,
    doccano: is_doccano,
    spacy_cats: has_cats,
    translated: lambda values: translations(values.get("translation")) is not None,
}
