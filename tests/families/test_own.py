"""Folders of our own form: cut models and int8 ones come back bit for bit, and other programs find nothing wrong to read."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

transformers = pytest.importorskip("transformers")

from groundup.compress.slices import KeptLayer, keep_all, slice_model, stacks  # noqa: E402
from groundup.errors import InputError  # noqa: E402
from groundup.families import checkpoint  # noqa: E402
from groundup.folders import new_folder  # noqa: E402
from groundup.nn.config import RelativeBias  # noqa: E402
from groundup.nn.inference.int8 import fake_quantize, int8_parameters, quantize  # noqa: E402
from groundup.nn.inputs import Cells, Patches, Words  # noqa: E402
from groundup.nn.model import Model  # noqa: E402
from tests.compress.cutting import FAMILIES, model_of, some  # noqa: E402
from tests.families import zoo  # noqa: E402
from tests.families.zoo import CASES  # noqa: E402

families = pytest.mark.parametrize("name", FAMILIES)


def save(folder, model, family, **more):
    with new_folder(folder, kind="model") as made:
        checkpoint.save(made, model, family, specials={"pad": zoo.PAD, "cls": 0, "sep": 2}, **more)
    return folder


def same(one, other):
    names = [name for name, _ in one.named_parameters()]
    assert names == [name for name, _ in other.named_parameters()]
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


@families
def test_a_cut_model_comes_back_bit_for_bit(name, tmp_path):
    case, model = model_of(name, tmp_path / "theirs")
    made = slice_model(model, some(model))
    again = checkpoint.load(save(tmp_path / "ours", made, case.family))
    assert again.family == case.family
    assert (again.config, again.model.encoder_config) == (made.config, made.encoder_config)
    assert again.model.head_configs == made.head_configs
    assert same(made, again.model)


@families
def test_an_int8_folder_holds_the_values_of_its_own_rounding(name, tmp_path):
    case, model = model_of(name, tmp_path / "theirs")
    folder = save(tmp_path / "int8", model, case.family, storage="int8")
    again = checkpoint.load(folder)
    assert again.storage == "int8"
    rounded = fake_quantize(model)
    assert rounded == len(int8_parameters(model)) > 10
    assert same(model, again.model)
    once_more = save(tmp_path / "again", again.model, case.family, storage="int8")
    for file in folder.glob("*.safetensors"):
        assert file.read_bytes() == (once_more / file.name).read_bytes()


@pytest.mark.parametrize("name", ["bert", "gpt2", "modernbert", "t5"])
def test_a_plain_reader_gets_the_values_by_one_product(name, tmp_path):
    case, model = model_of(name, tmp_path / "theirs")
    tensors = load_file(save(tmp_path / "int8", model, case.family, storage="int8") / "groundup.safetensors")
    whole = load_file(save(tmp_path / "plain", model, case.family) / "model.safetensors")
    scaled = [tensor for tensor in tensors if f"{tensor}_scale" in tensors]
    assert len(scaled) > 10
    for tensor in scaled:
        assert tensors[tensor].dtype == torch.int8
        scale = tensors[f"{tensor}_scale"]
        assert (
            (tensors[tensor] * scale - whole[tensor]).abs() <= 0.51 * scale
        ).float().mean() > 0.98  # but for what is cut off
    assert {t for t in tensors if not t.endswith("_scale")} == set(whole)


def test_a_cut_int8_model_comes_back(tmp_path):
    case, model = model_of("llama", tmp_path / "theirs")
    made = slice_model(model, some(model))
    again = checkpoint.load(save(tmp_path / "ours", made, case.family, storage="int8"))
    fake_quantize(made)
    assert again.config == made.config
    assert same(made, again.model)


def test_large_matrices_take_a_quarter(tmp_path):
    case, model = model_of("bert", tmp_path / "theirs")
    sizes = {}
    for storage in ("float32", "int8"):
        stored = save(tmp_path / storage, model, case.family, storage=storage)
        tensors = load_file(next(stored.glob("*.safetensors")))
        sizes[storage] = sum(t.numel() * t.element_size() for name, t in tensors.items() if "weight" in name and t.ndim == 2)
    assert sizes["float32"] / sizes["int8"] > 3.5


@pytest.mark.parametrize("name", ["bert", "gpt2", "llama", "t5", "bart"])
def test_transformers_finds_no_weights_in_our_own_form_rather_than_wrong_ones(name, tmp_path):
    case, model = model_of(name, tmp_path / "theirs")
    for folder in (
        save(tmp_path / "cut", slice_model(model, some(model)), case.family),
        save(tmp_path / "int8", model, case.family, storage="int8"),
    ):
        with pytest.raises(ValueError, match="groundup"):
            transformers.AutoModel.from_pretrained(folder)
        with pytest.raises(OSError, match=r"model\.safetensors"):
            getattr(transformers, case.cls).from_pretrained(folder)


@families
def test_transformers_reads_a_model_cut_alike_in_all_layers(name, tmp_path):
    case, model = model_of(name, tmp_path / "theirs")
    keep = keep_all(model)
    for stack, config in stacks(model).items():
        for i in keep[stack]:
            shared = config.num_heads // config.kv_heads
            heads = range(shared) if case.family == "llama" else range(config.num_heads)  # of a width that its config says
            keep[stack][i] = KeptLayer(heads, range(1, 41, 2))
    made = slice_model(model, keep)
    folder = save(tmp_path / "ours", made, case.family)
    assert (folder / "model.safetensors").is_file()
    back = getattr(transformers, case.cls).from_pretrained(folder, attn_implementation="eager").eval()
    torch.testing.assert_close(zoo.ask_ours(case, made), zoo.ask_theirs(case, back), atol=1e-5, rtol=1e-5)
    assert same(made, checkpoint.load(folder).model)


@pytest.mark.parametrize("name", ["bert", "gpt2", "llama"])
def test_transformers_reads_a_model_without_some_layers(name, tmp_path):
    case, model = model_of(name, tmp_path / "theirs")
    keep = keep_all(model)
    del keep["backbone"][1]
    made = slice_model(model, keep)
    back = getattr(transformers, case.cls).from_pretrained(save(tmp_path / "ours", made, case.family)).eval()
    torch.testing.assert_close(zoo.ask_ours(case, made), zoo.ask_theirs(case, back), atol=1e-5, rtol=1e-5)


def test_heads_of_bert_cut_alike_are_of_our_own_form(tmp_path):
    case, model = model_of("bert", tmp_path / "theirs")
    made = slice_model(model, {"backbone": {i: KeptLayer([0, 2], range(50)) for i in range(3)}})
    folder = save(tmp_path / "ours", made, case.family)
    told = json.loads((folder / "config.json").read_text())
    assert (told["model_type"], told["groundup"]["family"]) == ("groundup", "bert")
    assert told["groundup"]["shape"] == {"heads_per_layer": [2, 2, 2]}
    assert checkpoint.load(folder).config == made.config


def bent(folder, change):
    """The folder as a foreign one, its tensors and config.json changed."""
    tensors, told = load_file(folder / "groundup.safetensors"), json.loads((folder / "config.json").read_text())
    change(tensors, told)
    save_file(tensors, folder / "groundup.safetensors")
    (folder / "config.json").write_text(json.dumps(told))
    (folder / "manifest.json").unlink()
    return folder


WORDS = "bert.embeddings.word_embeddings.weight"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t, c: t.pop(f"{WORDS}_scale"), f"{WORDS} is of type I8"),
        (lambda t, c: t.update({f"{WORDS}_scale": torch.ones(3, 1)}), f"{WORDS}_scale is F32 [3, 1] and should be F32 [97, 1]"),
        (lambda t, c: t.update({f"{WORDS}_scale": torch.full((97, 1), torch.nan)}), "holds NaN or infinity"),
        (lambda t, c: c["groundup"].update(weights="int3"), "is not one of float32, int8"),
        (lambda t, c: c["groundup"].update(family="cat"), "'cat' is not one of bert"),
        (lambda t, c: c["groundup"].update(shape={"heads_per_layer": [1, 2]}), "2 numbers for 3 layers"),
        (lambda t, c: c["groundup"].update(shape={"heads_per_layer": [1, 2.5, 3]}), "is not a list of whole numbers"),
        (lambda t, c: c["groundup"].update(shape={"hidden_size": [1]}), "is not known here"),
    ],
)
def test_a_folder_that_does_not_fit_is_refused_with_the_reason(change, told, tmp_path):
    case, model = model_of("bert", tmp_path / "theirs")
    folder = bent(save(tmp_path / "int8", model, case.family, storage="int8"), change)
    with pytest.raises(InputError) as error:
        checkpoint.load(folder)
    assert told in str(error.value)


def test_rounded_weights_are_not_trained_on_unless_they_are_asked_for(tmp_path):
    case, model = model_of("bert", tmp_path / "theirs")
    folder = save(tmp_path / "int8", model, case.family, storage="int8")
    with pytest.raises(InputError, match="stored in int8"):
        checkpoint.load_to_train(folder)
    with pytest.raises(InputError, match="--dequantize"):
        checkpoint.load_to_train(folder, dequantize=False)
    assert same(checkpoint.load_to_train(folder, dequantize=True).model, checkpoint.load(folder).model)
    assert checkpoint.load_to_train(save(tmp_path / "plain", model, case.family)).storage == "float32"


def test_every_row_that_relative_positions_need_stays_in_float32(tmp_path):
    _, model = model_of("t5", tmp_path / "theirs")
    assert isinstance(model.config.positions, RelativeBias)
    assert not any(name.endswith("bias.weight") for name in int8_parameters(model))
    assert quantize(model.backbone.token_embedding.weight).values.dtype == torch.int8


def test_all_families_are_tried_here():
    assert {CASES[name].family for name in FAMILIES} == set(checkpoint.FAMILIES)


CELLS, PATCHES = Cells(rows=9, columns=2, values=3), Patches(size=2, image_size=4, channels=1)


@pytest.mark.parametrize("storage", ["float32", "int8"])
@pytest.mark.parametrize("name", ["bert", "modernbert", "roberta", "gpt2", "vit"])
def test_a_model_of_several_kinds_comes_back_bit_for_bit(name, storage, tmp_path):
    case, model = model_of(name, tmp_path / "theirs")
    model.add_inputs([CELLS] if name == "vit" else [PATCHES, CELLS], seed=1)
    again = checkpoint.load(save(tmp_path / "ours", model, case.family, storage=storage))
    assert (again.config, again.family) == (model.config, case.family)
    if storage == "int8":
        fake_quantize(model)
    assert same(model, again.model)


def test_an_image_model_that_learned_to_read_texts_keeps_the_sizes_of_texts(tmp_path):
    case, model = model_of("vit", tmp_path / "theirs")
    room = model.config.max_positions
    model.add_inputs([Words(), CELLS], seed=1, vocab_size=11, max_positions=room + 5)
    again = checkpoint.load(save(tmp_path / "ours", model, case.family))
    assert (again.config.vocab_size, again.config.max_positions) == (11, room + 5)
    assert again.config == model.config
    assert same(model, again.model)


def test_tensors_that_the_family_knows_keep_its_names_beside_other_kinds(tmp_path):
    case, model = model_of("bert", tmp_path / "theirs")
    model.add_inputs([CELLS], seed=1)
    folder = save(tmp_path / "ours", model, case.family)
    theirs = {name.removeprefix("bert.") for name in load_file(tmp_path / "theirs/model.safetensors")}
    ours = {name.removeprefix("bert.") for name in load_file(folder / "groundup.safetensors")}
    assert ours <= theirs
    assert "embeddings.word_embeddings.weight" in ours
    beside = {name for name in load_file(folder / "heads.safetensors") if ".embed." in name}
    assert beside == {f"backbone.embed.{leaf}" for leaf in ("first", "marks.text", "marks.table", *CELL_NAMES)}


CELL_NAMES = ("kinds.table.cells.weight", "kinds.table.norm.weight", "kinds.table.norm.bias")


def test_a_model_of_tables_alone_comes_back_without_a_vocabulary(tmp_path):
    _, model = model_of("bert", tmp_path / "theirs")
    config = replace(model.config, vocab_size=0, inputs=(CELLS,))
    alone = Model(config, {}, seed=2)
    again = checkpoint.load(save(tmp_path / "ours", alone, "bert"))
    assert again.config == config
    assert same(alone, again.model)


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ("table", "is not a list of objects"),
        ([{"kind": "smell"}], "is not one of text, image, table"),
        ([{"kind": "table", "rows": 2, "columns": 2}], "2 vectors of 2 columns"),
        ([{"kind": "table", "rows": "many", "columns": 2}], "rows"),
    ],
)
def test_inputs_that_config_json_describes_wrongly_are_refused_by_name(inputs, problem, tmp_path):
    case, model = model_of("bert", tmp_path / "theirs")
    model.add_inputs([CELLS], seed=1)
    folder = save(tmp_path / "ours", model, case.family)
    (folder / "groundup.json").unlink(missing_ok=True)
    config = json.loads((folder / "config.json").read_text())
    config["groundup"]["shape"]["inputs"] = inputs
    (folder / "config.json").write_text(json.dumps(config))
    for manifest in folder.glob("*manifest*"):
        manifest.unlink()
    with pytest.raises(InputError, match=problem):
        checkpoint.load(folder)
