"""The other side: transformers as its users run it. Its models in our shapes, its Trainer as shipped, a loop tuned by hand."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers
from rounds import Contender, Measurement
from transformers import BertConfig, PreTrainedTokenizerFast, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from groundup.families import bert
from groundup.nn.config import TransformerConfig

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
logging.getLogger("accelerate").setLevel(logging.ERROR)

SPECIALS = {f"{role}_token": f"[{role.upper()}]" for role in ("pad", "unk", "cls", "sep", "mask")}


def bert_config(config: TransformerConfig) -> BertConfig:
    """Our shape as theirs, dropout included."""
    theirs = bert.write_config(config, {})
    del theirs["model_type"], theirs["classifier_dropout"]
    return BertConfig(**theirs)


def wrap_tokenizer(tokenizer) -> PreTrainedTokenizerFast:
    """A tokenizer of the `tokenizers` library as theirs."""
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **SPECIALS)


def check_parameters(ours: torch.nn.Module, theirs: torch.nn.Module) -> int:
    """The number of parameters; an error when the two differ."""
    counts = [sum(p.numel() for p in model.parameters()) for model in (ours, theirs)]
    if counts[0] != counts[1]:
        raise AssertionError(f"the models differ: {counts[0]:,} parameters against {counts[1]:,}")
    return counts[0]


class Clock(TrainerCallback):
    """Takes the time from the end of step `warm` (0: the beginning of training) to the end of the last step."""

    def __init__(self, warm: int):
        self.warm, self.steps = warm, 0
        self.start = self.stop = 0.0

    def on_train_begin(self, args, state, control, **rest):
        self.start = time.perf_counter()

    def on_step_end(self, args, state, control, **rest):
        self.stop = time.perf_counter()
        self.steps = state.global_step - self.warm
        if state.global_step == self.warm:
            self.start = self.stop


class Counting:
    """A collator that remembers how many tokens (padding left out) and sequences each batch had."""

    def __init__(self, collator: Callable):
        self.collator = collator
        self.batches: list[tuple[int, int]] = []

    def __call__(self, features: list) -> Mapping[str, torch.Tensor]:
        batch = self.collator(features)
        self.batches.append((int(batch["attention_mask"].sum()), len(batch["attention_mask"])))
        return batch


def trainer(
    model: torch.nn.Module,
    examples: Sequence[dict],
    collator: Callable,
    scratch: Path,
    *,
    batch_size: int,
    steps: int = -1,
    warm: int = 0,
    sampling: str = "random",
    count: str = "tokens",
    bfloat16: bool = False,
) -> Contender:
    """`Trainer(...).train()` as shipped: `warm` + `steps` steps of which the last `steps` are timed, or one epoch.

    Making the Trainer is not timed. Nothing is saved, reported or evaluated.
    """

    def turn() -> Measurement:
        clock, counting = Clock(warm), Counting(collator)
        arguments = TrainingArguments(
            output_dir=str(scratch),
            per_device_train_batch_size=batch_size,
            num_train_epochs=1,
            max_steps=steps + warm if steps > 0 else -1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            dataloader_pin_memory=False,
            remove_unused_columns=False,
            train_sampling_strategy=sampling,
            bf16=bfloat16,
        )
        runner = Trainer(model, arguments, data_collator=counting, train_dataset=examples, callbacks=[clock])
        runner.remove_callback(PrinterCallback)
        runner.train()
        if steps > 0 and clock.steps != steps:
            raise AssertionError(f"{clock.steps} steps were timed instead of {steps}")
        timed = counting.batches[warm : warm + clock.steps]
        return Measurement(clock.stop - clock.start, sum(pair[count == "sequences"] for pair in timed))

    return turn


def hand_loop(model: torch.nn.Module, batches: Callable[[], tuple[dict[str, torch.Tensor], int]], steps: int) -> Contender:
    """What an expert writes around their model: fused AdamW, clipping, no Trainer. `batches` give a batch and its units."""
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=1e-5, weight_decay=0.01, fused=True)

    def turn() -> int:
        model.train()
        units = 0
        for _ in range(steps):
            batch, counted = batches()
            model(**batch).loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            units += counted
        return units

    return turn
