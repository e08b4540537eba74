"""The methods by name, and what is set about them. Free of anything heavy, so that help costs nothing."""

from __future__ import annotations

from typing import Literal

Method = Literal[
    "ig",
    "gradient_x_input",
    "gradient_norm",
    "attention",
    "rollout",
    "gradient_attention",
    "occlusion",
    "lime",
    "shap",
    "partition",
    "lrp",
    "cp_lrp",
    "random",
]
MethodChoice = Literal[Method, "counterfactual"]
"""Of a user: the smallest changes of words that turn the verdict are no scores, but answer the same question."""
RANDOM_METHODS, SAMPLING_METHODS = ("lime", "shap", "random"), ("lime", "shap", "partition")
"""Methods that draw by chance, and those that ask a number of questions."""
REPLACING_METHODS = ("ig", "occlusion", "lime", "shap", "partition", "random")
"""Methods that put something in the place of words."""
WORD_METHODS = ("ig", "lrp", "cp_lrp")
"""Methods for words alone: ig goes on a line from rows that say nothing, relevance has rules for the embedding of words."""
MIN_SAMPLES = 4  # of lime and shap, which lay what two halves of the questions say side by side
Replacement = Literal["auto", "mask", "mean", "pad", "zero"]
