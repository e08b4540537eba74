"""Folders of transformers with a head are tasks here, with its answers; and what we publish answers the same there.

Tolerances: float32 sums in another order differ by about 1e-6 of the logits' size; 1e-4 on probabilities is far above.
"""

import json

import numpy as np
import pytest
import torch

import groundup as library
from groundup.errors import InputError
from groundup.evaluate.opened import lay_sequences
from groundup.families import checkpoint
from groundup.folders import new_folder
from groundup.nn.config import PooledHeadConfig
from groundup.nn.model import Model
from groundup.tasks.tagging import Tagging
from tests.tasks.reading_models import make_encoder

transformers = pytest.importorskip("transformers")

SIZES = {
    "hidden_size": 32,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "intermediate_size": 40,
    "max_position_embeddings": 64,
}
NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
TEXTS = ["Zoë Müller met 王小明 in São Paulo, near the café.", "the lamp", "北京大学 in New York"]
PAIR = ("Where is it?", TEXTS[0])


def foreign(tmp_path, cls, family="Bert", **more):
    """A random model of theirs with a tokenizer of ours beside it."""
    encoder, folder = make_encoder(), tmp_path / "theirs"
    torch.manual_seed(4)
    config = getattr(transformers, f"{family}Config")(
        vocab_size=encoder.vocab_size,
        pad_token_id=0,
        cls_token_id=2,
        sep_token_id=3,
        bos_token_id=None,
        eos_token_id=None,
        **SIZES,
        **more,
    )
    theirs = getattr(transformers, f"{family}For{cls}")(config).eval()
    for parameter in theirs.parameters():
        parameter.data += 0.2 * torch.randn_like(parameter)
    with new_folder(tmp_path / "tokenizer", kind="data") as new:
        encoder.save(new, 64, segments=family == "Bert")
    theirs.save_pretrained(folder)
    for path in (tmp_path / "tokenizer").glob("tokenizer*"):
        (folder / path.name).write_bytes(path.read_bytes())
    return theirs, folder


def asked(folder, *texts):
    return transformers.AutoTokenizer.from_pretrained(folder)(*texts, return_tensors="pt")


@pytest.mark.parametrize("family", ["Bert", "ModernBert"])
def test_a_token_classifier_is_a_tagger_with_the_spans_of_its_pipeline(tmp_path, family):
    _, folder = foreign(
        tmp_path, "TokenClassification", family, id2label=dict(enumerate(NAMES)), label2id={n: i for i, n in enumerate(NAMES)}
    )
    ours = library.load(folder)
    assert (ours.task.name, ours.labels) == ("tagging", ["LOC", "PER"])
    theirs = transformers.pipeline("token-classification", folder, aggregation_strategy="first")
    found = 0
    for text, answer in zip(TEXTS, ours.predict(TEXTS), strict=True):
        expected = [(one["start"], one["end"], one["entity_group"]) for one in theirs(text)]
        assert [(span["start"], span["end"], span["type"]) for span in answer["spans"]] == expected
        found += len(expected)
    assert found > 3


@pytest.mark.parametrize("family", ["Bert", "ModernBert"])
def test_a_model_of_answers_gives_the_best_pair_of_ends_of_its_logits(tmp_path, family):
    theirs, folder = foreign(tmp_path, "QuestionAnswering", family)
    ours, batch = library.load(folder), asked(folder, *PAIR)
    assert ours.task.name == "answering"
    with torch.inference_mode():
        out = theirs(**batch)
    offsets = transformers.AutoTokenizer.from_pretrained(folder)(*PAIR, return_offsets_mapping=True)
    inside = [i for i, column in enumerate(offsets.sequence_ids()) if column == 1]
    both = torch.stack([out.start_logits[0], out.end_logits[0]], -1)[[0, *inside]].log_softmax(0)[1:]
    pairs = {(i, j): float(both[i, 0] + both[j, 1]) for i in range(len(inside)) for j in range(i, len(inside))}
    first, last = max(pairs, key=pairs.get)
    start, end = offsets["offset_mapping"][inside[first]][0], offsets["offset_mapping"][inside[last]][1]
    answer = ours.predict([PAIR])[0]
    assert (answer["answer"], answer["start"]) == (PAIR[1][start:end], start)
    assert answer["score"] == pytest.approx(pairs[first, last], abs=1e-4)


def test_a_classifier_of_one_number_is_a_regression(tmp_path):
    theirs, folder = foreign(tmp_path, "SequenceClassification", num_labels=1)
    ours = library.load(folder)
    with torch.inference_mode():
        expected = [float(theirs(**asked(folder, text)).logits) for text in TEXTS]
    assert [answer["number"] for answer in ours.predict(TEXTS)] == pytest.approx(expected, abs=1e-5)


def test_a_problem_of_several_labels_is_one(tmp_path):
    theirs, folder = foreign(tmp_path, "SequenceClassification", num_labels=3, problem_type="multi_label_classification")
    ours = library.load(folder)
    with torch.inference_mode():
        expected = theirs(**asked(folder, *PAIR)).logits[0].sigmoid().tolist()
    assert ours.predict([PAIR])[0]["probabilities"] == pytest.approx(
        dict(zip(("LABEL_0", "LABEL_1", "LABEL_2"), expected, strict=True)), abs=1e-5
    )


def test_a_regression_of_several_numbers_is_refused(tmp_path):
    _, folder = foreign(tmp_path, "SequenceClassification", num_labels=3, problem_type="regression")
    with pytest.raises(InputError, match="of 3 numbers is not supported"):
        library.load(folder)


def test_names_of_tags_must_be_complete(tmp_path):
    _, folder = foreign(tmp_path, "TokenClassification", num_labels=3)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"id2label": {"0": "O", "1": "B-X", "5": "I-X"}}))
    with pytest.raises(InputError, match="id2label does not name"):
        library.load(folder)


def test_one_text_for_a_foreign_model_of_answers_is_refused(tmp_path):
    _, folder = foreign(tmp_path, "QuestionAnswering")
    with pytest.raises(InputError, match="has 1 text"):
        library.load(folder).predict(["What?"])


@pytest.mark.parametrize("family", ["bert", "modernbert"])
def test_a_tagger_of_ours_gives_its_logits_and_names_there(tmp_path, family):
    _, folder = foreign(tmp_path, "MaskedLM", {"bert": "Bert", "modernbert": "ModernBert"}[family])
    loaded, task = checkpoint.load(folder), Tagging({"labels": ["LOC", "PER"], "unit": "word"})
    usual = (
        checkpoint.FAMILIES[family].classifier(loaded.config, 2, 0.1, None)
        if family == "modernbert"
        else PooledHeadConfig(classes=2)
    )
    model = Model(loaded.config, {task.head: task.make_head(usual, loaded.config)}, seed=5).eval()
    torch.nn.init.normal_(model.heads["label"].numbers.weight, generator=torch.Generator().manual_seed(1))
    with new_folder(tmp_path / "ours", kind="model", extra={"task": "tagging", "facts": task.facts}) as new:
        checkpoint.save(new, model, family, labels=task.tags, problem="tagging")
        make_encoder().save(new, 64, segments=family == "bert")
    theirs = transformers.AutoModelForTokenClassification.from_pretrained(tmp_path / "ours").eval()
    assert list(theirs.config.id2label.values()) == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
    predictor = library.load(tmp_path / "ours")
    framed = predictor.task.pack([(TEXTS[0],)], predictor.reader, 64, "truncate")
    tokens = torch.from_numpy(framed.sequences[0])
    with torch.inference_mode():
        expected = theirs(input_ids=tokens[None]).logits[0]
        ours = predictor.logits(lay_sequences(framed.sequences), "label", np.arange(len(tokens)))
    torch.testing.assert_close(torch.from_numpy(ours), expected, atol=1e-5, rtol=1e-5)
