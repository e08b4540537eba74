"""Every command under strace, without a network and with an empty home: nothing is asked of anybody, nothing written elsewhere."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.strangers.every_command import MARK, lines

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CALLS = (
    "connect",
    "sendto",
    "sendmsg",
    "openat",
    "open",
    "creat",
    "mkdir",
    "mkdirat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
    "truncate",
    "newfstatat",
    "stat",
)
LINE = re.compile(r"\d+\s+(\w+)\((.*)")
SYSTEM = (
    "/dev/null",
    "/dev/shm/sem.",  # semaphores of the standard library, removed as soon as they are made
    "/var/lib/libuuid/clock.txt",
)  # which libuuid keeps for the machine; onnx names a file of its own by it
LONGEST = 1500  # seconds


def touched(trace: Path, home: Path) -> list[tuple[str, str, str]]:
    """(command line, system call, what) of everything beyond the folders of the run: sockets of the internet, files written."""
    now, found = "import", []
    for line in trace.read_text("utf-8", errors="backslashreplace").split("\n"):
        call = LINE.match(line)
        if call is None:
            continue
        name, rest = call.groups()
        paths = re.findall(r'"((?:[^"\\]|\\.)*)"', rest)
        if name in ("newfstatat", "stat"):
            now = next((path.removeprefix(MARK) for path in paths if path.startswith(MARK)), now)
        elif name in ("connect", "sendto", "sendmsg"):
            if "AF_INET" in rest:
                found.append((now, name, rest[:120]))
        elif name not in ("openat", "open") or re.search(r"O_WRONLY|O_RDWR|O_CREAT", rest):
            away = [path for path in paths if path.startswith("/") and not path.startswith((str(home), *SYSTEM))]
            found += [(now, name, path) for path in away]
    return found


def traced(home: Path, command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess:
    """Run a command in a namespace of its own without a network, its system calls written to `trace`."""
    alone = (
        ["unshare", "-rn"]
        if subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode == 0
        else []
    )
    watch = ["strace", "-f", "--seccomp-bpf", "-s", "300", "-o", str(home / "trace"), "-e", "trace=" + ",".join(CALLS)]
    for name in ("home", "tmp", "work"):
        (home / name).mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home / "home"),
        "TMPDIR": str(home / "tmp"),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
    return subprocess.run(
        [*alone, *watch, *command], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False
    )


@pytest.fixture(autouse=True)
def strace():
    if shutil.which("strace") is None:
        pytest.skip("no strace here: apt-get install strace")


def test_no_command_reaches_a_network_or_writes_outside_its_folders(tmp_path):
    told = traced(tmp_path, [sys.executable, "-m", "tests.strangers.every_command", str(tmp_path / "work")], {})
    assert told.returncode == 0, told.stdout + told.stderr
    assert touched(tmp_path / "trace", tmp_path) == []
    assert [*(tmp_path / "home").iterdir()] == [], "written into the home folder"
    assert [*(tmp_path / "tmp").iterdir()] == [], "left in the folder of temporary files"


def test_the_watch_sees_a_socket_and_a_file_in_the_home(tmp_path):
    told = traced(
        tmp_path,
        [
            sys.executable,
            "-c",
            "import pathlib, socket; pathlib.Path('/tmp/.groundup-watched').touch();"
            "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect_ex(('192.0.2.1', 9))",
        ],
        {},
    )
    Path("/tmp/.groundup-watched").unlink()
    assert told.returncode == 0, told.stderr
    assert {name for _, name, _ in touched(tmp_path / "trace", tmp_path)} >= {"openat", "connect"}


def test_every_command_is_in_the_list():
    from groundup.commands.table import COMMANDS

    assert {line.split()[0] for _, line in lines()} == set(COMMANDS)
