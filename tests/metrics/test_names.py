import numpy as np
import pytest

from groundup.metrics.names import name_scores, names_of


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The old man met Anna in New York.", ["anna", "new", "york"]),
        ("Anna came. Then Bob's car left.", ["bob"]),  # a capital that opens a sentence says nothing
        ("I said that I'm here.", []),
        ("UNESCO said 3.5 million of 1,200 in 2010.", ["unesco", "3.5", "1,200", "2010"]),
        ("“Well,” said Tom. 'It is McDonald!'", ["tom", "mcdonald"]),
        ("王某读了《红楼梦》和ＡＢＣ，用了３天。", ["《红楼梦》", "abc", "3"]),
        ("", []),
    ],
)
def test_names_are_capitals_inside_sentences_digits_and_titles(text, names):
    assert names_of(text) == names


def test_the_share_of_names_from_the_source_is_a_mean_over_rows_that_have_some():
    sources = ["Tom and anna met on 5 May.", "nothing here", "全文提到《红楼梦》。"]
    summaries = ["So Anna met Bob on 5 June.", "it rained", "讲了《红楼梦》与《水浒传》。"]
    scores = name_scores(sources, summaries)
    assert scores.figures(np.arange(3))["name_precision"] == pytest.approx((2 / 4 + 1 / 2) / 2)
    assert scores.figures(np.array([1]))["name_precision"] is None


def test_rows_must_be_as_many():
    with pytest.raises(ValueError, match="as many rows"):
        name_scores(["a"], [])
