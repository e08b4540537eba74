"""What the children of the fault tests share."""

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def late_imports():
    """An optimizer imports a good part of torch when it is first made: once here, not a second in each of many children."""
    torch.optim.AdamW([torch.zeros(1, requires_grad=True)])
