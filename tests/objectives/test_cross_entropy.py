import pytest
import torch
import torch.nn.functional as F

from groundup.objectives.cross_entropy import summed_cross_entropy


@pytest.mark.parametrize(("rows", "classes"), [(1, 2), (7, 33), (40, 1001)])
def test_value_and_gradient_equal_torch(rows, classes):
    generator = torch.Generator().manual_seed(rows)
    targets = torch.randint(classes, (rows,), generator=generator)
    ours = (torch.randn(rows, classes, generator=generator) * 5).requires_grad_()
    theirs = ours.detach().clone().requires_grad_()
    loss, reference = summed_cross_entropy(ours, targets), F.cross_entropy(theirs, targets, reduction="sum")
    (loss * 0.3).backward()
    (reference * 0.3).backward()
    torch.testing.assert_close(loss, reference)
    torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-6, rtol=1e-5)


def test_no_rows_have_no_loss():
    assert summed_cross_entropy(torch.empty(0, 5), torch.empty(0, dtype=torch.long)).item() == 0.0
