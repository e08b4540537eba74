"""The archive itself: a tar with a manifest of SHA-256, README.txt and install.py, the same bytes for the same parts."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

from groundup.commands.bundle.parts import Part
from groundup.commands.bundle.settings import Bundle
from groundup.folders import Writer
from groundup.manifest import MANIFEST, File, Manifest, hash_file
from groundup.strict_json import canonical
from groundup.version import VERSION

INSTALL = Path(__file__).with_name("install.py")
README = """\
groundup {version}, for a machine without a network
===================================================

    python install.py --venv .venv      compares all files with manifest.json, makes .venv and installs there
    python install.py                   installs into the Python that runs it
    python install.py --check           compares only

Or by hand:  pip install --no-index --find-links wheels "{requirement}"

wheels/  packages of Python{models}{data}

groundup {version}，用于没有网络的机器
-----------------------------------

    python install.py --venv .venv      先与 manifest.json 核对全部文件，再建立 .venv 并安装
    python install.py                   安装到运行它的 Python 中
    python install.py --check           只核对
"""


def write_archive(target: Path, root: str, parts: list[Part], settings: Bundle) -> None:
    """Write a tar with everything below the folder `root`. Files are hashed as they are written."""
    writer = Writer(target)
    try:
        with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT) as archive:  # ty: ignore[no-matching-overload]
            texts = {"README.txt": readme(parts, settings), "install.py": INSTALL.read_text("utf-8")}
            files = [add_bytes(archive, root, name, text.encode("utf-8")) for name, text in texts.items()]
            files += [add_file(archive, root, part) for part in parts]
            manifest = Manifest(
                "bundle", tuple(sorted(files)), {"requirement": requirement(settings)}, (), {"groundup": VERSION}
            )
            add_bytes(archive, root, MANIFEST, canonical(manifest.to_dict() | {"digest": manifest.digest}).encode())
        writer.finish(target.name)
    finally:
        writer.close()


def requirement(settings: Bundle) -> str:
    """What pip is to install there."""
    return f"groundup[{','.join(settings.extra)}]" if settings.extra else "groundup"


def readme(parts: list[Part], settings: Bundle) -> str:
    folders = {
        kind: "".join(
            f"\n{name}" for name in dict.fromkeys(first_two(part.name) for part in parts if part.name.startswith(kind))
        )
        for kind in ("models", "data")
    }
    return README.format(version=VERSION, requirement=requirement(settings), **folders)


def first_two(name: str) -> str:
    return "/".join(name.split("/")[:2])


def entry(root: str, name: str, size: int) -> tarfile.TarInfo:
    """The head of a file: no owner and no time, so that the same files are the same archive."""
    head = tarfile.TarInfo(f"{root}/{name}")
    head.size, head.mode = size, 0o644
    return head


def add_bytes(archive: tarfile.TarFile, root: str, name: str, data: bytes) -> File:
    archive.addfile(entry(root, name, len(data)), io.BytesIO(data))
    return hash_bytes(name, data)


def add_file(archive: tarfile.TarFile, root: str, part: Part) -> File:
    """A file of this machine. One that changes meanwhile does not fit its hash, which install.py says."""
    known = hash_file(part.path, part.name)
    with open(part.path, "rb") as file:
        archive.addfile(entry(root, part.name, known.size), file)
    return known


def hash_bytes(name: str, data: bytes) -> File:
    return File(name, len(data), hashlib.sha256(data).hexdigest())
