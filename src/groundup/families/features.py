"""What a folder has that is not computed here, in words: by the name of its kind, and by the names of its tensors."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

MERGE = "merge the adapter (groundup takes an adapter's own folder as --model)"

# model_type -> what its kind has that those known here have not
KINDS = {
    "albert": "one block's weights serve all layers, behind a factorized embedding",
    "bert-generation": "its BERT is a decoder, or an encoder without segments, for writing",
    "big_bird": "its attention is sparse",
    "bloom": "positions are slopes of attention (ALiBi)",
    "convbert": "its blocks hold convolutions",
    "deberta": "attention is taken apart into content and relative positions",
    "deberta-v2": "attention is taken apart into content and relative positions",
    "electra": "its embedding is projected to the width of the states, and its heads are others",
    "falcon": "attention and feed-forward part run beside each other",
    "funnel": "its sequences are shortened from block to block",
    "gemma": "norms add 1 to their weights, and the embedding is scaled",
    "gemma2": "norms add 1 to their weights, scores are capped, and windows alternate",
    "gpt_neo": "scores are not scaled, and windows alternate",
    "gpt_neox": "attention and feed-forward part run beside each other",
    "gptj": "attention and feed-forward part run beside each other",
    "longformer": "its attention is of windows with global tokens",
    "led": "its attention is of windows with global tokens",
    "longt5": "its attention is local or of summaries",
    "marian": "positions are sines, and its words have a bias",
    "mbart": "norms stand before each part",
    "mixtral": "each feed-forward part is several experts",
    "mpnet": "distances are biases beside learned positions",
    "nomic_bert": "a BERT with rotary positions and gates",
    "opt": "norms stand before each part, and positions are counted by the mask",
    "pegasus": "norms stand before each part, and positions are sines",
    "phi": "attention and feed-forward part run beside each other",
    "qwen2": "query, key and value alone have biases",
    "qwen3": "queries and keys have norms of their own",
    "reformer": "its attention is by hashes",
    "roberta-prelayernorm": "norms stand before each part",
    "umt5": "each layer has distances of its own",
    "xlm": "its embeddings of languages and positions are others",
    "xlm-roberta-xl": "norms stand before each part",
    "xlnet": "it reads words in drawn orders by two streams",
}

# pattern of a tensor's name -> the feature that it belongs to
TENSORS = {
    "*.qweight": "weights quantized by GPTQ or AWQ; save the model in float32 or bfloat16",
    "*.qzeros": "weights quantized by GPTQ or AWQ; save the model in float32 or bfloat16",
    "*.quant_map": "weights quantized by bitsandbytes; save the model in float32 or bfloat16",
    "*.absmax": "weights quantized by bitsandbytes; save the model in float32 or bfloat16",
    "*.SCB": "weights quantized by bitsandbytes; save the model in float32 or bfloat16",
    "*.weight_scale_inv": "weights quantized to 8-bit floats; save the model in float32 or bfloat16",
    "*lora_A*": f"an adapter that is not merged: {MERGE}",
    "*.base_layer.*": f"an adapter that is not merged: {MERGE}",
    "*distance_embedding*": "embeddings of distances (position_embedding_type relative_key)",
    "*crossattention*": "cross attention to another encoder",
    "*ln_cross_attn*": "cross attention to another encoder",
    "*.experts.*": "experts in place of a feed-forward part",
    "*block_sparse_moe*": "experts in place of a feed-forward part",
    "*.router.*": "experts in place of a feed-forward part",
    "*.q_norm.*": "norms of queries and keys",
    "*.query_norm.*": "norms of queries and keys",
    "*embeddings_project*": "an embedding that is projected",
    "*vision*": "a part that reads images",
    "*.mask_token": "a token for hidden patches of images",
    "*logits_proj*": "a projection of the pooled state",
}


def feature_of(names: Iterable[str]) -> tuple[str, str] | None:
    """The first of these tensors that belongs to a feature which is not computed here, and that feature."""
    for name in names:
        for pattern, feature in TENSORS.items():
            if fnmatchcase(name, pattern):
                return name, feature
    return None
