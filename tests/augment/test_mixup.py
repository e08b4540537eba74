import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import stats

from groundup.augment.mixup import beta, mixup, one_hot, summed_soft_cross_entropy

NUMBERS = np.array([7, 3, 19, 4, 100])


def batch(size=5, classes=3):
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(size, 4, generator=generator)
    return features, one_hot(torch.arange(size) % classes, classes)


def test_features_and_targets_are_mixed_by_the_same_share():
    features, targets = batch()
    mixed = mixup(features, targets, NUMBERS, seed=0)
    for i, (share, partner) in enumerate(zip(mixed.shares.tolist(), mixed.partners.tolist())):
        torch.testing.assert_close(mixed.features[i], share * features[i] + (1 - share) * features[partner])
        torch.testing.assert_close(mixed.targets[i], share * targets[i] + (1 - share) * targets[partner])
    torch.testing.assert_close(mixed.targets.sum(1), torch.ones(5))


def test_everyone_has_one_partner_and_is_not_its_own():
    for seed in range(50):
        partners = mixup(*batch(), NUMBERS, seed).partners.tolist()
        assert sorted(partners) == list(range(5))
        assert all(i != partner for i, partner in enumerate(partners))


def test_a_batch_of_one_stays():
    features, targets = batch(1)
    torch.testing.assert_close(mixup(features, targets, NUMBERS[:1], 0).features, features)


def test_the_order_of_the_batch_changes_nothing():
    features, targets = batch()
    order = torch.tensor([4, 2, 0, 1, 3])
    straight, turned = mixup(features, targets, NUMBERS, 0), mixup(features[order], targets[order], NUMBERS[order.numpy()], 0)
    assert torch.equal(straight.features[order], turned.features)
    assert torch.equal(straight.targets[order], turned.targets)
    assert not torch.equal(straight.features, mixup(features, targets, NUMBERS, 1).features)
    assert not torch.equal(straight.features, mixup(features, targets, NUMBERS + 1, 0).features)


@pytest.mark.parametrize("alpha", [0.4, 1.0, 8.0])
def test_shares_have_the_beta_distribution(alpha):
    shares = mixup(torch.zeros(20_000, 1, dtype=torch.float64), torch.zeros(20_000, 1), np.arange(20_000), 0, alpha).shares
    assert stats.kstest(shares.numpy(), stats.beta(alpha, alpha).cdf).pvalue > 0.001
    assert beta(alpha, np.array([0.0, 0.5])) == pytest.approx([0.0, 0.5])


def test_the_loss_is_the_mixed_loss_of_both_labels():
    features, targets = batch()
    labels = targets.argmax(1)
    mixed = mixup(features, targets, NUMBERS, 0)
    logits = mixed.features[:, :3]
    own, other = (F.cross_entropy(logits, one, reduction="none") for one in (labels, labels[mixed.partners]))
    expected = (mixed.shares * own + (1 - mixed.shares) * other).sum()
    torch.testing.assert_close(summed_soft_cross_entropy(logits, mixed.targets), expected)


def test_weights_and_gradients_agree_with_torch():
    logits = torch.randn(5, 3, generator=torch.Generator().manual_seed(1), requires_grad=True)
    targets, weights = mixup(*batch(), NUMBERS, 0).targets, torch.tensor([1.0, 0.2, 3.0])
    ours, theirs = (
        summed_soft_cross_entropy(logits, targets, weights),
        F.cross_entropy(logits, targets, weights, reduction="sum"),
    )
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(*(torch.autograd.grad(loss, logits)[0] for loss in (ours, theirs)))


def test_gradients_reach_both_examples():
    features, targets = batch()
    features.requires_grad_()
    mixed = mixup(features, targets, NUMBERS, 0)
    mixed.features[0].sum().backward()
    moved = features.grad.abs().sum(1).nonzero()[:, 0].tolist()
    assert moved == sorted([0, int(mixed.partners[0])])


def test_a_row_without_a_label_has_no_loss():
    assert one_hot(torch.tensor([1, -1]), 2).tolist() == [[0, 1], [0, 0]]
    assert summed_soft_cross_entropy(torch.zeros(1, 2), one_hot(torch.tensor([-1]), 2)) == 0
