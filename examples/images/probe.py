"""What an image encoder knows: logistic regression on the mean of its states, of the same encoder untrained, and on raw pixels.

python examples/images/probe.py --data runs/images/pictures --model runs/images/vit
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from groundup.evaluate.predictor import model_folder
from groundup.families import checkpoint
from groundup.kinds.image.patches import cut
from groundup.kinds.store import Store
from groundup.nn.inputs import Patches
from groundup.nn.layout import Layout
from groundup.nn.model import Model


def split_of(data: Path, name: str) -> tuple[np.ndarray, list[str]]:
    """Pixels [I, C, S, S] and labels of a split."""
    rows = [json.loads(line) for line in (data / "images.jsonl").read_text("utf-8").split("\n") if line]
    pixels = np.array(Store(data).cells(name))
    return pixels, [row["label"] for row in rows if row["split"] == name]


def features(model: Model, pixels: np.ndarray) -> np.ndarray:
    """[I, C] the mean state of each image."""
    patches = model.config.input_of(Patches)
    assert patches is not None
    found = []
    with torch.inference_mode():
        for start in range(0, len(pixels), 256):
            rows = cut(pixels[start : start + 256], patches.size)
            states = model.backbone(torch.from_numpy(rows).flatten(0, 1), Layout([rows.shape[1]] * len(rows)))
            found.append(states.view(len(rows), rows.shape[1], -1).mean(1).numpy())
    return np.concatenate(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    chosen = parser.parse_args()
    (train, train_labels), (test, test_labels) = (split_of(chosen.data, name) for name in ("train", "test"))
    trained = checkpoint.load(model_folder(chosen.model)).model
    untrained = Model(trained.config, {}, seed=1).eval()
    for name, make in (
        ("pretrained", lambda x: features(trained, x)),
        ("untrained", lambda x: features(untrained, x)),
        ("raw pixels", lambda x: x.reshape(len(x), -1) / 255.0),
    ):
        scaler = StandardScaler().fit(make(train))
        probe = LogisticRegression(C=0.1, max_iter=2000).fit(scaler.transform(make(train)), train_labels)
        accuracy = probe.score(scaler.transform(make(test)), test_labels)
        print(f"{name:11} accuracy {accuracy:.3f} on {len(test):,} images", flush=True)


if __name__ == "__main__":
    main()
