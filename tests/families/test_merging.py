"""Folders of peft, opened as a model: its base with the adapter merged says what peft's model says.

Tolerances: float32 sums in another order differ by about 1e-6 of the logits' size; 1e-5 is ten times that.
"""

import json
import shutil

import pytest
import torch

from groundup.adapter_folder import base_of
from groundup.errors import InputError
from groundup.evaluate.opened import model_folder
from groundup.families import checkpoint
from groundup.manifest import identity

pytest.importorskip("transformers")
peft = pytest.importorskip("peft")

from tests.families import zoo  # noqa: E402
from tests.families.zoo import CASES  # noqa: E402

HEADED = {"modules_to_save": ["classifier"], "task_type": "SEQ_CLS"}
KINDS = {
    "bert, query and value": ("bert label", {"target_modules": ["query", "value"], **HEADED}),
    "bert, all linear, rank-stable": ("bert label", {"target_modules": "all-linear", "use_rslora": True, **HEADED}),
    "bert, pooler and words": ("bert label", {"target_modules": ["pooler.dense", "word_embeddings"], **HEADED}),
    "bert, all biases": ("bert label", {"target_modules": ["key"], "bias": "all", **HEADED}),
    "bert, biases beside": (
        "bert tags",
        {"target_modules": ["key"], "bias": "lora_only", "modules_to_save": ["classifier"], "task_type": "TOKEN_CLS"},
    ),
    "bert, ranks and factors": (
        "bert label",
        {
            "target_modules": ["query", "value"],
            "rank_pattern": {"value": 2},
            "alpha_pattern": {"layer.1.attention.self.query": 30},
            **HEADED,
        },
    ),
    "bert, lengths": ("bert label", {"target_modules": ["query", "dense"], "use_dora": True, **HEADED}),
    "bert, some layers": ("bert label", {"target_modules": ["query"], "layers_to_transform": [1], **HEADED}),
    "roberta": ("roberta label", {"target_modules": ["query", "value"], **HEADED}),
    "distilbert": (
        "distilbert label",
        {"target_modules": ["q_lin", "v_lin"], "modules_to_save": ["pre_classifier", "classifier"], "task_type": "SEQ_CLS"},
    ),
    "modernbert": ("modernbert", {"target_modules": ["Wqkv", "Wo"]}),
    "gpt2": ("gpt2", {"target_modules": ["c_attn", "c_proj"], "fan_in_fan_out": True, "task_type": "CAUSAL_LM"}),
    "gpt2, classes": (
        "gpt2 label",
        {"target_modules": ["c_attn"], "fan_in_fan_out": True, "modules_to_save": ["score"], "task_type": "SEQ_CLS"},
    ),
    "gpt2, lengths": ("gpt2", {"target_modules": ["c_attn", "c_fc"], "fan_in_fan_out": True, "use_dora": True}),
    "llama": ("llama", {"target_modules": "all-linear", "task_type": "CAUSAL_LM"}),
    "llama, head": ("llama", {"target_modules": ["q_proj", "lm_head"], "task_type": "CAUSAL_LM"}),
    "llama, classes": ("llama label", {"target_modules": ["q_proj", "down_proj"], "task_type": "SEQ_CLS"}),
    "t5": ("t5", {"target_modules": ["q", "v", "wo"], "task_type": "SEQ_2_SEQ_LM"}),
    "bart": ("bart", {"target_modules": ["q_proj", "fc1"], "task_type": "SEQ_2_SEQ_LM"}),
}


def stir(parameters) -> None:
    """So that nothing is 0, as after training."""
    generator = torch.Generator().manual_seed(8)
    for parameter in parameters:
        parameter.data += 0.1 * torch.randn(parameter.shape, generator=generator)


def make(name: str, folder, **settings):
    """The case, the adapted model of peft, and its adapter in a folder beside that of the base."""
    case = CASES[name]
    theirs = case.theirs()
    theirs.save_pretrained(folder / "base")
    adapted = peft.get_peft_model(theirs, peft.LoraConfig(r=4, lora_alpha=6, **settings)).eval()
    stir(p for p in adapted.parameters() if p.requires_grad)
    adapted.save_pretrained(folder / "adapter")
    edit(folder, base_model_name_or_path=str(folder / "base"))
    return case, adapted


def edit(folder, **changes) -> None:
    path = folder / "adapter" / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def refused(folder) -> str:
    with pytest.raises(InputError) as error:
        checkpoint.load(folder / "adapter")
    return error.value.line()


@pytest.mark.parametrize("kind", KINDS)
def test_an_adapter_on_its_base_says_what_peft_says(kind, tmp_path):
    name, settings = KINDS[kind]
    case, adapted = make(name, tmp_path, **settings)
    base = zoo.ask_ours(case, checkpoint.load(tmp_path / "base").model)
    loaded = checkpoint.load(model_folder(tmp_path / "adapter"))
    ours = zoo.ask_ours(case, loaded.model)
    assert (ours - base).abs().max() > 1e-3
    with torch.inference_mode():
        torch.testing.assert_close(ours, zoo.ask_theirs(case, adapted), atol=1e-5, rtol=1e-5)
    assert not loaded.model.adapted
    assert any("is merged into its base" in note for note in loaded.notes)


def test_a_head_that_the_base_has_not_comes_with_the_adapter(tmp_path):
    """As peft is used: the base was trained on masked words, the classifier is the adapter's."""
    transformers = pytest.importorskip("transformers")
    case = CASES["bert label"]
    transformers.BertForMaskedLM(transformers.BertConfig(**case.sizes)).save_pretrained(tmp_path / "base")
    theirs = transformers.BertForSequenceClassification.from_pretrained(
        tmp_path / "base", num_labels=3, attn_implementation="eager"
    )
    adapted = peft.get_peft_model(
        theirs, peft.LoraConfig(target_modules=["query"], task_type="SEQ_CLS", modules_to_save=["classifier", "pooler"])
    )
    stir(p for p in adapted.eval().parameters() if p.requires_grad)
    adapted.save_pretrained(tmp_path / "adapter")
    edit(tmp_path, base_model_name_or_path="somebody/base")
    loaded = checkpoint.load(tmp_path / "adapter")
    with torch.inference_mode():
        torch.testing.assert_close(zoo.ask_ours(case, loaded.model), zoo.ask_theirs(case, adapted), atol=1e-5, rtol=1e-5)
    assert loaded.labels == ["LABEL_0", "LABEL_1", "LABEL_2"]


def test_the_base_is_found_beside_the_adapter_by_the_end_of_its_name(tmp_path):
    make("bert label", tmp_path, target_modules=["query"])
    for name in ("somebody/base", "base", "../base", str(tmp_path / "base")):
        edit(tmp_path, base_model_name_or_path=name)
        assert base_of(tmp_path / "adapter") == (tmp_path / "base").resolve()


def test_an_adapter_on_another_base_is_another_model(tmp_path):
    make("bert label", tmp_path, target_modules=["query"])
    before = identity(tmp_path / "adapter")
    shutil.copy(tmp_path / "base" / "config.json", tmp_path / "base" / "more.json")
    assert identity(tmp_path / "adapter") != before


REFUSED = {
    "IA3": ({"peft_type": "IA3"}, "peft_type 'IA3' is not supported"),
    "a prefix": ({"peft_type": "PREFIX_TUNING"}, "peft_type 'PREFIX_TUNING' is not supported"),
    "no kind": ({"peft_type": None}, "peft_type None is not supported"),
    "changed bases": ({"init_lora_weights": "pissa_niter_4"}, "init_lora_weights 'pissa_niter_4' changes the base model, too"),
    "biases of small matrices": ({"lora_bias": True}, "lora_bias True is not supported"),
    "layers twice": ({"layer_replication": [[0, 2], [1, 3]]}, "layer_replication"),
    "patterns": ({"alpha_pattern": {"(a+)+b": 3}}, "(a+)+b 3 is a pattern that is not supported"),
    "no base": ({"base_model_name_or_path": "somebody/else"}, "'somebody/else' is no model folder here"),
    "null": ({"base_model_name_or_path": None}, "None names no base model"),
    "alpha": ({"lora_alpha": "much"}, "lora_alpha 'much' is not a number"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_merged_is_refused_by_its_name(what, tmp_path):
    changes, said = REFUSED[what]
    make("bert label", tmp_path, target_modules=["query"])
    edit(tmp_path, **changes)
    line = refused(tmp_path)
    assert said in line
    assert "adapter_config.json" in line


def test_an_adapter_of_another_shape_is_refused(tmp_path):
    make("bert label", tmp_path, target_modules=["query"])
    shutil.rmtree(tmp_path / "base")
    CASES["gpt2"].theirs().save_pretrained(tmp_path / "base")
    assert "is adapted and has no place in the model" in refused(tmp_path)
