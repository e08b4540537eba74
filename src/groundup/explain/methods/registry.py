"""The methods by name. Each takes a subject and gives an explanation; those that draw take a seed, those that ask take a number
of samples (which changes how exact they are, and nothing else)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from groundup.errors import InputError
from groundup.explain.explanation import Explanation, Subject
from groundup.explain.methods.attention import attention, gradient_attention, rollout
from groundup.explain.methods.gradients import gradient_norm, gradient_x_input, integrated_gradients
from groundup.explain.methods.lime import lime
from groundup.explain.methods.partition import partition
from groundup.explain.methods.relevance import cp_lrp, lrp
from groundup.explain.methods.removal import occlusion, random_scores
from groundup.explain.methods.shap import shap
from groundup.explain.settings import RANDOM_METHODS, SAMPLING_METHODS, WORD_METHODS

Explain = Callable[[Any], Explanation]
BLACK_BOX_METHODS: dict[str, Explain] = {
    "occlusion": occlusion,
    "lime": lime,
    "shap": shap,
    "partition": partition,
    "random": random_scores,
}
"""They need only the outputs of a model, of any kind."""
WHITE_BOX_METHODS: dict[str, Explain] = {
    "ig": integrated_gradients,
    "gradient_x_input": gradient_x_input,
    "gradient_norm": gradient_norm,
    "attention": attention,
    "rollout": rollout,
    "gradient_attention": gradient_attention,
    "lrp": lrp,
    "cp_lrp": cp_lrp,
}
"""They need the gradients or attention of a model of this package."""
METHODS = WHITE_BOX_METHODS | BLACK_BOX_METHODS


def get_method(name: str, samples: int | None = None, seed: int = 0) -> Explain:
    """The method of a name, with what is set of it."""
    options: dict[str, int] = {"seed": seed} if name in RANDOM_METHODS else {}
    if samples is not None and name in SAMPLING_METHODS:
        options["samples"] = samples
    return partial(METHODS[name], **options)


def apply_method(name: str, subject: Subject, samples: int | None = None, seed: int = 0) -> Explanation:
    """A subject explained by the method of this name. Raises InputError where the method needs more than the number."""
    if name in WHITE_BOX_METHODS and not hasattr(subject, "numbers"):
        raise InputError(
            "NO_GRADIENTS",
            name,
            "looks into a Transformer, and this model is none of ours",
            f"use one of {', '.join(BLACK_BOX_METHODS)}",
        )
    if name in WORD_METHODS and not hasattr(subject, "baseline"):
        others = ", ".join(method for method in METHODS if method not in WORD_METHODS)
        raise InputError("FOR_WORDS", name, "is for words; here a part that is absent has no tokens", f"use one of {others}")
    return get_method(name, samples, seed)(subject)
