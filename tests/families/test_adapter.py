"""Adapters in the folder form of peft: it loads ours and agrees, and we load its.

Tolerances: float32 sums in another order differ by about 1e-6 of the logits' size; 1e-5 is ten times that.
"""

import pytest
import torch

from groundup.errors import InputError
from groundup.families import checkpoint
from groundup.families.adapter import read_adapter, write_adapter
from groundup.folders import new_folder
from groundup.nn.lora import adapters, add_lora
from groundup.strict_json import read_json

pytest.importorskip("transformers")
peft = pytest.importorskip("peft")

from tests.families import zoo  # noqa: E402
from tests.families.zoo import CASES  # noqa: E402

NAMES = ["bert label", "bert states", "roberta label", "modernbert label", "gpt2", "llama", "t5", "bart", "distilbert label"]
MODERN = zoo.Case(
    "modernbert",
    "ModernBertForSequenceClassification",
    "ModernBertConfig",
    CASES["modernbert"].sizes | {"classifier_pooling": "cls"},
    "label",
    {"num_labels": 3},
)
names = pytest.mark.parametrize("name", NAMES)
kinds = pytest.mark.parametrize("dora", [False, True], ids=["lora", "dora"])


def case_of(name):
    return MODERN if name == "modernbert label" else CASES[name]


def stir(parameters):
    """So that nothing is 0, as after training."""
    generator = torch.Generator().manual_seed(8)
    for parameter in parameters:
        parameter.data += 0.1 * torch.randn(parameter.shape, generator=generator)


@pytest.fixture
def read(tmp_path):
    """(case, their model, ours from its folder)."""

    def make(name):
        theirs = case_of(name).theirs()
        theirs.save_pretrained(tmp_path / "base")
        return case_of(name), theirs, checkpoint.load(tmp_path / "base")

    return make


@kinds
@names
def test_peft_loads_ours_and_agrees_and_so_do_we(name, dora, read, tmp_path):
    case, theirs, loaded = read(name)
    base = zoo.ask_ours(case, loaded.model)
    made = add_lora(loaded.model, rank=3, targets="query_value" if name != "gpt2" else "attention", dora=dora)
    stir(p for layer in made.values() for p in (layer.down, layer.up))
    stir(p for layer in made.values() if layer.magnitude is not None for p in [layer.magnitude])
    stir(loaded.model.heads["label"].parameters() if case.head == "label" else [])
    ours = zoo.ask_ours(case, loaded.model)
    assert (ours - base).abs().max() > 1e-2
    with new_folder(tmp_path / "adapter", kind="model") as folder:
        write_adapter(folder, loaded.model, loaded.family, str(tmp_path / "base"))

    adapted = peft.PeftModel.from_pretrained(theirs, tmp_path / "adapter").eval()
    torch.testing.assert_close(ours, zoo.ask_theirs(case, adapted), atol=1e-5, rtol=1e-5)

    again = checkpoint.load(tmp_path / "base").model
    back = read_adapter(tmp_path / "adapter", again, loaded.family)
    assert back.keys() == made.keys()
    torch.testing.assert_close(zoo.ask_ours(case, again), ours, atol=1e-6, rtol=1e-6)
    for one, other in zip(made.values(), back.values(), strict=True):
        assert torch.equal(one.down, other.down)
        assert torch.equal(one.up, other.up)


@kinds
@pytest.mark.parametrize(
    ("name", "targets"),
    [
        ("bert label", ["query", "value"]),
        ("gpt2", ["c_attn", "c_proj"]),
        ("llama", "all-linear"),
        ("t5", ["q", "v"]),
        ("modernbert label", ["Wqkv"]),
    ],
)
def test_we_load_what_peft_made_and_agree(name, targets, dora, read, tmp_path):
    case, theirs, loaded = read(name)
    settings = {"modules_to_save": ["classifier"]} if case.head == "label" else {}
    pattern = {"alpha_pattern": {"c_proj": 9}, "fan_in_fan_out": True} if name == "gpt2" else {}
    config = peft.LoraConfig(
        r=4, lora_alpha=6, target_modules=targets, use_dora=dora, use_rslora=not dora, **settings, **pattern
    )
    adapted = peft.get_peft_model(theirs, config).eval()
    stir(p for p in adapted.parameters() if p.requires_grad)
    adapted.save_pretrained(tmp_path / "adapter")
    read_adapter(tmp_path / "adapter", loaded.model, loaded.family)
    assert adapters(loaded.model)
    torch.testing.assert_close(zoo.ask_ours(case, loaded.model), zoo.ask_theirs(case, adapted), atol=1e-5, rtol=1e-5)


def test_what_does_not_fit_is_named(read, tmp_path):
    _, theirs, loaded = read("bert label")
    config = peft.LoraConfig(r=4, target_modules=["query"], bias="all")
    peft.get_peft_model(theirs, config).save_pretrained(tmp_path / "biased")
    with pytest.raises(InputError, match="bias 'all' is not supported"):
        read_adapter(tmp_path / "biased", loaded.model, "bert")
    _, theirs, loaded = read("bert label")
    peft.get_peft_model(theirs, peft.LoraConfig(r=4, target_modules=["pooler.dense", "query"])).save_pretrained(
        tmp_path / "pooled"
    )
    with pytest.raises(InputError, match="pooler"):
        read_adapter(tmp_path / "pooled", loaded.model, "bert")


def test_a_head_that_the_class_does_not_have_is_refused(read, tmp_path):
    _, _, loaded = read("bert")
    add_lora(loaded.model)
    with (
        pytest.raises(InputError, match="NO_PLACE_FOR_HEAD head mlm"),
        new_folder(tmp_path / "adapter", kind="model") as folder,
    ):
        write_adapter(folder, loaded.model, "bert", "base")
    assert not (tmp_path / "adapter").exists()


def test_a_family_whose_modules_have_other_names_in_memory_is_refused(read):
    _, _, loaded = read("vit")
    add_lora(loaded.model)
    with pytest.raises(InputError, match="NO_PEFT vit"):
        write_adapter(None, loaded.model, "vit", "base")


def test_the_folder_says_what_was_adapted(read, tmp_path):
    _, _, loaded = read("gpt2")
    add_lora(loaded.model, rank=5, alpha=10, targets="attention")
    with new_folder(tmp_path / "adapter", kind="model") as folder:
        write_adapter(folder, loaded.model, "gpt2", "somewhere")
    config = read_json(tmp_path / "adapter" / "adapter_config.json")
    assert config["target_modules"] == sorted(
        f"transformer.h.{i}.attn.{part}" for i in range(3) for part in ("c_attn", "c_proj")
    )
    assert (config["r"], config["lora_alpha"]) == (5, 10)
    assert config["rank_pattern"] == {f"transformer.h.{i}.attn.c_attn": 15 for i in range(3)}
    assert config["alpha_pattern"] == {f"transformer.h.{i}.attn.c_attn": 30 for i in range(3)}
    assert config["fan_in_fan_out"] is True
