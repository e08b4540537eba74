"""Many texts and one model: which explanation to believe, and which words drive which class; or two models beside each other.

What is returned is a report that can be kept as JSON; the pages `scorecard_page` and `overview_page` show it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from groundup.data.settings import Chinese
from groundup.errors import InputError
from groundup.evaluate.bootstrap import DRAWS
from groundup.evaluate.predictor import Predictor
from groundup.explain.agreement import agreement, faithfulness_differences
from groundup.explain.explain import Text
from groundup.explain.explanation import Explanation, Subject
from groundup.explain.faithfulness import RANDOM, Views
from groundup.explain.linear_weights import LinearWeights, fit_linear_weights
from groundup.explain.methods.registry import METHODS, apply_method
from groundup.explain.overview import MIN_INPUTS, ClassOverview, overview
from groundup.explain.randomisation import Maps, randomisation
from groundup.explain.randomisation import report_of as randomisation_report
from groundup.explain.scorecard import Explain, Scorecard, report_of, scorecard
from groundup.explain.settings import SAMPLING_METHODS, Replacement
from groundup.explain.shortcuts import ShortcutWord, find_shortcuts
from groundup.explain.subject import TextSubject, make_subject, other_replacement, reads_words
from groundup.explain.target_text import has_probability, sides
from groundup.explain.unit_subject import LEFT_OUT, TRAINING_ROWS, UnitSubject
from groundup.messages.current import message
from groundup.nn.model import Model
from groundup.terminal.live import each, is_live

BASELINE_METHODS = ("ig", "gradient_norm", "attention")  # methods that others are compared with, besides random rankings
UNIT_BASELINE_METHODS = ("occlusion", "gradient_norm", "attention")  # the same of columns and patches
RANDOMISATION_INPUTS = 10  # inputs of the model randomisation test: every stage explains them again
TEXT_ERRORS = ("NO_WORDS", "NO_TEXT", "NO_SUCH_WORD", "NO_ANSWER", "TEXT_TOO_LONG", "TOO_LONG", "NO_PARTS")
"""What may be wrong with one text and right with the next."""

Log = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class ExplainOptions:
    """How texts are explained, whatever is asked of the explanations."""

    target: str | None = None
    position: str | None = None
    chinese: Chinese = "words"
    replacement: Replacement = "auto"
    samples: int | None = None
    seed: int = 0
    log: Log = lambda line: None
    """Is given a line of progress now and then."""

    def subject(self, model: Predictor, text: Text) -> TextSubject | UnitSubject:
        return make_subject(
            model, text, target=self.target, position=self.position, chinese=self.chinese, replacement=self.replacement
        )

    def explain(self, subject: Subject, method: str) -> Explanation:
        return apply_method(method, subject, self.samples, self.seed)

    def subjects(self, model: Predictor, texts: Sequence[Text]) -> tuple[list[TextSubject | UnitSubject], list[int]]:
        """Those of the texts that the model reads, and their numbers."""
        subjects, numbers = [], []
        for number, text in enumerate(texts):
            try:
                subjects.append(self.subject(model, text))
                numbers.append(number)
            except InputError as error:
                if error.code not in TEXT_ERRORS:
                    raise
        return subjects, numbers


def baseline_methods(model: Predictor) -> tuple[str, ...]:
    """What a scorecard lays other methods beside."""
    return BASELINE_METHODS if reads_words(model) else UNIT_BASELINE_METHODS


def make_scorecard(
    model: Predictor,
    texts: Sequence[Text],
    methods: Sequence[str],
    *,
    options: ExplainOptions | None = None,
    randomisation_inputs: int = RANDOMISATION_INPUTS,
    num_draws: int = DRAWS,
    language: str = "en",
) -> dict:
    """Which of the methods to believe, on these texts; beside what `scorecard.report_of` tells, `randomisation` of the first
    `forgetting` texts (0: none), by the methods that do not sample: those that do are slow, and ask nothing but the model.

    Words are replaced in two ways, as the methods do and in another. Raises InputError as `scorecard` does, for a method that
    is none, for a model without answers and for one with adapters.
    """
    options = options or ExplainOptions()
    subjects, _ = options.subjects(model, texts)
    card = scorecard_of(subjects, methods, options, num_draws)
    report = report_of(card, language) | {"unread": len(texts) - len(subjects), "unit": model.reader.unit}
    if randomisation_inputs and set(methods) - {RANDOM, *SAMPLING_METHODS}:
        options.log(message("model drawn anew"))
        own, some = [method for method in methods if method not in (RANDOM, *SAMPLING_METHODS)], subjects[:randomisation_inputs]
        stages = randomisation(
            model.model, lambda randomised: attribution_maps(randomised, some, own, options), options.seed, num_draws
        )
        report["randomisation"] = randomisation_report(stages) | {"inputs": len(some)}
    return report


def scorecard_of(
    subjects: Sequence[TextSubject | UnitSubject],
    methods: Sequence[str],
    options: ExplainOptions,
    num_draws: int = DRAWS,
    explain: Explain | None = None,
) -> Scorecard:
    """The scorecard of subjects; `random` is in it anyway and need not be named."""
    own = [method for method in methods if method != RANDOM]
    for method in own:
        if method not in METHODS:
            raise InputError("NO_METHOD", "method", f"'{method}' is no method", f"name some of {', '.join(METHODS)}")
    logits = bool(subjects) and all(has_probability(subject.target) for subject in subjects)
    inputs = (
        with_progress(with_replacements(subject), number, len(subjects), options) for number, subject in enumerate(subjects)
    )
    return scorecard(inputs, own, explain or options.explain, logits=logits, seed=options.seed, num_draws=num_draws)


def with_replacements(subject: TextSubject | UnitSubject) -> Views:
    """A subject with its own replacement first, and another."""
    if isinstance(subject, UnitSubject):
        if subject.background is not None:
            return {TRAINING_ROWS: subject, LEFT_OUT: subject.without_background()}
        return {LEFT_OUT: subject}  # a part without tokens has no other way to be absent
    other = other_replacement(subject.predictor, subject.replacement)
    return {subject.replacement: subject, other: subject.with_replacement(other)}


def with_progress(views: Views, number: int, count: int, options: ExplainOptions) -> Views:
    if number and number % 10 == 0:
        options.log(message("explanations judged", number=number, count=count))
    return views


def attribution_maps(
    model: Model, subjects: Sequence[TextSubject | UnitSubject], methods: Sequence[str], options: ExplainOptions
) -> Maps:
    """Each method's scores of the same texts and targets by another model."""
    with_model = [subject.with_model(model) for subject in subjects]
    return {method: [options.explain(subject, method).scores for subject in with_model] for method in methods}


def make_overview(
    model: Predictor,
    texts: Sequence[Text],
    method: str = "ig",
    *,
    labels: Sequence[str] | None = None,
    options: ExplainOptions | None = None,
    num_draws: int = DRAWS,
    language: str = "en",
) -> dict:
    """Which words drive which class over these texts, and which words alone decide one; see `overview_report`.

    With the true `labels` of the texts the linear model learns from them, else from the model's answers. Raises InputError for
    a model that is no classifier, and when no word is frequent enough.
    """
    options = options or ExplainOptions()
    if model.reader.unit == "patch":
        what = "reads no words and no columns, of which classes could be told"
        raise InputError("NO_COLUMNS", "model", what, "explain rows one by one")
    if model.task is None or not model.task.traits.classes:
        raise InputError("NO_CLASSES", "model", "gives no classes that words could drive", "name a classifier")
    if options.target is not None:
        raise InputError("NO_SUCH_QUESTION", "target", "is the model's own answer to each text here", "leave it out")
    subjects, numbers = options.subjects(model, texts)
    explanations = []
    for number, subject in enumerate(each(subjects, message("phase explaining"), len(subjects), plain=False)):
        explanations.append(options.explain(subject, method))
        if (number + 1) % 50 == 0 and not is_live():
            options.log(message("inputs explained so far", number=number + 1, count=len(subjects)))
    answers = [sides(subject.target)[0] for subject in subjects]
    linear = fit_or_none(subjects, answers if labels is None else [labels[number] for number in numbers], options.seed)
    classes = overview(explanations, answers, linear, seed=options.seed, num_draws=num_draws)
    options.log(message("asking words alone"))
    alone = find_shortcuts(classes, subjects, explanations, answers, seed=options.seed, num_draws=num_draws)
    source = "answers" if labels is None else "labels"
    report = overview_report(classes, alone, method, linear, source, language, num_draws)
    of = "words" if reads_words(model) else "columns"
    return report | {"of": of, "unread": len(texts) - len(subjects)}


def fit_or_none(subjects: Sequence[TextSubject | UnitSubject], targets: Sequence[str], seed: int) -> LinearWeights | None:
    """The linear model of the texts; None where there is nothing to learn: one class, or no word."""
    if not any(subject.texts for subject in subjects):
        return None
    try:
        return fit_linear_weights([subject.texts for subject in subjects], targets, seed)
    except InputError as error:
        if error.code not in ("ONE_CLASS", "NO_WORDS"):
            raise
        return None


@dataclass
class ExplanationCache:
    """Explains, and keeps what was explained, by method and texts."""

    options: ExplainOptions
    explanations: dict[tuple[str, tuple[str, ...]], Explanation] = field(default_factory=dict)

    def explain(self, subject: Subject, method: str) -> Explanation:
        explanation = self.explanations[method, tuple(subject.texts)] = self.options.explain(subject, method)
        return explanation


def compare_scorecards(
    ours: Predictor,
    theirs: Predictor,
    texts: Sequence[Text],
    methods: Sequence[str],
    names: tuple[str, str],
    *,
    options: ExplainOptions | None = None,
    num_draws: int = DRAWS,
    language: str = "en",
) -> dict:
    """Our model's scorecard with another model's beside it (`two_models`): how alike both explain each text that both decide
    for the same class against the same other, and whose explanations are more faithful. `names` are those of the models."""
    options = options or ExplainOptions()
    subjects_of_both = [options.subjects(model, texts) for model in (ours, theirs)]
    both = sorted(set(subjects_of_both[0][1]) & set(subjects_of_both[1][1]))
    pairs = [[subjects[numbers.index(number)] for number in both] for subjects, numbers in subjects_of_both]
    own = [method for method in methods if method != RANDOM]
    keeping = [ExplanationCache(options), ExplanationCache(options)]
    cards = [
        scorecard_of(subjects, own, options, num_draws, cache.explain) for subjects, cache in zip(pairs, keeping, strict=True)
    ]
    alike = {}
    for method in own:
        some = [key for key in keeping[0].explanations if key in keeping[1].explanations and key[0] == method]
        maps = [[cache.explanations[key] for key in some] for cache in keeping]
        alike[method] = agreement(maps[0], maps[1], seed=options.seed, num_draws=num_draws).as_dict()
    differences = faithfulness_differences(cards[0], cards[1])
    told_beside = {
        method: {name: {key: value.as_dict() for key, value in one.items()} for name, one in by.items()}
        for method, by in differences.items()
    }
    report = report_of(cards[0], language) | {"unread": len(texts) - len(both), "unit": ours.reader.unit}
    report["two_models"] = {
        "ours": names[0],
        "theirs": names[1],
        "replacements": list(next(iter(differences.values()))),
        "agreement": alike,
        "faithfulness": told_beside,
        "their_most_faithful": report_of(cards[1], language)["most_faithful"],
    }
    return report


def overview_report(
    classes: Sequence[ClassOverview],
    deciders: Sequence[ShortcutWord],
    method: str,
    linear: LinearWeights | None,
    source: str,
    language: str = "en",
    num_draws: int = DRAWS,
    fewest: int = MIN_INPUTS,
) -> dict:
    """What `report.json` holds. `source` says what the linear model learned from: labels, or the model's answers."""
    return {
        "kind": "overview",
        "language": language,
        "method": method,
        "inputs": sum(one.inputs for one in classes),
        "classes": [asdict(one) for one in classes],
        "shortcuts": [{**asdict(one), "alarming": one.alarming} for one in deciders],
        "linear": None if linear is None else {"source": source, **linear.details},
        "resamples": num_draws,
        "fewest": fewest,
    }


Asking, Keeping = ExplainOptions, ExplanationCache  # the former names, for one version
