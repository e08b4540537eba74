"""Images from folders to a ViT that transformers loads."""

import json
from io import BytesIO

import numpy as np
import pytest
import torch

from groundup.data.rows import Rows
from groundup.events import read_events
from groundup.families import checkpoint
from groundup.kinds.image.packed import PackedImages
from groundup.kinds.image.patches import cut
from groundup.kinds.store import Store
from groundup.nn.embed.patches import cut_patches
from groundup.nn.inputs import Patches
from groundup.objectives.masked_image import MaskedImage
from groundup.objectives.objective import make_batch
from tests.commands.life import groundup

Image = pytest.importorskip("PIL.Image")


def picture(seed, size=(20, 14), stripes=True):
    """Stripes of two colors at one angle; noise where they are not wanted."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: size[1], : size[0]]
    wave = (np.sin(rng.uniform(0.3, 1.2) * (x * rng.uniform(-1, 1) + y)) > 0)[..., None]
    one, other = rng.integers(0, 256, (2, 3))
    return Image.fromarray((np.where(wave, one, other) if stripes else rng.integers(0, 256, (*size[::-1], 3))).astype(np.uint8))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("images")
    for label in ("猫", "dog"):
        (root / "all" / label).mkdir(parents=True)
        for number in range(40):
            picture(number * 2 + (label == "dog")).save(root / "all" / label / f"{number}.{'png' if number % 2 else 'jpg'}")
    return root / "all"


@pytest.fixture(scope="module")
def data(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("data") / "data"
    assert groundup("prepare", "--source", folder, "--out", out, "--image.size", 16, "--split.validation", 0.2, "--quiet") == 0
    return out


def test_every_image_is_kept_once_with_its_label(data):
    report = json.loads((data / "report.json").read_text())
    assert report["images"]["kept"] == 80 == sum(report["splits"].values())
    assert {label: sum(found.values()) for label, found in report["labels"].items()} == {"猫": 40, "dog": 40}
    rows = [json.loads(line) for line in (data / "images.jsonl").read_text("utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == 80
    for split, count in report["splits"].items():
        assert (data / f"shards/{split}.images").stat().st_size == count * 3 * 16 * 16


def test_a_source_in_splits_keeps_them_and_what_it_lacks_is_drawn_from_its_training_part(tmp_path):
    for split, count in (("train", 60), ("test", 9)):
        (tmp_path / "in" / split / "cat").mkdir(parents=True)
        for number in range(count):
            picture(number + 100 * count).save(tmp_path / "in" / split / "cat" / f"{number}.png")
    line = (
        "prepare",
        "--source",
        tmp_path / "in",
        "--image.size",
        8,
        "--split.validation",
        0.3,
        "--split.test",
        0.3,
        "--quiet",
    )
    assert groundup(*line, "--out", tmp_path / "out") == 0
    splits = json.loads((tmp_path / "out" / "report.json").read_text())["splits"]
    assert splits["test"] == 9
    assert 8 < splits["validation"] < 30
    assert sum(splits.values()) == 69


def test_a_broken_image_and_one_that_is_something_else_are_rejected_by_name(folder, tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(6):
        picture(number).save(tmp_path / "in" / f"{number}.png")
    whole = BytesIO()
    picture(9, (64, 64), stripes=False).save(whole, "PNG")
    (tmp_path / "in" / "cut.png").write_bytes(whole.getvalue()[:900])
    (tmp_path / "in" / "text.jpg").write_text("no image")
    (tmp_path / "in" / "other.jpg").write_bytes(whole.getvalue())
    line = ("prepare", "--source", tmp_path / "in", "--image.size", 8, "--quiet")
    assert groundup(*line, "--out", tmp_path / "no") == 2
    assert groundup(*line, "--out", tmp_path / "out", "--read.max_rejects", 3) == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["images"]["left_out"] == {"BAD_IMAGE": 2, "FORMAT_DIFFERS": 1}
    assert {reject["place"] for reject in report["rejects"]} == {"cut.png", "text.jpg", "other.jpg"}


def test_an_image_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path, capsys, monkeypatch):
    from groundup.kinds.image import files as images

    monkeypatch.setattr(images, "MOST_PIXELS", 200)
    picture(1).save(tmp_path / "large.png")
    assert groundup("prepare", "--source", tmp_path / "large.png", "--out", tmp_path / "out", "--image.size", 8) == 2
    assert "20 x 14 pixels" in capsys.readouterr().err


def test_patches_are_those_that_the_model_cuts(data):
    cells = Store(data).cells("train")
    pixels = torch.from_numpy(np.array(cells[:3])).float() / 127.5 - 1
    expected = cut_patches(pixels, Patches(size=4, image_size=16, channels=3))
    torch.testing.assert_close(torch.from_numpy(cut(cells[:3], 4)).flatten(0, 1), expected)


def test_three_quarters_are_hidden_and_each_patch_is_seen_or_told(data):
    cells = Store(data).cells("train")
    flat = Rows(PackedImages(cells, np.arange(len(cells)), 4, flip_seed=0), None, seed=0).batch(np.arange(7))
    batch = make_batch(flat, MaskedImage(seed=0))
    assert batch.source is not None
    assert batch.layout.lengths == [12] * 7
    assert batch.source.layout.lengths == [5] * 7
    both = torch.cat([batch.layout.positions.view(7, 12), batch.source.layout.positions.view(7, 5)], 1).sort(1).values
    assert torch.equal(both, torch.arange(17).expand(7, 17))
    targets = batch.targets["pixels"]
    torch.testing.assert_close(targets.mean(1), torch.zeros(84), atol=1e-5, rtol=0)


def test_hidden_places_are_uniform():
    pixels = np.random.default_rng(0).integers(0, 256, (2000, 1, 8, 8), dtype=np.uint8)
    flat = Rows(PackedImages(pixels, np.arange(2000), 2), None, seed=0).batch(np.arange(2000))
    places = make_batch(flat, MaskedImage(seed=0)).layout.positions
    counts = torch.bincount(places, minlength=17)[1:].numpy()
    assert counts.sum() == 2000 * 12
    assert abs(counts / 2000 - 0.75).max() < 0.05


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "run"
    line = (
        "pretrain",
        "--data",
        data,
        "--out",
        out,
        "--objective",
        "patches",
        "--preset",
        "tiny",
        "--steps",
        60,
        "--batch_size",
        16,
        "--quiet",
    )
    assert groundup(*line) == 0
    return out


def test_missing_pixels_are_told_better_than_by_their_mean(run):
    found = [e for e in read_events(run / "events.jsonl") if e["event"] == "evaluation"]
    assert found[-1]["loss"] < found[0]["loss"]
    assert found[-1]["explained_variance"] > 0.05


def test_the_published_folder_is_a_vit_that_transformers_reads_alike(run):
    transformers = pytest.importorskip("transformers")
    from groundup.nn.layout import Layout

    model = checkpoint.load(run / "model").model
    theirs = transformers.ViTModel.from_pretrained(run / "model", add_pooling_layer=False).eval()
    pixels = torch.randn(3, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    patches = model.config.input_of(Patches)
    assert patches is not None
    with torch.inference_mode():
        found = model.backbone(cut_patches(pixels, patches), Layout([17] * 3))
        expected = theirs(pixel_values=pixels).last_hidden_state.flatten(0, 1)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_text_and_images_are_told_apart(data, life, tmp_path, capsys):
    fixed = ("--steps", 2, "--quiet", "--preset", "tiny")
    assert groundup("pretrain", "--data", life.data, "--out", tmp_path / "a", "--objective", "patches", *fixed) == 2
    assert "holds text" in capsys.readouterr().err
    assert groundup("pretrain", "--data", data, "--out", tmp_path / "b", *fixed) == 2
    assert "objective patches" in capsys.readouterr().err
    assert (
        groundup("pretrain", "--data", data, "--out", tmp_path / "c", "--objective", "patches", "--patch_size", 5, *fixed) == 2
    )
    assert "5 does not divide" in capsys.readouterr().err


@pytest.mark.parametrize("line", [("--length", 64), ("--embeddings", "cooccurrence")])
def test_what_only_text_has_is_refused_for_images(line, data, tmp_path, capsys):
    out = tmp_path / "run"
    assert (
        groundup("pretrain", "--data", data, "--out", out, "--objective", "patches", "--preset", "tiny", "--steps", 2, *line)
        == 2
    )
    assert f"BAD_SETTING {line[0][2:]}: is for the objectives masked" in capsys.readouterr().err
    assert not out.exists()
