"""The demo with text: the documentation on this machine, a pretrained encoder, and a classifier of sentences."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from groundup.commands.demo.settings import Demo
from groundup.commands.demo.stages import Demonstration, Score, confidence_line, lines_of_answers, scores_of
from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.story import finetune
from groundup.commands.prepare.settings import Prepare
from groundup.commands.prepare.story import prepare
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.story import pretrain
from groundup.commands.shared.csv_text import csv_text
from groundup.data.batches.pairs import NEXT, NO_LABEL, Pairs
from groundup.data.batches.ragged_batch import Flat
from groundup.data.shards import Shards
from groundup.data.sources.texts import python_docs
from groundup.evaluate.opened import softmax
from groundup.evaluate.predictor import Predictor, load
from groundup.events import read_events
from groundup.folders import new_folder
from groundup.messages.translate import Translator, translate_name
from groundup.pages.demo_page import corpus_section, lines_section, pretraining_section
from groundup.strict_json import read_json
from groundup.tasks.rows.labelled_rows import stored_table
from groundup.terminal.log import say, text

VOCABULARY, PRESET, LENGTH = 8192, "tiny", 128
PAIRS, SHOWN_PAIRS, PAIRS_AT_ONCE = 400, 2, 50  # pairs kept apart that are answered; shown of each kind; at a time
SHOWN_MODULES, SHOWN_CHARACTERS = 4, 70
MASKED = [
    "Return a new [MASK] object.",
    "If the file does not [MASK], an exception is raised.",
    "The default [MASK] is None.",
]


def text_life(settings: Demo) -> dict[str, Any]:
    """Text, tokenizer, pretraining, two classifiers, answers."""
    demo = Demonstration(settings, 5)
    out, raw = demo.out, collect(demo.out / "text")
    demo.step("demo prepare text")
    source, vocabulary = (str(raw / "documents"),), {"vocab_size": VOCABULARY}
    demo.perform(Prepare, prepare, source=source, out=str(out / "data"), tokenizer=vocabulary)
    budget = settings.pretraining_time
    demo.step("demo pretrain text", budget=budget)
    demo.perform(Pretrain, pretrain, data=str(out / "data"), out=str(out / "lm"), preset=PRESET, length=LENGTH, budget=budget)
    reports = {}
    for name, untrained in (("pretrained", False), ("untrained", True)):
        demo.step(f"demo finetune {name}", labels=f"{settings.labels:,}")
        classify(demo, raw, out / name, untrained)
        reports[name] = read_json(out / name / "report.json")
    demo.step("demo use")
    lines = [confidence_line(reports["pretrained"]), *use(out, settings.seed)]
    demo.tell(lines)
    scores = comparison(reports)
    data, events = read_json(out / "data" / "report.json"), list(read_events(out / "lm" / "events.jsonl"))
    sections = [
        corpus_section(data, demo.t),
        pretraining_section(events, demo.t),
        lines_section("demo answers", lines, demo.t),
    ]
    pages = ["data/report.html", *(f"{name}/report.html" for name in reports)]
    return demo.finish("demo from text", scores, verdict(scores, demo.t), sections, pages) | {"answers": lines}


def classify(demo: Demonstration, raw: Path, out: Path, untrained: bool) -> None:
    """Fine-tune the encoder, or the same one with random weights, on sentences; modules stay in one split."""
    demo.perform(
        Finetune,
        finetune,
        model=str(demo.out / "lm"),
        data=str(raw / "sentences.csv"),
        text_column=("sentence",),
        label_column="part",
        out=str(out),
        split={"group_by": "module", "validation": 0.15, "test": 0.3},
        train_rows=demo.settings.labels,
        max_length=64,
        from_scratch=untrained,
        baselines=not untrained,
    )


def collect(folder: Path) -> Path:
    """`documents/` with one text file per module, and `sentences.csv` with the part of the library each one documents."""
    if folder.is_dir():
        return folder
    say(text("demo read text"))
    rows: list[tuple[str | None, ...]] = [("sentence", "part", "module")]
    known = set()
    with new_folder(folder, kind="text") as new:
        for module in [*python_docs.standard_library(), *python_docs.libraries()]:
            document = "\n\n".join("\n\n".join(paragraphs) for paragraphs in module.docstrings if paragraphs)
            new.write_text(f"documents/{module.library}/{module.module}.txt", document + "\n")
            for sentence in python_docs.sentences_of(module) if module.part else ():
                if sentence not in known:
                    known.add(sentence)
                    rows.append((sentence, module.part, module.module))
        new.write_text("sentences.csv", csv_text(rows))
    return folder


def use(out: Path, seed: int) -> list[str]:
    """What the two models answer: masked words, next sentences of documents kept apart, and sentences of test modules."""
    language = load(out / "lm")
    lines = []
    for sentence in MASKED:
        words = ", ".join(f"{word} {p:.2f}" for word, p in language.fill(sentence, top=3)[0])
        lines.append(text("demo fills", text=sentence, words=words))
    lines += next_sentence_lines(language, Shards.open(out / "data", "validation"), seed)
    return lines + sentence_lines(out / "pretrained", out / "text" / "sentences.csv")


class Answer(NamedTuple):
    """What the model says of a pair: its number, whether the second text follows, how probable that is called, the tokens."""

    number: int
    follows: bool
    probability: float
    tokens: tuple[list[int], list[int]]

    @property
    def right(self) -> bool:
        return (self.probability >= 0.5) == self.follows


def next_sentence_lines(language: Predictor, shards: Shards, seed: int) -> list[str]:
    """How many of the first pairs of validation documents are answered rightly, and the first ones of each kind, right or
    wrong."""
    pairs, encoder = Pairs(shards, language.specials, LENGTH, seed), language.encoder
    answers = []
    for start in range(0, min(PAIRS, pairs.size), PAIRS_AT_ONCE):
        flat = pairs.batch(np.arange(start, min(start + PAIRS_AT_ONCE, PAIRS, pairs.size)))
        follows = softmax(language.logits(flat, "nsp", flat.starts))[:, NEXT]
        for place, target in enumerate(flat.labels["nsp"]):
            if target != NO_LABEL:
                answers.append(Answer(int(flat.numbers[place]), target == NEXT, float(follows[place]), sides(flat, place)))
    answers.sort()  # as they were drawn
    right = sum(one.right for one in answers)
    accuracy = f"{right / max(1, len(answers)):.3f}"
    lines = [text("demo pairs", right=right, pairs=len(answers), accuracy=accuracy), text("demo pair rule")]
    for wanted in (True, False):
        for one in [one for one in answers if one.follows == wanted][:SHOWN_PAIRS]:
            first, second = (encoder.decode(ids) for ids in one.tokens)
            about = {"first": ending(first), "second": beginning(second), "probability": f"{one.probability:.2f}"}
            verdict = text("demo right" if one.right else "demo wrong")
            truth = text("demo follows" if one.follows else "demo follows not")
            lines.append(text("demo pair", verdict=verdict, truth=truth, **about))
    return lines


def sides(flat: Flat, place: int) -> tuple[list[int], list[int]]:
    """The tokens of both texts of a pair, without those around them."""
    assert flat.segments is not None  # pairs have them
    start, length = int(flat.starts[place]), int(flat.lengths[place])
    tokens, segments = flat.tokens[start : start + length], flat.segments[start : start + length]
    return tokens[segments == 0][1:-1].tolist(), tokens[segments == 1][:-1].tolist()


def beginning(sentence: str) -> str:
    return sentence if len(sentence) <= SHOWN_CHARACTERS else sentence[:SHOWN_CHARACTERS] + "…"


def ending(sentence: str) -> str:
    return sentence if len(sentence) <= SHOWN_CHARACTERS else "…" + sentence[-SHOWN_CHARACTERS:]


def sentence_lines(run: Path, sentences: Path) -> list[str]:
    """The first sentence of each of the first test modules, its part of the library, and what the classifier answers."""
    classifier = load(run)
    table = stored_table(run / "data", classifier.reader)
    test = {row[0] for row in table.texts_of("test")}
    first: dict[str, tuple[str, str]] = {}
    for row in csv.DictReader(io.StringIO(sentences.read_text("utf-8"))):
        if row["sentence"] in test:
            first.setdefault(row["module"], (row["sentence"], row["part"]))
    chosen = [first[module] for module in sorted(first)[:SHOWN_MODULES]]
    if not chosen:
        return []
    answers = classifier.predictions([sentence for sentence, _ in chosen])
    names, truths = [beginning(sentence) for sentence, _ in chosen], [part for _, part in chosen]
    return [text("demo sentence rule", count=len(chosen)), *lines_of_answers(names, answers, truths)[1:]]


def comparison(reports: dict[str, Any]) -> list[Score]:
    """Every contender on the same test rows."""
    models = [score for name, report in reports.items() for score in scores_of(f"{name} encoder", report, False)]
    return [*models, *scores_of("", reports["pretrained"])[1:]]


def verdict(scores: list[Score], t: Translator) -> list[str]:
    """Who wins, plainly."""
    by_name = {score.name: score.accuracy for score in scores}
    gain = by_name["pretrained encoder"] - by_name["untrained encoder"]
    best = max(scores, key=lambda score: score.accuracy)
    helps = "demo pretraining helped" if gain > 0 else "demo pretraining did not help"
    best_line = t("demo best", name=translate_name(best.name, t), accuracy=f"{best.accuracy:.3f}")
    return [t(helps, gain=f"{gain:+.3f}"), best_line]
