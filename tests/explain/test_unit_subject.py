"""Patches of an image as parts: one that is absent has no token, and the others keep their places."""

import numpy as np
import pytest
import torch

from groundup.compress.explanation_agreement import explanation_agreement
from groundup.evaluate.predictor import Predictor
from groundup.explain.explain import explain
from groundup.explain.subject import make_subject
from groundup.kinds.image.image_transform import ImageTransform
from groundup.kinds.image.reader import Image, ImageReader
from groundup.nn.config import PooledHeadConfig, TransformerConfig
from groundup.nn.inputs import Patches
from groundup.nn.layout import Layout
from groundup.nn.model import Model
from groundup.tasks.known import make_task

PATCHES = Patches(size=4, image_size=8, channels=3)


def image_model() -> Predictor:
    config = TransformerConfig(
        vocab_size=0,
        hidden_size=24,
        num_layers=2,
        num_heads=3,
        intermediate_size=36,
        num_segments=0,
        max_positions=5,
        inputs=(PATCHES,),
    )
    model = Model(config, {"label": PooledHeadConfig(classes=2, pooling="first")}, seed=3)
    for parameter in model.parameters():
        parameter.data *= 3  # so that answers hang on what is read
    task = make_task("classification", {"labels": ["cat", "dog"]}, "label")
    return Predictor(model, ImageReader(ImageTransform(size=8), 4), task, {})


def row() -> tuple[Image]:
    pixels = np.random.default_rng(3).integers(0, 256, (3, 8, 8)).astype(np.uint8)
    return (Image("a.png", pixels=pixels),)


def test_a_patch_that_is_absent_has_no_token_and_the_others_keep_their_places():
    model = image_model()
    subject = make_subject(model, row(), target="cat")
    assert [part.name for part in subject.parts] == ["patch 1, 1", "patch 1, 2", "patch 2, 1", "patch 2, 2"]
    (said,) = subject.values(np.array([[True, False, True, True]]))
    stays = torch.tensor([0, 1, 3, 4])
    flat = model.reader.pack([row()], 5).lay(np.array([0]), np.array([0]), {})
    layout = Layout([4]).with_positions(stays)
    with torch.inference_mode():
        logits = model.model(torch.from_numpy(flat.tokens)[stays], layout, None, {"label": torch.tensor([0])})["label"][0]
    assert said == pytest.approx(float(logits[0] - logits[1]), abs=1e-5)
    assert abs(said - subject.values(np.ones((1, 4), dtype=bool))[0]) > 1e-3


def test_images_are_explained_by_shapley_values_and_by_gradients():
    ((shap, slope),) = explain(image_model(), [row()], ["shap", "gradient_x_input"])
    assert shap.scores.sum() == pytest.approx(shap.value - shap.baseline, abs=1e-4)
    assert slope.value == pytest.approx(shap.value, abs=1e-4)
    assert np.abs(slope.scores).min() > 0


def test_two_models_of_images_are_laid_side_by_side_as_compression_does():
    found = explanation_agreement(image_model(), image_model(), [row()], 1)
    assert found is not None
    assert (found["inputs"], found["spearman"]["value"]) == (1, pytest.approx(1.0))
