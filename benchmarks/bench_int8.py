"""Answers in float32 and in int8, one text and 32 of them, on one thread: ours, and ONNX Runtime's dynamic int8.

BERT shapes of 6 layers and several widths with random weights: the time does not hang on their values. ONNX Runtime takes the
same folder through transformers; it is left out where onnxruntime or onnxscript are missing, or with --without_onnx.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import torch
from rounds import Bench, Contender, Measurement, options

from groundup.families import checkpoint
from groundup.folders import new_folder
from groundup.nn.config import PooledHeadConfig, TransformerConfig
from groundup.nn.inference import int8_linear
from groundup.nn.inference.int8 import fake_quantize
from groundup.nn.layout import Layout
from groundup.nn.model import Model

WIDTHS, LENGTH, LAYERS, WORDS, CLASSES = (256, 384, 512), 32, 6, 30522, 2
NOTES = (
    "groundup float32: the model as it is trained",
    "groundup int8: the model as an int8 folder is loaded, in the product that was chosen on this machine; "
    "another product that is exact here stands below it",
    "onnxruntime int8: quantize_dynamic(per_channel=True, reduce_range=True), which no processor saturates in",
    "file: megabytes of the weights, word embeddings included",
    "error: of the logits, in hundredths of their size in float32, on random weights",
)
PEER = ("onnxruntime", "onnx", "onnxscript", "transformers")
Answer = Callable[[torch.Tensor], torch.Tensor]


def ours(model: Model) -> Answer:
    """Logits [B, classes] for tokens [B, T]."""
    layouts = {count: Layout([LENGTH] * count) for count in (1, 32)}

    @torch.inference_mode()
    def answer(tokens: torch.Tensor) -> torch.Tensor:
        places = torch.arange(0, tokens.numel(), LENGTH)
        return model(tokens.flatten(), layouts[len(tokens)], None, {"label": places})["label"]

    return answer


def in_onnx(folder: Path, scratch: Path) -> tuple[Answer, int]:
    """The same folder in ONNX Runtime's int8 on one thread, and the bytes of its file."""
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import BertForSequenceClassification

    theirs = BertForSequenceClassification.from_pretrained(folder, attn_implementation="sdpa").eval()
    theirs.config.return_dict = False
    tokens = torch.ones(2, LENGTH, dtype=torch.int64)
    batch = torch.export.Dim("batch")
    torch.onnx.export(
        theirs,
        (tokens,),
        str(scratch / "plain.onnx"),
        dynamo=True,
        dynamic_shapes={"input_ids": {0: batch}},
        input_names=["input_ids"],
        verbose=False,
    )
    quantize_dynamic(
        scratch / "plain.onnx", scratch / "int8.onnx", per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
    )
    chosen = onnxruntime.SessionOptions()
    chosen.intra_op_num_threads = chosen.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(scratch / "int8.onnx"), chosen, providers=["CPUExecutionProvider"])

    def answer(tokens: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(session.run(None, {"input_ids": tokens.numpy()})[0])

    return answer, sum(file.stat().st_size for file in scratch.glob("int8.onnx*"))


def contender(answer: Answer, tokens: torch.Tensor, calls: int, figures: Mapping[str, float]) -> Contender:
    """The mean of so many calls."""

    def turn() -> Measurement:
        started = time.perf_counter()
        for _ in range(calls):
            answer(tokens)
        return Measurement((time.perf_counter() - started) / calls, len(tokens), figures)

    return turn


def saved(model: Model, folder: Path, storage: checkpoint.Storage) -> int:
    """Bytes of the weights in a folder of the model."""
    with new_folder(folder, kind="model") as made:
        checkpoint.save(made, model, "bert", storage=storage)
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def answers_of(width: int, scratch: Path, with_onnx: bool) -> dict[str, tuple[Answer, int]]:
    """Contender -> its answers and the bytes of its file."""
    config = TransformerConfig(
        vocab_size=WORDS,
        hidden_size=width,
        num_layers=LAYERS,
        num_heads=width // 64,
        intermediate_size=4 * width,
        num_segments=2,
        pooler=True,
    )
    made = Model(config, {"label": PooledHeadConfig(classes=CLASSES)}, seed=0).eval()
    sizes = {storage: saved(made, scratch / storage, storage) for storage in ("float32", "int8")}
    several = {"groundup float32": (ours(made), sizes["float32"])}
    chosen = int8_linear.fastest_kernel()
    kernels = [kernel for kernel in int8_linear.KERNELS if int8_linear.is_exact(kernel)]
    for kernel in sorted(kernels, key=lambda kernel: kernel is not chosen):
        model = checkpoint.load(scratch / "int8").model
        int8_linear.use_int8_kernels(model, kernel)
        several[f"groundup {kernel.name}"] = (ours(model), sizes["int8"])
    if chosen is None:
        model = checkpoint.load(scratch / "int8").model
        fake_quantize(model)
        several["groundup int8, stored only"] = (ours(model), sizes["int8"])
    if with_onnx:
        several["onnxruntime int8"] = in_onnx(scratch / "float32", scratch)
    return several


def main(arguments: list[str] | None = None) -> Bench:
    parser = options(__doc__, rounds=5)
    parser.add_argument("--widths", nargs="+", type=int, default=list(WIDTHS))
    parser.add_argument("--without_onnx", action="store_true")
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.widths, chosen.rounds, chosen.without_onnx = chosen.widths[:1], 1, True
    torch.set_num_threads(1)
    with_onnx = not chosen.without_onnx and all(find_spec(name) for name in PEER)
    bench = Bench(
        "int8",
        f"One text of {LENGTH} tokens and 32 of them, {LAYERS} layers, 1 thread",
        unit="texts",
        reference="groundup float32",
        rounds=chosen.rounds,
        notes=NOTES,
        columns={"megabytes": "file", "error": "error"},
        settings={"length": LENGTH, "layers": LAYERS, "words": WORDS},
    )
    for width in chosen.widths:
        with tempfile.TemporaryDirectory() as scratch:
            several = answers_of(width, Path(scratch), with_onnx)
            for count, calls in ((1, 2 if chosen.quick else 20), (32, 1)):
                tokens = torch.randint(5, WORDS, (count, LENGTH), generator=torch.Generator().manual_seed(count))
                expected = several["groundup float32"][0](tokens)
                contenders = {}
                for name, (answer, size) in several.items():
                    error = 100 * float((answer(tokens) - expected).norm() / expected.norm())
                    contenders[name] = contender(answer, tokens, calls, {"megabytes": size / 1e6, "error": error})
                bench.case(f"width {width}, batch {count}", contenders, {"threads": 1, "width": width})
    bench.finish(chosen)
    return bench


if __name__ == "__main__":
    main()
