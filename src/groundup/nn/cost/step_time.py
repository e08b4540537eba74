"""How long one update takes: what it has to do, counted from the shape, over what a machine does in a second.

Free of torch. The formulas and what they were checked against: docs/guides/size.md. N tokens, M asked positions, B sequences,
T positions, C hidden, F inside the feed-forward part, V vocabulary. Forward and backward pass together, then AdamW. A *touch*
is a float32 read or written by what is no product; the touches of a function are its measured time over that of adding two
vectors, which touches three numbers per value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import assert_never

from groundup.nn.config import (
    Cells,
    HeadConfig,
    Input,
    Patches,
    PooledHeadConfig,
    RelativeBias,
    Rotary,
    TransformerConfig,
    Words,
)
from groundup.nn.cost.size import FLOAT, count_parameters, last_rows, outputs

FRESH = 32 * 2**20  # bytes from which a tensor is new memory each time: the allocator keeps smaller ones
TOUCHES = {"gelu": 11.0, "gelu_tanh": 25.0, "gelu_quick": 20.0, "relu": 8.0, "relu_squared": 14.0, "silu": 11.0, "tanh": 9.0}
LAYER_NORM, RMS_NORM = 10.0, 48.0
ADDITION, GATE, ROTATION, DROPOUT = 6.0, 9.0, 20.0, 18.0
BIAS = 3.0  # per output of a linear layer with a bias: it is laid out first, and its gradient is a sum
SCORES = 16.0  # per score of attention whose weights are dropped out: the softmax, and its dropout besides
CROSS_ENTROPY = 13.0  # per logit
TABLE = 8.0  # per number of the embedding: its dense gradient, from the tokens and from the output
ADAMW = 9.0  # per parameter: the update 5, the norm of the gradient and the clip 4
ATTENTION, SHORT = 1.7, 155.0  # operations of fused attention cost ATTENTION + SHORT / T times those of a product
PRODUCT = 1.06  # fitted: time of the products of a step over that of large square matrices
MOVE = 1.41  # fitted: time of moving bytes in a step over that of a function that is called again and again on the same ones
CALL = 5.2  # fitted: time of a call in a step over that of adding two numbers
CALLS_PER_LAYER, CALLS_PER_GROUP, CALLS_PER_UPDATE, CALLS_PER_SEQUENCE = 30, 10, 60, 2


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one update does; it adds up."""

    products: float = 0.0
    """Operations of matrix products."""
    operands: float = 0.0
    """Bytes that products read and write."""
    attention: float = 0.0
    """Operations of fused attention, in units of a product's."""
    touched: float = 0.0
    """Bytes that everything else reads and writes."""
    fresh: float = 0.0
    """Bytes of large new tensors, whose pages the system has to make first."""
    calls: float = 0.0
    """Calls of a kernel from Python, forward and back."""

    def __add__(self, other: Work) -> Work:
        return Work(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})

    def __mul__(self, times: float) -> Work:
        return Work(**{field.name: times * getattr(self, field.name) for field in fields(self)})


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What a machine does in a second, or how long it takes for one."""

    products: float
    """Operations per second of products of large float32 matrices."""
    touched: float
    """Bytes per second of element-wise work."""
    fresh: float
    """Bytes per second of new pages."""
    call: float
    """Seconds of a call."""


REFERENCE = Rates(products=108e9, touched=17.6e9, fresh=1.96e9, call=13.4e-6)  # of the fit: one core of a Xeon with AVX-512


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Tokens that a stack reads in one update: sequences of `length` on average, of so many different lengths."""

    sequences: int
    length: float
    lengths: int = 1

    @property
    def tokens(self) -> float:
        return self.sequences * self.length


def parts(work: Work, rates: Rates) -> dict[str, float]:
    """Seconds of one update by what they go to."""
    return {
        "products": PRODUCT * work.products / rates.products + MOVE * work.operands / rates.touched,
        "attention": PRODUCT * work.attention / rates.products,
        "touched": MOVE * work.touched / rates.touched,
        "fresh": MOVE * work.fresh / rates.fresh,
        "calls": CALL * work.calls * rates.call,
    }


def seconds(work: Work, rates: Rates) -> float:
    """Time of one update."""
    return sum(parts(work, rates).values())


def scaled(products: float) -> Rates:
    """The rates of a machine of which only that of products is known: the others in proportion to the machine of the fit."""
    factor = products / REFERENCE.products
    return Rates(
        products=products, touched=factor * REFERENCE.touched, fresh=factor * REFERENCE.fresh, call=REFERENCE.call / factor
    )


def update(
    config: TransformerConfig,
    heads: Mapping[str, HeadConfig],
    reading: Reading,
    asked: Mapping[str, float],
    encoder: TransformerConfig | None = None,
    source: Reading | None = None,
) -> Work:
    """One update of a model that reads this and is asked at so many positions per head; its encoder reads `source`."""
    rows = last_rows(heads, asked, reading.tokens)
    work = stack(config, reading, rows, source)
    if encoder is not None and source is not None:
        work += stack(encoder, source, source.tokens)
    for name, head in heads.items():
        work += ask(config, head, asked[name])
    tables = sum(count_looked_up(config, one) for one in config.inputs) * config.hidden_size
    parameters = sum(count_parameters(config, heads, encoder).values())
    work += touch(tables, TABLE, new=2) + touch(parameters, ADAMW)
    return work + Work(calls=CALLS_PER_UPDATE + CALLS_PER_SEQUENCE * reading.sequences)


def count_looked_up(config: TransformerConfig, one: Input) -> int:
    """Vectors of an embedding that tokens choose by their number; those of places are few."""
    match one:
        case Words():
            return config.vocab_size
        case Cells():
            return one.rows
        case Patches():
            return 0
    assert_never(one)


def stack(config: TransformerConfig, reading: Reading, rows: float, source: Reading | None = None) -> Work:
    """Embedding and blocks; after its attention the last block works on `rows` alone."""
    c, tokens = config.hidden_size, reading.tokens
    work = touch(tokens * c, 2 * ADDITION) + drop(config, tokens * c)
    if config.embedding_norm:
        work += norm(config, tokens)
    for number, (heads, width) in enumerate(zip(config.heads, config.widths, strict=True)):
        last = number == config.num_layers - 1
        after = rows if last and not config.cross_attention else tokens
        work += attend(config, heads, reading, reading, after)
        if config.cross_attention and source is not None:
            work += attend(config, config.num_heads, reading, source, tokens)
        work += feed_forward(config, width, rows if last else tokens) + Work(calls=CALLS_PER_LAYER)
    return work + (norm(config, rows) if config.final_norm else Work())


def attend(config: TransformerConfig, heads: int, reading: Reading, seen: Reading, rows: float) -> Work:
    """One attention part with its residual, norm and dropout; its output at `rows`."""
    c, tokens, queries = config.hidden_size, reading.tokens, heads * config.head_width
    keys = queries * config.kv_heads // config.num_heads
    work = linear(config, tokens, c, queries) + linear(config, seen.tokens, c, keys) * 2 + linear(config, rows, queries, c)
    work += touch(rows * c, ADDITION) + drop(config, rows * c) + norm(config, rows)
    if config.query_key_norm:
        work += touch(tokens * (queries + keys), LAYER_NORM if config.norm == "layer" else RMS_NORM)
    if isinstance(config.positions, Rotary):
        work += touch(tokens * (queries + keys), ROTATION)
    operations = 12 * seen.length * queries * tokens
    if config.attention_dropout:
        scores = tokens * heads * seen.length
        work += Work(products=operations) + touch(scores, SCORES + DROPOUT, new=4) + touch(tokens * queries, 3 * ADDITION)
    else:
        work += Work(attention=(ATTENTION + SHORT / seen.length) * operations)
    if isinstance(config.positions, RelativeBias):
        work += touch(reading.length * seen.length * heads, 2 * ADDITION)
    return work + Work(calls=CALLS_PER_GROUP * (reading.lengths + bool(config.dropout)))


def feed_forward(config: TransformerConfig, width: int, rows: float) -> Work:
    """One feed-forward part with its residual, norm and dropout."""
    c = config.hidden_size
    work = linear(config, rows, c, width) * (2 if config.gated else 1) + linear(config, rows, width, c)
    work += touch(rows * width, TOUCHES[config.activation] + config.gated * GATE, new=2 + 3 * config.gated)
    return work + touch(rows * c, ADDITION) + drop(config, rows * c) + norm(config, rows)


def ask(config: TransformerConfig, head: HeadConfig, rows: float) -> Work:
    """A head at `rows`, and its loss."""
    c, said = config.hidden_size, outputs(config, head)
    work = product(rows, c, said) + touch(rows * said, CROSS_ENTROPY, new=2)
    pooler = isinstance(head, PooledHeadConfig) and head.pooling == "pooler"
    if head.dense or pooler:
        work += product(rows, c, c) + touch(rows * c, TOUCHES["gelu"]) + norm(config, rows)
    return work + Work(calls=CALLS_PER_GROUP)


def linear(config: TransformerConfig, rows: float, inputs: float, given: float) -> Work:
    return product(rows, inputs, given) + (touch(rows * given, BIAS) if config.bias else Work())


def product(n: float, k: float, m: float) -> Work:
    """[n, k] x [k, m], and both products on the way back."""
    return Work(products=6 * n * k * m, operands=3 * FLOAT * (n * k + k * m + n * m), fresh=grown(n * m))


def touch(values: float, touches: float, new: float = 0) -> Work:
    """So many touches of each value, `new` of them in tensors that are made for it."""
    return Work(touched=FLOAT * touches * values, fresh=new * grown(values))


def norm(config: TransformerConfig, rows: float) -> Work:
    return touch(rows * config.hidden_size, LAYER_NORM if config.norm == "layer" else RMS_NORM)


def drop(config: TransformerConfig, values: float) -> Work:
    return touch(values, DROPOUT) if config.dropout else Work()


def grown(values: float) -> float:
    """Bytes of a tensor if it is so large that its memory is new."""
    return FLOAT * values if FLOAT * values > FRESH else 0.0
