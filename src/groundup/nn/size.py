"""What a model costs before it is built: parameters exactly, floating-point operations of its matrix products, memory.

Free of torch. N tokens, M asked positions, B sequences, T positions, C hidden, F inside the feed-forward part, H heads,
V vocabulary. An operation is an addition or a multiplication, so a product [n, k] x [k, m] costs 2 n k m.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundup.nn.config import (
    HeadConfig,
    Learned,
    NumberHeadConfig,
    PooledHeadConfig,
    RelativeBias,
    TokenHeadConfig,
    TransformerConfig,
)

FLOAT = 4  # bytes of a float32
KEPT_PER_PARAMETER = 4  # in training with AdamW: the weight, its gradient, two moments


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
    """Weights, gradients, both moments of AdamW, and what the forward pass keeps for the backward pass."""
    cache_bytes: int
    """Keys and values that generation remembers of the batch; 0 for a model that does not write."""

    @property
    def total_parameters(self) -> int:
        return sum(self.parameters.values())


def size(
    config: TransformerConfig,
    heads: Mapping[str, HeadConfig],
    *,
    sequences: int = 1,
    length: int = 128,
    asked: Mapping[str, int] | None = None,
    encoder: TransformerConfig | None = None,
) -> Size:
    """The costs of `sequences` of `length` tokens, with `asked` positions per head in all (one per sequence by default).

    An `encoder` reads as many tokens again.
    """
    asked = dict.fromkeys(heads, sequences) | dict(asked or {})
    parameters = count_parameters(config, heads, encoder)
    forward = count_operations(config, heads, sequences, length, asked)
    weights = sum(parameters.values()) * FLOAT
    tokens = sequences * length
    widest = max(5 * config.hidden_size, 2 * config.hidden_size + 3 * config.intermediate_size)
    kept = count_kept(config, sequences, length, last_rows(heads, asked, tokens))
    if encoder is not None:
        forward += count_operations(encoder, {}, sequences, length, {"states": tokens})
        kept += count_kept(encoder, sequences, length, tokens)
    logits = max((asked[name] * outputs(config, head) for name, head in heads.items()), default=0)
    return Size(
        parameters=parameters,
        forward_operations=forward,
        training_operations=3 * forward,
        inference_bytes=weights + FLOAT * max(tokens * widest, logits),
        training_bytes=KEPT_PER_PARAMETER * weights + FLOAT * (kept + 2 * logits),
        cache_bytes=count_cache(config, sequences, length) if config.causal else 0,
    )


def count_parameters(
    config: TransformerConfig, heads: Mapping[str, HeadConfig], encoder: TransformerConfig | None = None
) -> dict[str, int]:
    """Exact numbers of parameters by part; tied weights count once."""
    parts = count_stack(config)
    if encoder is not None:
        beside = count_stack(encoder)
        shared = (encoder.vocab_size, encoder.hidden_size) == (config.vocab_size, config.hidden_size)
        beside["embedding"] -= shared * encoder.vocab_size * encoder.hidden_size
        parts |= {f"encoder {name}": number for name, number in beside.items()}
    c, norm = config.hidden_size, norm_size(config)
    for name, head in heads.items():
        if isinstance(head, TokenHeadConfig):
            words = config.vocab_size * (head.output_bias + (0 if head.tied else c))
            parts[name] = head.dense * (c * c + head.bias * c + norm) + words
        elif isinstance(head, NumberHeadConfig):
            dense = c * c + head.dense_bias * c + norm if head.dense else 0
            parts[name] = dense + (c + 1) * head.outputs
        else:
            dense = c * c + head.dense_bias * c + head.dense_norm * norm if head.dense else 0
            parts[name] = dense + (c + 1) * head.classes
    return parts


def count_stack(config: TransformerConfig) -> dict[str, int]:
    """Numbers of parameters of one stack by part."""
    c, f, bias, norm = config.hidden_size, config.intermediate_size, config.bias, norm_size(config)
    queries, keys = config.num_heads * config.head_width, config.kv_heads * config.head_width
    attention = 2 * c * (queries + keys) + bias * (queries + 2 * keys + c)
    feed_forward = (3 if config.gated else 2) * c * f + bias * ((2 if config.gated else 1) * f + c)
    each = 3 if config.cross_attention else 2  # norms of a block
    norms = each * config.num_layers - (config.norm_place == "before" and not config.first_norm)
    position_rows, biases = 0, 0
    if isinstance(config.positions, Learned):
        position_rows = config.max_positions + config.positions.offset
    elif isinstance(config.positions, RelativeBias):
        biases = config.positions.buckets * config.num_heads
    rows = config.vocab_size + position_rows + config.num_segments
    if config.patches is not None:
        rows += config.patches.values + 2  # their matrix and its bias, and the first token
    return {
        "embedding": rows * c + (config.embedding_norm and config.patches is None) * norm,
        "blocks": config.num_layers * (attention * (1 + config.cross_attention) + feed_forward) + norms * norm,
        "rest": config.final_norm * norm + biases + config.pooler * (c * c + c),
    }


def norm_size(config: TransformerConfig) -> int:
    """Parameters of one norm."""
    return config.hidden_size * (2 if config.norm == "layer" and config.norm_bias else 1)


def count_operations(
    config: TransformerConfig, heads: Mapping[str, HeadConfig], sequences: int, length: int, asked: Mapping[str, int]
) -> int:
    """Operations of the matrix products of one forward pass; after its attention the last block runs at asked rows.

    Another stack that is looked at has as many tokens.
    """
    c, f, tokens = config.hidden_size, config.intermediate_size, sequences * length
    rows = last_rows(heads, asked, tokens)
    queries, keys = config.num_heads * config.head_width, config.kv_heads * config.head_width
    after = c * queries + (3 if config.gated else 2) * c * f  # the output of attention, and the feed-forward part
    attention = 2 * length * queries * tokens
    before = c * (queries + 2 * keys) * tokens + attention
    if config.cross_attention:
        before += 2 * c * (queries + keys) * tokens + attention
    total = config.num_layers * before + after * ((config.num_layers - 1) * tokens + rows)
    for name, head in heads.items():
        pooler = isinstance(head, PooledHeadConfig) and head.pooling == "pooler"
        total += asked[name] * (c * outputs(config, head) + (pooler + head.dense) * c * c)
    return 2 * total


def count_cache(config: TransformerConfig, sequences: int, length: int) -> int:
    """Bytes of the keys and values that generation remembers."""
    return 2 * FLOAT * config.num_layers * config.kv_heads * config.head_width * sequences * length


def count_kept(config: TransformerConfig, sequences: int, length: int, rows: int) -> int:
    """Numbers that the forward pass keeps for the backward pass: inputs of products, norms, activations, and masks."""
    c, f, tokens = config.hidden_size, config.intermediate_size, sequences * length
    dropped = config.attention_dropout > 0
    attention = (5 + (config.norm_place == "before") + dropped) * c + 3 * dropped * config.num_heads * length
    after = (2 + (config.norm_place == "after") + 2 * (config.dropout > 0)) * c + (4 if config.gated else 2) * f
    return config.num_layers * attention * tokens + after * ((config.num_layers - 1) * tokens + rows) + c * tokens


def last_rows(heads: Mapping[str, HeadConfig], asked: Mapping[str, int], tokens: int) -> int:
    """Rows of the last block after its attention: the asked ones, or all when a head needs the mean of all."""
    means = any(isinstance(head, PooledHeadConfig) and head.pooling == "mean" for head in heads.values())
    return tokens if means else min(tokens, sum(asked.values()))


def outputs(config: TransformerConfig, head: HeadConfig) -> int:
    """Numbers that a head says at one position."""
    if isinstance(head, NumberHeadConfig):
        return head.outputs
    return config.vocab_size if isinstance(head, TokenHeadConfig) else head.classes
