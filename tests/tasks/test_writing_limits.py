"""What a writer decides by its training rows is told, and targets that it cuts are counted."""

from groundup.tasks.multilabel import Multilabel
from groundup.tasks.translation import Translation
from tests.tasks.reading_models import make_reader


def test_targets_that_lose_their_end_are_counted():
    reader = make_reader()
    task = Translation({"longest": 6, "language": "en", "start": 0, "end": 3})
    texts, targets = [("a",)] * 3, ["a b", "a b c d e f g h", "a b c"]
    rows = task.make_rows(texts, targets, task.pack(texts, reader, 16, "truncate"), reader, 0)
    assert rows.cut == 1
    assert [len(ids) for ids in rows.target_ids] == [4, 6, 5]
    assert rows.target_ids[1][-1] != 3  # whose end is not there to be learned


def test_what_a_task_decides_is_told():
    decisions = Translation({"longest": 6, "language": "en"}).decisions
    assert decisions == {"longest": 6, "language": "en", "label_smoothing": 0.1, "most_written_in_validation": 200}
    assert Multilabel({"labels": ["a", "b"]}).decisions == {"threshold": 0.5}
