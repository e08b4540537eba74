"""A model as one file of ONNX, with sizes that are not fixed, and the same in int8.

The program is traced by torch.export and written by onnxscript; int8 is ONNX Runtime's dynamic quantization: weights per output
channel, activations as they come.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from groundup.compress.export.faces import BATCH, TOKENS, Face
from groundup.compress.export.silence import silence
from groundup.errors import InputError

if TYPE_CHECKING:
    from onnx import ModelProto

MAX_BYTES = 2**31 - 1  # of a file of protocol buffers; larger models need a second file, which we do not write


def check_packages() -> None:
    """Refuse before any work when what writes or runs ONNX is not installed."""
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        what = f"needs {error.name}, which is not installed"
        raise InputError("MISSING_EXTRA", "export", what, "pip install 'groundup[export]'") from None


def to_onnx(face: Face, output: str, notes: Mapping[str, str]) -> bytes:
    """The file, for blocks of any size up to the face's `longest`; `notes` are its metadata. InputError when it is too
    large."""
    longest = {BATCH: None, TOKENS: face.longest}
    named = {name for sizes in face.sizes.values() for name in sizes.values()}
    open_sizes = {name: torch.export.Dim(name, max=longest[name]) for name in sorted(named)}
    shapes = tuple({place: open_sizes[name] for place, name in sizes.items()} for sizes in face.sizes.values())
    with torch.no_grad(), silence():
        # strict=False and a program of our own: asked for a module, torch.onnx falls back to fixed sizes in silence
        traced = torch.export.export(face.model, tuple(face.examples.values()), dynamic_shapes=(shapes,), strict=False)
        program = torch.onnx.export(traced, input_names=face.names, output_names=[output], dynamo=True, verbose=False)
    assert program is not None
    if sum(p.nbytes for p in face.model.parameters()) > MAX_BYTES:
        raise InputError("TOO_LARGE", "model", "does not fit into one file of ONNX", limit="2 GiB")
    return clean_metadata(program.model_proto, face.sizes, notes).SerializeToString()


def clean_metadata(file: ModelProto, sizes: Mapping[str, Mapping[int, str]], notes: Mapping[str, str]) -> ModelProto:
    """The same without what torch noted of its own sources (their paths among it), the sizes by name, with our notes."""
    for node in file.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    del file.graph.value_info[:], file.graph.metadata_props[:], file.metadata_props[:]
    names = {
        one.type.tensor_type.shape.dim[place].dim_param: name
        for one in file.graph.input
        for place, name in sizes[one.name].items()
    }
    for value in (*file.graph.input, *file.graph.output):
        del value.metadata_props[:]
        for size in value.type.tensor_type.shape.dim:
            if size.dim_param:
                size.dim_param = names[size.dim_param]
    for weight in file.graph.initializer:
        del weight.metadata_props[:]
    for key, text in sorted(notes.items()):
        file.metadata_props.add(key=key, value=text)
    return file


def to_int8(data: bytes) -> bytes:
    """A file of ONNX with weights in int8. They keep to 7 bits: a processor that has no instruction for dot products of bytes
    (AVX2 without VNNI) adds two products of 8 bits in 16, and what does not fit is cut off."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as scratch, silence():
        path = Path(scratch) / "int8.onnx"
        quantize_dynamic(onnx.load_from_string(data), path, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
        return path.read_bytes()
