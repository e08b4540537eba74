"""What every test may rely on: one torch thread, no network, real data where it exists."""

import os
import socket
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.pop("GROUNDUP_LANGUAGE", None)  # the language that tests are written for

DATA = Path(os.environ.get("GROUNDUP_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


@pytest.fixture
def shared_data():
    """The folder of real data sets (GROUNDUP_DATA, or shared/data beside the checkout)."""
    if not DATA.is_dir():
        pytest.skip(f"no real data here: set GROUNDUP_DATA to a folder of data sets (looked in {DATA})")
    return DATA


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """The suite runs offline: an attempt to connect anywhere fails the test."""

    def refuse(self, address):
        raise AssertionError(f"a test tried to reach the network: {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
