"""What a model costs before it is built: parameters exactly, floating-point operations of its matrix products, memory.

Free of torch. N tokens, M positions of heads, B sequences, T positions, C hidden, F inside the feed-forward part, H heads,
V vocabulary. An operation is an addition or a multiplication, so a product [n, k] x [k, m] costs 2 n k m.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from groundup.nn.config import (
    HeadConfig,
    Learned,
    NumberHeadConfig,
    PooledHeadConfig,
    RelativeBias,
    TokenHeadConfig,
    TransformerConfig,
)
from groundup.nn.inputs import Input, Words

Count = TypeVar("Count", int, float)
FLOAT = 4  # bytes of a float32
PROCESS = 350 * 2**20  # bytes of Python, torch and its kernels (measured)
SLACK = 1.43  # fitted: memory of the allocator over that of the activations
COPIES_PER_PARAMETER = 4  # in training with AdamW: the weight, its gradient, two moments


@dataclass(frozen=True, kw_only=True)
class Size:
    """Costs of a model and of one step on a batch."""

    parameters: dict[str, int]
    """By part: embedding, blocks, rest of the backbone, and each head."""
    forward_operations: int
    """Of one forward pass over the batch."""
    training_operations: int
    """Of one forward and backward pass: three times as many."""
    inference_bytes: int
    """Weights, and the largest states of one forward pass."""
    training_bytes: int
    """Weights, gradients, both moments of AdamW, and the activations that the backward pass needs."""
    activation_bytes: int
    """Of these, the activations of the backbone."""
    cache_bytes: int
    """The key-value cache of the batch in generation; 0 for a model that does not generate."""

    @property
    def total_parameters(self) -> int:
        return sum(self.parameters.values())

    @property
    def peak_bytes(self) -> int:
        """The most that a process that trains it holds, on a CPU."""
        return PROCESS + self.training_bytes + round((SLACK - 1) * self.activation_bytes)


def size(
    config: TransformerConfig,
    heads: Mapping[str, HeadConfig],
    *,
    sequences: int = 1,
    length: int = 128,
    positions: Mapping[str, int] | None = None,
    encoder: TransformerConfig | None = None,
    source_length: int | None = None,
) -> Size:
    """The costs of `sequences` of `length` tokens, with `positions` per head in all (by default one per sequence).

    An `encoder` reads sequences of `source_length`; by default as long.
    """
    positions = dict.fromkeys(heads, sequences) | dict(positions or {})
    parameters = count_parameters(config, heads, encoder)
    source_tokens = source_length or length
    forward = count_operations(config, heads, sequences, length, positions, source_tokens)
    weights = sum(parameters.values()) * FLOAT
    tokens = sequences * length
    widest = max(5 * config.hidden_size, 2 * config.hidden_size + 3 * config.intermediate_size)
    activations = count_activations(config, sequences, length, last_block_rows(heads, positions, tokens))
    if encoder is not None:
        forward += count_operations(encoder, {}, sequences, source_tokens, {"states": sequences * source_tokens})
        activations += count_activations(encoder, sequences, source_tokens, sequences * source_tokens)
    logits = max((positions[name] * head_outputs(config, head) for name, head in heads.items()), default=0)
    return Size(
        parameters=parameters,
        forward_operations=forward,
        training_operations=3 * forward,
        inference_bytes=weights + FLOAT * max(tokens * widest, logits),
        training_bytes=COPIES_PER_PARAMETER * weights + FLOAT * (activations + 2 * logits),
        activation_bytes=FLOAT * activations,
        cache_bytes=count_cache(config, sequences, length) if config.causal else 0,
    )


def count_parameters(
    config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None
) -> dict[str, int]:
    """Exact numbers of parameters by part; tied weights count once."""
    parts = count_stack(config)
    if encoder is not None:
        encoder_parts = count_stack(encoder)
        shared = (encoder.vocab_size, encoder.hidden_size) == (config.vocab_size, config.hidden_size)
        encoder_parts["embedding"] -= shared * encoder.vocab_size * encoder.hidden_size
        parts |= {f"encoder {name}": number for name, number in encoder_parts.items()}
    c, norm = config.hidden_size, norm_parameters(config)
    for name, head in heads.items():
        if isinstance(head, TokenHeadConfig):
            words = config.vocab_size * (head.output_bias + (0 if head.tied else c))
            parts[name] = head.dense * (c * c + head.bias * c + norm) + words
        elif isinstance(head, NumberHeadConfig):
            dense = c * c + head.dense_bias * c + norm if head.dense else 0
            parts[name] = dense + (c + 1) * head.outputs
        else:
            dense = c * c + head.dense_bias * c + head.dense_norm * norm if head.dense else 0
            parts[name] = dense + (c + head.bias) * head.classes
    return parts


def count_stack(config: TransformerConfig) -> dict[str, int]:
    """Numbers of parameters of one stack by part."""
    c, norm = config.hidden_size, norm_parameters(config)
    attentions = [count_attention(config, heads) for heads in config.heads]
    attentions += [count_attention(config, config.num_heads)] * (config.cross_attention * config.num_layers)
    widths, projections = sum(config.widths), 3 if config.gated else 2
    feed_forward = projections * c * widths + config.inner_bias * ((projections - 1) * widths + c * config.num_layers)
    norms = count_norms(config)
    of_heads = 2 * norm_parameters(config, config.head_width) * sum(heads > 0 for heads in config.heads) * config.query_key_norm
    biases = config.positions.buckets * config.num_heads if isinstance(config.positions, RelativeBias) else 0
    rows = sum(count_rows(config, one) for one in config.inputs)
    if len(config.inputs) > 1:
        rows += 1 + len(config.inputs)  # the token before all, and a vector for each kind
    return {
        "embedding": rows * c + len(config.inputs) * config.embedding_norm * norm,
        "blocks": sum(attentions) + feed_forward + norms * norm + of_heads,
        "rest": config.final_norm * norm + biases + config.pooler * (c * c + c),
    }


def count_rows(config: TransformerConfig, one: Input) -> int:
    """Vectors of width C that the embedding of one kind of input has."""
    if not isinstance(one, Words):
        return one.num_vectors
    positions = config.max_positions + config.positions.offset if isinstance(config.positions, Learned) else 0
    return config.vocab_size + positions + config.num_segments


def count_attention(config: TransformerConfig, heads: int) -> int:
    """Parameters of an attention part with so many heads; without heads only the bias of its output is left."""
    c, queries = config.hidden_size, heads * config.head_width
    keys = queries * config.kv_heads // config.num_heads
    return 2 * c * (queries + keys) + config.bias * (queries + 2 * keys + c)


def count_norms(config: TransformerConfig) -> int:
    """Norms of all blocks; one that stands before a part goes with it."""
    if config.norm_place == "after":
        return (3 if config.cross_attention else 2) * config.num_layers
    parts = [*config.heads[not config.first_norm :], *config.widths]
    return sum(part > 0 for part in parts) + config.cross_attention * config.num_layers


def norm_parameters(config: TransformerConfig, size: int | None = None) -> int:
    """Parameters of one norm, over the channels of a state or over `size` others."""
    return (config.hidden_size if size is None else size) * (2 if config.norm == "layer" and config.norm_bias else 1)


def count_operations(
    config: TransformerConfig,
    heads: Mapping[str, HeadConfig],
    sequences: int,
    length: int,
    positions: Mapping[str, int],
    source_length: int | None = None,
) -> int:
    """Operations of the matrix products of one forward pass; after its attention the last block runs at the positions of heads
    only.

    An encoder has sequences of `source_length`, or as many tokens.
    """
    c, tokens = config.hidden_size, sequences * length
    rows, total = last_block_rows(heads, positions, tokens), 0
    for number, (own, width) in enumerate(zip(config.heads, config.widths, strict=True)):
        after = rows if number == config.num_layers - 1 else tokens
        total += count_part(config, own, tokens, length, tokens if config.cross_attention else after)
        total += (3 if config.gated else 2) * c * width * after
        if config.cross_attention:
            total += count_part(config, config.num_heads, tokens, source_length or length, tokens, sequences)
    for name, head in heads.items():
        pooler = isinstance(head, PooledHeadConfig) and head.pooling == "pooler"
        total += positions[name] * (c * head_outputs(config, head) + (pooler + head.dense) * c * c)
    return 2 * total


def count_part(
    config: TransformerConfig, heads: int, tokens: int, length: int, after: int, sequences: int | None = None
) -> int:
    """Multiplications of an attention part of so many heads over `tokens`, its output at `after` of them; keys and values
    come from `length` tokens in each of `sequences`, or from these tokens."""
    queries = heads * config.head_width
    keys = queries * config.kv_heads // config.num_heads
    key_tokens = tokens if sequences is None else sequences * length
    return config.hidden_size * (queries * (tokens + after) + 2 * keys * key_tokens) + 2 * length * queries * tokens


def count_cache(config: TransformerConfig, sequences: int, length: int) -> int:
    """Bytes of the key-value cache."""
    heads = sum(config.heads) * config.kv_heads // config.num_heads
    return 2 * FLOAT * heads * config.head_width * sequences * length


def count_activations(config: TransformerConfig, sequences: int, length: int, rows: int) -> int:
    """Numbers that the forward pass stores for the backward pass: inputs of products and norms, activations, and masks."""
    c, tokens = config.hidden_size, sequences * length
    dropped, before = config.attention_dropout > 0, config.norm_place == "before"
    after, total = (2 + (not before) + 2 * (config.dropout > 0)) * c, c * tokens
    for number, (heads, width) in enumerate(zip(config.heads, config.widths, strict=True)):
        attention = (1 + before + dropped) * c + 4 * c * heads // config.num_heads + 3 * dropped * heads * length
        rows_after = rows if number == config.num_layers - 1 else tokens
        total += attention * tokens + (after + (4 if config.gated else 2) * width) * rows_after
    return total


def last_block_rows(heads: Mapping[str, HeadConfig], positions: Mapping[str, Count], tokens: Count) -> Count:
    """Rows of the last block after its attention: the positions of heads, or all if a head pools the mean."""
    means = any(isinstance(head, PooledHeadConfig) and head.pooling == "mean" for head in heads.values())
    return tokens if means else min(tokens, sum(positions.values()))


def head_outputs(config: TransformerConfig, head: HeadConfig) -> int:
    """Outputs of a head at one position."""
    if isinstance(head, NumberHeadConfig):
        return head.outputs
    return config.vocab_size if isinstance(head, TokenHeadConfig) else head.classes
