"""Pages are checked as a browser's parser sees them: html.parser collects tags, attributes and text."""

import math
import re
from html.parser import HTMLParser

import pytest

from groundup import html, plots

HOSTILE = "<img src=x onerror=alert(1)></script>{{7*7}}\"'&"


VOID = {"meta", "img", "br", "link", "input"}


class Parsed(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text, self.open = [], [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def everything(name):
    """A page that puts `name` at every place a caller can."""
    curve = [(1, 2.0), (2, 1.0)]
    bins = [{"low": 0.0, "high": 1.0, "count": 3, "confidence": 0.7, "accuracy": 0.66}]
    return html.page(
        name,
        [
            html.section(
                name,
                html.paragraph(name, "warning"),
                html.bullets([name]),
                html.preformatted(name),
                html.folded(name, html.paragraph(name)),
                html.side_by_side(html.facts({name: name}), html.subsection(name)),
                html.figures([(name, name, name)]),
                html.table([name, "n"], [[name, 1]], caption=name),
                plots.line_chart({name: curve, "b": curve}, name, name, name),
                plots.bar_chart({name: 1.0}, name, {name: (0.5, 1.5)}, unit=name),
                plots.histogram([1, 2], [0, 1, 2], name, name, name),
                plots.confusion_matrix([name, "b"], [[3, 1], [0, 2]], name),
                plots.reliability_diagram(bins, name, name, name),
            )
        ],
        subtitle=name,
        language="en",
    )


def test_whatever_is_put_in_is_shown_as_text():
    parsed = Parsed(everything(HOSTILE))
    assert not {"img", "script", "link", "iframe", "object", "form"} & set(parsed.tags)
    assert not [name for name, _ in parsed.attributes if name.startswith("on") or name in ("src", "style")]
    assert {value for name, value in parsed.attributes if name == "href"} == {"#content"}
    assert parsed.text.count(HOSTILE) > 15
    assert parsed.open == []


def test_a_page_asks_for_nothing_from_outside():
    text = everything("plain")
    assert not re.search(r"https?:|//|@import|url\(", text)
    assert "default-src 'none'" in text


def test_formulas_need_no_prefix_in_a_page():
    assert "=cmd()" in Parsed(html.table(["a"], [["=cmd()"]])).text


def test_control_and_bidi_characters_are_made_visible():
    assert html.escape("a\x1b[31m\u202eb\x00") == "a\\u001b[31m\\u202eb\\u0000"
    assert html.escape("中文，没问题\n") == "中文，没问题\n"


def test_long_texts_are_cut_visibly():
    assert html.escape("x" * 10_000) == "x" * html.LONGEST_TEXT + "…"


def test_markup_of_ours_is_not_escaped_twice():
    inner = html.paragraph("a < b")
    assert html.table(["x"], [[inner]]).count("&lt;") == 1
    assert "<p>a &lt; b</p>" in html.section("t", inner)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (True, "yes"),
        (1234567, "1,234,567"),
        (0.831274, "0.8313"),
        (0.0, "0"),
        (12.3456, "12.35"),
        (1234.56, "1,235"),
        (1234567.8, "1,234,568"),
        (0.00001234, "1.23e-05"),
        (-0.5, "-0.5000"),
        ("a", "a"),
    ],
)
def test_numbers_are_shown_as_people_read_them(value, text):
    assert html.number(value) == text


def test_sizes_shares_and_times():
    assert [html.file_size(n) for n in (0, 1023, 1536, 5 << 30)] == ["0 bytes", "1,023 bytes", "1.5 KiB", "5.0 GiB"]
    assert [html.percent(p) for p in (0.1234, None, 1.0)] == ["12.3 %", "–", "100.0 %"]
    assert [html.duration(s) for s in (0.0123, 5, 75.2, 7500)] == ["12 ms", "5.0 s", "1 min 15 s", "2 h 5 min"]


def test_numbers_in_a_table_stand_on_the_right():
    drawn = html.table(["name", "value"], [["a", 1], ["b", None]], strong=[1])
    assert drawn.count('class="n"') == 3
    assert drawn.count('class="strong"') == 1
