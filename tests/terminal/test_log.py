"""What is said to people: to whom, when, and in what colours."""

import io
import logging
import shlex
import sys
from types import SimpleNamespace

import pytest

from groundup.cli import main
from groundup.terminal import log
from groundup.terminal.show import shell_lines
from groundup.terminal.streams import cells, colorful, width_of, wrapped

LINES = {log.detail: "a detail", log.say: "progress", log.result: "a result", log.error: "groundup: error BAD x: wrong."}


def settings(**values):
    return SimpleNamespace(**{"quiet": False, "verbose": False, "language": "en"} | values)


def speak():
    for function, line in LINES.items():
        function(line)
    log.say("    warning: mind this")


@pytest.fixture
def host():
    """A host program that has configured logging."""
    records = []

    class Handler(logging.Handler):
        def emit(self, record):
            records.append((record.levelname, record.getMessage()))

    handler, root = Handler(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield records
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(autouse=True)
def no_other_host(monkeypatch):
    """Handlers that libraries of other tests have given to the root."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        ({}, ["progress", "a result", "groundup: error BAD x: wrong.", "    warning: mind this"]),
        ({"quiet": True}, ["a result", "groundup: error BAD x: wrong."]),
        (
            {"verbose": True},
            ["a detail", "progress", "a result", "groundup: error BAD x: wrong.", "    warning: mind this"],
        ),
    ],
)
def test_quiet_keeps_results_and_errors_and_verbose_adds(voice, said, capsys):
    with log.speaking(settings(**voice)):
        speak()
    told = capsys.readouterr()
    assert told.err.splitlines() == said
    assert told.out == ""


def test_a_host_that_listens_gets_records_with_levels_and_nothing_is_printed(host, capsys):
    speak()
    assert host == [
        ("INFO", "progress"),
        ("RESULT", "a result"),
        ("ERROR", "groundup: error BAD x: wrong."),
        ("WARNING", "    warning: mind this"),
    ]
    assert capsys.readouterr() == ("", "")


def test_a_host_may_silence_groundup_alone(host):
    logger = logging.getLogger("groundup")
    logger.setLevel(logging.ERROR)
    try:
        speak()
    finally:
        logger.setLevel(logging.NOTSET)
    assert [level for level, _ in host] == ["ERROR"]


def test_the_command_line_prints_once_though_a_library_configured_logging(host, capsys):
    assert main(["models", "--no_such"]) == 2
    assert capsys.readouterr().err.count("no such setting") == 1
    assert host == []


def test_percent_signs_of_lines_are_only_text(host):
    log.say("100 % of %s rows")
    assert host == [("INFO", "100 % of %s rows")]


def test_what_a_command_makes_goes_to_standard_output_alone(capsys):
    with log.speaking(settings(quiet=True)):
        log.output("answer,1")
    assert capsys.readouterr() == ("answer,1\n", "")


def test_the_word_before_a_warning_is_of_the_language(capsys):
    with log.speaking(settings(language="zh")):
        log.say("    warning: 3 行为空")
        log.say(log.text("finished already", out="run"))
    assert capsys.readouterr().err == "    警告：3 行为空\nrun 已经完成\n"


def test_warnings_are_yellow_and_errors_red_on_a_terminal(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    log.say("    warning: mind this")
    log.error("groundup: error BAD x: wrong.")
    log.say("progress")
    assert stream.getvalue() == (
        "    \x1b[1;33mwarning:\x1b[0m mind this\ngroundup: \x1b[1;31merror\x1b[0m BAD x: wrong.\nprogress\n"
    )


@pytest.mark.parametrize(
    ("terminal", "environment", "colors"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "0"}, False),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colors_are_for_terminals_and_for_those_who_ask(terminal, environment, colors, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert colorful(Terminal() if terminal else io.StringIO()) is colors


def test_long_lines_break_between_words_on_a_terminal_and_never_in_a_file(monkeypatch, capsys):
    line = (
        "    "
        + "many words about a path " * 6
        + "/a/path/that/is/longer/than/any/line/of/a/terminal/and/stays/whole/so/that/it/can/be/copied"
    )
    log.say(line)
    assert capsys.readouterr().err == line + "\n"
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    log.say(line)
    lines = stream.getvalue().splitlines()
    assert all(len(one) <= 80 for one in lines[:-1])
    assert lines[-1].strip() == line.split(" ")[-1]
    assert all(one.startswith("      ") for one in lines[1:])
    assert " ".join(one.strip() for one in lines) == line.strip()


def test_chinese_lines_break_between_letters_and_no_mark_begins_one():
    line = "  " + "在四百行的测试集上没有明显胜过基线，因此不能说它更好。" * 3
    lines = wrapped(line, 40)
    assert max(map(cells, lines)) <= 40
    assert not [one for one in lines if one.strip()[0] in "，。"]
    assert "".join(one.strip() for one in lines) == line.strip()


def test_a_width_that_nobody_knows_is_80(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert width_of(io.StringIO()) == 80
    monkeypatch.setenv("COLUMNS", "100")
    assert width_of(io.StringIO()) == 100


def test_a_command_is_broken_between_its_settings_and_never_inside_quotes():
    line = "  groundup finetune --data 'my rows --old.csv' --text_column 'a b' --out runs/model"
    broken = shell_lines(line, 44)
    assert [part.strip(" \\") for part in broken.split("\n")] == [
        "groundup finetune",
        "--data 'my rows --old.csv'",
        "--text_column 'a b' --out runs/model",
    ]
    assert shlex.split(broken.replace("\\\n", " ")) == shlex.split(line)
