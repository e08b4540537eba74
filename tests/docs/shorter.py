"""The same commands for a test: sizes are smaller, everything else is as it is typed."""

from __future__ import annotations

STEPS = {"--steps": "3", "--batch_size": "8"}
LONG = (
    "--budget",
    "--steps",
    "--epochs",
    "--preset",
    "--length",
    "--rows",
    "--seeds",
    "--rungs",
    "--max_loss",
    "--min_speedup",
)
SMALLER = {
    "finetune": STEPS,
    "multitask": {"--steps": "2", "--batch_size": "8"},
    "glue": {"--steps": "2", "--batch_size": "4"},
    "curve": {"--rows": "20", "--seeds": "0", "--steps": "2"},
    "compress": {"--steps": "4", "--batch_size": "8", "--max_loss": "100", "--min_speedup": "0.01"},
    "ladder": {"--rungs": "int8", "--memory": "false", "--timed_rows": "3"},
    "bundle": {"--wheels": "wheels"},
}


def shorter(words: list[str]) -> list[str]:
    """The words of a command line with smaller sizes; what only tells the size of the work gives way."""
    verb = words[1]
    changes = dict(SMALLER.get(verb, {}))
    if verb == "pretrain":
        changes = {"--steps": "3", "--batch_size": "4"} | ({} if "--model" in words else {"--preset": "tiny"})
        changes |= {} if {"patches", "cells"} & set(words) else {"--length": "32"}
    if verb == "prepare" and "--image.size" not in words and "--tokenizer.kind" not in words:
        changes = {"--tokenizer.vocab_size": "300"}
    if verb == "explain" and "--scorecard" in words and "--overview" not in words:
        changes = {"--rows": "5"}
    if verb == "compress" and {"quantize", "prune"} & set(words):
        changes.pop("--steps")
    return [*without(words, {*changes, *(LONG if changes else ())}), *(word for pair in changes.items() for word in pair)]


def without(words: list[str], names: set[str]) -> list[str]:
    """Words without these flags and their values."""
    left, passed = [], False
    for word in words:
        if not passed and word not in names:
            left.append(word)
        passed = word in names
    return left
