"""The former place of `load_tokenizer`, for one version: it is in `groundup.data.tokenizers.tokenizer`."""

from __future__ import annotations

from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.tokenizers.tokenizer import Encoder

__all__ = ["Encoder", "load_tokenizer"]
