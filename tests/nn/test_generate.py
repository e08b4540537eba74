"""Generation against transformers on the same weights, and against itself cut differently."""

import pytest
import torch

transformers = pytest.importorskip("transformers")

from groundup.families import checkpoint  # noqa: E402
from groundup.nn.config import Learned, RelativeBias, Rotary, Sinusoidal, TokenHeadConfig, TransformerConfig  # noqa: E402
from groundup.nn.decoding import Decoding, ResolvedDecoding  # noqa: E402
from groundup.nn.generate import (  # noqa: E402
    IncrementalDecoder,
    apply_repetition_rules,
    filter_logits,
    generate,
    next_tokens,
    reorder_beams,
    top_values,
)
from groundup.nn.inference.fused_projections import LARGE_MATRIX, FusedLinear, fuse_projections, make_column_major  # noqa: E402
from groundup.nn.kv_cache import KVCache  # noqa: E402
from groundup.nn.layout import Layout  # noqa: E402
from groundup.nn.linear import Linear, RMSNorm  # noqa: E402
from groundup.nn.model import Inputs, Model  # noqa: E402
from tests.families.zoo import CASES, PAD, padded, rows  # noqa: E402

LENGTHS = [7, 4, 1, 4]  # 4 alone is filled up by 4 more rows
END, NEW = 2, 12
DECODERS = ["gpt2", "llama", "llama tied, wide heads", "qwen3"]
PAIRS = ["bart", "t5", "t5 gated"]
WAYS = {
    "greedy": ({}, {}),
    "3 beams": ({"beams": 3}, {"num_beams": 3}),
    "2 beams, long": ({"beams": 2, "length_penalty": 2.0}, {"num_beams": 2, "length_penalty": 2.0}),
    "4 beams, short": ({"beams": 4, "length_penalty": -1.0}, {"num_beams": 4, "length_penalty": -1.0}),
    "no repeats": ({"repetition_penalty": 1.7, "no_repeat_ngram": 2}, {"repetition_penalty": 1.7, "no_repeat_ngram_size": 2}),
    "beams without repeats": (
        {"beams": 3, "repetition_penalty": 1.3, "no_repeat_ngram": 3},
        {"num_beams": 3, "repetition_penalty": 1.3, "no_repeat_ngram_size": 3},
    ),
}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """name -> (their model, ours), with logits sharp enough for different tokens to be clearly apart."""
    made = {}

    def get(name):
        if name not in made:
            folder = tmp_path_factory.mktemp("model")
            theirs = CASES[name].theirs()
            with torch.no_grad():
                for parameter in theirs.parameters():
                    parameter.mul_(2.0)
            theirs.save_pretrained(folder)
            made[name] = theirs, checkpoint.load(folder).model
        return made[name]

    return get


def their_tokens(theirs, prompt, more, **inputs):
    """New tokens of one prompt, up to the end token."""
    start = inputs or {"input_ids": prompt[None]}
    out = theirs.generate(
        **start, max_new_tokens=NEW, do_sample=False, use_cache=False, eos_token_id=END, pad_token_id=PAD, **more
    )[0]
    new = out[1 if inputs else len(prompt) :].tolist()
    return new[: new.index(END)] if END in new else new


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_writes_what_it_writes_in_transformers(name, way, both):
    theirs, ours = both(name)
    prompts, (mine, other) = rows(LENGTHS), WAYS[way]
    found = generate(ours, [p.tolist() for p in prompts], Decoding(max_new_tokens=NEW, **mine), end_tokens=[END])
    assert [one.tokens for one in found] == [their_tokens(theirs, prompt, other) for prompt in prompts]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_of_stacks_writes_what_it_writes_in_transformers(name, way, both):
    theirs, ours = both(name)
    sources, (mine, other) = rows([9, 4, 4, 1]), WAYS[way]
    start = theirs.config.decoder_start_token_id
    source = Inputs(torch.cat(sources), Layout([len(s) for s in sources]))
    found = generate(ours, [[start]] * 4, Decoding(max_new_tokens=NEW, **mine), end_tokens=[END], source=source)
    expected = []
    for row in sources:
        ids, mask = padded([row])
        expected.append(their_tokens(theirs, row, other, input_ids=ids, attention_mask=mask))
    assert [one.tokens for one in found] == expected


@pytest.mark.parametrize(
    "decoding",
    [
        Decoding(max_new_tokens=9),
        Decoding(max_new_tokens=9, temperature=1.3, top_k=20, seed=4),
        Decoding(max_new_tokens=9, beams=3),
    ],
    ids=["greedy", "drawn", "beams"],
)
@pytest.mark.parametrize("name", DECODERS)
def test_many_prompts_at_once_are_written_as_each_alone(name, decoding, both):
    _, ours = both(name)
    prompts = [p.tolist() for p in rows(LENGTHS)]
    together = generate(ours, prompts, decoding, end_tokens=[END])
    if decoding.temperature:  # chance hangs on the number of the prompt
        first = generate(ours, prompts[:1], decoding, end_tokens=[END])
        assert first[0].tokens == together[0].tokens
        assert generate(ours, prompts, decoding, end_tokens=[END]) == together
    else:
        alone = [generate(ours, [prompt], decoding, end_tokens=[END])[0].tokens for prompt in prompts]
        assert [one.tokens for one in together] == alone


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_reading_on_gives_the_scores_of_reading_all_at_once(name, both):
    _, ours = both(name)
    texts = rows(LENGTHS)
    with torch.inference_mode():
        reader = IncrementalDecoder(ours, 4, 16)
        reader.prefill([text.tolist() for text in texts])
        added = torch.tensor([5, 9, 30, 44])
        found = reader.decode(added)
        for text, token, scores in zip(texts, added, found, strict=True):
            whole = torch.cat([text, token[None]])
            last = torch.tensor([len(text)])
            expected = ours(whole, Layout([len(whole)]), None, {"lm": last})["lm"][0]
            torch.testing.assert_close(scores, expected, atol=2e-5, rtol=1e-5)


SHAPES = {
    "learned, one layer without heads": {"positions": Learned(offset=2), "heads_per_layer": (4, 0, 2)},
    "sinusoidal, one layer without units": {"positions": Sinusoidal(), "widths_per_layer": (20, 0, 7)},
    "windows, rotary": {"positions": Rotary(), "windows": (2, 0, 3), "norm": "rms", "gated": True, "activation": "silu"},
    "windows, biases of distances": {"positions": RelativeBias(buckets=4, max_distance=6), "windows": (0, 2, 3)},
    "shared keys, scaled scores": {"num_kv_heads": 2, "attention_scale": 0.4, "bias": False},
    "norms after": {"norm_place": "after", "final_norm": False, "embedding_norm": True, "embedding_scale": 3.0},
}


@pytest.mark.parametrize("lengths", [[5, 5], [7, 4, 1]], ids=["of one length", "of several"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_reads_on_as_it_reads_all_at_once(shape, lengths):
    sizes = {
        "vocab_size": 60,
        "hidden_size": 32,
        "num_layers": 3,
        "num_heads": 4,
        "intermediate_size": 20,
        "max_positions": 24,
        "norm_place": "before",
        "final_norm": True,
        "embedding_norm": False,
        "initialization": "scaled",
    }
    config = TransformerConfig(causal=True, **(sizes | SHAPES[shape]))
    model = fuse_projections(Model(config, {"lm": TokenHeadConfig(dense=False)}, seed=3).eval())
    texts = [text % 60 for text in rows(lengths)]
    with torch.inference_mode():
        reader = IncrementalDecoder(model, len(texts), 16)
        reader.prefill([text.tolist() for text in texts])
        for step in range(3):
            added = torch.arange(len(texts)) + 9 * step
            texts = [torch.cat([text, token[None]]) for text, token in zip(texts, added, strict=True)]
            found = reader.decode(added)
        for text, scores in zip(texts, found, strict=True):
            expected = model(text, Layout([len(text)]), None, {"lm": torch.tensor([len(text) - 1])})["lm"][0]
            torch.testing.assert_close(scores, expected, atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 0, 0, 3], [3, 2, 1, 0], [1, 1], [0, 2, 2, 1, 3, 3]])
def test_memory_goes_on_with_the_chosen_sequences(order, both):
    memory = KVCache(both("gpt2")[1].config, 4, 9)
    memory.buffer.normal_(generator=torch.Generator().manual_seed(1))
    memory.lengths = torch.tensor([5, 4, 5, 3])
    expected, lengths = memory.buffer.clone()[order, :, :5], memory.lengths[order]
    memory.select(order)
    assert torch.equal(memory.buffer[:, :, :5], expected)
    assert torch.equal(memory.lengths, lengths)


def test_the_best_of_each_parent_stays_in_its_place():
    best = [(2, 10, -1.0), (0, 11, -2.0), (2, 12, -3.0), (3, 13, -4.0)]
    assert reorder_beams(best) == [best[1], best[2], best[0], best[3]]
    assert reorder_beams([(3, 10, -1.0), (1, 11, -2.0)]) == [(3, 10, -1.0), (1, 11, -2.0)]


@pytest.mark.parametrize("size", [100, 20_000, 20_037])
def test_the_highest_are_those_of_all(size):
    values = torch.randn(size, generator=torch.Generator().manual_seed(size))
    values[-1] = 9.0  # in what is left over from whole blocks
    found, expected = top_values(values, 6), values.topk(6)
    assert torch.equal(found[0], expected.values)
    assert torch.equal(found[1], expected.indices)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("count", [1, 3, 4, 8, 9])
def test_a_large_matrix_gives_few_rows_the_same(count, bias):
    generator = torch.Generator().manual_seed(count)
    weight, x = torch.randn(LARGE_MATRIX // 256 + 5, 256, generator=generator), torch.randn(count, 256, generator=generator)
    shift = torch.randn(len(weight), generator=generator) if bias else None
    found, expected = FusedLinear([weight], [shift])(x), x.double() @ weight.double().t() + (0 if shift is None else shift)
    torch.testing.assert_close(found.double(), expected, atol=1e-4, rtol=1e-5)  # sums of 256 products of size 1


def test_a_root_mean_square_is_the_same_in_use():
    norm = RMSNorm(40, eps=1e-5)
    torch.nn.init.normal_(norm.weight, generator=torch.Generator().manual_seed(2))
    x = torch.randn(5, 40, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        torch.testing.assert_close(norm(x.clone()), torch.rms_norm(x, (40,), norm.weight, 1e-5), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("name", PAIRS)
def test_the_longest_source_may_be_done_first(name, both):
    _, ours = both(name)
    sources = rows([9, 4, 6])
    with torch.inference_mode():
        reader = IncrementalDecoder(ours, 3, 16, Inputs(torch.cat(sources), Layout([9, 4, 6])))
        reader.prefill([[2]] * 3)
        reader.select([2, 1])
        found = reader.decode(torch.tensor([5, 9]))
        alone = IncrementalDecoder(ours, 2, 16, Inputs(torch.cat([sources[2], sources[1]]), Layout([6, 4])))
        alone.prefill([[2]] * 2)
        torch.testing.assert_close(found, alone.decode(torch.tensor([5, 9])), atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"top_k": 5}, [transformers.TopKLogitsWarper(5)]),
        ({"top_p": 0.6}, [transformers.TopPLogitsWarper(0.6)]),
        ({"min_p": 0.2}, [transformers.MinPLogitsWarper(0.2)]),
        (
            {"top_k": 9, "top_p": 0.8, "min_p": 0.05},
            [transformers.TopKLogitsWarper(9), transformers.TopPLogitsWarper(0.8), transformers.MinPLogitsWarper(0.05)],
        ),
    ],
    ids=["k", "p", "min", "all"],
)
def test_what_may_be_drawn_is_what_transformers_allows(mine, theirs):
    scores = 2 * torch.randn(6, 40, generator=torch.Generator().manual_seed(8))
    expected = scores
    for warp in theirs:
        expected = warp(None, expected)
    assert torch.equal(filter_logits(scores, ResolvedDecoding(temperature=1.0, **mine)), expected)


def test_tokens_are_drawn_by_their_probabilities():
    scores = torch.tensor([[0.5, 2.0, -1.0, 1.0]]).expand(20_000, 4)
    generators = [torch.Generator().manual_seed(i) for i in range(20_000)]
    drawn = next_tokens(scores, ResolvedDecoding(temperature=2.0), generators)
    shares = torch.bincount(drawn, minlength=4) / 20_000
    torch.testing.assert_close(shares, (scores[0] / 2).softmax(-1), atol=0.012, rtol=0)  # 3.5 deviations


def test_a_text_ends_where_the_watch_says_so(both):
    _, ours = both("gpt2")
    found = generate(
        ours, [[5, 6], [7]], Decoding(max_new_tokens=8), should_stop=lambda number, tokens: number == 1 and len(tokens) == 3
    )
    assert [(len(one.tokens), one.reason) for one in found] == [(8, "length"), (3, "stop")]


def test_a_text_stops_where_the_model_has_no_more_places(both):
    _, ours = both("gpt2")
    prompt = list(range(5, 25))
    for decoding in (Decoding(max_new_tokens=50), Decoding(max_new_tokens=50, beams=2)):
        assert len(generate(ours, [prompt, [5]], decoding)[0].tokens) == 4


def test_no_pair_of_tokens_is_written_twice():
    scores = torch.zeros(1, 6)
    banned = apply_repetition_rules(scores, [[1, 2, 3, 1]], ResolvedDecoding(no_repeat_ngram=2))
    assert banned[0].isinf().nonzero()[:, 0].tolist() == [2]


@pytest.mark.parametrize("name", [*DECODERS, "bart", "t5 gated"])
def test_joined_products_give_the_same_scores_and_write_the_same(name, tmp_path, both):
    theirs, plain = both(name)
    theirs.save_pretrained(tmp_path)
    made = fuse_projections(checkpoint.load(tmp_path).model)
    assert sum(isinstance(part, FusedLinear) for part in made.modules()) > made.config.num_layers
    layout, source = Layout(LENGTHS), Inputs(torch.cat(rows(LENGTHS)), Layout(LENGTHS))
    asked = {"lm": torch.arange(sum(LENGTHS))}
    with torch.inference_mode():
        found, expected = (m(torch.cat(rows(LENGTHS)), layout, None, asked, source)["lm"] for m in (made, plain))
    torch.testing.assert_close(found, expected, atol=2e-5, rtol=1e-5)
    prompts, source = [[5, 9], [7]], None if made.encoder is None else Inputs(torch.arange(5, 12), Layout([4, 3]))
    for decoding in (Decoding(max_new_tokens=NEW), Decoding(max_new_tokens=NEW, beams=3)):
        found, expected = (generate(m, prompts, decoding, end_tokens=[END], source=source) for m in (made, plain))
        assert [one.tokens for one in found] == [one.tokens for one in expected]


@pytest.mark.parametrize("name", ["bert", "llama", "qwen3"])
def test_an_arranged_model_is_the_same_model(name, tmp_path):
    CASES[name].theirs().save_pretrained(tmp_path)
    plain, made = checkpoint.load(tmp_path).model, make_column_major(checkpoint.load(tmp_path).model)
    kept = dict(made.named_parameters())
    assert list(kept) == [name for name, _ in plain.named_parameters()]
    assert all(torch.equal(kept[name], value) for name, value in plain.named_parameters())
    layers = [part for part in made.modules() if isinstance(part, Linear)]
    assert layers
    assert all(part.weight.t().is_contiguous() for part in layers)
    with torch.inference_mode():
        found, expected = (model.backbone(torch.cat(rows(LENGTHS)), Layout(LENGTHS)) for model in (made, plain))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_the_most_probable_token_is_the_first_of_equal_ones():
    scores = torch.tensor([[0.0, 3.0, 3.0], [-1.0, -1.0, -2.0]])
    assert next_tokens(scores, ResolvedDecoding(), []).tolist() == [1, 0]
