"""What an installation brings: packages and megabytes to download, of groundup and of what people use instead.

    python benchmarks/long_install.py --install        # also installs each into a new environment and takes the time

pip resolves each set as on an empty machine; sizes are those of the files it would fetch. Needs an index of packages, on the
network or local, and the seconds of an installation are as much that index's as the packages'.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlparse

from machine import facts
from rounds import RESULTS

ROOT = Path(__file__).resolve().parents[1]
TORCH = "torch==2.13.0"  # of all, so that no set is larger for another build of it
SETS = {
    "groundup": [str(ROOT)],
    "transformers with its Trainer, data sets and metrics": ["transformers[torch]", "datasets", "evaluate", "scikit-learn"],
    "Ludwig": ["ludwig"],
    "AutoGluon multimodal": ["autogluon.multimodal"],
}
IMPORTS = ("groundup", "torch", "transformers")
MEGABYTE = 1e6


def pip(python: str, *arguments: str) -> None:
    subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments], check=True, capture_output=True)


def constraints(wanted: list[str]) -> list[str]:
    """groundup is installed with its own; the others as they ask."""
    return ["--constraint", str(ROOT / "constraints.txt")] if str(ROOT) in wanted else []


def resolved(python: str, wanted: list[str], scratch: Path, minutes: float) -> list[tuple[str, int]] | str:
    """(package, bytes to fetch) of all that would be installed, or why it cannot be."""
    report = scratch / "report.json"
    command = [
        python,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        "install",
        "--dry-run",
        "--ignore-installed",
        "--report",
        str(report),
        *constraints(wanted),
        TORCH,
        *wanted,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60 * minutes, check=False)
    except subprocess.TimeoutExpired:
        return f"not resolved in {minutes:g} minutes"
    if done.returncode:
        return "cannot be resolved: " + next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), "")[:200]
    chosen = json.loads(report.read_text())["install"]
    urls = [(one["metadata"]["name"], one["download_info"]["url"]) for one in chosen]
    return [(name, size_of(url)) for name, url in urls]


def size_of(url: str) -> int:
    """Bytes of a file, asked for and not fetched; a folder (this checkout) has none to fetch."""
    if url.startswith("file:"):
        path = Path(unquote(urlparse(url).path))
        return path.stat().st_size if path.is_file() else 0
    with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=60) as answer:
        return int(answer.headers["Content-Length"])


def import_seconds(python: str, module: str) -> float | None:
    """Processor time of a fresh process that imports it, over that of one that does nothing; the median of 5."""
    if subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode:
        return None
    code = f"import time; start = time.process_time(); import {module}; print(time.process_time() - start)"
    found = [float(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout) for _ in range(5)]
    return statistics.median(found)


def installed(wanted: list[str], scratch: Path) -> tuple[float, float]:
    """Seconds to make an environment with the set in it, fetched anew, and its megabytes on disk."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip(str(Path(folder) / "bin" / "python"), "install", "--no-cache-dir", *constraints(wanted), TORCH, *wanted)
        seconds = time.perf_counter() - started
        files = [path for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink()]
        return seconds, sum(path.stat().st_size for path in files) / MEGABYTE


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--minutes", type=float, default=15, help="that pip may take for a set")
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args(arguments)
    lines = [
        "## What an installation brings",
        "",
        "| | packages | to download, MB | of it torch | installed in, s | on disk, MB |",
        "|---|---|---|---|---|---|",
    ]
    rows = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in chosen.sets:
            found = rows[name] = resolved(sys.executable, SETS[name], folder, chosen.minutes)
            if isinstance(found, str):
                lines.append(f"| {name} | {found} | | | | |")
            else:
                total, torch = sum(size for _, size in found), dict(found).get("torch", 0)
                taken = "{:.0f} | {:,.0f}".format(*installed(SETS[name], folder)) if chosen.install else " | "
                lines.append(f"| {name} | {len(found)} | {total / MEGABYTE:,.0f} | {torch / MEGABYTE:,.0f} | {taken} |")
            print(lines[-1], flush=True)
    lines += ["", f"- resolved by pip as on an empty machine, with {TORCH} (here the build for processors alone) for all"]
    imports = {module: import_seconds(sys.executable, module) for module in IMPORTS}
    told = ", ".join(f"`import {name}` {value:.2f} s" for name, value in imports.items() if value is not None)
    lines += [f"- processor time of {told}", "", f"{datetime.now(UTC):%Y-%m-%d}, Python {facts()['python']}."]
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "install.json").write_text(json.dumps({"name": "install", "sets": rows, "imports": imports}, indent=2) + "\n")
    (chosen.out / "install.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
