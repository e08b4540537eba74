"""The small world in which settings are tried."""

import pytest
import torch

from tests.settings.world import make_world


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    torch.set_num_threads(1)
    return make_world(tmp_path_factory.mktemp("world"))
