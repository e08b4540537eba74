"""The commands by name. Importing one imports its settings and nothing heavy."""

from __future__ import annotations

from groundup.errors import InputError

COMMANDS = {
    "prepare": "Turn raw files into a data folder: cleaned, split, tokenized, with a report.",
    "pretrain": "Pretrain a model on a data folder: an encoder on masked words and next sentences, or one that writes.",
    "check": "Look for what would spoil fine-tuning on a labelled table, before it starts.",
    "curve": "Fine-tune on more and more rows, and say from how many on a model beats simple baselines.",
    "finetune": "Fine-tune a model to label texts, and say honestly whether it beats simple baselines.",
    "multitask": "Fine-tune one model for several tasks at once, with weights found, fixed or learned.",
    "evaluate": "Judge a fine-tuned model on labelled texts it has not seen.",
    "glue": "Fine-tune and judge a model on the GLUE tasks, by their official files and metrics, in one table.",
    "compare": "Compare fine-tuned models on the same rows: quality with paired tests, size and speed side by side.",
    "compress": "Make a fine-tuned model smaller, measure what it lost and gained, and publish it if that is within limits.",
    "ladder": "Compress a model in the usual ways, and draw quality against size and speed, beside honest controls.",
    "generate": "Let a model write: what follows a text, or what it makes of one.",
    "export": "Write a model as ONNX, for TensorFlow, or as a Hugging Face folder, run there and compared before it appears.",
    "predict": "Label texts, fill masks, or judge whether one text follows another.",
    "explain": "Tell how much each word of a text speaks for the answer of a model, or against it.",
    "keywords": "Find what texts are about, which words go with a word, and which tell groups of texts apart.",
    "inspect": "Show what a model is made of: its parts with their shares of the parameters, its tokenizer, and its card.",
    "models": "List published checkpoints that can be loaded, and the model folders on this machine.",
    "size": "Tell parameters, memory, work and minutes of a model before it is trained.",
    "run": "Run the stages of a recipe in order, and skip what is done already.",
    "verify": "Recompute the hashes of folders and compare them with their manifests.",
    "demo": "Watch raw text become a tokenizer, a pretrained encoder, a classifier, an honest evaluation and predictions.",
}


def command_class(name: str):
    """The settings class of a command; importing it imports nothing heavy."""
    match name:
        case "prepare":
            from groundup.commands.prepare import Prepare as command
        case "pretrain":
            from groundup.commands.pretrain import Pretrain as command
        case "check":
            from groundup.commands.check import Check as command
        case "curve":
            from groundup.commands.curve import Curve as command
        case "finetune":
            from groundup.commands.finetune import Finetune as command
        case "multitask":
            from groundup.commands.multitask import Multitask as command
        case "evaluate":
            from groundup.commands.evaluate import Evaluate as command
        case "glue":
            from groundup.commands.glue import Glue as command
        case "compare":
            from groundup.commands.compare import Compare as command
        case "compress":
            from groundup.commands.compress import Compress as command
        case "ladder":
            from groundup.commands.ladder import Ladder as command
        case "generate":
            from groundup.commands.generate import Generate as command
        case "export":
            from groundup.commands.export import Export as command
        case "predict":
            from groundup.commands.predict import Predict as command
        case "explain":
            from groundup.commands.explain import Explain as command
        case "keywords":
            from groundup.commands.keywords import Keywords as command
        case "inspect":
            from groundup.commands.inspect import Inspect as command
        case "models":
            from groundup.commands.models import Models as command
        case "size":
            from groundup.commands.size import Size as command
        case "run":
            from groundup.commands.run import Run as command
        case "verify":
            from groundup.commands.verify import Verify as command
        case "demo":
            from groundup.commands.demo import Demo as command
        case _:
            from groundup.config import nearest

            what = f"'{name}' is no command.{nearest(name, COMMANDS)}"
            raise InputError("NO_COMMAND", "groundup", what, "see groundup --help")
    return command
