"""Named parts of a text: people, places, terms. An answer is a list of (start, end, type) in characters, the end excluded.

Objective: `objectives/tags.py`, one of O, B-type, I-type at each word (or token). Metrics: strict F1 of whole spans.
Decoding is constrained: I-type stands only after B-type or I-type. L sites of a row, K tags.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from groundup.data.rows import Rows
from groundup.data.settings import LabelSettings
from groundup.data.sources.annotated.join_words import join_words
from groundup.data.sources.annotated.spans import excerpt, mark_of, mentioned
from groundup.errors import InputError
from groundup.kinds.reader import Row
from groundup.kinds.text.packed import PackedTexts, Places
from groundup.kinds.text.reader import TextReader
from groundup.metrics.entities import Span, scheme_of, spans_of
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.objectives.special_labels import IGNORE, NO_LABEL
from groundup.strict_json import strict
from groundup.tasks.baselines.tagging import by_names, by_words
from groundup.tasks.foreign_tags import spans_of_path, usual_tags
from groundup.tasks.rows.label_column import Inform, in_order, name_of
from groundup.tasks.tagging_sites import SiteScores, best_path, tag_sites, tags_of
from groundup.tasks.task import Answers, BaselineResult, TextTask, count_labels, read_untrimmed
from groundup.tasks.token_head import token_head

if TYPE_CHECKING:
    from groundup.objectives.tag_cross_entropy import TagCrossEntropy

WORDS_EXPRESS = 0.99  # share of the training spans that must begin and end with words; else every token has a tag
SAMPLED = 2000  # rows looked at for this


class Tagging(TextTask):
    """Facts: `labels` (the types), `unit` (whether each word or each token has a tag), and of a foreign model `tags`, the
    names of its outputs, which are then read as they are: an I- without its B- begins a span."""

    name, metric, needs_offsets = "tagging", "f1", True
    answer_columns = ("spans",)

    # Labels

    def read_inputs(self, raw: Sequence[object], reader: TextReader, home: Path | None = None) -> Row | None:
        """As given, for places are counted in it. A list of words is joined, with blanks where the script has them."""
        if isinstance(raw[0], list) and raw[0] and all(isinstance(word, str) and word for word in raw[0]):
            return (join_words(raw[0])[0],)
        return read_untrimmed(raw)

    def read_target(self, value: object, texts: Row, raw: Sequence[object] = ()) -> list[Span]:
        """Spans as [[start, end, type], ...], as objects with start, end and type (or the names of other tools), as CLUENER's
        {type: {mention: [[first, last], ...]}}, or one tag (BIO, BIOES, BMES) for each word of a list of words. Blanks at the
        ends of a span are no part of it."""
        if isinstance(value, str):
            try:
                value = strict(value) if value.strip() else []
            except ValueError:
                raise ValueError(f"'{value[:40]}' is no list of spans in JSON") from None
        if isinstance(value, dict):
            value = mentioned(mention := value)
            if value is None:
                raise ValueError(f"{excerpt(mention)} is not {{type: {{mention: [[first, last], ...]}}}}")
        if value is None:
            value = []
        if not isinstance(value, list):
            raise ValueError("is no list of spans")
        numbers = [tag for tag in value if isinstance(tag, int)]
        if value and len(numbers) == len(value):
            value = self.labels_of_numbers(numbers)
        if value and all(isinstance(tag, str) for tag in value):
            return self.spans_of_words(value, raw[0] if raw else None)
        spans = sorted({self.span(one, texts[0]) for one in value})
        for (_, end, _), (start, _, kind) in zip(spans, spans[1:], strict=False):
            if start < end:
                raise ValueError(f"the span '{kind}' at {start} overlaps the one before it")
        return spans

    def infer_label_format(
        self, cells: Sequence[object], columns: Sequence[str], settings: LabelSettings, inform: Inform
    ) -> None:
        """Numbers of tags get their names, where these are given."""
        super().infer_label_format(cells, columns, settings, inform)
        if settings.names:
            self.facts["names"] = list(settings.names)

    def labels_of_numbers(self, numbers: Sequence[int]) -> list[str]:
        """Tags by their numbers. ValueError where nobody gave their names."""
        names = self.facts.get("names")
        if names is None:
            raise ValueError(f"holds numbers of tags ({excerpt(list(numbers))}) and no names; give them with --label.names")
        return [name_of(str(number), names) for number in numbers]

    def spans_of_words(self, tags: list[Any], words: object) -> list[Span]:
        if not isinstance(words, list) or len(words) != len(tags):
            raise ValueError(f"{len(tags)} tags, but the text is no list of as many words")
        places = join_words(words)[1]
        try:
            spans = spans_of(tags, scheme_of([tags]))
        except InputError as error:
            raise ValueError(f"of {len(tags)} tags: {error.what}; tags of names are O, B-PER, I-PER ...") from None
        return [(places[first][0], places[last - 1][1], self.canonical_label(kind)) for first, last, kind in spans]

    def span(self, one: object, text: str) -> Span:
        start, end, kind, _ = mark_of(one)
        if end is None or not 0 <= start < end <= len(text) or not text[start:end].strip():
            raise ValueError(f"{excerpt([start, end, kind])} is no [start, end, type] inside {len(text)} characters")
        blank = text[start:end]
        return start + len(blank) - len(blank.lstrip()), end - len(blank) + len(blank.rstrip()), self.canonical_label(kind)

    def deserialize(self, stored: str) -> list[Span]:
        return [(start, end, kind) for start, end, kind in strict(stored)]

    def stratum(self, target: list[Span]) -> str:
        return Counter(kind for *_, kind in target).most_common(1)[0][0] if target else "none"

    def label_counts(self, targets: Sequence[list[Span]]) -> dict[str, int]:
        return count_labels(kind for target in targets for *_, kind in target)

    def learn(self, texts: Sequence[Row], targets: Sequence[list[Span]], reader: TextReader) -> None:
        kinds = list(self.label_counts(targets))
        if not kinds:
            raise InputError("NO_SPANS", "label column", "no training row has a span", "see the format: [[start, end, type]]")
        sampled = [i for i in range(len(texts)) if targets[i]][:SAMPLED]
        fitting = total = 0
        for i, one in zip(sampled, reader.encoder.locate([texts[i][0] for i in sampled]), strict=True):
            tokens = Places(np.zeros(len(one.ids), np.int64), one.start, one.end, one.begins)
            word_bounds = {(word.start, word.end) for word in tag_sites(tokens, "word")}
            starts, ends = {start for start, _ in word_bounds}, {end for _, end in word_bounds}
            fitting += sum(start in starts and end in ends for start, end, _ in targets[i])
            total += len(targets[i])
        self.facts |= {"labels": kinds, "unit": "word" if fitting >= WORDS_EXPRESS * total else "token"}

    @classmethod
    def of_outputs(cls, labels: list[str] | None) -> Tagging:
        tags = labels or []
        kinds = {tag[2:] for tag in usual_tags(tags) if tag != "O"}
        return cls({"labels": in_order(kinds), "unit": "word", "tags": tags})

    @property
    def tags(self) -> list[str]:
        """What the outputs stand for: O, then B- and I- of each type; or as a foreign model has them."""
        return self.facts.get("tags") or ["O", *(f"{place}-{kind}" for kind in self.labels for place in "BI")]

    @property
    def outputs(self) -> list[str]:
        return self.tags

    # The model

    def make_head(self, usual: PooledHeadConfig, config: TransformerConfig) -> HeadConfig:
        return token_head(usual, len(self.tags))

    def make_objective(self, targets: Sequence[Any], weigh: str) -> TagCrossEntropy:
        from groundup.objectives.tag_cross_entropy import TagCrossEntropy

        return TagCrossEntropy(self.head)

    def make_rows(self, texts: Sequence[Row], targets, packed: PackedTexts, reader: TextReader, seed: int) -> Rows:
        assert packed.places is not None
        number = {tag: k for k, tag in enumerate(self.tags)}
        marks, before = [], -1
        for owner, places in zip(packed.owner, packed.places, strict=True):
            sites = tag_sites(places, self.facts["unit"])
            mark = np.full(len(places.start), IGNORE, dtype=np.int64)
            tags = [None] * len(sites) if targets is None else tags_of(sites, targets[owner], inside=owner == before)
            before = owner
            for site, tag in zip(sites, tags, strict=True):
                mark[site.token] = NO_LABEL if tag is None else number.get(tag, 0)
            marks.append(mark)
        return Rows(packed, None, seed, marks, self.head)

    def decode(self, outputs: Sequence[np.ndarray], rows: Rows, texts: Sequence[Row]) -> Answers:
        packed = rows.packed
        assert packed.places is not None
        site_scores: list[dict[tuple[int, int], SiteScores]] = [{} for _ in texts]
        for owner, places, scores in zip(packed.owner, packed.places, outputs, strict=True):
            sites, last = tag_sites(places, self.facts["unit"]), len(places.start) - 1
            for site, row in zip(sites, scores, strict=True):  # of several windows the one that sees most around it
                context, key = min(site.token, last - site.token), (site.start, site.repeat)
                earlier = site_scores[owner].get(key, SiteScores(-1, site.end, row))
                end = max(site.end, earlier.end)  # a window may cut the last word
                site_scores[owner][key] = (
                    SiteScores(context, end, row) if earlier.context < context else earlier._replace(end=end)
                )
            before = slice(0, sites[0].token if sites else None)
            rest = places.end[before][places.end[before] > places.start[before]]  # of a word that an earlier window began
            if len(rest) and site_scores[owner] and self.facts["unit"] == "word":
                key = max(key for key in site_scores[owner] if key[0] < rest[-1])
                site_scores[owner][key] = site_scores[owner][key]._replace(end=max(site_scores[owner][key].end, int(rest[-1])))
        return [self.spans_from(of_row) for of_row in site_scores]

    def spans_from(self, site_scores: Mapping[tuple[int, int], SiteScores]) -> list[Span]:
        """Spans of one row from the scores of its words."""
        if not site_scores:
            return []
        keys = sorted(site_scores)
        scores = np.stack([site_scores[key].scores for key in keys])
        if "tags" in self.facts:
            names = usual_tags(self.tags)
            path = spans_of_path([names[k] for k in scores.argmax(-1).tolist()], names)
        else:
            path = spans_of([self.tags[k] for k in best_path(scores)], "BIO")
        return [(keys[first][0], site_scores[keys[last - 1]].end, kind) for first, last, kind in path]

    # Answers

    def scores(self, answers: Answers, targets: Sequence[list[Span]], texts: Sequence[Row]):
        from groundup.metrics.entities import entity_scores

        return entity_scores(targets, answers)

    def baselines(self, train, validation, texts: Sequence[Row], reader: TextReader) -> list[BaselineResult]:
        results = []
        for name, answer in (("names seen in training", by_names), ("logistic regression on words", by_words)):
            start = time.perf_counter()
            answers = answer(train[0], train[1], texts)
            results.append(BaselineResult(name, answers, time.perf_counter() - start))
        return results

    def as_dict(self, answer: list[Span]) -> dict[str, Any]:
        return {"spans": [{"start": start, "end": end, "type": kind} for start, end, kind in answer]}

    def as_columns(self, answer: list[Span]) -> dict[str, object]:
        return {"spans": json.dumps([list(span) for span in answer], ensure_ascii=False)}

    def as_text(self, answer: list[Span], texts: Row) -> str:
        text, marked, at = texts[0], [], 0
        for start, end, kind in answer:
            marked += [text[at:start], f"[{text[start:end]}]({kind})"]
            at = end
        return "".join([*marked, text[at:]])

    def error(self, answer: list[Span], target: list[Span], texts: Row) -> tuple[float, str, str] | None:
        wrong = set(map(tuple, answer)) ^ set(map(tuple, target))
        expected, predicted = ("; ".join(f"{texts[0][s:e]} ({kind})" for s, e, kind in spans) for spans in (target, answer))
        return (float(len(wrong)), expected, predicted) if wrong else None
