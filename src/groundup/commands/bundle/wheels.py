"""The packages of an archive: groundup as it is installed here, and what pip fetches for it."""

from __future__ import annotations

import base64
import hashlib
import platform
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from groundup.commands.bundle.settings import Bundle
from groundup.errors import InputError, printable
from groundup.version import VERSION

PACKAGE = Path(__file__).parents[2]
WHEEL = "Wheel-Version: 1.0\nGenerator: groundup\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
SYSTEMS = {"Linux": ("linux", "manylinux", "musllinux"), "Windows": ("win",), "Darwin": ("macosx",)}
SILENTLY = ("--disable-pip-version-check", "--no-input", "--quiet")


def own_wheel(folder: Path) -> Path:
    """Write the wheel of groundup from its files here, however it was installed: the package is Python alone."""
    try:
        known = distribution("groundup")
    except PackageNotFoundError:
        raise InputError("NOT_INSTALLED", PACKAGE, "is not installed, so nothing says what it needs", "pip install .") from None
    if known.version != VERSION:
        what = f"was installed as {known.version}, and is {VERSION} now"
        raise InputError("NOT_INSTALLED", PACKAGE, what, "install it again: pip install .")
    about = f"groundup-{VERSION}.dist-info"
    files = {f"groundup/{path.relative_to(PACKAGE).as_posix()}": path.read_bytes() for path in package_files()}
    for name in ("METADATA", "entry_points.txt"):
        files[f"{about}/{name}"] = (known.read_text(name) or "").encode()
    files[f"{about}/WHEEL"] = WHEEL.encode()
    record = [f"{name},sha256={record_hash(data)},{len(data)}" for name, data in files.items()]
    files[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""]).encode()
    target = folder / f"groundup-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in files.items():
            wheel.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return target


def package_files() -> list[Path]:
    """The files of the package, without what Python compiled from them."""
    return sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".pyi") or path.name == "py.typed")


def record_hash(data: bytes) -> str:
    """The hash of a file as RECORD has it (PEP 376, PEP 427)."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def refuse_other_systems(settings: Bundle) -> None:
    """pip judges which libraries a system needs by the one that it runs on."""
    foreign = [name for name in settings.platform if not name.startswith(SYSTEMS.get(platform.system(), ("",)))]
    if foreign:
        what = f"{foreign[0]} is of another system than {platform.system()}, by which pip judges what is needed"
        raise InputError("OTHER_SYSTEM", "platform", what, "run bundle on a machine of that system")


def fetch_wheels(wheel: Path, folder: Path, settings: Bundle) -> None:
    """Let pip put everything that the wheel needs beside it."""
    if find_spec("pip") is None:
        raise InputError("NO_PIP", sys.executable, "has no pip, which fetches the packages", "python -m ensurepip")
    command = [sys.executable, "-m", "pip", "download", *SILENTLY, *pip_arguments(settings)]
    process = subprocess.run(
        [*command, "--dest", str(folder), requirement(wheel, settings)], capture_output=True, text=True, check=False
    )
    if process.returncode == 0:
        return
    again = "try again where there is a network, or fetch them into a folder and give it by --wheels"
    fix = again if settings.wheels is None else "put what is missing into it"
    raise InputError("NOT_FETCHED", settings.wheels or "pip download", problem_of(process.stderr), fix)


def requirement(wheel: Path, settings: Bundle) -> str:
    """The wheel with the extras that were asked for, as pip takes it."""
    return f"{wheel}[{','.join(settings.extra)}]" if settings.extra else str(wheel)


def pip_arguments(settings: Bundle) -> list[str]:
    """Where pip looks, for which machine, and at which versions."""
    arguments = ["--only-binary", ":all:"]
    if settings.wheels is not None:
        arguments += ["--no-index", "--find-links", settings.wheels]
    arguments += [word for index in settings.index for word in ("--extra-index-url", index)]
    arguments += [word for name in settings.platform for word in ("--platform", name)]
    arguments += ["--python-version", settings.python_version] if settings.python_version else []
    return arguments + (["--constraint", settings.constraints] if settings.constraints else [])


def problem_of(stderr: str) -> str:
    """What pip says is wrong: its last line that says so."""
    lines = [line.removeprefix("ERROR: ") for line in stderr.split("\n") if line.startswith("ERROR: ")]
    return printable(lines[-1] if lines else "pip failed", 300)
