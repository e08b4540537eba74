"""Signals that ask a training to stop."""

from __future__ import annotations

import signal


class StopSignals:
    """SIGINT and SIGTERM make the run save and stop after this step; a second signal stops it at once."""

    signal = 0

    def __enter__(self) -> StopSignals:
        self.old = {}
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                self.old[number] = signal.signal(number, self.request_stop)
            except ValueError:  # not the main thread: the caller owns the signals
                break
        return self

    def request_stop(self, number: int, frame: object) -> None:
        if self.signal:
            raise KeyboardInterrupt
        self.signal = number

    def __exit__(self, *error: object) -> None:
        for number, handler in self.old.items():
            signal.signal(number, handler)
