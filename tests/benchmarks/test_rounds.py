import json
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import machine
import rounds


def test_contenders_take_turns_and_the_first_round_is_not_counted():
    calls = []
    measured = rounds.interleave({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=3)
    assert calls == ["a", "b", "b", "a", "a", "b", "b", "a"]
    assert [len(times) for times in measured.values()] == [3, 3]


def test_speed_up_is_per_unit_and_round_by_round():
    turns = {"ours": [(1.0, 10), (2.0, 10), (9.0, 10)], "theirs": [(4.0, 20), (6.0, 20), (9.0, 10)]}
    measured = {name: [rounds.Measurement(*turn) for turn in of_one] for name, of_one in turns.items()}
    found = rounds.summary(measured, "ours", "theirs")
    assert (found["seconds"], found["rate"]) == (2.0, 5.0)
    assert found["speedup"] == pytest.approx(1.5)  # the median of 2, 1.5 and 1
    assert rounds.summary(measured, "theirs", "theirs")["speedup"] == 1.0


def test_a_bench_writes_what_it_measured_and_where(tmp_path, capsys):
    bench = rounds.Bench("naps", "sleeping", unit="naps", reference="slow", rounds=3, settings={"seed": 0})
    bench.case("short", {"fast": lambda: time.sleep(0.002) or 1, "slow": lambda: time.sleep(0.02) or 1}, {"threads": 1})
    path = bench.write(tmp_path, rates=())
    report = json.loads(path.read_text())
    assert report["rows"][0]["speedup"] > 3
    assert report["rows"][0]["threads"] == 1
    assert len(report["rows"][1]["rounds"]) == 3
    assert report["machine"]["cores"] >= 1
    written = path.with_suffix(".md").read_text()
    assert written in capsys.readouterr().out
    assert "| short | slow |" in written
    assert "1.00x |" in written


def test_a_contender_may_take_the_time_itself_and_tell_figures(tmp_path, capsys):
    turns = iter([(9.0, 0.9), (2.0, 0.1), (4.0, 0.3), (3.0, 0.25)])  # the first is not counted
    bench = rounds.Bench("own", "own time", rounds=3, columns={"share": "of the rate"}, notes=["b: the better one"])

    def contender():
        seconds, share = next(turns)
        return rounds.Measurement(seconds, None, {"share": share})

    row = bench.case("c", {"b": contender})[0]
    assert (row["seconds"], row["figures"]) == (3.0, {"share": 0.25})
    written = bench.write(tmp_path, rates=()).with_suffix(".md").read_text()
    assert "| c | b | 3.00 s | 2.00 s | 4.00 s |  | 0.25 |" in written
    assert "- b: the better one" in written


def test_a_quick_run_leaves_nothing_behind_unless_it_is_told_where(tmp_path, capsys):
    parser, bench = rounds.options("A script.", rounds=2), rounds.Bench("naps", "sleeping")
    bench.case("none", {"a": lambda: 1})
    assert bench.finish(parser.parse_args(["--quick"])) is None
    assert bench.finish(parser.parse_args(["--quick", "--out", str(tmp_path)])) == tmp_path / "naps.json"


def test_a_cold_process_tells_its_processor_time_and_its_peak_of_memory():
    busy = rounds.cold(["-c", "b = bytearray(400 << 20); sum(range(10**6))"], units=3)()
    assert busy.units == 3
    assert 0 < busy.figures["cpu"] < 2 * busy.seconds
    assert 400 < busy.figures["peak_mib"] < 4000


def test_a_cold_process_that_fails_ends_the_benchmark():
    rounds.cold(["-c", "pass"])()
    with pytest.raises(RuntimeError, match=r"ended with 3:\noh"):
        rounds.cold(["-c", "import sys; print('oh', file=sys.stderr); sys.exit(3)"])()


def test_the_matrix_multiply_rate_is_a_rate_and_leaves_threads_alone():
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    found = machine.matmul_rate(1, seconds=0.02)
    assert 0 < found["median"] <= found["best"]
    assert torch.get_num_threads() == before


@pytest.mark.parametrize(("seconds", "text"), [(2e-5, "20.0 us"), (0.0123, "12.3 ms"), (3.456, "3.46 s")])
def test_times_are_readable(seconds, text):
    assert rounds.readable(seconds) == text
