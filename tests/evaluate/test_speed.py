import pytest

from groundup.evaluate.speed import measure


class Clock:
    """Time that passes only when a system answers."""

    def __init__(self):
        self.now, self.order = 0.0, []

    def __call__(self):
        return self.now

    def system(self, name, per_row, slow_every=0):
        def answer(rows):
            self.order.append((name, len(rows)))
            slow = 10 if slow_every and len(self.order) % slow_every == 0 else 1
            self.now += per_row * len(rows) * slow

        return answer


TEXTS = [(f"text {n}",) for n in range(37)]


def test_latency_and_throughput_are_those_of_the_clock():
    clock = Clock()
    found = measure({"a": clock.system("a", 0.002), "b": clock.system("b", 0.005)}, TEXTS, 20, 3, clock=clock)
    assert found["a"].as_dict() == pytest.approx({"p50_ms": 2, "p95_ms": 2, "rows_per_second": 500})
    assert found["b"].as_dict() == pytest.approx({"p50_ms": 5, "p95_ms": 5, "rows_per_second": 200})


def test_systems_take_turns_and_each_begins_as_often():
    clock = Clock()
    measure({name: clock.system(name, 0.001) for name in "ab"}, TEXTS, 4, 2, clock=clock)
    timed = [name for name, size in clock.order if size == 1][6:]  # after the warm-up of 3 each
    assert "".join(timed) == "abbaabba"
    assert [name for name, size in clock.order if size == 37] == ["a", "b", "b", "a"]


def test_rare_slowness_is_seen_in_the_tail_and_not_in_the_median():
    clock = Clock()
    found = measure({"a": clock.system("a", 0.002, slow_every=10)}, TEXTS, 30, 1, clock=clock)
    assert found["a"].p50_ms == pytest.approx(2)
    assert found["a"].p95_ms > 10
