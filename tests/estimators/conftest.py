"""A small pretrained encoder that knows the words of life.py."""

import pytest

from tests.commands.life import groundup, write_documents


@pytest.fixture(scope="session")
def encoder(tmp_path_factory):
    root = tmp_path_factory.mktemp("estimators")
    write_documents(root / "documents", 30, seed=0)
    small = ("--preset", "tiny", "--steps", 2, "--length", 32, "--batch_size", 4, "--quiet")
    assert (
        groundup("prepare", "--source", root / "documents", "--out", root / "data", "--tokenizer.vocab_size", 200, "--quiet")
        == 0
    )
    assert groundup("pretrain", "--data", root / "data", "--out", root / "lm", *small) == 0
    return root / "lm"
