"""Small random folders of every family, and what both sides say about the same batch.

A case makes a model of transformers; `theirs` asks it with padding, `ours` asks the model that we read from its folder.
"""

from dataclasses import dataclass, field

import torch
import transformers

from groundup.families import checkpoint
from groundup.nn.embed.patches import cut_patches
from groundup.nn.inputs import Patches
from groundup.nn.layout import Layout
from groundup.nn.model import Inputs, Model

VOCAB, PAD = 97, 1
LENGTHS, TARGETS = [11, 7, 7, 2, 1], [3, 6, 6, 9, 1]
IDS = {"pad_token_id": PAD, "bos_token_id": 0, "eos_token_id": 2}
BERT = {
    "vocab_size": VOCAB,
    "hidden_size": 36,
    "num_attention_heads": 3,
    "num_hidden_layers": 3,
    "intermediate_size": 50,
    "max_position_embeddings": 24,
}
DISTIL = {"vocab_size": VOCAB, "dim": 36, "n_heads": 3, "n_layers": 3, "hidden_dim": 50, "max_position_embeddings": 24}
GPT2 = {"vocab_size": VOCAB, "n_embd": 36, "n_head": 3, "n_layer": 3, "n_inner": 50, "n_positions": 24, **IDS}
LLAMA = {**BERT, "num_attention_heads": 6, "num_key_value_heads": 2, **IDS}
QWEN3 = {**LLAMA, "head_dim": 10}
BART = {
    "vocab_size": VOCAB,
    "d_model": 36,
    "encoder_layers": 2,
    "decoder_layers": 3,
    "encoder_attention_heads": 3,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 50,
    "decoder_ffn_dim": 40,
    "max_position_embeddings": 24,
    "forced_eos_token_id": None,
    "decoder_start_token_id": 2,
    **IDS,
}
T5 = {
    "vocab_size": VOCAB,
    "d_model": 36,
    "d_kv": 10,
    "d_ff": 50,
    "num_layers": 2,
    "num_decoder_layers": 3,
    "num_heads": 3,
    "relative_attention_num_buckets": 8,
    "relative_attention_max_distance": 9,
    "decoder_start_token_id": PAD,
    **IDS,
}
VIT = {
    "hidden_size": 36,
    "num_attention_heads": 3,
    "num_hidden_layers": 3,
    "intermediate_size": 50,
    "image_size": 12,
    "patch_size": 4,
    "num_channels": 2,
}


@dataclass
class Case:
    """A class of transformers in a small size. `head` is ours; None asks for the states."""

    family: str
    cls: str
    config: str
    sizes: dict
    head: str | None
    more: dict = field(default_factory=dict)
    tokens: bool = False  # whether the head says something of each token

    @property
    def reads_twice(self) -> bool:
        """Whether encoder and decoder read the same text, for its classes."""
        return self.head == "label" and self.family in ("bart", "t5", "t5 gated")

    def theirs(self):
        """Random, biases and norms too."""
        torch.manual_seed(1)
        config = getattr(transformers, self.config)(**self.sizes, **self.more)
        config._attn_implementation = "eager"
        made = getattr(transformers, self.cls)(config).eval()
        for parameter in made.parameters():
            parameter.data += 0.05 * torch.randn_like(parameter)
        return made


WORDS = ("mlm", "lm")
MODERN = {
    **BERT,
    "local_attention": 6,
    "global_attn_every_n_layers": 2,
    "pad_token_id": PAD,
    "bos_token_id": None,
    "eos_token_id": None,
    "cls_token_id": 1,
    "sep_token_id": 2,
}
CASES = {
    "bert": Case("bert", "BertForMaskedLM", "BertConfig", BERT, "mlm"),
    "bert states": Case("bert", "BertModel", "BertConfig", BERT, None),
    "bert label": Case("bert", "BertForSequenceClassification", "BertConfig", BERT, "label", {"num_labels": 3}),
    "roberta": Case("roberta", "RobertaForMaskedLM", "RobertaConfig", {**BERT, "type_vocab_size": 1}, "mlm"),
    "roberta states": Case("roberta", "RobertaModel", "RobertaConfig", {**BERT, "type_vocab_size": 1}, None),
    "roberta label": Case(
        "roberta",
        "RobertaForSequenceClassification",
        "RobertaConfig",
        {**BERT, "type_vocab_size": 1},
        "label",
        {"num_labels": 3},
    ),
    "distilbert": Case("distilbert", "DistilBertForMaskedLM", "DistilBertConfig", DISTIL, "mlm"),
    "distilbert states": Case("distilbert", "DistilBertModel", "DistilBertConfig", DISTIL, None),
    "distilbert label": Case(
        "distilbert", "DistilBertForSequenceClassification", "DistilBertConfig", DISTIL, "label", {"num_labels": 3}
    ),
    "modernbert": Case("modernbert", "ModernBertForMaskedLM", "ModernBertConfig", MODERN, "mlm"),
    "modernbert label": Case(
        "modernbert", "ModernBertForSequenceClassification", "ModernBertConfig", MODERN, "label", {"num_labels": 3}
    ),
    "bert tags": Case("bert", "BertForTokenClassification", "BertConfig", BERT, "label", {"num_labels": 4}, tokens=True),
    "bert ends": Case("bert", "BertForQuestionAnswering", "BertConfig", BERT, "ends", tokens=True),
    "roberta tags": Case(
        "roberta",
        "RobertaForTokenClassification",
        "RobertaConfig",
        {**BERT, "type_vocab_size": 1},
        "label",
        {"num_labels": 4},
        tokens=True,
    ),
    "roberta ends": Case(
        "roberta", "RobertaForQuestionAnswering", "RobertaConfig", {**BERT, "type_vocab_size": 1}, "ends", tokens=True
    ),
    "distilbert tags": Case(
        "distilbert", "DistilBertForTokenClassification", "DistilBertConfig", DISTIL, "label", {"num_labels": 4}, tokens=True
    ),
    "distilbert ends": Case("distilbert", "DistilBertForQuestionAnswering", "DistilBertConfig", DISTIL, "ends", tokens=True),
    "modernbert tags": Case(
        "modernbert", "ModernBertForTokenClassification", "ModernBertConfig", MODERN, "label", {"num_labels": 4}, tokens=True
    ),
    "modernbert tags with biases": Case(
        "modernbert",
        "ModernBertForTokenClassification",
        "ModernBertConfig",
        MODERN,
        "label",
        {"num_labels": 4, "classifier_bias": True, "norm_bias": True},
        tokens=True,
    ),
    "modernbert ends": Case("modernbert", "ModernBertForQuestionAnswering", "ModernBertConfig", MODERN, "ends", tokens=True),
    "gpt2": Case("gpt2", "GPT2LMHeadModel", "GPT2Config", GPT2, "lm"),
    "gpt2 states": Case("gpt2", "GPT2Model", "GPT2Config", GPT2, None),
    "llama": Case("llama", "LlamaForCausalLM", "LlamaConfig", LLAMA, "lm"),
    "llama tied, wide heads": Case(
        "llama", "LlamaForCausalLM", "LlamaConfig", LLAMA, "lm", {"tie_word_embeddings": True, "head_dim": 10}
    ),
    "llama states": Case("llama", "LlamaModel", "LlamaConfig", LLAMA, None),
    "bart": Case("bart", "BartForConditionalGeneration", "BartConfig", BART, "lm"),
    "bart scaled": Case("bart", "BartForConditionalGeneration", "BartConfig", BART, "lm", {"scale_embedding": True}),
    "bart states": Case("bart", "BartModel", "BartConfig", BART, None),
    "t5": Case("t5", "T5ForConditionalGeneration", "T5Config", T5, "lm"),
    "t5 gated": Case("t5 gated", "T5ForConditionalGeneration", "T5Config", T5, "lm", {"feed_forward_proj": "gated-gelu"}),
    "t5 states": Case("t5", "T5Model", "T5Config", T5, None),
    "xlm-roberta": Case("roberta", "XLMRobertaForMaskedLM", "XLMRobertaConfig", {**BERT, "type_vocab_size": 1}, "mlm"),
    "xlm-roberta label": Case(
        "roberta",
        "XLMRobertaForSequenceClassification",
        "XLMRobertaConfig",
        {**BERT, "type_vocab_size": 1},
        "label",
        {"num_labels": 3},
    ),
    "camembert": Case("roberta", "CamembertForMaskedLM", "CamembertConfig", {**BERT, "type_vocab_size": 1}, "mlm"),
    "camembert tags": Case(
        "roberta",
        "CamembertForTokenClassification",
        "CamembertConfig",
        {**BERT, "type_vocab_size": 1},
        "label",
        {"num_labels": 4},
        tokens=True,
    ),
    "modernbert with biases in attention": Case(
        "modernbert", "ModernBertForMaskedLM", "ModernBertConfig", MODERN, "mlm", {"attention_bias": True}
    ),
    "gpt2 label": Case("gpt2", "GPT2ForSequenceClassification", "GPT2Config", GPT2, "label", {"num_labels": 3}),
    "gpt2 tags": Case("gpt2", "GPT2ForTokenClassification", "GPT2Config", GPT2, "label", {"num_labels": 4}, tokens=True),
    "gpt2 ends": Case("gpt2", "GPT2ForQuestionAnswering", "GPT2Config", GPT2, "ends", tokens=True),
    "llama with biases in attention": Case("llama", "LlamaForCausalLM", "LlamaConfig", LLAMA, "lm", {"attention_bias": True}),
    "llama with biases after it": Case("llama", "LlamaForCausalLM", "LlamaConfig", LLAMA, "lm", {"mlp_bias": True}),
    "llama label": Case("llama", "LlamaForSequenceClassification", "LlamaConfig", LLAMA, "label", {"num_labels": 3}),
    "llama tags": Case("llama", "LlamaForTokenClassification", "LlamaConfig", LLAMA, "label", {"num_labels": 4}, tokens=True),
    "llama ends": Case("llama", "LlamaForQuestionAnswering", "LlamaConfig", LLAMA, "ends", tokens=True),
    "mistral": Case("llama", "MistralForCausalLM", "MistralConfig", LLAMA, "lm", {"sliding_window": None, "head_dim": 10}),
    "qwen3": Case("qwen3", "Qwen3ForCausalLM", "Qwen3Config", QWEN3, "lm"),
    "qwen3 tied, with biases in attention": Case(
        "qwen3", "Qwen3ForCausalLM", "Qwen3Config", QWEN3, "lm", {"tie_word_embeddings": True, "attention_bias": True}
    ),
    "qwen3 states": Case("qwen3", "Qwen3Model", "Qwen3Config", QWEN3, None),
    "qwen3 label": Case("qwen3", "Qwen3ForSequenceClassification", "Qwen3Config", QWEN3, "label", {"num_labels": 3}),
    "qwen3 tags": Case("qwen3", "Qwen3ForTokenClassification", "Qwen3Config", QWEN3, "label", {"num_labels": 4}, tokens=True),
    "qwen3 ends": Case("qwen3", "Qwen3ForQuestionAnswering", "Qwen3Config", QWEN3, "ends", tokens=True),
    "bart label": Case("bart", "BartForSequenceClassification", "BartConfig", BART, "label", {"num_labels": 3}),
    "t5 label": Case("t5", "T5ForSequenceClassification", "T5Config", T5, "label", {"num_labels": 3}),
    "t5 v1.1": Case(
        "t5 gated",
        "T5ForConditionalGeneration",
        "T5Config",
        T5,
        "lm",
        {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False},
    ),
    "mt5": Case("t5 gated", "MT5ForConditionalGeneration", "MT5Config", T5, "lm", {"feed_forward_proj": "gated-gelu"}),
    "vit": Case("vit", "ViTForImageClassification", "ViTConfig", VIT, "label", {"num_labels": 3}),
    "vit states": Case("vit", "ViTModel", "ViTConfig", VIT, None),
}


def rows(lengths, seed=5):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(5, VOCAB, (n,), generator=generator) for n in lengths]


def padded(sequences):
    """(ids, mask) padded on the right."""
    ids = torch.full((len(sequences), max(map(len, sequences))), PAD)
    mask = torch.zeros_like(ids)
    for i, row in enumerate(sequences):
        ids[i, : len(row)], mask[i, : len(row)] = row, 1
    return ids, mask


def unpadded(states, lengths):
    return torch.cat([states[i, :n] for i, n in enumerate(lengths)])


def ended(sequences):
    """Each with the token that ends a text in the place of its last."""
    return [torch.cat([row[:-1], torch.tensor([IDS["eos_token_id"]])]) for row in sequences]


def images():
    return torch.randn(3, 2, 12, 12, generator=torch.Generator().manual_seed(3))


def starts(lengths):
    return torch.tensor([sum(lengths[:i]) for i in range(len(lengths))])


def ask_theirs(case: Case, made) -> torch.Tensor:
    """Their logits, or states, of all tokens in one stream."""
    if case.family == "vit":
        out = made(pixel_values=images())
        return out.logits if case.head else out.last_hidden_state.flatten(0, 1)
    ids, mask = padded(ended(rows(LENGTHS)) if case.reads_twice else rows(LENGTHS))
    if case.reads_twice:
        return made(input_ids=ids, attention_mask=mask).logits
    if case.family in ("bart", "t5", "t5 gated"):
        targets, _ = padded(rows(TARGETS, 6))
        out = made(input_ids=ids, attention_mask=mask, decoder_input_ids=targets)
        return unpadded(out.logits if case.head else out.last_hidden_state, TARGETS)
    out = made(input_ids=ids, attention_mask=mask)
    if case.head == "ends":
        return unpadded(torch.stack([out.start_logits, out.end_logits], -1), LENGTHS)
    if case.head == "label" and not case.tokens:
        return out.logits
    return unpadded(out.logits if case.head else out.last_hidden_state, LENGTHS)


def ask_ours(case: Case, model: Model) -> torch.Tensor:
    """The same of ours."""
    source = None
    if case.family == "vit":
        patches = model.config.input_of(Patches)
        assert patches is not None
        lengths = [1 + patches.count] * 3
        tokens = cut_patches(images(), patches)
    elif model.encoder is not None and not case.reads_twice:
        lengths, tokens = TARGETS, torch.cat(rows(TARGETS, 6))
        source = Inputs(torch.cat(rows(LENGTHS)), Layout(LENGTHS))
    else:
        lengths, tokens = LENGTHS, torch.cat(ended(rows(LENGTHS)) if case.reads_twice else rows(LENGTHS))
    if case.head is None:
        seen = None if source is None else model.encoder.encoder_states(*source)
        return model.backbone(tokens, Layout(lengths), encoder_states=seen)
    places = starts(lengths) if case.head == "label" and not case.tokens else torch.arange(sum(lengths))
    return model(tokens, Layout(lengths), None, {case.head: places}, source)[case.head]


def gradients_of_theirs(made, folder) -> dict[str, torch.Tensor]:
    """Their gradients by our names: saved in the place of the weights, and read like these."""
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.zeros_like(parameter) if parameter.grad is None else parameter.grad)
    made.save_pretrained(folder)
    return dict(checkpoint.load(folder).model.named_parameters())
