"""What libraries would send, and where they would write, is switched off here, before any of them is imported.

Nothing that a command imports reaches a network or writes outside the folders that were named: a library that would has its
switch in one of these tables, and the traced run of every command (tests/strangers/test_offline.py) shows which lack one.
"""

from __future__ import annotations

import os

SENT = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime asks for a host, and keeps a device id and events in ~/.cache
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
FETCHED = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


def send_nothing() -> None:
    """No library tells anybody about this process. Done when groundup is imported, whoever imports it."""
    os.environ.update(SENT)


def keep_to_ourselves() -> None:
    """A process that is groundup's own fetches nothing either, and leaves no cache: torch makes a folder for compiled code when
    it is imported, and nothing is compiled here, so it is given one that is there."""
    import tempfile  # late: it brings ten modules, and help needs none of them

    send_nothing()
    os.environ.update(FETCHED)
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", tempfile.gettempdir())
