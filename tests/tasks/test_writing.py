"""What reader and decoder of a pair see, which pairs are left out, and what is judged beside a model that writes."""

import numpy as np
import pytest

from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.tokenizers.training import train_tokenizer
from groundup.errors import InputError
from groundup.folders import new_folder
from groundup.kinds.text.packed import PackedTexts
from groundup.kinds.text.reader import TextReader
from groundup.objectives.objective import make_batch
from groundup.objectives.seq2seq_lm import Seq2SeqLM
from groundup.tasks.summaries import sentences_of
from groundup.tasks.summarization import Summarization
from groundup.tasks.translation import Translation

TEXTS = [("the red boat",), ("a very old lamp near the river",), ("孩子在公园",)]
TARGETS = ["das rote Boot", "Lampe", "ein Kind im Park"]
FRAMES = {"t5": ("$A", "sep"), "bart": ("cls", "$A", "sep")}


@pytest.fixture(scope="module", params=FRAMES)
def reader(request, tmp_path_factory):
    """A tokenizer as the folder of a model that writes holds it."""
    found = train_tokenizer(
        lambda: iter([text for (text,) in TEXTS] + TARGETS), TokenizerSettings(kind="byte_bpe", vocab_size=300)
    )
    folder = tmp_path_factory.mktemp("tokenizer") / request.param
    with new_folder(folder, kind="model") as new:
        found.save(new, frame=FRAMES[request.param])
    return TextReader(load_tokenizer(folder))


def translation(reader, longest=30):
    task = Translation({"longest": longest, "language": "en"})
    task.bind(start=reader.encoder.ids.pad, end=reader.encoder.ids.sep, room=511)
    return task


def batch_of(task, reader, targets, length=64):
    framed = task.pack(TEXTS, reader, length, "truncate")
    flat = task.make_rows(TEXTS, targets, framed, reader, 0).lay(np.arange(3), np.arange(3))
    return flat, make_batch(flat, Seq2SeqLM())


def test_the_encoder_reads_the_text_and_the_decoder_writes_the_target_as_the_tokenizer_frames_them(reader):
    flat, batch = batch_of(translation(reader), reader, TARGETS)
    order = flat.sequences
    sources = np.split(flat.source.tokens, np.cumsum(flat.source.lengths)[:-1])
    assert [one.tolist() for one in sources] == [reader.encoder.framed(TEXTS[i][0]) for i in order]
    wanted = batch.targets["lm"].split(batch.layout.lengths)
    assert [one.tolist() for one in wanted] == [reader.encoder.framed(TARGETS[i]) for i in order]
    read = batch.tokens.split(batch.layout.lengths)
    assert [one.tolist() for one in read] == [[reader.encoder.ids.pad, *reader.encoder.framed(TARGETS[i])[:-1]] for i in order]


def test_long_targets_are_cut_and_then_have_no_end(reader):
    flat, batch = batch_of(translation(reader, longest=4), reader, TARGETS)
    wanted = batch.targets["lm"].split(batch.layout.lengths)
    assert [one.tolist() for one in wanted] == [reader.encoder.framed(TARGETS[i])[:4] for i in flat.sequences]


def test_long_sources_are_cut_before_their_end_and_counted(reader):
    framed = translation(reader).pack(TEXTS, reader, 6, "truncate")
    whole = [reader.encoder.framed(text) for (text,) in TEXTS]
    assert [one.tolist() for one in framed.sequences] == [ids if len(ids) <= 6 else [*ids[:5], ids[-1]] for ids in whole]
    assert framed.long.tolist() == [len(ids) > 6 for ids in whole]
    assert framed.too_long >= 1
    with pytest.raises(InputError, match="TEXT_TOO_LONG"):
        translation(reader).pack(TEXTS, reader, 6, "error")


def test_what_is_written_fits_into_the_model(reader):
    task = Translation({"longest": 300, "language": "en"})
    task.bind(start=0, end=3, room=63)
    assert task.facts == {"longest": 63, "language": "en", "start": 0, "end": 3}


def test_the_length_and_language_of_what_is_written_are_learned(reader):
    task = Translation()
    task.learn(TEXTS, ["孩子在公园看书"] * 3, reader)
    assert task.facts["language"] == "zh"
    assert task.facts["longest"] >= len(reader.encoder.encode_batch(["孩子在公园看书"])[0])


def test_uneven_and_repeated_pairs_are_told():
    texts = [("one two three four",), ("Yes.",), ("one two three four",), ("a b c",), ("a b c d",)]
    targets = ["eins zwei drei vier", "Ja.", "eins zwei drei vier", "a b c d e f g h i", "1 2 3 4 5 6 7 8 9 10 11 12 13"]
    found = {reason: unfit.tolist() for reason, unfit in Translation().unfit_rows(texts, targets).items()}
    assert found == {
        "sides of very different length": [False, False, False, False, True],
        "repeated pairs": [False, False, True, False, False],
    }


def test_no_pairs_are_none_to_leave_out():
    assert {reason: len(unfit) for reason, unfit in Translation().unfit_rows([], []).items()} == {
        "sides of very different length": 0,
        "repeated pairs": 0,
    }


def test_translations_are_judged_as_sacrebleu_does_with_its_signatures():
    sacrebleu = pytest.importorskip("sacrebleu")
    task = Translation({"language": "en"})
    said = ["das rote Boot", "eine Lampe", "Kind"]
    scores = task.scores(said, TARGETS, [("%s {n} 12",), ("a",), ("7",)])
    figures = scores.figures(np.arange(3))
    assert figures["bleu"] == pytest.approx(sacrebleu.corpus_bleu(said, [TARGETS]).score)
    assert figures["chrf"] == pytest.approx(sacrebleu.corpus_chrf(said, [TARGETS]).score)
    assert figures["placeholders_kept"] == 0
    assert task.metric_details(scores)["signature of bleu"].startswith("nrefs:1|case:mixed")


def test_the_memory_answers_with_the_translation_of_the_nearest_source():
    task = Translation({"language": "en"})
    copy, memory = task.baselines((TEXTS[:2], TARGETS[:2]), ([], []), [("the old lamp",), ("red boat",)], TextReader())
    assert copy.answers == ["the old lamp", "red boat"]
    assert memory.answers == ["Lampe", "das rote Boot"]


NEWS = [
    ("Snow fell on the town. The mayor closed all schools. Buses stopped.",),
    ("A cat sat there. Dogs bark. The mayor spoke to the schools about snow.",),
]


@pytest.mark.parametrize(
    ("language", "texts", "targets", "best"),
    [
        (
            "en",
            NEWS,
            ["The mayor closed schools.", "The mayor spoke about snow."],
            ["The mayor closed all schools.", "The mayor spoke to the schools about snow."],
        ),
        ("zh", [("今天下雪了。市长关闭了学校。公交停运。",)], ["市长关闭学校"], ["市长关闭了学校。"]),
    ],
)
def test_sentences_of_the_text_are_the_baselines_and_the_best_of_them_the_bound(language, texts, targets, best):
    task = Summarization({"language": language})
    beside = task.baselines((texts, targets), (texts, targets), texts, TextReader())
    assert [one.name.split()[0] for one in beside] == ["first", "TextRank", "random"]
    taken = [(part, text) for one in beside for answer, (text,) in zip(one.answers, texts) for part in sentences_of(answer)]
    assert all(part in text for part, text in taken)
    (bound,) = task.upper_bounds(texts, targets)
    assert bound.answers == best
    figures = [task.scores(one.answers, targets, texts).figures(np.arange(len(texts)))["rougeL"] for one in (*beside, bound)]
    assert max(figures) == figures[-1] > 0.5


def test_what_a_summary_copies_is_told():
    figures = Summarization({"language": "en"}).scores(["Snow fell", "new words"], ["x", "y"], NEWS).figures(np.arange(2))
    assert figures["copy_rate"] == pytest.approx(0.5)


def test_the_worst_answers_are_those_least_alike():
    for task in (Translation({"language": "en"}), Summarization({"language": "en"})):
        assert task.error("the same", "the same", ("x",)) is None
        near, far = (task.error(said, "a red boat near the river", ("x",))[0] for said in ("a red boat near a river", "zzz"))
        assert 0 < near < 0.5 < far == pytest.approx(1)


def test_rows_without_targets_are_no_examples(reader):
    framed = PackedTexts([np.array([5, 3])], None, np.arange(1), np.zeros(1, dtype=bool))
    rows = translation(reader).make_rows([("a",)], None, framed, reader, 0)
    with pytest.raises(AssertionError, match="written, not laid"):
        rows.batch(np.arange(1))
