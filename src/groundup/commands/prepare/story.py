"""The story of preparing running text: read, clean, drop repeats, split, tokenize, report."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from groundup.commands.prepare.bulky import bulky_kind, prepare_bulky
from groundup.commands.prepare.closing import told
from groundup.commands.prepare.settings import Prepare
from groundup.commands.prepare.splits import Chooser, keys_of, stored_documents
from groundup.config import identity_settings
from groundup.data import folder_report
from groundup.data.clean.clean_batch import BatchCleaner, batches_of
from groundup.data.clean.dedup import Repeats
from groundup.data.clean.rules import Counts
from groundup.data.sentences import split_sentences, verbatim_pieces
from groundup.data.settings import SplitSettings
from groundup.data.shards import ShardWriter, token_type
from groundup.data.sources.read import read_documents
from groundup.data.sources.records import Document, Rejects
from groundup.data.splits.split import SPLITS, column_of
from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.tokenizers.tokenizer import Encoder, parallel
from groundup.data.tokenizers.training import train_tokenizer
from groundup.data.workers import Workers
from groundup.errors import InputError
from groundup.folders import NewFolder, check_output, new_folder
from groundup.messages.current import message
from groundup.pages.data_page import data_page
from groundup.runs import Outcome, is_made
from groundup.scope import at_default, refuse
from groundup.strict_json import canonical, read_json
from groundup.terminal.live import each, phase
from groundup.terminal.log import say, text

ROWS, CHARACTERS = 256, 2**22  # documents, or their characters, after which they are written
SCHEMA = pa.schema([(name, pa.string()) for name in ("id", "source", "split")] + [("paragraphs", pa.list_(pa.string()))])
BATCH_CHARACTERS = 2**18  # encoded at once: what is made of them fits a processor's cache


@dataclass
class Tally:
    """What was counted on the way; the report is made of it."""

    documents: int = 0
    paragraphs: array = field(default_factory=lambda: array("I"))  # of each document
    keys: list[list[str | None]] = field(default_factory=list)  # of each document, where a column says how they are split
    characters: int = 0
    scripts: np.ndarray = field(default_factory=lambda: np.zeros(len(folder_report.SCRIPTS), dtype=np.int64))
    splits: dict[str, Counter] = field(default_factory=dict)
    first: list[Document] = field(default_factory=list)


def prepare(settings: Prepare) -> Outcome:
    """Make the data folder, complete or not at all."""
    if (kind := bulky_kind(settings)) is not None:
        return prepare_bulky(settings, kind)
    out = Path(settings.out)
    check_output(out)
    fixed = identity_settings(settings)
    if is_made(out, fixed, at_default(settings)):
        say(text("finished already", out=out))
        return Outcome(out, told(out, read_json(out / "report.json")))
    rejects, counts, tally = Rejects(), Counts(), Tally()
    extra: dict = {}
    with new_folder(out, kind="data", settings=fixed, extra=extra) as folder, Workers(settings.threads) as workers:
        parallel(workers.count > 1)
        write_records(folder, kept_documents(settings, rejects, counts, workers), tally, settings.split)
        refuse(settings, *rejects.cases())
        check_equation(rejects, tally, out)
        records = folder.path / "records.parquet"
        chosen = Chooser(settings, records, tally.paragraphs, tally.keys)
        say(message("documents kept", kept=tally.documents, count=rejects.read, characters=tally.characters))
        for note in (*reasons(rejects, counts), *rejects.notes(), *chosen.notes()):
            say(f"    {note}")
        encoder = make_encoder(settings, records, chosen)
        for note in vocabulary_notes(settings, encoder, tally.characters):
            say(note)
        with phase(message("phase shards"), announced=True):
            write_shards(folder, records, chosen, encoder, tally, workers, joint(settings))
        encoder.save(folder)
        extra["token_type"] = token_type(encoder.vocab_size).str
        folder.write_text("rejects.jsonl", "".join(canonical_line(r) for r in rejects.described))
        report = make_report(settings, folder.path, rejects, counts, tally, encoder)
        report["documents"]["in_no_split"] = chosen.left_out
        report["sentence_tokens"]["matters"] = not encoder.verbatim  # else texts are read on across sentences
        folder.write_json("report.json", report)
        folder.write_text("report.html", data_page(report))
    return Outcome(out, told(out, report))


def canonical_line(value: dict) -> str:
    return canonical(value).replace("\n", "") + "\n"


def kept_documents(
    settings: Prepare, rejects: Rejects, counts: Counts, workers: Workers
) -> Iterator[tuple[Document, np.ndarray]]:
    """Read, cleaned and not repeated, with the characters of each script."""
    columns = settings.text_column, settings.document_column, [name for name in [column_of(settings.split)] if name]
    documents = read_documents(settings.source, settings.read, rejects, *columns)
    documents = each(documents, message("phase reading"), unit=message("documents"))
    wash = BatchCleaner(settings.clean, settings.dedup, lines=settings.read.paragraphs == "verse")
    repeats = Repeats(settings.dedup)
    for washed in workers.in_order(wash, batches_of(documents)):
        counts.add(washed.counts)
        duplicates = repeats.find([document.id for document in washed.documents if document.paragraphs], washed.looks)
        for document, scripts in zip(washed.documents, washed.scripts, strict=True):
            if not document.paragraphs:
                rejects.drop(document.id, "EMPTY", "nothing is left after cleaning", document.number)
            elif earlier := next(duplicates):
                rejects.drop(document.id, earlier[0], f"repeats {earlier[1]}", document.number)
            else:
                yield document, scripts


def write_records(
    folder: NewFolder, documents: Iterator[tuple[Document, np.ndarray]], tally: Tally, split: SplitSettings
) -> None:
    """records.parquet, a batch of documents at a time."""
    waiting: list[Document] = []
    size = 0
    with pq.ParquetWriter(folder.path / "records.parquet", SCHEMA, compression="zstd") as writer:
        for document, scripts in documents:
            waiting.append(document)
            tally.documents += 1
            tally.paragraphs.append(len(document.paragraphs))
            if document.others:
                tally.keys.append(keys_of(document, split))
            characters = sum(map(len, document.paragraphs))
            tally.characters += characters
            size += characters
            tally.scripts += scripts
            if len(tally.first) < folder_report.EXAMPLES:
                tally.first.append(document)
            if len(waiting) >= ROWS or size >= CHARACTERS:
                write_batch(writer, waiting)
                size = 0
        write_batch(writer, waiting)
    folder.add_existing("records.parquet")


def write_batch(writer: pq.ParquetWriter, waiting: list[Document]) -> None:
    columns = {name: [getattr(document, name) for document in waiting] for name in SCHEMA.names}
    writer.write_table(pa.table(columns, schema=SCHEMA))
    waiting.clear()


def check_equation(rejects: Rejects, tally: Tally, out: Path) -> None:
    """read = kept + dropped by rule + rejected by fault; nothing disappears in silence."""
    if tally.documents == 0:
        why = dict(sorted(rejects.counts.items()))
        raise InputError(
            "EMPTY_DATA", out, f"nothing is left of {rejects.read} records: {why}", "see what the cleaning rules drop"
        )
    rejects.check_sum(tally.documents)


def reasons(rejects: Rejects, counts: Counts) -> list[str]:
    """Why documents and paragraphs are gone, a line a reason."""
    dropped = [message("paragraphs dropped", count=count, rule=rule) for rule, count in sorted(counts.dropped.items())]
    return [*rejects.reasons("documents"), *dropped]


def vocabulary_notes(settings: Prepare, encoder: Encoder, characters: int) -> list[str]:
    """The size of the tokenizer and, if it is not the one asked for, why; and whether it has seen all of the text."""
    asked_for, size, often = settings.tokenizer, encoder.vocab_size, settings.tokenizer.min_frequency
    if asked_for.existing is not None or size == asked_for.vocab_size:
        line = message("tokenizer of", size=size)
    elif size > asked_for.vocab_size:
        line = message("tokenizer larger", size=size, wanted=asked_for.vocab_size)
    else:
        known = {"size": size, "wanted": asked_for.vocab_size, "entries": message(f"entries {asked_for.kind}")}
        key = "tokenizer smaller often" if often > 1 and asked_for.kind != "unigram" else "tokenizer smaller"
        line = message(key, times=often, fewer=often - 1, **known)
    if asked_for.existing is not None or characters <= asked_for.sample_megabytes * 2**20:
        return [line]
    return [line, "    " + message("tokenizer sample", megabytes=asked_for.sample_megabytes)]


def make_encoder(settings: Prepare, records: Path, chooser: Chooser) -> Encoder:
    """The tokenizer: reused, or trained on the training split."""
    if settings.tokenizer.existing is not None:
        encoder = load_tokenizer(Path(settings.tokenizer.existing))
        for note in encoder.notes:
            say(f"    {note}")
        return encoder
    with phase(message("phase tokenizer"), announced=True):
        encoder = train_tokenizer(lambda: training_texts(settings, records, chooser), settings.tokenizer)
    for note in encoder.notes:
        say(f"    {note}")
    return encoder


def training_texts(settings: Prepare, records: Path, chooser: Chooser) -> Iterator[str]:
    left = settings.tokenizer.sample_megabytes * 2**20
    for number, paragraphs in stored_documents(records):
        for split, section in chooser.sections(number, paragraphs):
            if split == "train":
                for paragraph in section:
                    left -= len(paragraph)
                    if left < 0:
                        return
                    yield paragraph


def joint(settings: Prepare) -> str:
    """What stood between paragraphs."""
    return "\n" if settings.read.paragraphs == "line" else "\n\n"


class Tokens(NamedTuple):
    """Sections of one split after it: their sentences' ids end to end, tokens of each sentence, sentences of each section."""

    split: str
    size: int  # bytes of the text
    ids: np.ndarray
    lengths: np.ndarray
    sections: list[int]


@dataclass(frozen=True)
class Tokenize:
    """(split, paragraphs) of several sections -> Tokens of each split. A tokenizer that keeps a text as it is is given all of
    it, with what stood `between` its paragraphs."""

    encoder: Encoder
    kind: np.dtype  # of an id
    between: str

    def __call__(self, batch: Sequence[tuple[str, list[str]]]) -> list[Tokens]:
        sections: dict[str, list[list[str]]] = {}
        for split, paragraphs in batch:
            sections.setdefault(split, []).append(self.pieces_of(paragraphs))
        return [self.tokens(split, pieces) for split, pieces in sections.items()]

    def pieces_of(self, paragraphs: list[str]) -> list[str]:
        """The sentences of a section; for a tokenizer that keeps a text as it is, pieces that are the whole text."""
        if self.encoder.verbatim:
            return [piece for paragraph in paragraphs for piece in verbatim_pieces(paragraph + self.between)]
        return [sentence for paragraph in paragraphs for sentence in split_sentences(paragraph)]

    def tokens(self, split: str, sections: list[list[str]]) -> Tokens:
        sentences = list(chain.from_iterable(sections))
        ids, lengths = self.encoder.encode_flat(sentences)
        size = len("".join(sentences).encode())
        return Tokens(split, size, ids.astype(self.kind), lengths, list(map(len, sections)))


def sections_of(records: Path, chooser: Chooser) -> Iterator[list[tuple[str, list[str]]]]:
    """(split, paragraphs) of all sections, in batches that are encoded at once."""
    waiting: list[tuple[str, list[str]]] = []
    size = 0
    for number, paragraphs in stored_documents(records):
        for split, section in chooser.sections(number, paragraphs):
            waiting.append((split, section))
            size += sum(map(len, section))
            if size >= BATCH_CHARACTERS:
                yield waiting
                waiting, size = [], 0
    if waiting:
        yield waiting


def write_shards(
    folder: NewFolder,
    records: Path,
    chooser: Chooser,
    encoder: Encoder,
    tally: Tally,
    workers: Workers,
    between: str = "\n\n",
) -> None:
    """Token shards of every split that has documents."""
    present = [name for i, name in enumerate(SPLITS) if (chooser.names == i).any()]
    writers = {name: ShardWriter(folder, name, encoder.vocab_size) for name in present}
    tally.splits = {name: Counter() for name in present}
    tokenize = Tokenize(encoder, token_type(encoder.vocab_size), between)
    for batch in workers.in_order(tokenize, sections_of(records, chooser)):
        for split, size, ids, lengths, sections in batch:
            tally.splits[split]["bytes"] += size
            writers[split].add(ids, lengths, sections)
    for name, writer in writers.items():
        writer.close()
        tally.splits[name].update(documents=writer.num_documents, sentences=writer.num_sentences, tokens=writer.num_tokens)


def make_report(settings: Prepare, folder: Path, rejects: Rejects, counts: Counts, tally: Tally, encoder: Encoder) -> dict:
    """What is in the data, and where everything went."""
    tokens = sum(c["tokens"] for c in tally.splits.values())
    kind = token_type(encoder.vocab_size)
    described = folder_report.describe(folder, tally.splits, kind, encoder.vocabulary, encoder.ids.unk)
    described["vocabulary"]["entries"] = encoder.vocab_size
    return {
        "language": settings.language,
        "files": rejects.files_read(settings.source),
        "documents": {
            "read": rejects.read,
            "joined": rejects.joined,
            "kept": tally.documents,
            "faulty": rejects.faults,
            "left_out": dict(sorted(rejects.counts.items())),
        },
        "paragraphs": {
            "read": counts.paragraphs,
            "kept": counts.num_kept,
            "changed": dict(sorted(counts.changed.items())),
            "dropped": dict(sorted(counts.dropped.items())),
        },
        "characters": tally.characters,
        "scripts": dict(zip(folder_report.SCRIPTS, tally.scripts.tolist())),
        "splits": {name: dict(counts) for name, counts in tally.splits.items()},
        "tokenizer": {
            "kind": settings.tokenizer.kind,
            "entries": encoder.vocab_size,
            "characters_per_token": round(tally.characters / max(1, tokens), 3),
        },
        **described,
        "rejects": rejects.described[: folder_report.SHOWN],
        "examples": [{"id": d.id, "text": "\n".join(d.paragraphs)[: 5 * folder_report.SHOWN]} for d in tally.first],
    }
