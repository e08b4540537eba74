"""How a model's folder says that it wants to see images: the file that transformers would read, and what its class has by
itself."""

import json

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.kinds.image.image_transform import read_transform

PLAIN = {
    "image_processor_type": "ViTImageProcessor",
    "size": {"height": 16, "width": 16},
    "resample": 3,
    "image_mean": [0.1, 0.2, 0.3],
    "image_std": [0.3, 0.4, 0.5],
}


def write(folder, name, value):
    (folder / f"{name}.json").write_text(json.dumps(value), "utf-8")


def test_processor_config_alone_is_read_and_goes_before_the_older_file(tmp_path):
    write(tmp_path, "processor_config", {"image_processor": PLAIN, "processor_class": "ViTProcessor"})
    assert read_transform(tmp_path, 16, 3).mean == (0.1, 0.2, 0.3)
    write(tmp_path, "preprocessor_config", PLAIN | {"image_mean": [0.9, 0.9, 0.9]})
    assert read_transform(tmp_path, 16, 3).mean == (0.1, 0.2, 0.3)
    write(tmp_path, "processor_config", {"processor_class": "ViTProcessor"})
    assert read_transform(tmp_path, 16, 3).mean == (0.9, 0.9, 0.9)


@pytest.mark.parametrize("name", ["ViTImageProcessor", "ViTFeatureExtractor", "ViTImageProcessorFast", "CLIPImageProcessor"])
@pytest.mark.parametrize("told", [{}, {"do_normalize": False}, {"resample": 0}])
def test_what_a_file_leaves_open_is_what_the_class_of_transformers_has(name, told, tmp_path):
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("PIL")
    from PIL import Image

    write(tmp_path, "preprocessor_config", {"image_processor_type": name} | told)
    pixels = np.random.default_rng(0).integers(0, 256, (240, 260, 3), dtype=np.uint8)
    kind = "CLIPImageProcessor" if name.startswith("CLIP") else "ViTImageProcessor"
    theirs = getattr(transformers, kind).from_pretrained(tmp_path)
    look, image = read_transform(tmp_path, 224, 3), Image.fromarray(pixels)
    assert look.resample == int(theirs.resample)
    expected = (np.array(theirs.image_mean), np.array(theirs.image_std)) if theirs.do_normalize else (np.zeros(3), np.ones(3))
    assert np.allclose(look.mean, expected[0])
    assert np.allclose(look.deviation, expected[1])
    assert look.edge == (224 if kind.startswith("CLIP") else 0)
    assert look.scaled(image).size == (224, 224)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"do_resize": False}, "do_resize: False leaves images as large as they are"),
        (
            {"image_processor_type": "SwinImageProcessor", "resample": None},
            "resample: is what SwinImageProcessor has by itself",
        ),
        ({"image_processor_type": "DeiTImageProcessor"}, "does not say how images become squares"),
    ],
)
def test_what_would_show_other_pixels_is_refused_by_name(told, message, tmp_path):
    write(tmp_path, "preprocessor_config", PLAIN | told)
    with pytest.raises(InputError, match=rf"UNSUPPORTED_MODEL .*{message}"):
        read_transform(tmp_path, 16, 3)
