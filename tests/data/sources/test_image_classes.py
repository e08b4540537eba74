"""The class of an image, from its place: class folders, and the flat names of ImageNet."""

import re

import pytest

from groundup.data.settings import ImageSettings, ReadSettings
from groundup.data.sources.records import Rejects
from groundup.kinds.image.files import class_of, read_images


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("val/n01440764/ILSVRC2012_val_00000293.JPEG", "n01440764"),
        ("n01440764/x.JPEG", "n01440764"),
        ("cats/n01440764_3.jpg", "cats"),
        ("n01440764_tench.JPEG", "n01440764"),
        ("val/ILSVRC2012_val_00000293_n01440764.JPEG", "n01440764"),
        ("Val/n02085620_7.jpg", "n02085620"),
        ("sample.zip/n01440764_great_white_shark.JPEG", "n01440764"),
        ("sample.zip/train/dog/1.png", "dog"),
        ("photo.jpg", ""),
        ("xn01440764_tench.jpg", ""),
        ("n014407641_tench.jpg", ""),
    ],
)
def test_the_class_of_a_name(name, label):
    assert class_of(name) == label


def test_the_real_sample_of_imagenet_has_one_class_an_image(shared_data):
    pytest.importorskip("PIL")
    path = next((shared_data / "images/imagenet_sample").glob("*.zip"))
    rejects = Rejects()
    labels = [p.label for p in read_images([str(path)], ReadSettings(), ImageSettings(size=8), rejects)]
    assert len(labels) == len(set(labels)) == rejects.read > 30
    assert all(re.fullmatch(r"n\d{8}", label) for label in labels)


def test_images_of_several_sources_have_names_of_their_own(tmp_path):
    images = pytest.importorskip("PIL.Image")
    for name in ("a/1.png", "b/1.png", "b/2.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        images.new("RGB", (8, 8)).save(tmp_path / name)

    def names(*sources):
        return [
            p.id for p in read_images([str(tmp_path / s) for s in sources], ReadSettings(), ImageSettings(size=8), Rejects())
        ]

    assert names("a/1.png", "b/1.png") == ["a/1.png", "b/1.png"]
    assert names("a", "b") == ["a/1.png", "b/1.png", "b/2.png"]
    assert names("a/1.png", "b/2.png") == ["1.png", "2.png"]
    assert names("b") == ["1.png", "2.png"]
