"""The work of an update agrees with the operations that size counts, and time follows from it by the rates alone."""

from dataclasses import replace

import pytest

from groundup.families import presets
from groundup.nn.cost import size, step_time
from groundup.nn.cost.step_time import BatchShape, Rates, Work

RATES = Rates(products=1e11, touched=2e10, fresh=2e9, call=1e-5)


def work_of(objective, regime, sequences=3, length=40, vocab_size=301):
    shape = presets.make_shape(objective, "nano", regime, vocab_size)
    reading = BatchShape(sequences=sequences, length=length)
    asked = {name: 17 if name == "mlm" else sequences if name == "nsp" else sequences * length for name in shape.heads}
    source = replace(reading, length=25) if shape.encoder else None
    work = step_time.update_work(shape.config, shape.heads, reading, asked, shape.encoder, source)
    counted = size.size(
        shape.config,
        shape.heads,
        sequences=sequences,
        length=length,
        positions=asked,
        encoder=shape.encoder,
        source_length=25 if shape.encoder else None,
    )
    return work, counted


@pytest.mark.parametrize("objective", ["masked", "causal"])
def test_products_are_those_that_size_counts(objective):
    work, counted = work_of(objective, "paper")
    assert work.attention == 0  # weights that are dropped out are made by products
    assert work.products == pytest.approx(counted.training_operations)


@pytest.mark.parametrize("objective", ["masked", "causal"])
def test_fused_attention_stands_apart_from_the_products(objective):
    work, counted = work_of(objective, "fast")
    plain = work.attention / (step_time.ATTENTION + step_time.SHORT / 40)
    assert plain == pytest.approx(4 * 12 * 40 * 128 * 3 * 40)  # layers x 12 T C N
    assert work.products + plain == pytest.approx(counted.training_operations)


def test_an_encoder_beside_the_decoder_reads_its_own_length():
    work, counted = work_of("spans", "paper")
    assert work.products == pytest.approx(counted.training_operations)
    longer, _ = work_of("spans", "paper", length=80)
    assert longer.products > work.products


def test_time_is_the_sum_of_its_parts_and_halves_with_twice_the_rates():
    work, _ = work_of("masked", "fast")
    parts = step_time.seconds_by_part(work, RATES)
    assert all(seconds >= 0 for seconds in parts.values())
    assert step_time.seconds(work, RATES) == pytest.approx(sum(parts.values()))
    twice = Rates(products=2e11, touched=4e10, fresh=4e9, call=5e-6)
    assert step_time.seconds(work, twice) == pytest.approx(step_time.seconds(work, RATES) / 2)
    assert step_time.seconds(work, step_time.scale_rates(2 * step_time.REFERENCE.products)) == pytest.approx(
        step_time.seconds(work, step_time.REFERENCE) / 2
    )


def test_work_adds_up():
    work = Work(products=2, calls=1) + Work(products=3, fresh=4)
    assert (work.products, work.fresh, work.calls, (work * 2).products) == (5, 4, 1, 10)


def test_only_large_tensors_are_new_memory():
    assert step_time.elementwise_work(2**23, 1, new=2).fresh == 0
    assert step_time.elementwise_work(2**23 + 1, 1, new=2).fresh == 2 * 4 * (2**23 + 1)


def test_dropout_and_the_vocabulary_cost():
    assert work_of("masked", "paper")[0].touched > work_of("masked", "fast")[0].touched
    assert work_of("masked", "fast", vocab_size=3000)[0].touched > work_of("masked", "fast")[0].touched


def test_rates_are_measured_in_turns_and_leave_threads_alone():
    torch = pytest.importorskip("torch")
    from groundup.nn.cost import rates

    threads = torch.get_num_threads()
    found = rates.measure_rates(rounds=1, seconds=0.001)
    assert found.products > 1e9
    assert found.touched > found.fresh / 5 > 0  # of a thousandth of a second each, beside other work
    assert 1e-7 < found.call < 1e-2
    assert torch.get_num_threads() == threads
