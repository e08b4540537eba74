import math
import re

import pytest

from groundup import axes, plots


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
