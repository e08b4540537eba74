"""The Transformer of the paper against torch.nn.Transformer with the same weights, against its formulas in NumPy, and at work.

Tolerance: float32 sums in another order, over values of size 1.
"""

import numpy as np
import pytest
import torch
from torch import nn

from groundup.data import draws
from groundup.families.presets import Size, textbook
from groundup.nn.layout import Layout
from groundup.nn.model import Inputs, Model
from groundup.objectives.cross_entropy import summed_cross_entropy
from groundup.train.adamw import AdamW
from groundup.train.schedule import Schedule

SIZE, VOCAB = Size(3, 24, 4), 50
SOURCE, TARGET = [9, 4, 4, 1], [5, 7, 2, 7]


def made(norm_place, seed=3):
    shape = textbook(SIZE, VOCAB, norm_place, dropout=0.0)
    model = Model(shape.config, shape.heads, seed, shape.encoder).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # biases and norms are not all alike
            parameter += 0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(parameter.numel()))
    return model


def copy_attention(theirs: nn.MultiheadAttention, ours) -> None:
    assert theirs.in_proj_weight is not None
    assert theirs.in_proj_bias is not None
    theirs.in_proj_weight.copy_(torch.cat([layer.weight for layer in (ours.query, ours.key, ours.value)]))
    theirs.in_proj_bias.copy_(torch.cat([layer.bias for layer in (ours.query, ours.key, ours.value)]))
    theirs.out_proj.load_state_dict(ours.output.state_dict())


def in_torch(model, before):
    """torch's encoder and decoder with our weights; its own final norms are there only where ours are."""
    options = {"d_model": 24, "nhead": 4, "dim_feedforward": 96, "dropout": 0.0, "batch_first": True, "norm_first": before}
    stacks = []
    for stack, layer, whole in (
        (model.encoder, nn.TransformerEncoderLayer, nn.TransformerEncoder),
        (model.backbone, nn.TransformerDecoderLayer, nn.TransformerDecoder),
    ):
        theirs = whole(
            layer(**options),
            3,
            nn.LayerNorm(24) if before else None,
            **({"enable_nested_tensor": False} if layer is nn.TransformerEncoderLayer else {}),
        )
        with torch.no_grad():
            for block, other in zip(stack.blocks, theirs.layers, strict=True):
                copy_attention(other.self_attn, block.attention)
                norms = [block.before_attention if before else block.after_attention]
                if block.cross is not None:
                    copy_attention(other.multihead_attn, block.cross.attention)
                    norms.append(block.cross.before if before else block.cross.after)
                norms.append(block.before_feed_forward if before else block.after_feed_forward)
                for number, norm in enumerate(norms, 1):
                    getattr(other, f"norm{number}").load_state_dict(norm.state_dict())
                other.linear1.load_state_dict(block.feed_forward.input.state_dict())
                other.linear2.load_state_dict(block.feed_forward.output.state_dict())
            if before:
                theirs.norm.load_state_dict(stack.norm.state_dict())
        stacks.append(theirs.eval())
    return stacks


def ids(lengths, seed):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(0, VOCAB, (n,), generator=generator) for n in lengths]


def sinusoids(length, size):
    """sin(p / 10000^(2 i / C)) at 2 i, its cosine at 2 i + 1."""
    table = np.zeros((length, size))
    for p in range(length):
        for i in range(size // 2):
            table[p, 2 * i], table[p, 2 * i + 1] = np.sin(p / 10000 ** (2 * i / size)), np.cos(p / 10000 ** (2 * i / size))
    return torch.tensor(table, dtype=torch.float32)


@pytest.mark.parametrize("norm_place", ["before", "after"])
def test_encoder_and_decoder_are_those_of_torch(norm_place):
    model, (sources, targets) = made(norm_place), (ids(SOURCE, 1), ids(TARGET, 2))
    encoder, decoder = in_torch(model, norm_place == "before")
    seen = model.encoder.encoder_states(torch.cat(sources), Layout(SOURCE))
    found = model.backbone(torch.cat(targets), Layout(TARGET), encoder_states=seen).split(TARGET)
    for source, target, states in zip(sources, targets, found, strict=True):
        words = model.backbone.token_embedding.weight
        x, y = (words[t] * 24**0.5 + sinusoids(len(t), 24) for t in (source, target))
        memory = encoder(x[None])
        expected = decoder(y[None], memory, tgt_mask=nn.Transformer.generate_square_subsequent_mask(len(target)))[0]
        torch.testing.assert_close(states, expected, atol=5e-5, rtol=1e-5)


def test_one_block_of_the_decoder_is_the_formulas():
    """x + Attention(Norm(x)), x + Cross(Norm(x), H), x + W2 relu(W1 Norm(x)), all in float64."""
    model = made("before")
    block, source, target = model.backbone.blocks[0], ids([6], 1)[0], ids([5], 2)[0]
    h = model.encoder(source, Layout([6])).detach().double().numpy()
    x = (model.backbone.token_embedding.weight[target] * 24**0.5 + sinusoids(5, 24)).detach().double().numpy()

    def weights(layer):
        return layer.weight.detach().double().numpy(), layer.bias.detach().double().numpy()

    def norm(layer, v):
        w, b = weights(layer)
        return (v - v.mean(1, keepdims=True)) / np.sqrt(v.var(1, keepdims=True) + 1e-5) * w + b

    def attention(layers, q_in, k_in, causal):
        q, k, v = (
            value @ weights(layer)[0].T + weights(layer)[1]
            for value, layer in ((q_in, layers.query), (k_in, layers.key), (k_in, layers.value))
        )
        heads = []
        for one, two, three in zip(*(np.split(t, 4, axis=1) for t in (q, k, v)), strict=True):
            scores = one @ two.T / np.sqrt(6)
            if causal:
                scores[np.triu_indices(len(scores), 1)] = -np.inf
            shares = np.exp(scores - scores.max(1, keepdims=True))
            heads.append(shares / shares.sum(1, keepdims=True) @ three)
        w, b = weights(layers.output)
        return np.concatenate(heads, axis=1) @ w.T + b

    normed = norm(block.before_attention, x)
    x = x + attention(block.attention, normed, normed, True)
    x = x + attention(block.cross.attention, norm(block.cross.before, x), h, False)
    (w1, b1), (w2, b2) = weights(block.feed_forward.input), weights(block.feed_forward.output)
    x = x + np.maximum(0, norm(block.before_feed_forward, x) @ w1.T + b1) @ w2.T + b2
    source_states = model.encoder.encoder_states(source, Layout([6]))
    start = model.backbone.embed(target, torch.arange(5), None)
    found = block(torch.nn.functional.pad(start, (0, 0, 0, 3)), filled := Layout([5]), None, None, source_states)[:5]
    assert filled.num_padding_rows == 3
    np.testing.assert_allclose(found.detach().numpy(), x, atol=1e-5)


@pytest.mark.slow
def test_it_copies_over_a_long_range_where_a_bag_of_words_cannot():
    """32 tokens of 16 letters, written again by the decoder: order is all there is to know, and 16 letters in 32 places leave a
    bag of words at the share of the commonest letter."""
    length, letters, batch = 32, 16, 64
    shape = textbook(Size(2, 64, 4), letters + 1, "before", dropout=0.0, max_positions=64)
    model = Model(shape.config, shape.heads, 0, shape.encoder)
    optimizer, schedule, steps = AdamW(model.named_parameters(), (0.9, 0.98), 1e-9), Schedule(2e-3, 0.1), 900
    layout = Layout([length] * batch)

    def texts(number):
        drawn = draws.words(draws.key(0, "copy"), number, np.arange(batch * length)) % np.uint64(letters)
        return torch.from_numpy(drawn.astype(np.int64)).view(batch, length)

    def logits(text):
        inputs = torch.cat([torch.full((batch, 1), letters), text[:, :-1]], 1).flatten()
        return model(inputs, layout, None, {"lm": torch.arange(batch * length)}, Inputs(text.flatten(), layout))["lm"]

    for step in range(1, steps + 1):
        text = texts(step)
        (summed_cross_entropy(logits(text), text.flatten()) / text.numel()).backward()
        optimizer.step(step, schedule(step, steps))
        optimizer.zero_grad()
    model.eval()
    text = texts(0)
    with torch.inference_mode():
        accuracy = float((logits(text).argmax(-1) == text.flatten()).float().mean())
    bag = float(torch.stack([row.bincount(minlength=letters).max() for row in text]).float().mean()) / length
    assert accuracy > 0.99
    assert bag < 0.3
