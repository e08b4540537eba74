"""Small model folders as other people have them, and the command line as they type it, with what it prints.

The tests of this folder read inputs that strangers really have: each is read right, or refused with the line that says why.
"""

import json
from dataclasses import dataclass

import pyarrow.parquet as pq
import pytest
import torch

from tests.commands.life import groundup
from tests.tasks.reading_models import make_encoder

SIZES = {
    "hidden_size": 32,
    "num_attention_heads": 2,
    "num_hidden_layers": 1,
    "intermediate_size": 48,
    "max_position_embeddings": 128,
}


@dataclass
class Answer:
    """What one command line came to: its exit code and all that it printed."""

    code: int
    out: str


@pytest.fixture
def run(capsys):
    """`run("predict", "--model", folder)` gives the exit code and the lines of both streams."""

    def call(*words):
        capsys.readouterr()
        code = groundup(*words)
        streams = capsys.readouterr()
        return Answer(code, streams.out + streams.err)

    return call


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory):
    """A random BERT for masked words that transformers wrote, with a tokenizer beside it."""
    transformers = pytest.importorskip("transformers")
    from groundup.folders import new_folder

    encoder, root = make_encoder(), tmp_path_factory.mktemp("strangers")
    torch.manual_seed(5)
    config = transformers.BertConfig(vocab_size=encoder.vocab_size, pad_token_id=0, **SIZES)
    transformers.BertForMaskedLM(config).save_pretrained(root / "bert")
    with new_folder(root / "tokenizer", kind="data") as new:
        encoder.save(new, 128, segments=True)
    for path in (root / "tokenizer").glob("tokenizer*"):
        (root / "bert" / path.name).write_bytes(path.read_bytes())
    return root / "bert"


@pytest.fixture
def train(run, encoder_folder, tmp_path):
    """`train("classification", "data.csv", ...)`: one short fine-tuning run; its answer and its folder."""

    def call(task, data, *words, text="text", label="label", name="run"):
        columns = [word for column in ([text] if isinstance(text, str) else text) for word in ("--text_column", column)]
        out = tmp_path / name
        told = run(
            "finetune",
            "--task",
            task,
            "--model",
            encoder_folder,
            "--data",
            data,
            *columns,
            "--label_column",
            label,
            "--steps",
            2,
            "--batch_size",
            8,
            "--out",
            out,
            *words,
        )
        return told, out

    return call


def records(out):
    """The rows that a run kept, by column; labels as they are stored."""
    return pq.read_table(out / "data" / "records.parquet").to_pydict()


def names_of(out):
    """The labels of the model that a run published."""
    names = json.loads((out / "model" / "config.json").read_text("utf-8"))["id2label"]
    return [names[str(number)] for number in range(len(names))]
