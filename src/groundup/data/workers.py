"""Batches of work shared by processes: results come in the order of the batches, and a bounded number is on the way."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing, contextmanager
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, TypeVar

from groundup.data.tokenizers.tokenizer import parallel
from groundup.errors import PeerError

Batch = TypeVar("Batch")
Result = TypeVar("Result")
ALONE = 8  # batches after which processes are worth their start
AHEAD = 2  # batches on the way for each process
MOST = 61  # processes that Windows can wait for


class Workers:
    """As many processes as `count` (default: one for each core), begun only when there is enough to do; with 1 there is none.

    At the end of the block, however it is left, they are gone. Raises PeerError when one of them is lost, and what a batch
    raises.
    """

    def __init__(self, count: int | None = None):
        self.count = min(cores() if count is None else count, MOST)
        self.stack = ExitStack()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def in_order(self, work: Callable[[Batch], Result], batches: Iterable[Batch]) -> Iterator[Result]:
        """What `work` makes of each batch. It is given to each process once, and must not remember anything that counts."""
        return self.stack.enter_context(closing(self.results(work, iter(batches))))

    def results(self, work: Callable[[Batch], Result], batches: Iterator[Batch]) -> Generator[Result]:
        yield from map(work, islice(batches, ALONE if self.count > 1 else None))
        first = list(islice(batches, 1))
        if not first:
            return
        waiting = deque()
        with processes(self.count, work) as pool:
            for batch in chain(first, batches):
                waiting.append(pool.submit(do, batch))
                if len(waiting) > AHEAD * self.count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def processes(count: int, work: Callable[[Any], Any]) -> Generator[ProcessPoolExecutor]:
    """A pool whose processes know their work. Where a copy of this process is safe, they are copies: begun at once, and with
    the caller's script unguarded by `__name__`."""
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(count, context, begin, (work,))
    try:
        with uninterrupted():
            pool.submit(os.getpid)
        yield pool
    except BrokenProcessPool:
        raise PeerError(
            "WORKER_LOST",
            "",
            "a process that shares the work has ended early",
            "run it again; where memory is short, with fewer: --threads 1",
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def uninterrupted() -> Generator[None]:
    """An interrupt waits until the end of the block, where it could be lost in between, or end a process half begun."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


working: Callable[[Any], Any]  # of this process, if it is a worker


def begin(work: Callable[[Any], Any]) -> None:
    """What a worker does first. It ends with the process that began it, which alone hears an interrupt."""
    global working
    working = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parallel(False)
    Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def do(batch: Any) -> Any:
    return working(batch)
