"""The live line and the table of a training: on a real terminal of 80 columns, in a pipe, and in the hands of a host."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

from groundup.terminal.live import clock
from groundup.terminal.streams import cells

SCRIPT = """
import sys, time
from types import SimpleNamespace
from groundup.terminal import live
from groundup.terminal.closing import close
from groundup.terminal.log import output, printing, say, speaking
from groundup.terminal.training_table import TrainingTable

live.REFRESH = 0.0
settings = SimpleNamespace(quiet="quiet" in sys.argv, verbose="verbose" in sys.argv, language="zh" if "zh" in sys.argv else "en")
with printing(), speaking(settings):
    say("    warning: " + "3 of 40 rows are the same but have other labels, and stay where they are; " * 2)
    table = TrainingTable(1200, 3.0, ("loss", "macro_f1", "accuracy"), 6)
    with table.live(0):
        for step in range(100, 1300, 100):
            table.trained({"wall_seconds": 0.5, "tokens": 40_000, "loss": 1 / step}, {"loss": 1 / step, "accuracy": 0.5})
            if step % 200 == 0:
                with table.evaluating():
                    table.evaluated({"loss": 0.5, "macro_f1": 0.25, "accuracy": 0.75}, step == 400, None)
            table.end_of_step(step)
    close([("model", "a run/model"), ("verdict", "The Transformer did not win: TF-IDF reaches more than it does on these rows. " * 2)],
          [["predict", "--model", "a run", "--text", "it's a film of the old lamp near the river and the clock"]])
    output("answer,1")
"""
HEAD = "step  epoch      loss  val loss  macro F1"


def environment(**more):
    known = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return known | {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"} | more


def on_terminal(*words, columns=80, **more):
    """What a terminal is sent by standard error, and what standard output holds."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    command = [sys.executable, "-c", SCRIPT, *words]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment(**more))
    os.close(theirs)
    sent = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end was closed
            break
        if not part:
            break
        sent += part
    os.close(ours)
    out = process.communicate()[0]
    assert process.returncode == 0, sent.decode("utf-8", "replace")
    return sent.decode(), out.decode()


def piped(*words, **more):
    found = subprocess.run([sys.executable, "-c", SCRIPT, *words], capture_output=True, env=environment(**more), check=True)
    return found.stderr.decode(), found.stdout.decode()


def plain(sent):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", sent)


def lines_of(sent):
    """The lines that a terminal shows one after the other, the live one as often as it was drawn."""
    return [line for row in plain(sent).split("\n") for line in row.split("\r") if line.strip()]


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_of_a_terminal_is_wider_than_it(columns, language):
    sent, _ = on_terminal(language, columns=columns)
    assert [line for line in lines_of(sent) if cells(line) > columns] == []


def test_a_terminal_has_a_live_line_with_bar_rate_and_time_left_and_a_row_for_each_evaluation():
    sent, out = on_terminal()
    lines = lines_of(sent)
    drawn = [line for line in lines if line.startswith("training ━")]
    assert any(re.search(r"600/1,200 loss 0\.0017  80,000 tokens/s  \d+:\d\d left", line) for line in drawn), drawn
    rows = [line for line in lines if re.match(r" +[\d,]+ +\d\.\d\d ", line)]
    assert [row.split()[0] for row in rows] == ["200", "400", "600", "800", "1,000", "1,200"]
    assert [row.split()[-1] == "best" for row in rows] == [False, True, False, False, False, False]
    assert sum(HEAD in line for line in lines) == 1
    assert "\x1b[?25h" in sent, "the cursor comes back"
    assert out == "answer,1\n"


def test_a_terminal_shows_colors_and_none_where_they_are_not_wanted():
    assert "\x1b[1;33mwarning:" in on_terminal()[0]
    sent, _ = on_terminal(NO_COLOR="1")
    assert not re.findall(r"\x1b\[[0-9;]*m", sent.replace("\x1b[0m", "").replace("\x1b[m", ""))
    assert "━" in plain(sent), "what moves is no colour"


def test_a_dumb_terminal_gets_plain_lines():
    sent, _ = on_terminal(TERM="dumb")
    assert "\x1b" not in sent
    assert "━" not in sent


def test_a_pipe_gets_plain_whole_lines_and_a_row_for_every_logged_step():
    err, out = piped()
    assert "\x1b" not in err + out
    assert "━" not in err
    assert [line.split()[0] for line in err.splitlines() if re.match(r" +[\d,]+ +\d\.\d\d ", line)] == [
        f"{step:,}" for step in range(100, 1300, 100)
    ]
    assert "verdict  The Transformer did not win: TF-IDF reaches more than it does on these rows. The" in err
    assert "  groundup predict --model 'a run' --text 'it'\"'\"'s a film of the old lamp near the river and the clock'\n" in err
    assert out == "answer,1\n"
    assert "\x1b[1;33mwarning:" in piped(FORCE_COLOR="1")[0]
    assert "━" not in piped(FORCE_COLOR="1")[0]


def test_quiet_keeps_the_result_and_verbose_adds_all_figures():
    assert [line.split()[0] for line in piped("quiet")[0].splitlines() if line] == ["model", "verdict"]
    assert "training: loss 0.0017  accuracy 0.5000" in piped("verbose")[0]
    assert "accuracy 0.5000" not in piped()[0]


def test_a_command_that_is_wider_than_the_terminal_goes_on_behind_a_backslash():
    lines = lines_of(on_terminal(columns=80)[0])
    first = next(number for number, line in enumerate(lines) if line.startswith("  groundup predict"))
    assert lines[first] == "  groundup predict --model 'a run' \\"
    assert lines[first + 1].startswith("      --text ")


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (52.9, "0:52"), (600, "10:00"), (3753, "1:02:33"), (-1, "0:00")])
def test_times_are_short(seconds, shown):
    assert clock(seconds) == shown
