import os
import pickle
import signal
import time
from functools import partial
from multiprocessing import active_children

import pytest

from groundup.data import workers
from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.training import train_tokenizer
from groundup.data.workers import ALONE, Workers
from groundup.errors import InputError, Interrupted, PeerError


def told(batch: int) -> tuple[int, int]:
    time.sleep(0.001 * (batch % 3))
    return batch, os.getpid()


def refused(limit: int, batch: int) -> int:
    if batch == limit:
        raise InputError("TOO_LARGE", f"batch {batch}", "is too large", "take a smaller one", limit="40")
    return batch


def lost(batch: int) -> int:
    if batch == 40:
        os.kill(os.getpid(), signal.SIGKILL)
    return batch


@pytest.mark.parametrize("count", [1, 2, 3])
def test_results_come_in_the_order_of_the_batches(count):
    with Workers(count) as processes:
        found = list(processes.in_order(told, range(100)))
    assert [batch for batch, _ in found] == list(range(100))
    assert len({process for _, process in found[ALONE:]}) == count
    assert (os.getpid() in {process for _, process in found[ALONE:]}) == (count == 1)
    assert not active_children()


def test_a_few_batches_start_no_process():
    with Workers(4) as processes:
        assert {process for _, process in processes.in_order(told, range(ALONE))} == {os.getpid()}
        assert not active_children()


def test_a_bounded_number_of_batches_is_on_the_way():
    taken: list[int] = []

    def batches():
        for batch in range(200):
            taken.append(batch)
            yield batch

    with Workers(2) as processes:
        results = processes.in_order(told, batches())
        for number, _ in results:
            assert len(taken) <= max(ALONE, number + 1) + 2 * workers.AHEAD + 1
            if number == 50:
                break
    assert len(taken) < 60
    assert not active_children()


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_refused_in_a_worker_is_refused_in_the_same_words(count):
    with pytest.raises(InputError) as found, Workers(count) as processes:
        list(processes.in_order(partial(refused, 40), range(100)))
    assert found.value.lines() == ["error TOO_LARGE batch 40: is too large (limit: 40). Fix: take a smaller one"]
    assert (found.value.code, found.value.exit_code) == ("TOO_LARGE", 2)
    assert not active_children()


def test_a_lost_worker_is_an_error_and_no_hang():
    with pytest.raises(PeerError, match="WORKER_LOST") as found, Workers(2) as processes:
        list(processes.in_order(lost, range(100)))
    assert found.value.exit_code == 75
    assert not active_children()


def test_processes_are_gone_when_the_block_is_left_by_an_error():
    def leave():
        with Workers(2) as processes:
            results = processes.in_order(told, range(1000))
            assert [next(results)[0] for _ in range(20)] == list(range(20))
            assert len(active_children()) == 2
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave()
    assert not active_children()


@pytest.mark.parametrize("error", [InputError("A", "b", "c", problems=("d", "e")), Interrupted(15, "run")])
def test_errors_come_whole_from_another_process(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)


def test_an_encoder_comes_whole_to_another_process():
    encoder = train_tokenizer(lambda: iter(["a [CLS] b"] * 5), TokenizerSettings(vocab_size=60))
    copy = pickle.loads(pickle.dumps(encoder))
    assert copy.ids == encoder.ids
    assert copy.encode_batch(["[CLS] a b", "ab"]) == encoder.encode_batch(["[CLS] a b", "ab"])
    assert copy.tokenizer.encode_special_tokens


def test_what_is_done_can_be_sent_to_processes_that_are_no_copies(monkeypatch):
    spawned = workers.get_context("spawn")
    monkeypatch.setattr(workers, "get_context", lambda _: spawned)
    with Workers(2) as processes:
        found = list(processes.in_order(told, range(30)))
    assert [batch for batch, _ in found] == list(range(30))
    assert os.getpid() not in {process for _, process in found[ALONE:]}
