"""Images in class folders told apart: a ViT fine-tuned, judged on raw and prepared folders, used, and refused."""

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import groundup as library
from groundup.errors import InputError
from groundup.kinds.image.image_transform import ImageTransform, read_transform
from groundup.kinds.image.patches import cut
from groundup.manifest import read_manifest, verify_folder
from tests.commands.life import groundup, read_table, report

Image = pytest.importorskip("PIL.Image")
CLASSES = ("across", "upright", "猫", "dots", "plain", "grey")


def picture(kind, seed, size=(20, 14)):
    """One of six patterns in colors of chance."""
    rng = np.random.default_rng([kind, seed])
    y, x = np.mgrid[: size[1], : size[0]]
    wave = (y // 2 % 2, x // 2 % 2, (x + y) // 2 % 2, (x % 4 < 2) * (y % 4 < 2), 0 * x, x / size[0])[kind][..., None]
    one, other = rng.integers(0, 110, 3), rng.integers(150, 256, 3)
    pixels = one + (other - one) * wave + rng.normal(0, 8, (*size[::-1], 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def write_classes(root, count, seed=0):
    for kind, name in enumerate(CLASSES):
        (root / name).mkdir(parents=True)
        for number in range(count):
            picture(kind, 1000 * seed + number).save(root / name / f"{number}.{'png' if number % 2 else 'jpg'}", quality=95)
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Class folders, the same prepared, and a ViT that has seen them for a few steps."""
    root = tmp_path_factory.mktemp("classes")
    write_classes(root / "raw", 40)
    write_classes(root / "fresh", 6, seed=1)
    assert (
        groundup(
            "prepare", "--source", root / "raw", "--out", root / "data", "--image.size", 16, "--split.test", 0.2, "--quiet"
        )
        == 0
    )
    assert (
        groundup(
            "pretrain",
            "--data",
            root / "data",
            "--out",
            root / "vit",
            "--objective",
            "patches",
            "--preset",
            "tiny",
            "--patch_size",
            4,
            "--steps",
            5,
            "--batch_size",
            16,
            "--quiet",
        )
        == 0
    )
    return root


def finetune(home, out, *words, model="vit", data="data"):
    return groundup(
        "finetune", "--task", "images", "--model", home / model, "--data", home / data, "--out", out, "--quiet", *words
    )


@pytest.fixture(scope="module")
def run(home):
    assert (
        finetune(
            home,
            home / "run",
            "--steps",
            60,
            "--batch_size",
            32,
            "--optimizer.learning_rate",
            0.002,
            "--layer_decay",
            1,
            "--pooling",
            "mean",
        )
        == 0
    )
    return home / "run"


def test_a_folder_of_images_is_explained_by_patches(run, home, tmp_path):
    out = tmp_path / "why"
    assert groundup("explain", "--model", run, "--input", home / "fresh", "--row", 2, "--out", out, "--quiet") == 0
    (found,) = [json.loads(line) for line in (out / "explanations.jsonl").read_text("utf-8").splitlines()]
    assert (found["row"], found["method"], found["file"]) == (2, "shap", "across/1.png")
    assert [part["name"] for part in found["parts"]][::5] == ["patch 1, 1", "patch 2, 2", "patch 3, 3", "patch 4, 4"]
    assert found["checks"]["efficiency"] < 1e-4
    with_scores = ("explain", "--model", run, "--input", home / "fresh", "--scorecard", "--method", "occlusion")
    assert groundup(*with_scores, "--out", tmp_path / "card", "--rows", 12, "--quiet") == 0
    assert json.loads((tmp_path / "card" / "scorecard.json").read_text("utf-8"))["inputs"] == 12
    assert groundup("explain", "--model", run, "--input", home / "fresh", "--overview", "--out", tmp_path / "o") == 2


def test_patterns_are_learned_beside_logistic_regression_on_pixels(run):
    found = report(run)
    assert verify_folder(run / "model") == []
    assert [one["name"] for one in found["baselines"]] == ["majority", "logistic regression on pixels"]
    assert found["accuracy"]["value"] > 0.8
    assert found["top5"]["low"] <= found["top5"]["value"] <= 1
    assert found["top5"]["value"] >= found["accuracy"]["value"]
    page = (run / "report.html").read_text("utf-8")
    assert "top-5 accuracy" in page
    assert "logistic regression on pixels" in page


@pytest.mark.parametrize("form", ["folders", "val", "zip", "prepared"])
def test_raw_folders_archives_and_prepared_ones_are_judged(run, home, tmp_path, form):
    data = home / ("data" if form == "prepared" else "fresh")
    if form == "val":
        shutil.copytree(data, tmp_path / "in" / "val")
        data = tmp_path / "in"
    if form == "zip":
        data = shutil.make_archive(str(tmp_path / "all"), "zip", data)
    assert groundup("evaluate", "--model", run, "--data", data, "--out", tmp_path / "out", "--quiet") == 0
    found, lines = report(tmp_path / "out"), read_table(tmp_path / "out" / "predictions.csv")
    right = np.mean([line["label"] == line["predicted"] for line in lines])
    assert found["accuracy"]["value"] == pytest.approx(right)
    assert right > 0.7
    assert found["accuracy"]["low"] <= right <= found["top5"]["value"]
    assert {line["label"] for line in lines} == set(CLASSES)
    if form == "prepared":
        assert found["accuracy"]["value"] == pytest.approx(report(run)["accuracy"]["value"])


def test_an_image_file_is_told_by_its_path(run, home, capsys):
    path = home / "fresh" / "猫" / "1.png"
    answer = library.load(run).predict([str(path)])[0]
    assert set(answer["probabilities"]) == set(CLASSES)
    assert groundup("predict", "--model", run, "--text", path) == 0
    assert capsys.readouterr().out.startswith(f"1.png: {answer['label']} ")
    assert groundup("predict", "--model", run, "--text", home / "absent.png") == 2
    assert "absent.png" in capsys.readouterr().err


def test_synsets_name_the_folders_of_others(run, home, tmp_path, capsys):
    ids = {name: f"n{number:08d}" for number, name in enumerate(sorted(CLASSES))}
    for name, wordnet in ids.items():
        shutil.copytree(home / "fresh" / name, tmp_path / "in" / wordnet)
    line = ("evaluate", "--model", run, "--data", tmp_path / "in", "--quiet")
    assert groundup(*line, "--out", tmp_path / "no") == 2
    told = capsys.readouterr().err
    assert "the model knows none of them" in told
    assert "--synsets" in told
    assert not (tmp_path / "no").exists()
    figures = []
    for number, text in enumerate(
        (
            "".join(f"{wordnet} {name}\n" for name, wordnet in reversed(ids.items())),
            "".join(f"{wordnet}\n" for wordnet in ids.values()),
        )
    ):
        (tmp_path / "synsets.txt").write_text(text, "utf-8")
        out = tmp_path / f"out{number}"
        assert groundup(*line, "--synsets", tmp_path / "synsets.txt", "--out", out) == 0
        figures.append(report(out)["accuracy"]["value"])
    assert figures[0] == figures[1] > 0.7
    (tmp_path / "synsets.txt").write_text("n00000000 dog\n")
    assert groundup(*line, "--synsets", tmp_path / "synsets.txt", "--out", tmp_path / "no") == 2
    assert "has 1 lines and calls a class 'dog'" in capsys.readouterr().err


def test_what_does_not_fit_is_refused_with_the_way_out(home, life, tmp_path, capsys):
    refused = {
        "is a prepared folder, which has its rows and their classes": {"words": ("--text_column", "x")},
        "groundup prepare --source": {"data": "raw"},
        "holds images, and the model reads text": {"model": life.lm},
    }
    for told, given in refused.items():
        assert finetune(home, tmp_path / "run", *given.pop("words", ()), **given) == 2
        assert told in capsys.readouterr().err


def test_a_model_of_images_is_refused_for_texts(home, life, tmp_path, capsys):
    line = ("finetune", "--model", home / "vit", "--data", life.table, "--text_column", "sentence", "--out", tmp_path / "run")
    assert groundup(*line) == 2
    assert capsys.readouterr().err


def test_a_folder_without_test_images_is_refused_with_the_way_out(home, tmp_path, capsys):
    assert groundup("prepare", "--source", home / "fresh", "--out", tmp_path / "data", "--image.size", 16, "--quiet") == 0
    assert finetune(home, tmp_path / "run", data=tmp_path / "data") == 2
    assert "--split.test 0.1" in capsys.readouterr().err


def test_images_of_another_size_are_refused(home, tmp_path, capsys):
    assert groundup("prepare", "--source", home / "fresh", "--out", tmp_path / "data", "--image.size", 32, "--quiet") == 0
    assert finetune(home, tmp_path / "run", data=tmp_path / "data") == 2
    assert "prepare them with --image.size 16" in capsys.readouterr().err


def test_the_folder_is_a_vit_of_transformers_that_agrees(home, tmp_path):
    transformers = pytest.importorskip("transformers")
    assert finetune(home, tmp_path / "run", "--steps", 2, "--no-baselines") == 0
    theirs = transformers.ViTForImageClassification.from_pretrained(tmp_path / "run" / "model").eval()
    assert sorted(theirs.config.id2label.values()) == sorted(CLASSES)
    path = home / "fresh" / "dots" / "1.png"
    pixels = (
        np.asarray(Image.open(path).resize((22, 16), Image.Resampling.BILINEAR).crop((3, 0, 19, 16)), np.float32).transpose(
            2, 0, 1
        )
        / 127.5
        - 1
    )
    with torch.inference_mode():
        wanted = theirs(pixel_values=torch.from_numpy(pixels)[None]).logits.softmax(-1)[0]
    told = library.load(tmp_path / "run").predict([str(path)])[0]["probabilities"]
    assert [told[theirs.config.id2label[k]] for k in range(len(CLASSES))] == pytest.approx(wanted.tolist(), abs=1e-5)


def test_a_foreign_folder_shows_the_model_what_its_preprocessor_says(tmp_path):
    transformers = pytest.importorskip("transformers")
    config = transformers.ViTConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        image_size=16,
        patch_size=8,
        num_labels=7,
    )
    transformers.ViTForImageClassification(config).save_pretrained(tmp_path)
    told = {
        "do_resize": True,
        "size": {"shortest_edge": 18},
        "do_center_crop": True,
        "crop_size": 16,
        "do_rescale": True,
        "rescale_factor": 0.00392156862745098,
        "resample": 3,
        "image_mean": [0.485, 0.456, 0.406],
        "image_std": [0.229, 0.224, 0.225],
    }
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(told))
    picture(1, 1, (40, 20)).save(tmp_path / "one.png")
    square = Image.open(tmp_path / "one.png").resize((36, 18), Image.Resampling.BICUBIC).crop((10, 1, 26, 17))
    pixels = np.asarray(square, np.float32).transpose(2, 0, 1) / 255
    pixels = (pixels - np.array(told["image_mean"], np.float32)[:, None, None]) / np.array(told["image_std"], np.float32)[
        :, None, None
    ]
    theirs = transformers.ViTForImageClassification.from_pretrained(tmp_path).eval()
    with torch.inference_mode():
        wanted = theirs(pixel_values=torch.from_numpy(pixels)[None]).logits.softmax(-1)[0]
    answer = library.load(tmp_path).predict([str(tmp_path / "one.png")])[0]
    assert list(answer["probabilities"].values()) == pytest.approx(wanted.tolist(), abs=1e-5)


def test_a_preprocessor_that_is_not_understood_is_refused_by_its_key(tmp_path):
    for key, value in (
        ("size", {"height": 16, "width": 8}),
        ("rescale_factor", 1.0),
        ("resample", 9),
        ("image_std", [0.5, 0, 0.5]),
    ):
        told = {"size": {"height": 16, "width": 16}} | {key: value}
        (tmp_path / "preprocessor_config.json").write_text(json.dumps(told))
        with pytest.raises(InputError, match="UNSUPPORTED_MODEL"):
            read_transform(tmp_path, 16, 3)
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"size": 16}))
    with pytest.raises(InputError, match="reads 32"):
        read_transform(tmp_path, 32, 3)


def test_numbers_of_a_patch_are_scaled_by_channel():
    pixels = np.arange(2 * 3 * 4 * 4, dtype=np.uint8).reshape(2, 3, 4, 4)
    look = ImageTransform(size=4, mean=(0.1, 0.2, 0.3), deviation=(0.5, 0.25, 0.125))
    found = cut(pixels, 2, look)[:, 1:].reshape(2, 4, 3, 4)
    plain = (cut(pixels, 2)[:, 1:].reshape(2, 4, 3, 4) + 1) / 2
    for channel in range(3):
        wanted = (plain[:, :, channel] - look.mean[channel]) / look.deviation[channel]
        np.testing.assert_allclose(found[:, :, channel], wanted, atol=1e-5)


@pytest.mark.parametrize("form", ["image", "folder", "archive", "pattern"])
def test_images_folders_archives_and_patterns_are_predicted_an_image_a_row(run, home, tmp_path, form):
    names = sorted(path for path in (home / "fresh").rglob("*.*"))
    given = {
        "image": names[0],
        "folder": home / "fresh",
        "pattern": f"{home / 'fresh'}/*/*.*",
        "archive": tmp_path / "fresh.zip",
    }[form]
    if form == "archive":
        with zipfile.ZipFile(given, "w") as packed:
            for path in names:
                packed.write(path, path.relative_to(home / "fresh"))
    assert groundup("predict", "--model", run, "--input", given, "--out", tmp_path / "out.csv", "--quiet") == 0
    answered = read_table(tmp_path / "out.csv")
    assert len(answered) == (1 if form == "image" else len(names))
    assert [Path(row["image"]).name for row in answered] == [path.name for path in names[: len(answered)]]
    single = library.load(run).predict([str(names[0])])[0]
    assert answered[0]["label"] == single["label"]
    assert float(answered[0]["probability"]) == pytest.approx(single["probability"], abs=1e-5)


def test_a_broken_image_has_its_row_with_what_is_wrong_and_the_others_their_classes(run, home, tmp_path):
    names = sorted((home / "fresh").rglob("*.png"))[:3]
    for number, path in enumerate(names):
        (tmp_path / f"{number}.png").write_bytes(path.read_bytes())
    (tmp_path / "1.png").write_bytes(names[1].read_bytes()[:40])
    assert groundup("predict", "--model", run, "--input", tmp_path, "--out", tmp_path / "out.csv", "--quiet") == 3
    answered = read_table(tmp_path / "out.csv")
    assert [row["image"] for row in answered] == ["0.png", "1.png", "2.png"]
    assert [bool(row["label"]) for row in answered] == [True, False, True]
    assert "cannot be decoded" in answered[1]["error"]
    assert groundup("predict", "--model", run, "--input", tmp_path / "1.png", "--out", tmp_path / "one.csv", "--quiet") == 3
    assert "cannot be decoded" in (tmp_path / "one.csv").read_text("utf-8")


@pytest.mark.parametrize("form", ["onnx", "onnx_int8"])
def test_an_exported_model_of_images_answers_as_it_does_in_torch(run, home, tmp_path, form):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    data = ("--data", home / "fresh")
    assert groundup("export", "--model", run, "--format", form, "--out", tmp_path / "out", *data, "--quiet") == 0
    facts = read_manifest(tmp_path / "out").extra["onnx"]
    assert facts["inputs"] == ["pixel_values"]
    assert facts["rows"] == 36
    assert facts["agreement"] == 1 or form == "onnx_int8"
    names = [str(path) for path in sorted((home / "fresh").rglob("*.png"))[:5]]
    theirs, ours = (library.load(at).predict(names) for at in (tmp_path / "out", run))
    assert [one["label"] for one in theirs] == [one["label"] for one in ours]
    line = ("predict", "--model", tmp_path / "out", "--input", home / "fresh", "--out", tmp_path / "out.csv", "--quiet")
    assert groundup(*line) == 0
    assert len(read_table(tmp_path / "out.csv")) == 36


def test_a_model_of_prepared_images_is_made_smaller_on_them(run, home, tmp_path, capsys):
    """A run keeps the names of its images alone, so compression asks for the folder that holds them."""
    line = ("compress", "--model", run, "--method", "quantize", "--timed_rows", 2, "--rounds", 1, "--quiet")
    assert groundup(*line, "--out", tmp_path / "without") == 2
    assert "WHICH_DATA" in capsys.readouterr().err
    assert groundup(*line, "--out", tmp_path / "small", "--data", home / "data", "--explained_rows", 0) == 0
    found = report(tmp_path / "small")["comparison"]
    rows = [json.loads(line) for line in (home / "data" / "images.jsonl").read_text("utf-8").splitlines()]
    assert found["rows"] == sum(row["split"] == "test" for row in rows) > 0
    assert found["agreement"] > 0.9
