"""groundup explain: which words, or columns of a table, speak for what a model says, and which against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from groundup.config import Command, Positive
from groundup.data.settings import ANSWERED, ROWS, Chinese, ReadSettings
from groundup.explain.settings import (
    MIN_SAMPLES,
    RANDOM_METHODS,
    REPLACING_METHODS,
    SAMPLING_METHODS,
    MethodChoice,
    Replacement,
)
from groundup.kinds.settings import COLUMNS
from groundup.scope import Unfit


@dataclass(frozen=True, kw_only=True)
class Explain(Command):
    """Tell how much each word of a text, or each column of a row, speaks for the answer of a model, or against it.

    The answer is a label, a number, the tag of a word, words of a text, or the next token of a model that writes on; what is
    explained is its logit less that of the runner-up (or the number itself). Every explanation comes with what its method
    promises, measured: how far the scores are from adding up, where the rest is. `--input` explains every row of a file.

    `--scorecard` says which method to believe for this model and these texts: how much the answer falls without the words that
    a method ranks first, against random rankings. `--overview` says which words drive which class over all texts, and warns of
    words that alone decide one.

    LRP (methods lrp and cp_lrp) is patented according to authors of the method, and free for personal and scientific purposes:
    whoever makes a product with it has to find out.
    """

    example: ClassVar[str] = 'groundup explain --model runs/sentiment --text "a fine film" --out runs/why'
    main_settings: ClassVar[tuple[str, ...]] = (
        "model",
        "text",
        "input",
        "row",
        "out",
        "method",
        "target",
        "scorecard",
        "overview",
        "language",
    )

    elsewhere: ClassVar = {
        **{name: "A model knows its columns by name: leave it out." for name in COLUMNS if name != "text_column"},
    }
    unfit: ClassVar = (
        ROWS,
        ANSWERED,
        Unfit(lambda one: one.input in (None, "-"), ("read", "text_column"), "is for files: --input FILE"),
        Unfit(lambda one: not {*SAMPLING_METHODS} & {*one.methods}, ("samples",), "is for lime, shap and partition"),
        Unfit(lambda one: not one.input, ("row",), "is for files: --input FILE"),
        Unfit(lambda one: one.scorecard or one.overview, ("row",), "is one row; --rows sets how many are drawn"),
        Unfit("no words", ("text_column", "position", "replacement"), "is for words, and the model reads none"),
        Unfit("no words in any column", ("chinese",), "is for words, and the model reads none"),
        Unfit("files", ("read",), "is for tables, and the rows here are files", but=("read.include",)),
        Unfit("no words", ("text",), "is for models of texts, and this one reads rows: give --input"),
        Unfit("no words", ("other_model", "masked_model", "label_column"), "is for models of texts so far"),
        Unfit(lambda one: not one.overview, ("label_column",), "belongs to --overview"),
        Unfit(lambda one: not one.draws, ("seed",), "changes nothing: none of these methods draws by chance"),
        Unfit(
            lambda one: not one.measures and not {*REPLACING_METHODS} & {*one.methods},
            ("replacement",),
            f"is for {', '.join(REPLACING_METHODS)} and --faithfulness: other methods take no word away",
        ),
        Unfit(
            lambda one: one.method == ("counterfactual",),
            ("faithfulness", "target", "position"),
            "is for methods that give scores, and counterfactual gives other words",
        ),
    )

    model: str
    """Model folder or run."""
    task: str | None = None
    """Which task to explain, of a model of several (groundup multitask)."""
    text: tuple[str, ...] = ()
    """Text whose answer is explained; for a model of pairs give it twice, else again for more texts."""
    input: str | None = None
    """Table or text file with one text a line; - for standard input (one text a line)."""
    out: str | None = None
    """Folder for explanations.jsonl, page.html and a picture of each (svg), or for what --scorecard and --overview find.
    Without it the rows of --input go to standard output, as lines of JSON."""
    row: Positive | None = None
    """Number of the one row of --input that is explained, counted from 1 (the line of names is none). Default: every
    row."""
    text_column: tuple[str, ...] = ()
    """Column with the text. Default: the one that the model was trained on."""
    method: tuple[MethodChoice, ...] = ()
    """Default: ig for words; shap for columns of a table, which ig, lrp and cp_lrp do not explain. ig: integrated gradients.
    gradient_x_input, rollout: fast. lime, shap, partition (shap for long texts), occlusion: ask
    the model and look at nothing in it. lrp (AttnLRP), cp_lrp: relevance, see above. attention: where it looks, no explanation
    by itself. gradient_attention, gradient_norm: have no sign. random: a control. counterfactual: the smallest changes of words
    that turn the verdict, see --masked_model. Give it again for several side by side."""
    masked_model: str | None = None
    """Of counterfactual: model of masked words that says what could stand in a word's place."""
    faithfulness: bool = False
    """Measure each explanation: comprehensiveness, sufficiency, and the share of 20 random rankings of words that it beats."""
    scorecard: bool = False
    """Judge the methods on the texts of --input, beside ig, gradient_norm, attention and random rankings."""
    other_model: str | None = None
    """With --scorecard: another model of the same labels, like the teacher of this one, whose explanations of the same texts
    are compared with its own."""
    overview: bool = False
    """Tell which words drive which class over the texts of --input, by the first method."""
    label_column: str | None = None
    """With --overview: column with the true label, from which the linear model beside it learns. Default: that of the model's
    training where the input has it; else it learns from the model's answers."""
    rows: Positive | None = None
    """Rows of --input that are used for --scorecard and --overview, drawn by chance. Default: 100 and 1000."""
    target: str | None = None
    """Label, tag, answer or next word that is explained. Default: what the model says."""
    position: str | None = None
    """Of a model that tags words: the word whose tag is explained, or the place of one of its characters. Default: the first
    that has a tag."""
    chinese: Chinese = "words"
    """What a Chinese word is: a word by the dictionary of the package rjieba, or each character."""
    replacement: Replacement = "auto"
    """What stands for a word that is not there: the mask token, padding, the mean of all embeddings, or zero. auto: the mask,
    or the mean for models that write on."""
    samples: Positive | None = None
    """Questions that lime, shap and partition ask. Default: 500, 1000 and 1000. Of at most 11 words shap asks for all sets."""
    read: ReadSettings = field(default_factory=ReadSettings)

    def check(self) -> Iterable[tuple[str, str]]:
        if bool(self.text) == (self.input is not None):
            yield "text", "give either a text or an input file"
        if len(set(self.method)) < len(self.method):
            yield "method", f"{', '.join(self.method)} names one twice"
        if ("counterfactual" in self.method) != (self.masked_model is not None):
            yield "masked_model", "belongs to the method counterfactual, which needs it"
        many = [name for name in ("scorecard", "overview") if getattr(self, name)]
        for name in many:
            if self.input is None or self.out is None:
                yield name, "is asked of the texts of --input, and writes a folder --out"
            if self.faithfulness:
                yield "faithfulness", f"is part of --{name}: leave it out"
            if "counterfactual" in self.method:
                yield name, "judges methods that give scores: leave counterfactual out"
        if self.other_model is not None and not self.scorecard:
            yield "other_model", "belongs to --scorecard"
        if self.overview and self.target is not None:
            yield "target", "is the model's own answer to each text in --overview: leave it out"
        if self.rows is not None and not many:
            yield "rows", "belongs to --scorecard and --overview"
        if many == ["overview"] and len(self.method) > 1:
            yield "method", "--overview explains by one method: name one"

        if self.samples is not None and self.samples < MIN_SAMPLES and {"lime", "shap"} & {*self.method}:
            yield "samples", f"lime and shap need {MIN_SAMPLES} at least"

    @property
    def methods(self) -> tuple[str, ...]:
        """What is named, or what words are explained by if nothing is."""
        return self.method or ("ig",)

    @property
    def measures(self) -> bool:
        """Whether explanations are evaluated, which takes words away and draws."""
        return self.faithfulness or self.scorecard or self.overview

    @property
    def draws(self) -> bool:
        """Whether anything is random."""
        return self.measures or bool({*RANDOM_METHODS} & {*self.methods})
