import math
import re

import pytest

from groundup import axes, plots
from groundup.pages.model_diagram import Drawn, stack_diagram


def broad(figures):
    """A plot as wide windows show it."""
    first, _, narrow = figures.partition('<figure class="narrow">')
    assert narrow.count("<svg") == first.count("<svg") or not narrow
    return first


def line_chart(*values, **settings):
    return broad(plots.line_chart(*values, **settings))


def bar_chart(*values, **settings):
    return broad(plots.bar_chart(*values, **settings))


def histogram(*values, **settings):
    return broad(plots.histogram(*values, **settings))


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 97), (1e-4, 3e-4), (-2, 5), (1e6, 5e6)])
def test_ticks_are_round_and_inside(low, high):
    values = axes.ticks(low, high)
    assert 3 <= len(values) <= 8
    assert low - 1e-9 <= values[0] < values[-1] <= high * (1 + 1e-9)


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (0.25, 0.25, "0.25"),
        (2.5, 2.5, "2.5"),
        (2_500_000, 5e5, "2.5M"),
        (20_000, 1e4, "20k"),
        (3, 1, "3"),
        (0.2, 0.2, "0.2"),
        (5e-5, 2.5e-5, "5e-05"),
    ],
)
def test_ticks_show_the_decimals_of_their_step(value, step, text):
    assert axes.tick_text(value, step) == text


def test_a_line_breaks_where_a_value_is_missing():
    drawn = line_chart({"loss": [(1, 1.0), (2, math.nan), (3, 2.0), (4, None), (5, 1.0)]})
    path = re.search(r'<path d="([^"]+)"', drawn).group(1)
    assert (path.count("M"), path.count("L"), drawn.count("×")) == (3, 0, 2)


def test_a_million_points_stay_a_small_picture_with_the_same_extremes():
    points = [(i, 1.0 + (i == 123_456) * 5 - (i == 654_321)) for i in range(1_000_000)]
    drawn = line_chart({"loss": points}, y_range=(0, 6))
    path = re.search(r'<path d="([^"]+)"', drawn).group(1)
    heights = [float(y) for y in re.findall(r"[ML]\S+ ([\d.]+)", path)]
    assert len(heights) <= plots.MOST_POINTS
    assert (min(heights), max(heights)) == (10.0, 254.0)  # y = 6 and y = 0 of the frame


def test_an_empty_plot_is_a_sentence_not_an_error():
    nothing = [
        line_chart({"a": []}, "t"),
        line_chart({"a": [(1, math.nan)]}, "t"),
        bar_chart({}, "t"),
        histogram([0, 0], [0, 1, 2], "t"),
    ]
    assert set(nothing) == {"<p>t: –</p>"}
    assert "svg" in plots.reliability_diagram([], "t")


def test_constant_and_single_points_are_drawn():
    assert "circle" in line_chart({"a": [(5, 0.0)]})
    assert "circle" in line_chart({"a": [(1, 3.0), (2, 3.0)]}, log_y=True)


def test_values_a_log_scale_cannot_show_are_gaps():
    assert line_chart({"a": [(1, 1.0), (2, 0.0), (3, 10.0)]}, log_y=True).count("×") == 1


def test_bars_start_at_zero_and_show_intervals():
    drawn = bar_chart({"a": 2.0, "b": -1.0, "c": None}, intervals={"a": (1.5, 2.5)})
    assert drawn.count("whisker") == 1
    assert ">–<" in drawn


def test_counts_and_edges_must_fit():
    with pytest.raises(ValueError, match="2 counts need 3 edges, not 2"):
        histogram([1, 2], [0, 1])


def test_a_confusion_matrix_shades_by_the_share_of_its_row():
    drawn = plots.confusion_matrix(["a", "b"], [[3, 1], [0, 0]])
    assert re.findall(r'fill-opacity="([\d.]+)"', drawn) == ["0.42", "0.18", "0.06", "0.06"]


def test_many_classes_are_cut_to_what_can_be_seen():
    drawn = plots.confusion_matrix([str(i) for i in range(100)], [[1] * 100] * 100)
    assert drawn.count("<rect") == plots.MOST_CLASSES**2


def test_an_axis_with_few_round_values_is_labelled_with_those_of_its_points():
    drawn = plots.line_chart({"a": [(60, 0.5), (150, 0.7)]}, "t", "rows", "accuracy", log_x=True)
    assert re.findall(r">(60|100|150|1\.8|2\.1)<", drawn) == ["60", "150"] * 2


@pytest.mark.parametrize("top", [1.0, 123_456.0, 1e-5])
def test_the_title_of_an_axis_lies_beside_the_texts_of_its_ticks(top: float):
    frame = axes.Axes((0, 1), (0, top), ("x", "y"))
    widest = max(axes.text_width(text) for _, text in frame.marks) * axes.LETTER
    assert frame.left - 6 - widest > 9 + 4


def test_texts_below_an_axis_do_not_touch():
    frame = axes.Axes((0.99e6, 1.0e6), (0, 1), size=(150, 200))
    marks = frame.x_ticks()
    ends = [(frame.x(v) - axes.LETTER * len(text) / 2, frame.x(v) + axes.LETTER * len(text) / 2) for v, text in marks]
    assert len(marks) >= 2
    assert all(left[1] < right[0] for left, right in zip(ends, ends[1:]))


def test_an_interval_is_a_band_around_its_line():
    points, band = [(1, 0.5), (2, 0.6)], [(1, 0.4, 0.6), (2, 0.5, 0.95)]
    assert plots.line_chart({"a": points}, bands={"a": band}).count('fill-opacity="0.14"') == 2
    assert "fill-opacity" not in plots.line_chart({"a": points})


def test_the_best_bar_has_a_star():
    drawn = plots.bar_chart({"ours": 0.8, "other": 0.9}, chosen="ours", best="other")
    assert re.findall(r">([\d.]+ ★)<", drawn) == ["0.9000 ★"] * 2


def test_a_matrix_of_many_classes_keeps_its_size_and_says_that_it_scrolls():
    many = plots.confusion_matrix([f"class {i}" for i in range(40)], [[1] * 40] * 40)
    few = plots.confusion_matrix(["a", "b"], [[3, 1], [0, 2]])
    assert 'class="wide over-' in many
    assert float(re.search(r'viewBox="0 0 ([\d.]+)', few)[1]) <= 350
    assert "wide" not in few


def test_heads_do_not_feed_each_other():
    parts = [Drawn(name, 10, "") for name in ("embedding", "block 0", "head mlm", "head nsp")]
    assert stack_diagram(parts).count('class="flow"') == 2


def test_long_names_stand_whole_above_their_bars_where_there_is_no_room_beside_them():
    name = "TF-IDF + logistic regression"
    drawn = plots.bar_chart({name: 0.9, "b": 0.8})
    assert drawn.count(f">{name}</text>") == 2
    heights = [float(height) for height in re.findall(r'viewBox="0 0 [\d.]+ ([\d.]+)"', drawn)]
    assert heights == [12 + 2 * plots.ROW, 12 + 2 * (plots.ROW + plots.LINE_ABOVE)]
