"""From text to token shards: ours, and a batched map with transformers' fast tokenizer, with identical ids.

python benchmarks/bench_prepare.py --megabytes 32 --threads 2
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import chain, count, islice
from pathlib import Path

import inputs
import numpy as np
import peers  # noqa: F401  (offline and quiet)
import pyarrow as pa
from rounds import Bench, Contender, Measurement, options
from transformers import AutoTokenizer

from groundup.commands.prepare.settings import Prepare
from groundup.commands.prepare.story import Chooser, Tally, prepare, stored_documents, write_shards
from groundup.data.settings import SplitSettings, TokenizerSettings
from groundup.data.shards import Shards
from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.workers import Workers
from groundup.folders import new_folder

MAPPED = 1000  # rows of a batch, as datasets.map has it
SEQUENCE = 128
IDS = {"add_special_tokens": False, "return_attention_mask": False, "return_token_type_ids": False}
NOTES = (
    "groundup, shards: paragraphs read from records.parquet, split into sentences, encoded, written as token shards with the "
    "places of sentences and documents, checksums and fsync",
    "transformers, as datasets.map: the same paragraphs through AutoTokenizer in batches of 1,000, all its columns written "
    "to an Arrow file; datasets itself is not needed for that",
    "transformers, as run_mlm: both maps of its script: special tokens and their mask added, written to an Arrow file, which "
    "is read again, joined and cut into sequences of 128, and written to another",
    "transformers, ids only: the same as datasets.map, but without masks and types, written as a flat file of 16-bit ids",
    "the ids of these four are compared and equal; kB are those of the raw text",
    "groundup, whole prepare: raw text files to a data folder, with cleaning, exact and near duplicates removed, report; the "
    "tokenizer is given; one process, unless it says more workers",
    "groundup, prepare and tokenizer: the same, a tokenizer of 8,192 entries trained on the text",
)


class Text:
    """Raw files, and the data folder made of them once."""

    def __init__(self, scratch: Path, source: Path, characters: int, vocab_size: int):
        self.raw, self.data, self.scratch = scratch / "raw", scratch / "data", scratch / "turns"
        self.size = inputs.text_files(self.raw, source, characters)
        self.vocab_size, self.numbers = vocab_size, count()
        self.prepare(self.data, None, 1)
        self.encoder, self.theirs = load_tokenizer(self.data), AutoTokenizer.from_pretrained(self.data)
        self.records = self.data / "records.parquet"
        self.paragraphs = [len(paragraphs) for _, paragraphs in stored_documents(self.records)]

    def settings(self, out: Path, existing: Path | None, threads: int = 1) -> Prepare:
        words = TokenizerSettings(vocab_size=self.vocab_size, existing=existing and str(existing))
        return Prepare(
            source=(str(self.raw),),
            out=str(out),
            tokenizer=words,
            split=SplitSettings(validation=0.0, test=0.0),
            threads=threads,
            quiet=True,
        )

    def prepare(self, out: Path, existing: Path | None, threads: int) -> None:
        prepare(self.settings(out, existing, threads))

    def shards(self, out: Path) -> None:
        """Tokenize and write, nothing else."""
        extra = {"token_type": Shards.open(self.data, "train", verify=False).parts[0].dtype.str}
        chooser = Chooser(self.settings(out, self.data), self.records, self.paragraphs, [])
        with new_folder(out, kind="data", extra=extra) as folder, Workers(1) as workers:
            write_shards(folder, self.records, chooser, self.encoder, Tally(), workers)

    def mapped(self, out: Path) -> None:
        """What datasets.map(tokenize, batched=True) does."""
        out.mkdir()
        write_arrow(out / "data.arrow", (dict(self.theirs(rows, add_special_tokens=False)) for rows in self.batches()))

    def scripted(self, out: Path) -> None:
        """What run_mlm does: tokenize, then join and cut; an Arrow file after each."""
        out.mkdir()
        tokenized = (dict(self.theirs(rows, return_special_tokens_mask=True)) for rows in self.batches())
        write_arrow(out / "tokenized.arrow", tokenized)
        with pa.ipc.open_stream(out / "tokenized.arrow") as reader:
            write_arrow(out / "grouped.arrow", (grouped(batch.to_pydict()) for batch in reader))

    def flat(self, out: Path) -> None:
        """The least that a loop can do."""
        out.mkdir()
        with (out / "tokens.bin").open("wb") as file:
            for paragraphs in self.batches():
                ids = self.theirs(paragraphs, **IDS)["input_ids"]
                file.write(np.concatenate([np.array(row, dtype="<u2") for row in ids]).tobytes())

    def batches(self) -> Iterator[list[str]]:
        paragraphs = (paragraph for _, document in stored_documents(self.records) for paragraph in document)
        while batch := list(islice(paragraphs, MAPPED)):
            yield batch

    def turn(self, work: Callable[[Path], None]) -> Contender:
        """`work` on a new folder, which is removed afterwards, outside the time."""

        def run() -> Measurement:
            out = self.scratch / str(next(self.numbers))
            out.parent.mkdir(exist_ok=True)
            started = time.perf_counter()
            work(out)
            seconds = time.perf_counter() - started
            shutil.rmtree(out)
            return Measurement(seconds, self.size / 1000)

        return run

    def check(self) -> int:
        """All ways give the same ids; their number."""
        out = self.scratch / "check"
        out.mkdir(parents=True)
        self.shards(out / "ours")
        self.mapped(out / "mapped")
        self.scripted(out / "scripted")
        self.flat(out / "flat")
        ours = np.concatenate(Shards.open(out / "ours", "train").parts)
        framed, special = (column(out / "scripted" / "tokenized.arrow", name) for name in ("input_ids", "special_tokens_mask"))
        theirs = {
            "as datasets.map": column(out / "mapped" / "data.arrow", "input_ids"),
            "as run_mlm": framed[special == 0],
            "ids only": np.fromfile(out / "flat" / "tokens.bin", dtype="<u2"),
        }
        for name, ids in theirs.items():
            if not np.array_equal(ours, ids):
                raise AssertionError(f"the ids differ from those {name}: {len(ours):,} and {len(ids):,} of them")
        shutil.rmtree(out)
        return len(ours)


def write_arrow(path: Path, batches: Iterator[dict[str, list]]) -> None:
    """One record batch for each batch of columns, as the writer of datasets has it."""
    writer = None
    with path.open("wb") as file:
        for columns in batches:
            batch = pa.RecordBatch.from_pydict(columns)
            writer = writer or pa.ipc.new_stream(file, batch.schema)
            writer.write_batch(batch)
        if writer is not None:
            writer.close()


def grouped(columns: dict[str, list]) -> dict[str, list]:
    """The rows of a batch joined and cut into equal sequences, the rest dropped: run_mlm's group_texts."""
    joined = {name: list(chain(*rows)) for name, rows in columns.items()}
    total = len(joined["input_ids"]) // SEQUENCE * SEQUENCE
    return {name: [row[i : i + SEQUENCE] for i in range(0, total, SEQUENCE)] for name, row in joined.items()}


def column(path: Path, name: str) -> np.ndarray:
    """All values of a column of lists, end to end."""
    with pa.ipc.open_stream(path) as reader:
        return reader.read_all().column(name).combine_chunks().flatten().to_numpy()


def main(arguments: list[str] | None = None) -> Bench:
    parser = options(__doc__, rounds=3)
    parser.add_argument("--megabytes", type=float, default=8.0, help="million characters of text (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="of the tokenizer library (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.megabytes, chosen.rounds = 0.05, 1
    os.environ["RAYON_NUM_THREADS"] = str(chosen.threads)  # read when the library first works in parallel
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    with tempfile.TemporaryDirectory() as scratch:
        source, name = inputs.text_source(Path(scratch) / "source", most_modules=20 if chosen.quick else None)
        text = Text(Path(scratch), source, round(chosen.megabytes * 1e6), 512 if chosen.quick else 8192)
        tokens = text.check()
        bench = Bench(
            "prepare" if chosen.threads == 1 else f"prepare-{chosen.threads}-threads",
            "From text to token shards",
            unit="kB",
            reference="transformers, as datasets.map",
            rounds=chosen.rounds,
            notes=[*NOTES, f"text: {text.size / 1e6:.1f} MB of {name}, {tokens:,} tokens"],
            settings={"bytes": text.size, "tokens": tokens, "threads": chosen.threads},
        )
        bench.case(
            f"{text.size / 1e6:.1f} MB, {chosen.threads} thr",
            {
                "groundup, shards": text.turn(text.shards),
                "transformers, as datasets.map": text.turn(text.mapped),
                "transformers, as run_mlm": text.turn(text.scripted),
                "transformers, ids only": text.turn(text.flat),
                "groundup, whole prepare": text.turn(lambda out: text.prepare(out, text.data, 1)),
                "groundup, whole prepare, 2 workers": text.turn(lambda out: text.prepare(out, text.data, 2)),
                "groundup, prepare and tokenizer": text.turn(lambda out: text.prepare(out, None, chosen.threads)),
            },
            {"threads": chosen.threads},
        )
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()
