"""Checkpoints that are known to load: where they come from, how large they are, and under which licence. Free of torch.

Figures are those of the model cards; nothing here is downloaded.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One published checkpoint. `parameters` in millions."""

    name: str
    family: str
    parameters: float
    languages: str
    licence: str
    use: str


CATALOGUE = (
    Entry("google/bert_uncased_L-2_H-128_A-2", "bert", 4.4, "English", "Apache-2.0", "masked words, classification"),
    Entry("google/bert_uncased_L-4_H-256_A-4", "bert", 11.2, "English", "Apache-2.0", "masked words, classification"),
    Entry("google-bert/bert-base-uncased", "bert", 110, "English", "Apache-2.0", "masked words, classification"),
    Entry("google-bert/bert-base-chinese", "bert", 103, "Chinese", "Apache-2.0", "masked words, classification"),
    Entry("hfl/chinese-roberta-wwm-ext", "bert", 102, "Chinese", "Apache-2.0", "masked words, classification"),
    Entry("sentence-transformers/all-MiniLM-L6-v2", "bert", 22.7, "English", "Apache-2.0", "sentences as vectors"),
    Entry("FacebookAI/roberta-base", "roberta", 125, "English", "MIT", "masked words, classification"),
    Entry("distilbert/distilbert-base-uncased", "distilbert", 66, "English", "Apache-2.0", "masked words, classification"),
    Entry("distilbert/distilbert-base-multilingual-cased", "distilbert", 134, "104 languages", "Apache-2.0", "masked words"),
    Entry("answerdotai/ModernBERT-base", "modernbert", 149, "English", "Apache-2.0", "masked words, long texts"),
    Entry("openai-community/gpt2", "gpt2", 124, "English", "MIT", "writes"),
    Entry("distilbert/distilgpt2", "gpt2", 82, "English", "Apache-2.0", "writes"),
    Entry("HuggingFaceTB/SmolLM2-135M", "llama", 135, "English", "Apache-2.0", "writes"),
    Entry("TinyLlama/TinyLlama-1.1B-Chat-v1.0", "llama", 1100, "English", "Apache-2.0", "writes"),
    Entry("Qwen/Qwen3-0.6B", "qwen3", 596, "119 languages", "Apache-2.0", "writes"),
    Entry("facebook/bart-base", "bart", 139, "English", "Apache-2.0", "restores texts"),
    Entry("google-t5/t5-small", "t5", 60.5, "English and 3 more", "Apache-2.0", "rewrites texts"),
    Entry("google/flan-t5-small", "t5 gated", 77, "English and 50 more", "Apache-2.0", "follows instructions"),
    Entry("google/vit-base-patch16-224", "vit", 86.6, "images", "Apache-2.0", "1,000 classes of images"),
)
