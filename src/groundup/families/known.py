"""All families by name. Free of torch."""

from __future__ import annotations

from groundup.families.bart import BART
from groundup.families.bert import BERT
from groundup.families.distilbert import DISTILBERT
from groundup.families.family import Family, ForeignConfig
from groundup.families.gpt2 import GPT2
from groundup.families.llama import LLAMA
from groundup.families.modernbert import MODERNBERT
from groundup.families.qwen3 import QWEN3
from groundup.families.roberta import ROBERTA
from groundup.families.t5 import GATED_T5, T5
from groundup.families.vit import VIT

OWN = "groundup"  # `model_type` of folders of our own form, and the key of config.json that says what is ours
FAMILIES = {
    family.name: family for family in (BERT, MODERNBERT, ROBERTA, DISTILBERT, GPT2, LLAMA, QWEN3, BART, T5, GATED_T5, VIT)
}


def family_named(theirs: ForeignConfig) -> Family | None:
    """The family that a config.json names; None where it names none that is known."""
    name = theirs.values.get("model_type")
    if name == OWN:
        return theirs.section(OWN).choice("family", "", FAMILIES)
    for family in FAMILIES.values():
        if name in (family.model_type, *family.also) and family.recognizes(theirs):
            return family
    return None
