"""Small random folders with a tokenizer, as people have them: the classifiers of every kind of model."""

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors

TEXTS = ["A fine film.", "no", "The quick brown fox jumps over the lazy dog, again and again.", "dull, dull and dull"]
NAMES = ["<s>", "</s>", "<pad>", "<unk>", "<mask>"]
KINDS = ("GPT2", "Llama", "Bart", "T5", "Bert", "Roberta", "XLMRoberta", "DistilBert")
TEMPLATES = {"GPT2": "$A", "Llama": "<s> $A", "T5": "$A </s>"}  # else <s> $A </s>
SIZES = {
    "GPT2": {"n_embd": 32, "n_head": 2, "n_layer": 2, "n_positions": 128},
    "Llama": {
        "hidden_size": 32,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "num_hidden_layers": 2,
        "intermediate_size": 40,
        "max_position_embeddings": 128,
    },
    "Bart": {
        "d_model": 32,
        "encoder_layers": 1,
        "decoder_layers": 2,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 40,
        "decoder_ffn_dim": 40,
        "max_position_embeddings": 128,
    },
    "T5": {"d_model": 32, "d_kv": 8, "d_ff": 40, "num_layers": 1, "num_decoder_layers": 2, "num_heads": 2},
    "DistilBert": {"dim": 32, "n_heads": 2, "n_layers": 2, "hidden_dim": 40, "max_position_embeddings": 128},
}
USUAL = {
    "hidden_size": 32,
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
    "intermediate_size": 40,
    "max_position_embeddings": 140,
}


def tokenizer(kind: str, pad: str = "<pad>") -> transformers.PreTrainedTokenizerFast:
    """A token for each byte, framed as tokenizers of the kind do it."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE({name: i for i, name in enumerate([*NAMES, *letters])}, [], unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.add_special_tokens(NAMES)
    template = TEMPLATES.get(kind, "<s> $A </s>")
    if template != "$A":
        made.post_processor = processors.TemplateProcessing(single=template, special_tokens=[("<s>", 0), ("</s>", 1)])
    roles = {"pad_token": pad, "unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    if kind not in TEMPLATES:
        roles |= {"cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=128, **roles)


def make(kind: str, ending: str, folder, pad: str = "<pad>", **more):
    """A model of transformers in a folder with a tokenizer, its weights drawn large enough to tell texts apart."""
    words = tokenizer(kind, pad)
    torch.manual_seed(7)
    ids = {"pad_token_id": words.pad_token_id, "bos_token_id": 0, "eos_token_id": 1}
    starts = {"Bart": {"decoder_start_token_id": 1, "forced_eos_token_id": None}, "T5": {"decoder_start_token_id": 2}}.get(
        kind, {}
    )
    config = getattr(transformers, f"{kind}Config")(vocab_size=len(words), **SIZES.get(kind, USUAL), **ids, **starts, **more)
    made = getattr(transformers, f"{kind}For{ending}")(config).eval()
    for parameter in made.parameters():
        parameter.data += 0.2 * torch.randn_like(parameter)
    made.save_pretrained(folder)
    words.save_pretrained(folder)
    return made, words


def shares(made, words, texts: list[str]) -> torch.Tensor:
    """[N, K] what transformers says of a padded batch."""
    batch = words(texts, padding=True, return_tensors="pt")
    batch.pop("token_type_ids", None)
    with torch.inference_mode():
        return made(**batch).logits.softmax(-1)
