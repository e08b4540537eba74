import numpy as np
import pytest

from groundup.data import shards
from groundup.data.shards import LONGEST, Shards, ShardWriter
from groundup.data.tokenizers.word_ids import Flat
from groundup.errors import InputError
from groundup.folders import new_folder

DOCUMENTS = [[[5, 6, 7], [8]], [[9, 10]], [[], [11, 12, 13, 14, 15]], [[], []]]


def write(path, documents, vocab_size=100, part_tokens=4, split="train"):
    token_type = shards.token_type(vocab_size).str
    with new_folder(path, extra={"token_type": token_type}) as folder:
        writer = ShardWriter(folder, split, vocab_size, part_tokens)
        for document in documents:
            flat = Flat.of(document)
            writer.add(*flat, [len(document)])
        writer.close()
    return writer


def test_tokens_sentences_and_documents_come_back_across_parts(tmp_path):
    writer = write(tmp_path / "data", DOCUMENTS)
    read = Shards.open(tmp_path / "data", "train")
    stream = list(range(5, 16))
    assert [len(part) for part in read.parts] == [4, 4, 3]
    assert (read.num_tokens, read.num_sentences, read.num_documents) == (11, 4, 3)
    assert (writer.num_tokens, writer.num_sentences, writer.num_documents) == (11, 4, 3)
    assert read.sentence_starts.tolist() == [0, 3, 4, 6, 11]
    assert read.document_starts.tolist() == [0, 2, 3, 4]
    for start in range(11):
        for stop in range(start + 1, 12):
            assert read.slice(start, stop).tolist() == stream[start:stop]


def test_flushing_often_changes_nothing(tmp_path, monkeypatch):
    write(tmp_path / "once", DOCUMENTS)
    monkeypatch.setattr(shards, "BUFFER", 1)
    write(tmp_path / "often", DOCUMENTS)
    for file in sorted((tmp_path / "once" / "shards").iterdir()):
        assert file.read_bytes() == (tmp_path / "often" / "shards" / file.name).read_bytes()


@pytest.mark.parametrize(("vocab_size", "size"), [(2**16, 2), (2**16 + 1, 4)])
def test_ids_take_two_bytes_while_they_fit(tmp_path, vocab_size, size):
    write(tmp_path / "data", [[[vocab_size - 1, 0]]], vocab_size)
    assert (tmp_path / "data" / "shards" / "train-00000.tokens").stat().st_size == 2 * size
    assert Shards.open(tmp_path / "data", "train").slice(0, 2).tolist() == [vocab_size - 1, 0]


def test_an_endless_sentence_comes_in_pieces_and_loses_nothing(tmp_path):
    sentence = np.arange(3 * LONGEST + 5) % 90
    write(tmp_path / "data", [[sentence, [1]]], part_tokens=1000)
    read = Shards.open(tmp_path / "data", "train")
    assert np.diff(read.sentence_starts).tolist() == [LONGEST] * 3 + [5, 1]
    assert (read.slice(0, len(sentence)) == sentence).all()


def test_a_split_without_tokens_can_be_opened(tmp_path):
    write(tmp_path / "data", [])
    assert Shards.open(tmp_path / "data", "train").num_tokens == 0


def test_a_changed_byte_and_a_missing_split_are_refused(tmp_path):
    write(tmp_path / "data", DOCUMENTS)
    with pytest.raises(InputError, match="NO_SPLIT"):
        Shards.open(tmp_path / "data", "test")
    file = tmp_path / "data" / "shards" / "train-00001.tokens"
    file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])
    with pytest.raises(InputError, match="train-00001"):
        Shards.open(tmp_path / "data", "train")
