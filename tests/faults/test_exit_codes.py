"""How a command ends when the machine, not the user, is at fault."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from groundup.cli import explain, main
from groundup.errors import InputError, ResourceError, StorageError
from groundup.manifest import fingerprint_files


class Alloc(RuntimeError):
    """As torch raises it."""


SAID = [
    (MemoryError(), ResourceError),
    (OSError(errno.ENOMEM, "Cannot allocate memory"), ResourceError),
    (
        Alloc(
            "[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"
        ),
        ResourceError,
    ),
    (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), ResourceError),
    (RuntimeError("std::bad_alloc"), ResourceError),
    (RuntimeError("can't start new thread"), ResourceError),
    (OSError(errno.EMFILE, "Too many open files"), ResourceError),
    (OSError(errno.ENOSPC, "No space left on device"), StorageError),
    (OSError(errno.EIO, "Input/output error"), StorageError),
    (OSError(errno.ENAMETOOLONG, "File name too long"), InputError),
]


@pytest.mark.parametrize(("error", "kind"), SAID, ids=lambda one: str(one)[:40])
def test_what_the_machine_lacks_is_no_fault_of_ours(error, kind):
    assert type(explain(error)) is kind


def test_other_errors_are_faults_of_ours():
    assert explain(RuntimeError("the size of tensor a must match")) is None
    assert explain(KeyError("x")) is None


LIMITED = """
import resource, sys, numpy, torch, pyarrow
from groundup.cli import main
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30 + int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize(),) * 2)
import groundup.commands.size.story
def take(settings):
    if sys.argv[1] == "torch":
        return torch.empty(2**40)
    if sys.argv[1] == "arrow":
        return pyarrow.allocate_buffer(2**42)
    return numpy.empty(2**42)
groundup.commands.size.story.size = take
sys.exit(main(["size"]))
"""


@pytest.mark.parametrize("who", ["torch", "numpy", "arrow"])
def test_memory_that_is_not_there_ends_with_71(who):
    told = subprocess.run([sys.executable, "-c", LIMITED, who], capture_output=True, text=True, check=False)
    assert told.returncode == 71, told.stderr
    assert "OUT_OF_MEMORY" in told.stderr


@pytest.mark.parametrize("setting", ["--source", "--out"])
def test_a_name_that_is_not_utf_8_is_refused(setting, tmp_path, capsys):
    odd = f"{tmp_path}/{chr(0xDCFF)}"
    line = {"--source": str(tmp_path), "--out": str(tmp_path / "out")} | {setting: odd}
    assert main(["prepare", *(word for pair in line.items() for word in pair)]) == 2
    told = capsys.readouterr().err
    assert setting.removeprefix("--") in told
    assert "not UTF-8" in told


@pytest.mark.skipif(sys.platform != "linux", reason="file systems of other systems have no such names")
def test_a_file_whose_name_is_not_utf_8_has_a_fingerprint_that_hangs_on_the_name(tmp_path):
    found = []
    for number, name in enumerate([b"one\xff.csv", b"one\xfe.csv"]):
        (tmp_path / str(number)).mkdir()
        Path(os.fsdecode(os.fsencode(tmp_path / str(number)) + b"/" + name)).write_text("text,label\n")
        found.append(fingerprint_files([tmp_path / str(number)]))
    assert len(set(found)) == 2
