"""What transformers has no class for is not written as if it had."""

from dataclasses import replace

import pytest

import groundup as library
from groundup.errors import InputError
from groundup.families import checkpoint, presets
from groundup.folders import new_folder
from groundup.nn.config import PooledHeadConfig
from groundup.nn.model import Model
from tests.tasks.reading_models import make_encoder

FACTS = {"task": "classification", "facts": {"labels": ["a", "b"]}}


def written(folder, head, **sizes):
    encoder = make_encoder()
    config = presets.make_config("tiny", "paper", encoder.vocab_size, None, 24)
    model = Model(
        replace(config, **{name: tuple(range(size, size + config.num_layers)) for name, size in sizes.items()}),
        {"label": head},
        seed=0,
    )
    with new_folder(folder, kind="model", extra=FACTS) as new:
        checkpoint.save(new, model, "bert", labels=["a", "b"])
        encoder.save(new, 24, segments=True)
    return folder


@pytest.mark.parametrize(
    ("head", "sizes", "told"),
    [
        (PooledHeadConfig(classes=2), {"widths_per_layer": 7}, "it was pruned"),
        (PooledHeadConfig(classes=2, pooling="mean"), {}, "transformers has no class of bert for this head of classification"),
    ],
)
def test_what_no_class_holds_is_refused(head, sizes, told, tmp_path):
    folder = written(tmp_path / "model", head, **sizes)
    with pytest.raises(InputError, match="WRONG_FAMILY") as error:
        library.export(model=folder, out=tmp_path / "theirs", format="huggingface", quiet=True)
    assert told in error.value.line()
    assert "export it as onnx" in error.value.line()
    assert not (tmp_path / "theirs").exists()
