"""How long one update takes: what it has to do, counted from the shape, over what a machine does in a second.

Free of torch. The formulas and what they were checked against: docs/guides/size.md. N tokens, M positions of heads, B
sequences, T positions, C hidden, F inside the feed-forward part, V vocabulary. Forward and backward pass together, then AdamW.
A *touch* is a float32 read or written by what is no product; the touches of a function are its measured time over that of
adding two vectors, which touches three numbers per value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from groundup.nn.config import HeadConfig, PooledHeadConfig, RelativeBias, Rotary, TransformerConfig
from groundup.nn.cost.size import FLOAT, count_parameters, head_outputs, last_block_rows
from groundup.nn.inputs import Input, Words

FRESH_BYTES = 32 * 2**20  # bytes from which a tensor is new memory each time: the allocator keeps smaller ones
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
class BatchShape:
    """Tokens that a stack reads in one update: sequences of `length` on average, of so many different lengths."""

    sequences: int
    length: float
    lengths: int = 1

    @property
    def tokens(self) -> float:
        return self.sequences * self.length


def seconds_by_part(work: Work, rates: Rates) -> dict[str, float]:
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
    return sum(seconds_by_part(work, rates).values())


def scale_rates(products: float) -> Rates:
    """The rates of a machine of which only that of products is known: the others in proportion to the machine of the fit."""
    factor = products / REFERENCE.products
    return Rates(
        products=products, touched=factor * REFERENCE.touched, fresh=factor * REFERENCE.fresh, call=REFERENCE.call / factor
    )


def update_work(
    config: TransformerConfig,
    heads: Mapping[str, HeadConfig],
    batch: BatchShape,
    positions: Mapping[str, float],
    encoder: TransformerConfig | None = None,
    source: BatchShape | None = None,
) -> Work:
    """One update of a model that reads this batch, with so many positions per head; its encoder reads `source`."""
    rows = last_block_rows(heads, positions, batch.tokens)
    work = stack_work(config, batch, rows, source)
    if encoder is not None and source is not None:
        work += stack_work(encoder, source, source.tokens)
    for name, head in heads.items():
        work += head_work(config, head, positions[name])
    tables = sum(count_looked_up(config, one) for one in config.inputs) * config.hidden_size
    parameters = sum(count_parameters(config, heads, encoder).values())
    work += elementwise_work(tables, TABLE, new=2) + elementwise_work(parameters, ADAMW)
    return work + Work(calls=CALLS_PER_UPDATE + CALLS_PER_SEQUENCE * batch.sequences)


def count_looked_up(config: TransformerConfig, one: Input) -> int:
    """Vectors of an embedding that tokens choose by their number; those of places are few."""
    return config.vocab_size if isinstance(one, Words) else one.num_looked_up


def stack_work(config: TransformerConfig, batch: BatchShape, rows: float, source: BatchShape | None = None) -> Work:
    """Embedding and blocks; after its attention the last block works on `rows` alone."""
    c, tokens = config.hidden_size, batch.tokens
    work = elementwise_work(tokens * c, 2 * ADDITION) + dropout_work(config, tokens * c)
    if config.embedding_norm:
        work += norm_work(config, tokens)
    for number, (heads, width) in enumerate(zip(config.heads, config.widths, strict=True)):
        last = number == config.num_layers - 1
        after = rows if last and not config.cross_attention else tokens
        work += attention_work(config, heads, batch, batch, after)
        if config.cross_attention and source is not None:
            work += attention_work(config, config.num_heads, batch, source, tokens)
        work += feed_forward_work(config, width, rows if last else tokens) + Work(calls=CALLS_PER_LAYER)
    return work + (norm_work(config, rows) if config.final_norm else Work())


def attention_work(config: TransformerConfig, heads: int, batch: BatchShape, source: BatchShape, rows: float) -> Work:
    """One attention part with its residual, norm and dropout; its output at `rows`."""
    c, tokens, queries = config.hidden_size, batch.tokens, heads * config.head_width
    keys = queries * config.kv_heads // config.num_heads
    work = (
        linear_work(config, tokens, c, queries)
        + linear_work(config, source.tokens, c, keys) * 2
        + linear_work(config, rows, queries, c)
    )
    work += elementwise_work(rows * c, ADDITION) + dropout_work(config, rows * c) + norm_work(config, rows)
    if config.query_key_norm:
        work += elementwise_work(tokens * (queries + keys), LAYER_NORM if config.norm == "layer" else RMS_NORM)
    if isinstance(config.positions, Rotary):
        work += elementwise_work(tokens * (queries + keys), ROTATION)
    operations = 12 * source.length * queries * tokens
    if config.attention_dropout:
        scores = tokens * heads * source.length
        work += (
            Work(products=operations)
            + elementwise_work(scores, SCORES + DROPOUT, new=4)
            + elementwise_work(tokens * queries, 3 * ADDITION)
        )
    else:
        work += Work(attention=(ATTENTION + SHORT / source.length) * operations)
    if isinstance(config.positions, RelativeBias):
        work += elementwise_work(batch.length * source.length * heads, 2 * ADDITION)
    return work + Work(calls=CALLS_PER_GROUP * (batch.lengths + bool(config.dropout)))


def feed_forward_work(config: TransformerConfig, width: int, rows: float) -> Work:
    """One feed-forward part with its residual, norm and dropout."""
    c = config.hidden_size
    work = linear_work(config, rows, c, width) * (2 if config.gated else 1) + linear_work(config, rows, width, c)
    work += elementwise_work(rows * width, TOUCHES[config.activation] + config.gated * GATE, new=2 + 3 * config.gated)
    return work + elementwise_work(rows * c, ADDITION) + dropout_work(config, rows * c) + norm_work(config, rows)


def head_work(config: TransformerConfig, head: HeadConfig, rows: float) -> Work:
    """A head at `rows`, and its loss."""
    c, logits = config.hidden_size, head_outputs(config, head)
    work = matmul_work(rows, c, logits) + elementwise_work(rows * logits, CROSS_ENTROPY, new=2)
    pooler = isinstance(head, PooledHeadConfig) and head.pooling == "pooler"
    if head.dense or pooler:
        work += matmul_work(rows, c, c) + elementwise_work(rows * c, TOUCHES["gelu"]) + norm_work(config, rows)
    return work + Work(calls=CALLS_PER_GROUP)


def linear_work(config: TransformerConfig, rows: float, inputs: float, outputs: float) -> Work:
    return matmul_work(rows, inputs, outputs) + (elementwise_work(rows * outputs, BIAS) if config.bias else Work())


def matmul_work(n: float, k: float, m: float) -> Work:
    """[n, k] x [k, m], and both products on the way back."""
    return Work(products=6 * n * k * m, operands=3 * FLOAT * (n * k + k * m + n * m), fresh=fresh_bytes(n * m))


def elementwise_work(values: float, touches: float, new: float = 0) -> Work:
    """So many touches of each value, `new` of them in tensors that are made for it."""
    return Work(touched=FLOAT * touches * values, fresh=new * fresh_bytes(values))


def norm_work(config: TransformerConfig, rows: float) -> Work:
    return elementwise_work(rows * config.hidden_size, LAYER_NORM if config.norm == "layer" else RMS_NORM)


def dropout_work(config: TransformerConfig, values: float) -> Work:
    return elementwise_work(values, DROPOUT) if config.dropout else Work()


def fresh_bytes(values: float) -> float:
    """Bytes of a tensor if it is so large that its memory is new."""
    return FLOAT * values if FLOAT * values > FRESH_BYTES else 0.0
