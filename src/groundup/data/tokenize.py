"""The former place of `load_tokenizer`, for one version: it is in `groundup.data.tokenizers.tokenizer`."""

from __future__ import annotations

from groundup.data.tokenizers.tokenizer import Encoder, load_tokenizer

__all__ = ["Encoder", "load_tokenizer"]
