"""What settings are called in other tools, and what people look for that is none here. Refusals answer with our name."""

from __future__ import annotations

OTHER_VALUES = {  # values of other tools -> ours
    "gpu": "cuda",
    "cuda:0": "cuda",
    "metal": "mps",
    "fp32": "float32",
    "bf16": "bfloat16",
    "fp16": "bfloat16",
    "adam": "adamw",
    "chinese": "zh",
    "zh-cn": "zh",
    "english": "en",
}
OTHER_NAMES = {  # elsewhere -> the last part of the names here, the first that a command has
    "adapter": ("lora",),
    "augmentation": ("augment",),
    "base_model": ("model",),
    "batch": ("batch_size",),
    "bf16": ("precision",),
    "bs": ("batch_size",),
    "charset": ("encoding",),
    "checkpoint": ("model",),
    "class_weight": ("class_weights",),
    "cutoff_len": ("max_length", "length"),
    "data": ("input", "source"),
    "dataset": ("data", "source"),
    "dataset_name": ("data", "source"),
    "early_stopping_patience": ("patience",),
    "eval_steps": ("num_evaluations",),
    "eval_strategy": ("num_evaluations",),
    "evaluation_strategy": ("num_evaluations",),
    "file": ("data", "input", "source"),
    "files": ("data", "input", "source"),
    "fold": ("folds",),
    "fp16": ("precision",),
    "half": ("precision",),
    "image": ("input", "image_column"),
    "input": ("data", "source"),
    "input_file": ("input", "data", "source"),
    "label": ("label_column",),
    "lang": ("language",),
    "learning_rate": ("learning_rate",),
    "llrd": ("layer_decay",),
    "lora_alpha": ("alpha",),
    "lora_r": ("rank",),
    "loss_weights": ("weights",),
    "lr": ("learning_rate",),
    "max_epochs": ("epochs",),
    "max_grad_norm": ("clip",),
    "max_len": ("max_length", "length"),
    "max_seq_length": ("max_length", "length"),
    "max_steps": ("steps",),
    "max_tokens": ("max_new_tokens",),
    "metric_for_best_model": ("best_metric",),
    "mlm_probability": ("mask_rate",),
    "mixed_precision": ("precision",),
    "model_name_or_path": ("model",),
    "num_beams": ("beams",),
    "num_epochs": ("epochs",),
    "num_iterations": ("steps",),
    "num_train_epochs": ("epochs",),
    "num_workers": ("threads",),
    "n_jobs": ("threads",),
    "optim": ("method",),
    "output": ("out",),
    "output_dir": ("out",),
    "output_path": ("out",),
    "per_device_eval_batch_size": ("batch_size",),
    "per_device_train_batch_size": ("batch_size",),
    "pretrained_model": ("model",),
    "quotechar": ("quote",),
    "quoting": ("quote",),
    "random_state": ("seed",),
    "report_to": ("track",),
    "sample_weight": ("class_weights",),
    "save_dir": ("out",),
    "save_steps": ("save_every",),
    "sep": ("delimiter",),
    "separator": ("delimiter",),
    "source": ("data", "input"),
    "stopping_patience": ("patience",),
    "target": ("label_column",),
    "target_column": ("label_column",),
    "text_columns": ("text_column",),
    "time_limit": ("budget",),
    "train_batch_size": ("batch_size",),
    "train_data": ("data",),
    "train_file": ("data",),
    "truncation": ("too_long",),
    "val_size": ("validation",),
    "validation_split": ("validation",),
    "vocab": ("vocab_size",),
    "warmup_ratio": ("warmup",),
    "warmup_steps": ("warmup",),
    "wd": ("weight_decay",),
}
NO_SETTINGS = {  # what people look for, where it is no setting -> how it is done
    "callback": "It is a function, of Python alone: groundup.finetune(..., callback=f)",
    "callbacks": "In Python one function is given: groundup.finetune(..., callback=f)",
    "config": "Give the file of settings with --settings FILE, or as the first word: groundup COMMAND settings.yaml",
    "config_file": "Give the file of settings with --settings FILE, or as the first word: groundup COMMAND settings.yaml",
    "do_eval": "Every training is evaluated.",
    "do_train": "Training is what the command does.",
    "gpu": "--device auto takes a GPU that CUDA finds; --device cuda asks for one.",
    "gradient_accumulation_steps": "--batch_size is that of an update; it is read in parts by itself.",
    "h": "groundup COMMAND --help",
    "overwrite": "A finished folder is never overwritten: give another --out.",
    "overwrite_output_dir": "A finished folder is never overwritten: give another --out.",
    "print_config": "--dry-run prints all settings as a file of settings.",
    "print_settings": "--dry-run prints all settings as a file of settings.",
    "resume": "A run goes on where it was when the same command is typed again.",
    "resume_from_checkpoint": "A run goes on where it was when the same command is typed again.",
    "test_size": "--split.test is the share of the test split.",
    "trust_remote_code": "Code of a model folder is never run.",
    "use_cuda": "--device auto takes a GPU that CUDA finds; --device cuda asks for one.",
}


def name_here(name: str, known: dict[str, str]) -> str | None:
    """What a setting of another tool is called here: a dotted name, the first that is known. `known`: last part -> dotted."""
    return next((known[last] for last in OTHER_NAMES.get(name.lower(), ()) if last in known), None)


def value_here(name: str, known: list[str]) -> str | None:
    """Which of the known values is meant: what another tool calls so, or the nearest."""
    elsewhere = OTHER_VALUES.get(name.lower(), "")
    return elsewhere if elsewhere in known else nearest_of(name, known)


def nearest_of(name: str, known: list[str]) -> str | None:
    import difflib

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    for called in (str.startswith, lambda k, n: n in k.split("_"), lambda k, n: n == "".join(w[:1] for w in k.split("_"))):
        close = close or [k for k in known if name and called(k, name)]
    return close[0] if close else None
