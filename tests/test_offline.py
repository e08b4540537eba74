"""The switches of libraries are set before any of them is imported, and a command's process opens no socket of Python's."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

from groundup import offline

ROOT = Path(__file__).parents[1]
WATCHED = """
import json, os, sys
before = []
def watch(name, arguments):
    if name == "import" and arguments[0].split(".")[0] in ("torch", "numpy", "onnxruntime", "transformers", "sklearn", "pyarrow"):
        before.append([arguments[0], os.environ.get("ORT_DISABLE_TELEMETRY"), os.environ.get("HF_HUB_OFFLINE")])
    if name in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        raise SystemExit(f"{name} {arguments}")
sys.addaudithook(watch)
from groundup.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, before[:1]]))
"""


def test_the_switches_are_set_before_the_first_library_is_imported(tmp_path):
    (tmp_path / "t.csv").write_text("text,label\n" + "".join(f"word {n},{n % 2}\n" for n in range(30)))
    line = ["check", "--data", "t.csv", "--text_column", "text", "--quiet"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ORT_", "HF_", "TRANSFORMERS_"))}
    told = subprocess.run(
        [sys.executable, "-c", WATCHED, *line],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert told.returncode == 0, told.stderr
    code, (first,) = json.loads(told.stdout.strip().split("\n")[-1])
    assert code in (0, 3)
    assert first[1:] == ["1", "1"]


def test_importing_the_package_switches_off_what_would_be_sent_and_leaves_fetching_to_others():
    told = "import groundup, os; print(os.environ['ORT_DISABLE_TELEMETRY'], os.environ.get('HF_HUB_OFFLINE'))"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ORT_", "HF_"))} | {"ORT_DISABLE_TELEMETRY": "0"}
    found = subprocess.run(
        [sys.executable, "-c", told],
        capture_output=True,
        text=True,
        check=True,
        env=environment | {"PYTHONPATH": str(ROOT / "src")},
    )
    assert found.stdout.split() == ["1", "None"]


def test_one_place_alone_sets_them():
    for path in (ROOT / "src").rglob("*.py"):
        named = {node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)}
        if path.name != "offline.py":
            assert not named & {*offline.SENT, *offline.FETCHED}, path.name
