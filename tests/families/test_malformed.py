"""Files of a model folder with mistakes in them: read as they are, or refused with the place; nothing else ever happens.

What is read must be whole: shapes as announced, all numbers finite.
"""

import json
import random
import shutil
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

pytest.importorskip("transformers")

from groundup.errors import InputError
from groundup.families import checkpoint
from tests.families.mutations import CHANGES
from tests.families.zoo import CASES

SECONDS = 5.0  # the longest that a malformed folder may take


def make(kind: str, folder: Path) -> tuple[Path, list[Path]]:
    """A folder of a kind, and its files that are changed."""
    if kind == "adapter":
        peft = pytest.importorskip("peft")
        theirs = CASES["bert label"].theirs()
        theirs.save_pretrained(folder / "base")
        settings = peft.LoraConfig(
            r=2, target_modules=["query"], modules_to_save=["classifier"], task_type="SEQ_CLS", alpha_pattern={"query": 3}
        )
        peft.get_peft_model(theirs, settings).save_pretrained(folder / "m")
        path = folder / "m" / "adapter_config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"base_model_name_or_path": "../base"}))
        return folder / "m", [path, folder / "m" / "adapter_model.safetensors"]
    if kind == "ours":
        from groundup.folders import new_folder
        from groundup.manifest import MANIFEST

        CASES["bert label"].theirs().save_pretrained(folder / "theirs")
        loaded = checkpoint.load(folder / "theirs")
        with new_folder(folder / "m", kind="model") as new:
            checkpoint.save(new, loaded.model, loaded.family)
        (folder / "m" / MANIFEST).unlink()
    else:
        name = kind.removesuffix(" in parts")
        CASES[name].theirs().save_pretrained(folder / "m", **({"max_shard_size": "20KB"} if " in parts" in kind else {}))
    return folder / "m", sorted(path for path in (folder / "m").iterdir() if path.name != "generation_config.json")


KINDS = ["bert label", "ours", "llama label", "t5", "modernbert tags", "bert label in parts", "gpt2", "vit", "adapter"]


def fuzz(kind: str, folder: Path, times: int, seed: int) -> dict[str, int]:
    """How often a changed folder was read, and refused. Fails at anything else."""
    made, files = make(kind, folder)
    draw, counts = random.Random(seed), {"read": 0, "refused": 0}
    for number in range(times):
        path = draw.choice(files)
        sound = path.read_bytes()
        path.write_bytes(CHANGES[path.suffix](path, draw))
        start, told = time.process_time(), None
        try:
            loaded = checkpoint.load(made)
        except InputError as error:
            counts["refused"] += 1
            told = error
        except Exception as error:
            shutil.copytree(made, folder / "failed", dirs_exist_ok=True)
            raise AssertionError(f"{kind}, change {number} of {path.name}: {type(error).__name__}: {error}") from error
        else:
            counts["read"] += 1
            assert all(bool(torch.isfinite(parameter).all()) for parameter in loaded.model.parameters())
        assert time.process_time() - start < SECONDS, number
        assert told is None or (str(folder) in told.place and len(told.line().splitlines()) == 1), (number, told)
        path.write_bytes(sound)
    return counts


@pytest.mark.parametrize("kind", KINDS)
def test_a_malformed_folder_is_read_or_refused_with_its_place(kind, tmp_path):
    counts = fuzz(kind, tmp_path, 40, seed=1)
    assert counts["refused"] >= 10


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_malformed_folders_are_read_or_refused_with_their_place(kind, tmp_path):
    counts = fuzz(kind, tmp_path, 600, seed=2)
    assert counts["refused"] >= 200


@pytest.fixture
def folder(tmp_path):
    CASES["bert label"].theirs().save_pretrained(tmp_path / "m", max_shard_size="20KB")
    return tmp_path / "m"


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as error:
        checkpoint.load(folder)
    return error.value.line()


def test_a_missing_part_is_named(folder):
    part = sorted(folder.glob("*.safetensors"))[1]
    part.unlink()
    assert f"{part.name}: there is no such file" in refused(folder)


def test_a_tensor_that_is_not_where_the_index_says_is_named(folder):
    parts = sorted(folder.glob("*.safetensors"))
    tensors = load_file(parts[0])
    lost = next(iter(tensors))
    del tensors[lost]
    save_file(tensors, parts[0])
    assert f"{lost} is not in {parts[0].name}" in refused(folder)


def header_of(path: Path, change) -> None:
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length :])


def test_bytes_that_two_tensors_share_are_refused(folder):
    def change(header):
        second = sorted((n for n in header if n != "__metadata__"), key=lambda n: header[n]["data_offsets"])[1]
        size = header[second]["data_offsets"][1] - header[second]["data_offsets"][0]
        header[second]["data_offsets"] = [0, size]

    header_of(sorted(folder.glob("*.safetensors"))[0], change)
    line = refused(folder)
    assert "DAMAGED_WEIGHTS" in line
    assert "overlap" in line or "leave out some" in line


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"dtype": "F99"}, "is of the type F99, which is not known"),
        ({"shape": [-1, 4]}, "describes"),
        ({"shape": [3]}, "bytes and should have 12"),
        ({"shape": [2**62, 2**62]}, "should have"),
        ({"data_offsets": [True, 4]}, "describes"),
    ],
)
def test_a_header_that_cannot_be_is_refused_by_its_tensor(entry, said, folder):
    def change(header):
        header[next(name for name in header if name != "__metadata__")] |= entry

    header_of(sorted(folder.glob("*.safetensors"))[0], change)
    line = refused(folder)
    assert "DAMAGED_WEIGHTS" in line
    assert said in line
