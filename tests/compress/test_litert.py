"""Files of LiteRT. Writing one needs an environment of its own: GROUNDUP_LITERT names its Python."""

import os

import numpy as np
import pytest

import groundup as library
from groundup.compress.export.to_litert import lengths_up_to, pad_to_length
from groundup.errors import InputError
from groundup.evaluate.opened import lay_sequences
from groundup.kinds.text.block import pad
from groundup.manifest import read_manifest, verify_folder
from tests.compress.models import write_model


def test_lengths_are_powers_of_two_and_the_longest():
    assert lengths_up_to(128) == [16, 32, 64, 128]
    assert lengths_up_to(100) == [16, 32, 64, 100]
    assert lengths_up_to(8) == [8]


@pytest.mark.parametrize(("tokens", "length"), [(1, 16), (16, 16), (17, 32), (24, 32)])
def test_a_sequence_is_filled_up_to_the_least_length_that_holds_it(tokens, length):
    block = pad_to_length(pad(lay_sequences([np.arange(5, 5 + tokens)]))["input_ids"], [16, 32])
    assert block.shape == (1, length)
    assert block[0, :tokens].tolist() == list(range(5, 5 + tokens))
    assert not block[0, tokens:].any()


@pytest.mark.slow
def test_a_file_of_litert_says_what_the_model_says(tmp_path):
    python = os.environ.get("GROUNDUP_LITERT")
    if python is None:
        pytest.skip("set GROUNDUP_LITERT to the python of an environment with litert-torch")
    folder = write_model(tmp_path / "model", "tagging", {"labels": ["LOC", "PER"], "unit": "word"})
    library.export(model=folder, out=tmp_path / "lite", format="tensorflow", python=python, quiet=True)
    assert verify_folder(tmp_path / "lite") == []
    about = read_manifest(tmp_path / "lite").extra["litert"]
    assert about["lengths"] == [16, 24]
    assert about["parity"]["share"] < 1e-5
    assert about["parity"]["blocks"] > 10
    with pytest.raises(InputError, match="NOT_ONNX"):
        library.load(tmp_path / "lite")
