"""A batch and the model that it is put to."""

import torch

from groundup.nn.layout import Layout
from groundup.objectives.objective import Batch


def test_a_batch_asks_a_model_by_its_former_name_too():
    batch = Batch(torch.arange(3), Layout([3]), None, {"label": torch.tensor([1])}, {})

    class Model(torch.nn.Module):
        def forward(self, tokens, layout, segments, positions, source, start):
            return {name: tokens.index_select(0, places) + layout.num_tokens for name, places in positions.items()}

    model = Model()
    assert batch.through(model)["label"].tolist() == batch.forward(model)["label"].tolist() == [4]
