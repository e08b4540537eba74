"""The shape of a Transformer and of its heads as plain values. Free of torch, so that sizes and help cost nothing.

A choice with parameters of its own is a small dataclass; everything is decided when the model is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from groundup.errors import InputError
from groundup.nn.inputs import Input, OneInput, Words

Activation = Literal["gelu", "gelu_tanh", "gelu_quick", "relu", "relu_squared", "silu", "tanh"]
Pooling = Literal["pooler", "first", "mean", "last"]


@dataclass(frozen=True, kw_only=True)
class Learned:
    """One trained vector per position (Devlin et al., 2018, arXiv:1810.04805)."""

    offset: int = 0
    """Row of the table that the first token has; the rows before it are never used (RoBERTa, BART: 2)."""


@dataclass(frozen=True, kw_only=True)
class Sinusoidal:
    """Fixed sines and cosines of falling frequency (Vaswani et al., 2017, arXiv:1706.03762)."""

    base: float = 10000.0


@dataclass(frozen=True, kw_only=True)
class Rotary:
    """Queries and keys turned by an angle that grows with the position (Su et al., 2021, arXiv:2104.09864)."""

    base: float = 10000.0
    window_base: float = 10000.0
    """Base in the layers that attend within a window."""


@dataclass(frozen=True, kw_only=True)
class RelativeBias:
    """A trained number per head and distance, added to the scores; far distances share one (Raffel et al., 2019,
    arXiv:1910.10683)."""

    buckets: int = 32
    """Numbers per head; without causality half of them are for what follows."""
    max_distance: int = 128
    """Distance from which all is one bucket."""


PER_LAYER = ("windows", "heads_per_layer", "widths_per_layer")
Positions = Learned | Sinusoidal | Rotary | RelativeBias


@dataclass(frozen=True, kw_only=True)
class TransformerConfig:
    """Shape of an encoder or decoder, whatever family it belongs to."""

    vocab_size: int
    """Rows of the token embedding; 0 where no text is read."""
    hidden_size: int
    """Width of the states."""
    num_layers: int
    """Number of blocks."""
    num_heads: int
    """Attention heads; must divide hidden_size unless head_size is given."""
    num_kv_heads: int = 0
    """Heads of keys and values, each shared by several of the queries; 0: as many (Ainslie et al., 2023, arXiv:2305.13245)."""
    head_size: int = 0
    """Width of a head; 0: hidden_size / num_heads."""
    intermediate_size: int
    """Width inside the feed-forward part."""
    heads_per_layer: tuple[int, ...] = ()
    """Heads that each layer has left of `num_heads`; 0: its attention adds only a bias. Empty: all of them everywhere."""
    widths_per_layer: tuple[int, ...] = ()
    """Width that each layer has left of `intermediate_size`; 0: its feed-forward part adds only a bias. Empty: all of it."""
    max_positions: int = 512
    """Longest text in tokens."""
    num_segments: int = 0
    """Rows of the segment embedding; 0 for none."""
    positions: Positions | None = Learned()
    """How a token knows where it stands."""
    inputs: tuple[Input, ...] = (Words(),)
    """What is read, each kind once. Of several kinds a row is one trained token, then the tokens of each kind in this order."""
    embedding_scale: float = 1.0
    """Factor of the word embedding."""
    attention_scale: float = 0.0
    """Factor of the scores; 0: 1 / sqrt(head_size)."""
    query_key_norm: bool = False
    """Norms of their own on queries and keys, head by head, before they meet (Henry et al., 2020, arXiv:2010.04245)."""
    cross_attention: bool = False
    """Whether each block looks at the states of another stack, too (a decoder with an encoder)."""
    activation: Activation = "gelu"
    """Function inside the feed-forward part."""
    gated: bool = False
    """Feed-forward as W3 (act(W1 x) * W2 x) (Shazeer, 2020, arXiv:2002.05202)."""
    norm: Literal["layer", "rms"] = "layer"
    """Normalization."""
    norm_place: Literal["before", "after"] = "after"
    """Norm before each part (inside the residual) or after it (on the sum)."""
    norm_bias: bool = True
    """Whether layer norms have a bias."""
    norm_epsilon: float = 1e-12
    """Added to the variance."""
    first_norm: bool = True
    """Whether the first attention has a norm of its own when norms stand before (not when the embedding is normed)."""
    embedding_norm: bool = True
    """Norm on the embedding."""
    final_norm: bool = False
    """Norm after the last block."""
    bias: bool = True
    """Whether linear layers have a bias."""
    feed_forward_bias: bool | None = None
    """Whether those of the feed-forward part have one; None: as `bias` says."""
    causal: bool = False
    """Whether a token sees only itself and what stands before it."""
    windows: tuple[int, ...] = ()
    """Per layer, how many tokens to each side are seen; 0 is all of them. Empty: all layers see all."""
    pooler: bool = False
    """tanh(W h + b) on the first token, shared by the heads that ask for it."""
    dropout: float = 0.0
    """Of the embedding and of each part's output."""
    attention_dropout: float = 0.0
    """Of the attention weights."""
    initialization: Literal["normal", "scaled"] = "normal"
    """normal: 0.02 everywhere; scaled: 1 / sqrt(3 fan_in), outputs of parts smaller with depth. See initialize.py."""

    def __post_init__(self):
        mistakes = [f"{field}: {message}" for field, message in self.check()]
        if mistakes:
            raise InputError("BAD_SHAPE", "TransformerConfig", "; ".join(mistakes), problems=tuple(mistakes))

    def check(self) -> Iterable[tuple[str, str]]:
        for field in ("vocab_size", "hidden_size", "num_layers", "num_heads", "intermediate_size", "max_positions"):
            if getattr(self, field) < 1 and not (field == "vocab_size" and not self.reads("text")):
                yield field, f"{getattr(self, field)} is not at least 1"
        if self.num_heads >= 1 and not self.head_size and self.hidden_size % self.num_heads:
            yield "num_heads", f"{self.num_heads} heads do not divide hidden_size {self.hidden_size}"
        elif isinstance(self.positions, Rotary) and self.num_heads >= 1 and self.head_width % 2:
            yield "positions", f"rotary positions need an even head size, not {self.head_width}"
        if self.num_kv_heads < 0 or (self.num_kv_heads and self.num_heads % self.num_kv_heads):
            yield "num_kv_heads", f"{self.num_kv_heads} does not divide {self.num_heads} heads"
        yield from self.check_inputs()
        if self.query_key_norm and self.cross_attention:
            yield "query_key_norm", "is not computed where another stack is looked at"
        if isinstance(self.positions, Sinusoidal) and self.hidden_size % 2:
            yield "positions", f"sinusoidal positions need an even hidden_size, not {self.hidden_size}"
        if self.windows and len(self.windows) != self.num_layers:
            yield "windows", f"{len(self.windows)} windows for {self.num_layers} layers"
        yield from self.check_layers()
        for field in ("dropout", "attention_dropout"):
            if not 0 <= getattr(self, field) < 1:
                yield field, f"{getattr(self, field)} is not in [0, 1)"

    def check_inputs(self) -> Iterable[tuple[str, str]]:
        """Complaints about what is read."""
        kinds = [one.kind for one in self.inputs]
        if not kinds or len(set(kinds)) < len(kinds):
            yield "inputs", f"the kinds {', '.join(kinds) or 'are none'}, where each may stand once and one must"
        for one in self.inputs:
            if not isinstance(one, Words):
                yield from (("inputs", f"{field}: {message}") for field, message in one.check())

    def check_layers(self) -> Iterable[tuple[str, str]]:
        """Complaints about layers that are smaller than the others."""
        for field, most in (("heads_per_layer", self.num_heads), ("widths_per_layer", self.intermediate_size)):
            per_layer = getattr(self, field)
            if per_layer and len(per_layer) != self.num_layers:
                yield field, f"{len(per_layer)} numbers for {self.num_layers} layers"
            for value in per_layer:
                if not 0 <= value <= most:
                    yield field, f"{value} is not from 0 to {most}"
        shared = self.num_heads // self.num_kv_heads if self.num_kv_heads > 0 else 1
        for heads in self.heads_per_layer:
            if heads % max(1, shared):
                yield "heads_per_layer", f"{heads} heads are no multiple of the {shared} that share their keys"
            if isinstance(self.positions, RelativeBias) and heads not in (0, self.num_heads):
                yield "heads_per_layer", f"{heads} of {self.num_heads} heads, but all layers share the biases of distances"

    def of_layer(self, number: int) -> TransformerConfig:
        """The shape with the heads and the width of one layer. A part that has none must not be built from it."""
        if not self.heads_per_layer and not self.widths_per_layer:
            return self
        heads, width = self.heads_of(number) or self.num_heads, self.width_of(number) or self.intermediate_size
        keys = self.num_kv_heads * heads // self.num_heads
        return replace(
            self,
            num_heads=heads,
            num_kv_heads=keys,
            head_size=self.head_width,
            intermediate_size=width,
            heads_per_layer=(),
            widths_per_layer=(),
        )

    def with_layers(self, numbers: Sequence[int]) -> TransformerConfig:
        """The shape with these of its layers alone."""
        own = {field: tuple(getattr(self, field)[i] for i in numbers) for field in PER_LAYER if getattr(self, field)}
        if not any(own.get("windows", ())):
            own["windows"] = ()  # as where no layer ever had one
        return replace(self, num_layers=len(numbers), **own)

    def reads(self, kind: str) -> bool:
        """Whether a kind of input is read: text, image, table."""
        return any(one.kind == kind for one in self.inputs)

    def input_of(self, cls: type[OneInput]) -> OneInput | None:
        """What is read of one kind; None where that kind is not."""
        return next((one for one in self.inputs if isinstance(one, cls)), None)

    @property
    def longest(self) -> int:
        """Most tokens of a row."""
        most = sum(self.max_positions if isinstance(one, Words) else one.most_tokens for one in self.inputs)
        return most + (len(self.inputs) > 1)

    def heads_of(self, number: int) -> int:
        """Attention heads of a layer."""
        return self.heads_per_layer[number] if self.heads_per_layer else self.num_heads

    def width_of(self, number: int) -> int:
        """Width inside the feed-forward part of a layer."""
        return self.widths_per_layer[number] if self.widths_per_layer else self.intermediate_size

    def window_of(self, number: int) -> int:
        """How many tokens to each side a layer looks at; 0: all."""
        return self.windows[number] if self.windows else 0

    @property
    def heads(self) -> tuple[int, ...]:
        """Attention heads of all layers."""
        return self.heads_per_layer or (self.num_heads,) * self.num_layers

    @property
    def widths(self) -> tuple[int, ...]:
        """Widths inside the feed-forward parts of all layers."""
        return self.widths_per_layer or (self.intermediate_size,) * self.num_layers

    @property
    def inner_bias(self) -> bool:
        """Whether the linear layers of the feed-forward part have a bias."""
        return self.bias if self.feed_forward_bias is None else self.feed_forward_bias

    @property
    def head_width(self) -> int:
        """Width of a head."""
        return self.head_size or self.hidden_size // self.num_heads

    @property
    def kv_heads(self) -> int:
        """Heads of keys and values."""
        return self.num_kv_heads or self.num_heads


@dataclass(frozen=True, kw_only=True)
class TokenHeadConfig:
    """A word at each asked position: norm(act(W h)) times the token embedding, plus a bias per word."""

    dense: bool = True
    """norm(act(W h)) before the words; without it, h itself."""
    scale: float = 1.0
    """Factor of what meets the words."""
    activation: Activation = "gelu"
    bias: bool = True
    """Bias of the dense layer and its norm."""
    output_bias: bool = True
    """One bias per word."""
    tied: bool = True
    """Whether the output matrix is the token embedding."""


@dataclass(frozen=True, kw_only=True)
class PooledHeadConfig:
    """One of `classes` per sequence, from one vector per sequence."""

    classes: int
    pooling: Pooling = "pooler"
    """The backbone's pooler, the first token, the last one, or the mean of all tokens."""
    dense: bool = False
    """norm(act(W h)) before the classes."""
    dense_norm: bool = True
    """Whether that has its norm."""
    activation: Activation = "gelu"
    """Of the dense layer."""
    dense_bias: bool = True
    """Bias of the dense layer and its norm."""
    bias: bool = True
    """Bias of the classes."""
    start: int = -1
    """Of a decoder with an encoder that reads the same text: the token that stands before the text in the decoder, whose last
    token falls off (Lewis et al., 2019, arXiv:1910.13461); -1 for other models."""
    dropout: float = 0.0
    """Before the classes."""


@dataclass(frozen=True, kw_only=True)
class NumberHeadConfig:
    """`outputs` numbers at each asked position, by one linear layer."""

    outputs: int
    dense: bool = False
    """norm(act(W h)) before it."""
    activation: Activation = "gelu"
    """Of the dense layer."""
    dense_bias: bool = True
    """Bias of the dense layer and its norm."""
    dropout: float = 0.0
    """Before the numbers."""


HeadConfig = TokenHeadConfig | PooledHeadConfig | NumberHeadConfig
