"""What every page has in common: contrast, names of sections, what is shown of a plot, paper."""

import re

import pytest

from groundup import html, plots
from groundup.messages.translate import translator
from groundup.page_style import COLORS, DARK, LIGHT, STYLE
from groundup.pages.check_page import sentence_and_code
from groundup.pages.comparison_page import minus
from groundup.pages.evaluation_page import highest
from groundup.pages.explanation_blocks import shaded

READABLE = 4.5  # WCAG 2.2, level AA, of text
PALETTES = {name: dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", text)) for name, text in (("light", LIGHT), ("dark", DARK))}


def parts(color):
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def luminance(rgb):
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("ink", ["ink", "soft", "link", "good", "warning", "bad"])
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_letters_can_be_read_on_what_is_behind_them(palette, ink, ground):
    assert contrast(parts(palette[ink]), parts(palette[ground])) >= READABLE


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("color", ["c0", "c1"])
def test_counts_can_be_read_in_the_darkest_cell_of_a_matrix(palette, color):
    shade = 0.06 + plots.MOST_SHADE
    mixed = [shade * c + (1 - shade) * p for c, p in zip(parts(palette[color]), parts(palette["paper"]))]
    assert contrast(parts(palette["ink"]), mixed) >= READABLE


def test_sections_of_a_long_page_are_listed_and_each_link_leads_to_one():
    page = html.page("title", [html.section(f"<{i}>", "text") for i in range(5)], language="zh")
    links, names = re.findall(r'href="#(part[^"]+)"', page), re.findall(r'<section id="([^"]+)"', page)
    assert links == names == [f"part-{i}" for i in range(1, 6)]
    assert 'aria-label="目录"' in page
    assert "<nav" not in html.page("title", [html.section("one", "text")])


def test_a_message_says_by_a_word_what_its_color_says():
    for kind in ("warning", "bad"):
        assert re.search(rf"\.message\.{kind}::before {{ content: \"\w+: \"", STYLE)
        assert re.search(rf"\.message\.{kind}:lang\(zh\)::before {{ content: \"[\u4e00-\u9fff]+：\"", STYLE)


def test_a_plot_is_drawn_for_wide_and_for_narrow_windows_and_letters_keep_their_size():
    drawn = plots.line_chart({"a": [(1, 1.0), (1000, 2.0)]}, log_x=True)
    assert re.findall(r'<figure class="(\w+)"', drawn) == ["broad", "narrow"]
    widths = [float(width) for width in re.findall(r'<svg [^>]*width="([\d.]+)"', drawn)]
    assert widths == [plots.WIDE, plots.NARROW]
    assert plots.NARROW <= 390 - 2 * 20  # a telephone less its margins: nothing is made smaller
    assert {">1<", ">10<", ">100<", ">1000<"} <= set(
        re.findall(r">[\d.]+<", drawn)
    )  # the values themselves, not their logarithms


def test_one_bar_stands_out_where_one_is_meant():
    drawn = plots.bar_chart({"ours": 0.9, "theirs": 0.8}, chosen="ours")
    assert drawn.count('class="f0"') == drawn.count(f'class="f{plots.PLAIN}"') == 2
    assert plots.bar_chart({"a": 0.9, "b": 0.8}).count('class="f0"') == 4


def test_an_interval_stands_below_its_figure_and_decimals_fit_its_width():
    wide, narrow = {"value": 0.87512, "low": 0.8, "high": 0.95}, {"value": 0.87512, "low": 0.874, "high": 0.876}
    assert (html.rounded(wide), html.rounded(narrow)) == ("0.875", "0.8751")
    assert html.with_interval("0.875", "0.8 to 0.95") == '<span class="v">0.875</span><small>0.8 to 0.95</small>'


def test_a_page_can_be_printed():
    assert "@media print" in STYLE
    assert STYLE.count("{") == STYLE.count("}")


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_lines_and_bars_are_seen(palette):
    assert min(contrast(parts(palette[f"c{i}"]), parts(palette["paper"])) for i in range(COLORS)) >= 3


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("strength", [1.0, -1.0])
def test_words_can_be_read_on_the_strongest_shade(palette, strength):
    color, share = re.search(r"var\(--(c\d)\) (\d+)%", shaded("word", strength, "")).groups()
    mixed = [int(share) / 100 * c + (1 - int(share) / 100) * p for c, p in zip(parts(palette[color]), parts(palette["paper"]))]
    assert contrast(parts(palette["ink"]), mixed) >= READABLE


def test_tables_have_a_name_and_their_heads_a_scope():
    page = html.section("Results", html.table(["a"], [[1]]), html.table(["b"], [[2]], "own"), html.facts({"c": 3}))
    assert re.findall(r"<caption[^>]*>(\w+)<", page) == ["Results", "own", "Results"]
    assert re.findall(r'scope="(\w+)"', page) == ["col", "col", "row"]


def test_a_figure_with_its_interval_stands_on_the_right():
    drawn = html.table(["a"], [[html.with_interval(0.5, "0.4 to 0.6")], [1]])
    assert drawn.count('class="n"') == 3


def test_heads_of_tables_break_between_words_and_so_take_less_room():
    cells = [["a", 0.5, 0.25]]
    assert "over" not in html.table(["b", "sensitivity at 90 % specificity", "difference in log loss"], cells)
    assert "thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; word-break: keep-all; }" in STYLE


def test_a_part_that_is_left_out_leaves_no_word():
    page = html.page("title", [html.section("a", "text"), None, html.section("b", "text")])
    assert "None" not in page
    assert re.findall(r'<section id="([^"]+)"', page) == ["part-1", "part-2"]


def test_what_was_found_in_data_stands_before_its_code():
    drawn = sentence_and_code({"text": "3 labels look wrong", "code": "SUSPECTS"})
    assert re.sub("<[^>]*>", "", drawn) == "3 labels look wrong SUSPECTS"


def test_a_difference_that_rounds_to_nothing_is_not_below_zero():
    drawn = minus({"value": -0.00001, "low": -0.01, "high": 0.01}, translator("en"))
    assert "+0.000" in drawn
    assert "-0.000<" not in drawn


def test_the_winner_of_a_report_has_a_star_and_a_shared_first_place_none():
    assert highest({"ours": 0.8, "theirs": 0.9, "unknown": None}) == "theirs"
    assert highest({"ours": 0.9, "theirs": 0.9}) is None
    assert highest({"ours": None}) is None
