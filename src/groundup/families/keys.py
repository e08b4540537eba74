"""Keys of a config.json that no reader asked for: without meaning here, refused unless they are as here, or unknown.

The rule (docs/decisions/022-keys-of-config.md): what `transformers` computes depends on the keys that its class knows. Of these
a family reads some (`ForeignConfig.asked`); each other one that could change a logit stands in a table with the values with
which it does not. A key in no table is one that the class does not know either: it is named in a note.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from groundup.errors import printable
from groundup.families.family import Family, ForeignConfig, same
from groundup.messages.current import message

MOST_NAMED = 10  # keys in one note

# Whatever the family: a key that changes what is computed -> the values with which it does not. Null always is one of these.
PLAIN: dict[str, tuple] = {
    "quantization_config": (),
    "compression_config": (),
    "rope_scaling": (),
    "position_embedding_type": ("absolute",),
    "sliding_window": (),
    "use_sliding_window": (False,),
    "is_decoder": (False,),
    "add_cross_attention": (False,),
    "cross_attention_hidden_size": (),
    "tie_encoder_decoder": (False,),
    "pruned_heads": ({},),
    "num_experts": (0, 1),
    "num_local_experts": (0, 1),
    "n_routed_experts": (0, 1),
    "partial_rotary_factor": (1.0,),
    "attn_logit_softcapping": (),
    "final_logit_softcapping": (),
    "clip_qkv": (),
    "alibi": (False,),
    "embedding_multiplier": (1.0,),
    "residual_multiplier": (1.0,),
    "attention_multiplier": (),
    "logits_scaling": (1.0,),
    "use_qk_norm": (False,),
    "qk_layernorm": (False,),
    "layer_types": (),
    "embedding_size": (),
    "no_rope_layers": (),
    "adapters": (),
}

# Bookkeeping, training, generation, and how the same numbers are computed.
IRRELEVANT = (
    "architectures",
    "auto_map",
    "model_type",
    "transformers_version",
    "torch_dtype",
    "dtype",
    "groundup",
    "_*",
    "name_or_path",
    "id2label",
    "label2id",
    "num_labels",
    "problem_type",
    "finetuning_task",
    "task_specific_params",
    "custom_pipelines",
    "use_cache",
    "output_attentions",
    "output_hidden_states",
    "output_past",
    "return_dict",
    "return_dict_in_generate",
    "is_encoder_decoder",
    "torchscript",
    "use_bfloat16",
    "tf_legacy_loss",
    "chunk_size_feed_forward",
    "gradient_checkpointing",
    "attn_implementation",
    "reference_compile",
    "deterministic_flash_attn",
    "use_flash_attn",
    "use_memory_efficient_attention",
    "unpad_inputs",
    "repad_logits_with_grad",
    "sparse_prediction",
    "sparse_pred_ignore_index",
    "reorder_and_upcast_attn",
    "pretraining_tp",
    "initializer_*",
    "init_std",
    "*_token_id",
    "*_token_ids",
    "decoder_start_token_id",
    "prefix",
    "tokenizer_class",
    "vocab_type",
    "language",
    "*dropout*",
    "*_pdrop",
    "layerdrop",
    "*_layerdrop",
    "layer_norm_epsilon",
    "layer_norm_eps",
    "norm_eps",
    "summary_*",
    "pooler_*",
    "directionality",
    "n_ctx",
    "n_positions",
    "d_head",
    "head_dim",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "sinusoidal_pos_embds",
    "tie_weights_",
    "tie_word_embeddings",
    "is_gated_act",
    "dense_act_fn",
    "encoder_no_repeat_ngram_size",
    "encoder_stride",
    "classifier_*",
    "decoder_bias",
    "global_rope_theta",
    "local_rope_theta",
    "global_attn_every_n_layers",
    "rope_theta",
    "rope_parameters",
    "rope_interleaved",
    "type_vocab_size",
    "max_position_embeddings",
    "scale_decoder_outputs",
    "output_scores",
    "output_logits",
    "is_composition",
    "qa_dropout",
    "add_bias_linear",
    "max_length",
    "min_length",
    "do_sample",
    "early_stopping",
    "num_beams",
    "num_beam_groups",
    "diversity_penalty",
    "temperature",
    "top_k",
    "top_p",
    "typical_p",
    "repetition_penalty",
    "length_penalty",
    "no_repeat_ngram_size",
    "bad_words_ids",
    "num_return_sequences",
    "suppress_tokens",
    "begin_suppress_tokens",
    "exponential_decay_length_penalty",
    "remove_invalid_values",
    "forced_*",
    "force_bos_token_to_be_generated",
    "gpt2_*",
    "model_max_length",
    "special_tokens_map_file",
    "tokenizer_file",
    "image_processor_type",
    "num_input_channels",
    "label_smoothing",
    "seq_classif_dropout",
    "token_classification_bias",
    "mlp_bias",
    "attention_bias",
    "relative_attention_*",
)


def check_keys(family: Family, theirs: ForeignConfig) -> None:
    """Refuse settings that would change what is computed, and note keys that are not known."""
    unknown = []
    for key, value in theirs.values.items():
        if key in theirs.keys_read or value is None:
            continue
        plain = family.plain.get(key, PLAIN.get(key))
        if plain is not None:
            if not any(same(value, one) for one in plain):
                theirs.refuse(key, f"is not supported; only {' or '.join(map(repr, plain or (None,)))} is")
        elif not any(fnmatchcase(key, pattern) for pattern in IRRELEVANT):
            unknown.append(printable(key, 40))
    if unknown:
        keys, more = ", ".join(unknown[:MOST_NAMED]), len(unknown) - MOST_NAMED
        theirs.note(message("keys unused", keys=message("list and more", list=keys, count=more) if more > 0 else keys))
