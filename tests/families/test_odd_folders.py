"""Folders as people have them: without the name of their class, with an old one, with other prefixes, old names, more tensors.

Each is read as the folder that transformers writes today, or refused by the name of the feature that is missing.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

transformers = pytest.importorskip("transformers")

from groundup.errors import InputError  # noqa: E402
from groundup.families import checkpoint  # noqa: E402
from tests.families import zoo  # noqa: E402
from tests.families.zoo import CASES  # noqa: E402

Tensors = dict[str, torch.Tensor]
Change = Callable[[dict, Tensors], object]


def make(name: str, folder: Path, change: Change = lambda config, tensors: None):
    """A model of transformers, and its folder, changed."""
    theirs = CASES[name].theirs()
    theirs.save_pretrained(folder)
    config, tensors = json.loads((folder / "config.json").read_text()), load_file(folder / "model.safetensors")
    tensors = change(config, tensors) or tensors
    (folder / "config.json").write_text(json.dumps(config))
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "model.safetensors")
    return theirs


def agrees(name: str, theirs, folder: Path) -> checkpoint.Loaded:
    """What is read, which says what theirs says."""
    loaded, case = checkpoint.load(folder), CASES[name]
    with torch.inference_mode():
        torch.testing.assert_close(zoo.ask_ours(case, loaded.model), zoo.ask_theirs(case, theirs), atol=1e-5, rtol=1e-5)
    return loaded


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as error:
        checkpoint.load(folder)
    assert error.value.exit_code == 2
    return error.value.line()


OF_CLASS = [name for name, case in CASES.items() if case.head is not None]
NOT_TOLD_APART = ("modernbert ends",)  # two outputs of a ModernBERT may be the ends of an answer, or two classes


@pytest.mark.parametrize("architectures", [None, [], ["SomethingElse"], "missing"], ids=["null", "empty", "unknown", "missing"])
@pytest.mark.parametrize("name", [name for name in OF_CLASS if name not in NOT_TOLD_APART])
def test_heads_are_found_without_the_name_of_a_class(name, architectures, tmp_path):
    def change(config, tensors):
        config["architectures"] = architectures
        if architectures == "missing":
            del config["architectures"]
        if CASES[name].tokens and "num_labels" in CASES[name].more:
            config["id2label"] = dict(zip("0123", ["O", "B-A", "I-A", "B-B"], strict=True))

    loaded = agrees(name, make(name, tmp_path / "m", change), tmp_path / "m")
    assert set(loaded.model.heads) == {CASES[name].head}


OLD = {
    "bert": ["BertForPreTraining", "BertLMHeadModel", "BertForMaskedLMOld"],
    "roberta": ["RobertaForCausalLM", "RobertaLMHeadModel"],
    "gpt2": ["GPT2Model", "GPT2DoubleHeadsModel"],
    "llama tied, wide heads": ["LlamaModel"],
    "t5": ["T5WithLMHeadModel", "T5Model"],
    "t5 gated": ["T5WithLMHeadModel"],
    "bart": ["BartForMaskedLM", "BartModel"],
}


@pytest.mark.parametrize(("name", "old"), [(name, old) for name, olds in OLD.items() for old in olds])
def test_old_names_of_classes_are_no_hindrance(name, old, tmp_path):
    agrees(name, make(name, tmp_path / "m", lambda config, _: config.update(architectures=[old])), tmp_path / "m")


def wrapped(config: dict, tensors: Tensors) -> Tensors:
    return {f"module.{name}": value for name, value in tensors.items()}


def bare(config: dict, tensors: Tensors) -> Tensors:
    prefix = checkpoint.family_of(checkpoint.ForeignConfig(config, "")).prefix
    return {name.removeprefix(prefix): value for name, value in tensors.items()}


def renamed(config: dict, tensors: Tensors) -> Tensors:
    prefix = checkpoint.family_of(checkpoint.ForeignConfig(config, "")).prefix
    return {
        f"encoder_of_ours.{name.removeprefix(prefix)}" if name.startswith(prefix) else name: v for name, v in tensors.items()
    }


@pytest.mark.parametrize("change", [wrapped, bare, renamed])
@pytest.mark.parametrize(
    "name",
    [
        "bert",
        "bert label",
        "roberta tags",
        "distilbert label",
        "modernbert",
        "gpt2",
        "gpt2 label",
        "llama",
        "llama label",
        "bart",
        "bart label",
        "vit",
    ],
)
def test_the_backbone_is_found_whatever_stands_before_its_names(name, change, tmp_path):
    agrees(name, make(name, tmp_path / "m", change), tmp_path / "m")


@pytest.mark.parametrize(
    "name", ["bert", "roberta label", "roberta", "distilbert tags", "gpt2", "llama", "bart", "t5", "vit", "modernbert"]
)
def test_the_family_is_found_by_its_tensors(name, tmp_path):
    loaded = agrees(name, make(name, tmp_path / "m", lambda config, _: config.pop("model_type") and None), tmp_path / "m")
    assert loaded.family == CASES[name].family
    assert any("model_type is missing" in note for note in loaded.notes)


def old_names_of_norms(config: dict, tensors: Tensors) -> Tensors:
    def old(name: str) -> str:
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")

    return {old(name): value for name, value in tensors.items()}


def with_buffers(config: dict, tensors: Tensors) -> None:
    tensors["bert.embeddings.position_ids"] = torch.arange(24)[None]


def with_repeats(config: dict, tensors: Tensors) -> None:
    tensors["cls.predictions.decoder.weight"] = tensors["bert.embeddings.word_embeddings.weight"].clone()
    tensors["cls.predictions.decoder.bias"] = tensors["cls.predictions.bias"].clone()


def with_a_pooler(config: dict, tensors: Tensors) -> None:
    tensors["bert.pooler.dense.weight"], tensors["bert.pooler.dense.bias"] = torch.ones(36, 36), torch.ones(36)


def with_the_decoder_alone(config: dict, tensors: Tensors) -> None:
    tensors["cls.predictions.decoder.bias"] = tensors.pop("cls.predictions.bias")
    tensors["cls.predictions.decoder.weight"] = tensors.pop("bert.embeddings.word_embeddings.weight")


@pytest.mark.parametrize("change", [old_names_of_norms, with_buffers, with_repeats, with_a_pooler, with_the_decoder_alone])
def test_a_bert_is_the_same_under_names_of_other_years(change, tmp_path):
    agrees("bert", make("bert", tmp_path / "m", change), tmp_path / "m")


def test_a_tagger_with_a_pooler_of_old_versions_is_a_tagger(tmp_path):
    loaded = agrees("bert tags", make("bert tags", tmp_path / "m", with_a_pooler), tmp_path / "m")
    assert loaded.problem == "tagging"


def test_tensors_of_another_head_are_left_and_named(tmp_path):
    def change(config, tensors):
        tensors["multiple_choice_head.summary.weight"] = torch.ones(1, 36)

    loaded = agrees("gpt2", make("gpt2", tmp_path / "m", change), tmp_path / "m")
    assert any("multiple_choice_head.summary.weight" in note for note in loaded.notes)


# T5 as versions 4 and 5 write it. `scaled` is what transformers computes for the folder.


def untied(config: dict, tensors: Tensors) -> None:
    tensors["lm_head.weight"] = torch.randn(tensors["shared.weight"].shape, generator=torch.Generator().manual_seed(4))


def version_4(config: dict, tensors: Tensors) -> None:
    """v1.1: a matrix of its own, and `tie_word_embeddings` false, which means that nothing is scaled."""
    untied(config, tensors)
    config.pop("scale_decoder_outputs", None)
    config["tie_word_embeddings"] = False


def version_4_in_full(config: dict, tensors: Tensors) -> None:
    version_4(config, tensors)
    tensors["encoder.embed_tokens.weight"] = tensors["shared.weight"].clone()
    tensors["decoder.embed_tokens.weight"] = tensors["shared.weight"].clone()


def version_5_untied(config: dict, tensors: Tensors) -> None:
    """Read by version 5, which leaves two matrices that differ apart, and written again."""
    untied(config, tensors)
    config["scale_decoder_outputs"], config["tie_word_embeddings"] = False, True


def scaled_and_untied(config: dict, tensors: Tensors) -> None:
    untied(config, tensors)
    config["scale_decoder_outputs"], config["tie_word_embeddings"] = True, True


def tied_in_full(config: dict, tensors: Tensors) -> None:
    for name in ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"):
        tensors[name] = tensors["shared.weight"].clone()


def without_shared(config: dict, tensors: Tensors) -> None:
    tensors["encoder.embed_tokens.weight"] = tensors.pop("shared.weight")


def unscaled_and_tied(config: dict, tensors: Tensors) -> None:
    config.pop("scale_decoder_outputs", None)
    config["tie_word_embeddings"] = False


@pytest.mark.parametrize("name", ["t5", "t5 gated"])
@pytest.mark.parametrize(
    "change",
    [version_4, version_4_in_full, version_5_untied, scaled_and_untied, tied_in_full, without_shared, unscaled_and_tied],
)
def test_t5_of_any_version_says_what_transformers_says(name, change, tmp_path):
    make(name, tmp_path / "m", change)
    theirs = transformers.T5ForConditionalGeneration.from_pretrained(tmp_path / "m", attn_implementation="eager").eval()
    loaded = agrees(name, theirs, tmp_path / "m")
    own = [key for key, _ in loaded.model.named_parameters() if key.startswith("heads.lm")]
    assert bool(own) == ("lm_head.weight" in load_file(tmp_path / "m" / "model.safetensors") and change is not tied_in_full)


def test_an_untied_t5_of_ours_is_what_transformers_reads(tmp_path):
    from groundup.folders import new_folder

    make("t5 gated", tmp_path / "m", version_4)
    loaded = checkpoint.load(tmp_path / "m")
    with new_folder(tmp_path / "ours", kind="model") as folder:
        checkpoint.save(folder, loaded.model, loaded.family, specials={"pad": zoo.PAD, "cls": 0, "sep": 2})
    back = transformers.AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "ours", attn_implementation="eager").eval()
    agrees("t5 gated", back, tmp_path / "m")
    assert not (tmp_path / "ours" / "heads.safetensors").exists()


# Refused by the name of the feature


REFUSED = {
    "relative positions": (
        "bert",
        {"position_embedding_type": "relative_key"},
        "position_embedding_type 'relative_key' is not supported",
    ),
    "a BERT that writes": ("bert", {"is_decoder": True}, "is_decoder True is not supported"),
    "cross attention": ("gpt2", {"add_cross_attention": True}, "add_cross_attention True is not supported"),
    "scaled by layer": (
        "gpt2",
        {"scale_attn_by_inverse_layer_idx": True},
        "scale_attn_by_inverse_layer_idx True is not supported",
    ),
    "stretched positions": ("llama", {"rope_scaling": {"type": "linear", "factor": 2.0}}, "rope_scaling"),
    "windows": ("llama", {"sliding_window": 8}, "sliding_window 8 is not supported"),
    "experts": ("llama", {"num_local_experts": 8}, "num_local_experts 8 is not supported"),
    "quantization": ("llama", {"quantization_config": {"quant_method": "gptq", "bits": 4}}, "quantization_config"),
    "norms before": ("bart", {"normalize_before": True}, "normalize_before True is not supported"),
    "no epsilon": ("modernbert", {"norm_eps": 0}, "norm_eps 0 is not a number above 0"),
    "no epsilon of a llama": ("llama", {"rms_norm_eps": 0.0}, "rms_norm_eps 0.0 is not a number above 0"),
    "no base": (
        "llama",
        {"rope_parameters": {"rope_type": "default", "rope_theta": 0}},
        "rope_theta 0 is not a number above 0",
    ),
    "several texts": ("bert label", {"architectures": ["BertForMultipleChoice"]}, "chooses among several texts"),
    "another kind": (
        "bert",
        {"model_type": "electra"},
        "model_type 'electra' is not a family we know: its embedding is projected",
    ),
    "a decoder of BERT": (
        "bert",
        {"model_type": "bert-generation"},
        "model_type 'bert-generation' is not a family we know: its BERT",
    ),
    "mpnet": ("bert", {"model_type": "mpnet"}, "distances are biases beside learned positions"),
    "deberta": ("bert", {"model_type": "deberta-v2"}, "content and relative positions"),
    "heads that do not divide": (
        "bert",
        {"num_attention_heads": 5},
        "config.json: num_heads: 5 heads do not divide hidden_size 36",
    ),
    "too many layers": ("bert", {"num_hidden_layers": 10**6}, "num_hidden_layers 1000000 is not a whole number from 1 to 1024"),
    "a dropout of one": (
        "bert",
        {"hidden_dropout_prob": 1.0},
        "hidden_dropout_prob 1.0 is not a number of at least 0 and below 1",
    ),
    "too few names": (
        "bert label",
        {"id2label": {"0": "a", "1": "b"}},
        "id2label does not name the classes 0 to 2 of the weights; it has 2 names",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_computed_here_is_named(what, tmp_path):
    name, settings, said = REFUSED[what]
    make(name, tmp_path / "m", lambda config, _: config.update(settings))
    line = refused(tmp_path / "m")
    assert said in line
    assert "config.json" in line


TENSORS = {
    "bert.encoder.layer.0.attention.self.distance_embedding.weight": "embeddings of distances",
    "bert.encoder.layer.0.crossattention.self.query.weight": "cross attention",
    "bert.encoder.layer.0.attention.self.query.lora_A.weight": "an adapter that is not merged",
    "bert.encoder.layer.0.output.dense.weight.absmax": "quantized by bitsandbytes",
    "bert.encoder.layer.0.output.experts.0.weight": "experts",
    "bert.encoder.layer.0.attention.self.q_norm.weight": "norms of queries and keys",
}


@pytest.mark.parametrize("tensor", TENSORS)
def test_a_tensor_of_another_feature_is_named_with_it(tensor, tmp_path):
    make("bert", tmp_path / "m", lambda _, tensors: tensors.update({tensor: torch.zeros(2)}))
    line = refused(tmp_path / "m")
    assert tensor in line
    assert TENSORS[tensor] in line


def test_an_encoder_without_its_decoder_is_refused_by_that(tmp_path):
    def change(config, tensors):
        return {name: value for name, value in tensors.items() if not name.startswith("decoder")}

    make("t5", tmp_path / "m", change)
    assert "an encoder of t5 without its decoder" in refused(tmp_path / "m")


@pytest.mark.parametrize("name", CASES)
def test_no_key_that_transformers_writes_is_unknown(name, tmp_path):
    make(name, tmp_path / "m")
    assert [note for note in checkpoint.load(tmp_path / "m").notes if "not known here" in note] == []


def test_unknown_keys_are_named(tmp_path):
    make("bert", tmp_path / "m", lambda config, _: config.update(frobnicate=3, nothing=None))
    notes = checkpoint.load(tmp_path / "m").notes
    assert [note for note in notes if note.endswith("keys that are not known here were not used: frobnicate")]


def test_two_models_in_one_folder_are_told_apart(tmp_path):
    def change(config, tensors):
        tensors["vision.encoder.layer.0.output.dense.bias"] = torch.zeros(36)

    make("bert", tmp_path / "m", change)
    assert "the folder holds more than one model" in refused(tmp_path / "m")


def test_a_folder_of_ours_that_transformers_trained_further_has_the_heads_of_its_tensors(tmp_path):
    from groundup.folders import new_folder

    loaded = checkpoint.load(make_folder("bert", tmp_path / "m"))
    with new_folder(tmp_path / "ours", kind="model") as folder:
        checkpoint.save(folder, loaded.model, loaded.family)
    theirs = transformers.BertForSequenceClassification.from_pretrained(tmp_path / "ours", num_labels=3).eval()
    theirs.save_pretrained(tmp_path / "again")
    assert "groundup" in json.loads((tmp_path / "again" / "config.json").read_text())
    assert set(agrees("bert label", theirs, tmp_path / "again").model.heads) == {"label"}


def make_folder(name: str, folder: Path) -> Path:
    make(name, folder)
    return folder
