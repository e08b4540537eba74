"""A model that translates, from two files of a made-up language pair to its answers."""

import gzip
import json
import re
import shutil

import numpy as np
import pytest

import groundup as library
from groundup.events import read_events
from groundup.manifest import verify_folder
from tests.commands.conftest import SMALL
from tests.commands.life import DEEDS, KINDS, PEOPLE, THINGS, groundup, read_table, report, write_table

ENDINGS = {"train": 100, "val": 7, "test_2016": 9}
TINY = (
    "--steps",
    6,
    "--optimizer.learning_rate",
    3e-3,
    "--batch_size",
    16,
    "--max_length",
    32,
    "--num_evaluations",
    2,
    "--quiet",
)


def pairs(count, seed):
    """Sentences and their words reversed and turned around: a language of nowhere."""
    rng = np.random.default_rng(seed)
    found = {
        f"The {rng.choice(KINDS)} {rng.choice(PEOPLE)} {rng.choice(DEEDS)} the {rng.choice(THINGS)}." for _ in range(4 * count)
    }
    sources = sorted(found)[:count]
    return [(one, " ".join(word[::-1] for word in one[:-1].split()[::-1]) + "!") for one in sources]


def write_pair(folder, name, rows, packed=False):
    for side, language in enumerate(("en", "nw")):
        data = "".join(f"{row[side]}\n" for row in rows).encode()
        path = folder / f"{name}.{language}{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(data, mtime=0) if packed else data)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Parallel files of three splits, in one folder."""
    folder = tmp_path_factory.mktemp("parallel") / "corpus"
    folder.mkdir()
    for number, (name, count) in enumerate(ENDINGS.items()):
        write_pair(folder, name, pairs(count, number), packed=name == "train")
    text = "".join(f"{line}\n\n" for row in pairs(150, 0) for line in row)
    for number in range(40):
        (folder.parent / "text").mkdir(exist_ok=True)
        (folder.parent / f"text/{number:02d}.txt").write_text(text[number * 300 : (number + 1) * 300])
    return folder


@pytest.fixture(scope="module")
def start(home):
    """objective -> an encoder-decoder of few updates on both languages."""
    line = ("--tokenizer.kind", "byte_bpe", "--tokenizer.vocab_size", 330, "--quiet")
    assert groundup("prepare", "--source", home.parent / "text", "--out", home.parent / "data", *line) == 0
    made = {}

    def get(objective):
        if objective not in made:
            made[objective] = home.parent / objective
            assert (
                groundup(
                    "pretrain",
                    "--data",
                    home.parent / "data",
                    "--out",
                    made[objective],
                    "--preset",
                    "tiny",
                    "--objective",
                    objective,
                    "--steps",
                    4,
                    *SMALL,
                )
                == 0
            )
        return made[objective]

    return get


def finetune(start, home, out, *words):
    return groundup(
        "finetune",
        "--model",
        start,
        "--data",
        home,
        "--text_column",
        "en",
        "--label_column",
        "nw",
        "--task",
        "translation",
        "--out",
        out,
        *words,
    )


@pytest.fixture(scope="module")
def translators(home, start):
    """objective -> a finished run of few updates."""
    made = {}

    def get(objective):
        if objective not in made:
            made[objective] = home.parent / f"translate-{objective}"
            assert finetune(start(objective), home, made[objective], *TINY) == 0
        return made[objective]

    return get


@pytest.mark.parametrize("objective", ["spans", "denoise"])
def test_a_pair_of_stacks_learns_to_translate_and_is_judged_beside_its_memory(objective, translators):
    run = translators(objective)
    losses = [event["loss"] for event in read_events(run / "events.jsonl") if event["event"] == "evaluation"]
    assert losses[-1] < losses[0]
    found = report(run)
    assert found["rows"]["scored"] == ENDINGS["test_2016"]
    assert [one["name"] for one in found["baselines"]] == ["copy of the source", "nearest in memory"]
    assert found["baselines"][1]["figures"]["chrf"]["value"] > 25
    assert found["facts"]["signature of bleu"].startswith("nrefs:1|case:mixed|eff:no|tok:13a|")
    assert "signature of chrf" in (run / "report.html").read_text("utf-8")
    assert verify_folder(run / "model") == []


@pytest.mark.parametrize("objective", ["spans", "denoise"])
def test_generate_writes_what_predict_answers(objective, translators, tmp_path, capsys):
    run, texts = translators(objective), ["The old teacher finds the lamp.", "孩子在公园看书。", "a"]
    table = write_table(tmp_path / "in.csv", [(text,) for text in texts], ("text",))
    assert groundup("predict", "--model", run, "--input", table, "--out", tmp_path / "a.csv", "--quiet") == 0
    longest = json.loads((run / "model/manifest.json").read_text())["extra"]["facts"]["longest"]
    beams = ("--beams", 4, "--length_penalty", 0.6, "--max_new_tokens", longest)
    assert groundup("generate", "--model", run, "--input", table, "--out", tmp_path / "b.csv", *beams, "--quiet") == 0
    ours = [row["predicted_text"] for row in read_table(tmp_path / "a.csv")]
    assert ours == [row["generated"] for row in read_table(tmp_path / "b.csv")]
    capsys.readouterr()
    assert groundup("predict", "--model", run, "--text", texts[0]) == 0
    assert capsys.readouterr().out == ours[0] + "\n"
    assert library.load(run).predict([texts[1]]) == [{"text": ours[1]}]


def test_translations_there_and_back_are_copies_of_training_rows(translators, life, tmp_path, capsys):
    there = translators("denoise")
    line = ("--augment.method", "back_translation", "--augment.forth", there, "--max_length", 32, "--baselines", "false")
    assert life.finetune(tmp_path / "run", *line, "--augment.back", there) == 0
    told = re.search(
        r"augmented: ([\d,]+) copies of ([\d,]+) rows by back_translation(?: \((.*) left out\))?",
        " ".join(report(tmp_path / "run")["preflight"]),
    )
    assert told is not None
    dropped = sum(int(number.replace(",", "")) for number in re.findall(r"([\d,]+) [A-Z_]+", told[3] or ""))
    assert int(told[1].replace(",", "")) + dropped == int(told[2].replace(",", ""))
    assert life.finetune(tmp_path / "other", *line, "--augment.back", life.classifier) == 2
    assert "NO_TRANSLATION augment.back" in capsys.readouterr().err


def test_files_in_the_format_of_wmt_are_judged_with_signatures(translators, home, tmp_path):
    pytest.importorskip("sacrebleu")
    write_pair(tmp_path, "newstest", pairs(9, 7))
    line = (
        "evaluate",
        "--model",
        translators("spans"),
        "--data",
        tmp_path / "newstest.en",
        "--out",
        tmp_path / "report",
        "--quiet",
    )
    assert groundup(*line) == 0
    found = report(tmp_path / "report")
    assert found["rows"]["scored"] == 9
    assert {"bleu", "chrf"} <= set(found["figures"])
    assert found["facts"]["signature of chrf"].startswith("nrefs:1|case:mixed|")
    answered = read_table(tmp_path / "report/predictions.csv")
    assert [row["en"] for row in answered] == [source for source, _ in pairs(9, 7)]
    assert [row["label"] for row in answered] == [target for _, target in pairs(9, 7)]


def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_bytes(start, home, translators, tmp_path, monkeypatch):
    from groundup.commands.finetune import story as finetuning

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(finetuning, "publish", die)
        with pytest.raises(Killed):
            finetune(start("spans"), home, tmp_path / "run", *TINY)
    shutil.rmtree(sorted((tmp_path / "run/checkpoints").iterdir())[-1])
    assert finetune(start("spans"), home, tmp_path / "run", *TINY) == 0
    whole, resumed = ((run / "model/model.safetensors").read_bytes() for run in (translators("spans"), tmp_path / "run"))
    assert whole == resumed
    assert report(tmp_path / "run")["figures"] == report(translators("spans"))["figures"]


def test_a_changed_translation_is_another_run(start, home, translators, tmp_path, capsys):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_pair(corpus, "text", pairs(60, 3))
    line = ("--steps", 1, "--quiet", "--no-baselines", "--batch_size", 4)
    assert finetune(start("spans"), corpus / "text.en", tmp_path / "run", *line) == 0
    (corpus / "text.nw").write_text((corpus / "text.nw").read_text().replace("!", "?"))
    capsys.readouterr()
    assert finetune(start("spans"), corpus / "text.en", tmp_path / "run", *line) == 2
    assert "data" in capsys.readouterr().err


def test_an_untrained_start_has_the_same_parts(start, home, tmp_path):
    assert finetune(start("denoise"), home, tmp_path / "run", "--from_scratch", "--no-baselines", *TINY[2:], "--steps", 1) == 0
    from groundup.families import checkpoint

    one, other = (checkpoint.load(folder / "model").model.state_dict() for folder in (start("denoise"), tmp_path / "run"))
    assert one.keys() == other.keys()


def test_a_model_that_only_reads_is_refused(life, home, tmp_path, capsys):
    assert finetune(life.lm, home, tmp_path / "run", *TINY) == 2
    assert "use an encoder-decoder" in capsys.readouterr().err


def test_a_file_without_its_other_half_is_refused(start, tmp_path, capsys):
    (tmp_path / "text.en").write_text("a\n")
    assert finetune(start("spans"), tmp_path / "text.en", tmp_path / "run", *TINY) == 2
    assert "NO_PAIR" in capsys.readouterr().err


def test_summaries_are_judged_beside_sentences_and_their_bound(start, tmp_path):
    rows = [(" ".join(source for source, _ in pairs(4, seed)), pairs(4, seed)[1][0]) for seed in range(60)]
    table = write_table(tmp_path / "t.csv", rows, ("article", "summary"))
    line = (
        "finetune",
        "--model",
        start("spans"),
        "--data",
        table,
        "--text_column",
        "article",
        "--label_column",
        "summary",
        "--task",
        "summarization",
        "--out",
        tmp_path / "run",
        *TINY[2:],
        "--steps",
        1,
    )
    assert groundup(*line) == 0
    found = report(tmp_path / "run")
    assert [one["name"] for one in found["baselines"]][-1] == "upper bound of sentences"
    assert found["baselines"][-1]["figures"]["rougeL"]["value"] == pytest.approx(1)
    assert "upper bound" not in found["verdict"]["text"]
    assert "scripts without blanks by characters" in found["facts"]["ROUGE"]
