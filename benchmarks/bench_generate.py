"""Writing new tokens after a prompt with small GPTs: ours, and transformers' generate() on the same weights."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import peers  # noqa: F401 (quiet and offline)
import torch
from rounds import Bench, Contender, options
from transformers import GPT2LMHeadModel

from groundup.families import checkpoint, presets
from groundup.folders import new_folder
from groundup.nn.decoding import Decoding
from groundup.nn.generate import generate
from groundup.nn.inference.fused_projections import fuse_projections
from groundup.nn.inference.int8 import fake_quantize
from groundup.nn.inference.int8_linear import generation_kernel, use_int8_kernels
from groundup.nn.model import Model

PROMPT, WORDS, WIDE = 16, 8192, 512
NOTES = (
    "groundup: groundup.nn.generate, greedy, its cache made once, matrices laid out for few rows when the model is opened",
    "transformers generate(): GPT2LMHeadModel from the same folder, greedy, with its cache, sdpa attention",
    "groundup, int8: `--int8`, for models of a width from which it gains; other tokens",
    "the other two write the same tokens, which is checked; random weights, prompts of 16 tokens",
    "beams: a beam search with 4 beams, one prompt",
)


def contenders(folder: Path, preset: str, batch: int, beams: int, new: int) -> dict[str, Contender]:
    shape = presets.make_shape("causal", preset, "paper", WORDS, 0.0, PROMPT + new)
    model = Model(shape.config, shape.heads, seed=1)
    with torch.no_grad():  # scores far enough apart for both to choose alike
        model.backbone.token_embedding.weight.mul_(10)
    with new_folder(folder, kind="model") as made:
        checkpoint.save(made, model, shape.family)
    ours, theirs = fuse_projections(checkpoint.load(folder).model), GPT2LMHeadModel.from_pretrained(folder).eval()
    generator = torch.Generator().manual_seed(2)
    prompts = torch.randint(5, WORDS, (batch, PROMPT), generator=generator)
    rows, decoding = prompts.tolist(), Decoding(max_new_tokens=new, beams=beams)
    fixed = {
        "max_new_tokens": new,
        "min_new_tokens": new,
        "do_sample": False,
        "num_beams": beams,
        "pad_token_id": 0,
        "attention_mask": torch.ones_like(prompts),
    }

    def mine() -> int:
        return sum(len(one.tokens) for one in generate(ours, rows, decoding))

    def other() -> int:
        return int(theirs.generate(prompts, **fixed)[:, PROMPT:].numel())

    found = [one.tokens for one in generate(ours, rows, decoding)]
    if found != theirs.generate(prompts, **fixed)[:, PROMPT:].tolist():
        raise AssertionError("the sides write different tokens")
    sides = {"groundup": mine, "transformers generate()": other}
    if shape.config.hidden_size >= WIDE:
        whole = checkpoint.load(folder).model
        fake_quantize(whole)
        use_int8_kernels(whole, generation_kernel())
        fuse_projections(whole)
        sides["groundup, int8"] = lambda: sum(len(one.tokens) for one in generate(whole, rows, decoding))
    return sides


def main(arguments: list[str] | None = None) -> Bench:
    parser = options(__doc__, rounds=3)
    parser.add_argument("--presets", nargs="+", default=["nano", "mini", "small"], choices=list(presets.PRESETS))
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--new_tokens", type=int, default=128)
    chosen = parser.parse_args(arguments)
    ways = [(1, 1), (8, 1), (1, 4)]
    if chosen.quick:
        chosen.presets, chosen.threads, chosen.new_tokens, chosen.rounds, ways = ["tiny"], [1], 4, 1, [(2, 1), (1, 2)]
    bench = Bench(
        "generate",
        f"Writing {chosen.new_tokens} new tokens",
        unit="tokens",
        reference="transformers generate()",
        rounds=chosen.rounds,
        notes=NOTES,
        settings={"prompt": PROMPT, "new_tokens": chosen.new_tokens, "vocab_size": WORDS},
    )
    with tempfile.TemporaryDirectory() as scratch:
        cases = itertools.product(chosen.threads, chosen.presets, ways)
        for number, (threads, preset, (batch, beams)) in enumerate(cases):
            torch.set_num_threads(threads)
            made = contenders(Path(scratch) / str(number), preset, batch, beams, chosen.new_tokens)
            what = f"{beams} beams" if beams > 1 else f"batch {batch}"
            facts = {"preset": preset, "batch": batch, "beams": beams, "threads": threads}
            bench.case(f"{preset}, {what}, {threads} thr", made, facts)
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()
