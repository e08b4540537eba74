"""Each task from texts to answers: a small model that has learned a few rows by heart answers them as they were labelled."""

import numpy as np
import pytest

from groundup.nn.config import PooledHeadConfig
from groundup.objectives.objective import make_batch
from groundup.tasks.answering import Answering, Reference
from groundup.tasks.multilabel import Multilabel
from groundup.tasks.regression import Regression
from groundup.tasks.tagging import Tagging
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.schedule import Schedule
from tests.tasks.reading_models import make_model, make_reader

TEXTS = [
    "Zoë Müller met 王小明 in São Paulo, near the café.",
    "The old lamp of 北京大学 is in New York.",
    "a b c d e f g h",
    "王小明 likes the café; 李雷 likes the lamp",
    "Émile 😀 in São Paulo",
    "New York is near",
]
NAMES = {"Zoë Müller": "PER", "王小明": "PER", "李雷": "PER", "北京大学": "ORG", "São Paulo": "LOC", "New York": "LOC"}


def spans(text):
    return sorted((text.index(name), text.index(name) + len(name), kind) for name, kind in NAMES.items() if name in text)


SPANS = [spans(text) for text in TEXTS]
ASKED = [
    (f"{kind} ?", text, start, end)
    for text, found in zip(TEXTS, SPANS, strict=True)
    for start, end, kind in dict((kind, (start, end, kind)) for start, end, kind in reversed(found)).values()
]
CASES = {
    "tagging": (Tagging(), [(text,) for text in TEXTS], SPANS),
    "answering": (
        Answering(),
        [(asked, text) for asked, text, *_ in ASKED],
        [[Reference(text[start:end], start)] for _, text, start, end in ASKED],
    ),
    "regression": (Regression(), [(text,) for text in TEXTS], [3.0, 9.5, -2.0, 4.0, 4.0, 0.0]),
    "multilabel": (Multilabel(), [(text,) for text in TEXTS], [sorted({kind for *_, kind in found}) for found in SPANS]),
}


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_what_was_learned_by_heart_is_answered(case, cut):
    """In one sequence, and in windows."""
    task, texts, targets = CASES[case]
    task = type(task)()
    reader = make_reader()
    task.learn(texts, targets, reader)
    length = 64 if not cut else 20 if case == "answering" else 12
    framed = task.pack(texts, reader, length, "window")
    assert (len(framed.sequences) > len(texts)) == cut
    rows, objective = task.make_rows(texts, targets, framed, reader, 0), task.make_objective(targets, "none")
    model = make_model(reader, task, PooledHeadConfig(classes=len(task.labels), pooling="mean"))
    batch = make_batch(rows.batch(np.arange(rows.size)), objective, 0.0)
    optimizer = AdamW(model.named_parameters(), (0.9, 0.99), 1e-8)
    for _ in train(model, objective, lambda _: [batch], optimizer, Schedule(5e-3, 0.1), steps=120):
        pass
    judged = task.evaluate(model.eval(), rows, texts, reader)
    figures = task.scores(judged.answers, targets, texts).figures(np.arange(len(texts)))
    assert figures[task.metric] > 0.97
    if case == "answering":
        assert [(one.text, one.start) for one in judged.answers] == [tuple(target[0]) for target in targets]
    assert judged.loss / judged.count < 0.2
