"""With --language zh everything that a command says on the terminal is Chinese: every command is run, and its lines are read."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from groundup.families.catalogue import CATALOGUE
from tests.strangers.every_command import lines

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = re.compile(  # what is no word: paths, settings, quoted names, tokens, names with a digit, a point, a hyphen or an underscore
    r"--?[A-Za-z][\w.]*|[\w.~-]*/[\w./~-]+|“[^”]*”|'[^']*'|`[^`]*`|<[^>]*>|\[[^]]*\]|##\w+|\b\w*[\d_.]\w[\w.]*|\b\w+-[\w-]+"
)
WORD = re.compile(r"[A-Za-z]{3,}")
KNOWN = set(  # names of methods, figures, units, files and formats that Chinese texts write so, too
    "accuracy adamw muon adapter arrow auc beta bleu chrf bfloat bpe byte cls conll csv doc float gflop gib github glue groundup gelu "
    "html huggingface idf json jsonl kib labels lime litert logits lora mae mask mcnemar mib mlm mnli ner nsp nli onnx pad parquet "
    "pearson python rmse rte sep shap spearman squad textrank theseus torch transformer transformers tsv unk utf wordpiece xml yake "
    "yaml zip embedding pooler norm block encoder decoder head inputs backbone rest blocks gated silu geglu label text mood "
    "attention weight dense query key value intermediate output tokens ids input classifier layernorm rmsnorm Rotary".lower().split()
)
DATA = {
    "keywords",
    "generate",
    "explain",
    "predict",
    "demo",
}  # commands whose answers hold words of the data, which are English here


def unknown_words(line: str, known: set[str]) -> list[str]:
    """The English words of a line that are no names."""
    return [word for word in WORD.findall(NAMES.sub(" ", line)) if word.lower() not in known]


def is_english(line: str, known: set[str]) -> bool:
    """Whether a line is English, or has two English words that follow each other."""
    if not CHINESE.search(line):
        return bool(unknown_words(line, known))
    pairs = re.findall(r"[a-z]{3,} [a-z]{2,}", NAMES.sub(" ", line))
    return any(not {*pair.split()} <= known for pair in pairs)


def test_lines_are_told_apart():
    known = KNOWN
    assert is_english("kept 40 of 40 documents", known)
    assert is_english("共 40 行 and more words", known)
    assert not is_english("共 40 行：AUC 0.51，见 runs/a/report.html；可用 --split.test 指定", known)
    assert not is_english("    [CLS] 0.31 accuracy", known)
    assert not is_english("onnx, 1.6 MiB", known)


@pytest.mark.slow
def test_every_line_of_every_command_is_chinese(tmp_path):
    environment = os.environ | {"GROUNDUP_LANGUAGE": "zh", "HF_HUB_CACHE": str(tmp_path / "none")}
    run = [sys.executable, "-m", "tests.strangers.every_command", str(tmp_path)]
    done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=1500)
    printed, answers = done.stderr.splitlines(), done.stdout.splitlines()
    data = {word.lower() for file in tmp_path.glob("*.csv") for word in WORD.findall(file.read_text("utf-8"))}
    catalogue = {word.lower() for entry in CATALOGUE for field in entry[:2] + entry[4:5] for word in WORD.findall(field)}
    known = KNOWN | catalogue | {word.lower() for command in commands_run() for word in WORD.findall(command)}
    english = [line for line in printed if not is_error(line) and is_english(line, known)]
    for command, shown in sections(answers):
        words = known | data if command in DATA else known
        english += [f"{command}: {line}" for line in shown if is_english(line, words)]
    assert not english, "\n".join(english)
    assert sum(line.startswith("== 0") for line in answers) > 20


def is_error(line: str) -> bool:
    """Refusals are English."""
    return line.startswith("groundup: error") or "Warning" in line or line.startswith("  warnings.warn")


def commands_run() -> list[str]:
    return [line for _, line in lines()]


def sections(answers: list[str]) -> list[tuple[str, list[str]]]:
    """(command, lines on standard output) of each command that was run."""
    found, shown = [], []
    for line in answers:
        if match := re.match(r"== (?:-?\d+|left out, needs .*?:) (\w+)", line):
            found.append((match[1], shown))
            shown = []
        else:
            shown.append(line)
    return found
