"""How many single changes of the code that keeps folders, runs, checkpoints and figures some test notices.

    python benchmarks/long_mutants.py [--only WORD]

Each change is made in a copy of the source, and the tests beside it run until the first one fails. A change whose text is not
found exactly once ends the script: it must be brought up to date.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTICED, SIDE, MALFORMED = "tests/faults/test_noticed.py", "tests/faults/test_side_files.py", "tests/faults/test_malformed.py"
CSV, UPRIGHT = "tests/commands/test_csv_text.py", "tests/data/sources/test_upright.py"
FOLDERS = (NOTICED, SIDE)
AIM = 0.85
LONGEST = 300  # seconds of one change; a test that hangs has noticed it

CHANGES = [  # (file, text, what stands there instead, tests)
    ("folders.py", 'or ".." in parts', "", FOLDERS),
    ("folders.py", 'or name.startswith("/")', "", FOLDERS),
    ("folders.py", "or name != str(PurePosixPath(*parts))", "", FOLDERS),
    ("folders.py", 'check_name(entry["name"], place)', "pass", FOLDERS),
    ("folders.py", "and not any((folder / Path(*parts[:n])).is_symlink() for n in range(1, len(parts) + 1))", "", FOLDERS),
    ("folders.py", "if path.is_file() and name not in known:", "if False:", FOLDERS),
    ("folders.py", "if given != manifest.digest or data", "if data", FOLDERS),
    ("folders.py", 'or data != canonical(manifest.to_dict() | {"digest": given}).encode()', "", FOLDERS),
    ("folders.py", "elif found != entry:", "elif False:", FOLDERS),
    ("folders.py", "if found.size != entry.size:", "if False:", FOLDERS),
    ("folders.py", "or hashlib.sha256(data).hexdigest() != entry.sha256", "", FOLDERS),
    ("folders.py", "if owner and not alive(int(owner[1])) and", "if owner and", FOLDERS),
    ("folders.py", "(target)\n    if problems:", "(target)\n    if False:", FOLDERS),
    ("folders.py", "            disk.fsync(descriptor, path)\n        finally:", "            pass\n        finally:", FOLDERS),
    ("folders.py", "            disk.fsync_folder(inner)", "            pass", FOLDERS),
    ("folders.py", "        disk.fsync_folder(target.parent)\n    except", "        pass\n    except", FOLDERS),
    ("folders.py", "if len(files) > MOST_FILES or", "if", (*FOLDERS, MALFORMED)),
    ("folders.py", "or len({f.name for f in files}) < len(files)", "", (*FOLDERS, MALFORMED)),
    ("folders.py", "if not any(is_held(path)", "if True or not any(is_held(path)", FOLDERS),
    ("folders.py", "        except FileExistsError:  # another", "        except KeyError:  # another", FOLDERS),
    ("folders.py", 'path.name.startswith(".trash-") and not path.is_symlink()', 'path.name.startswith(".trash-")', FOLDERS),
    ("disk.py", "if entry.is_dir(follow_symlinks=False):", "if entry.is_dir():", FOLDERS),
    ("disk.py", 'getattr(os, "O_NOFOLLOW", 0) | ', "", FOLDERS),
    ("disk.py", ' | getattr(os, "O_NONBLOCK", 0)', "", FOLDERS),
    ("disk.py", "if stat.S_ISREG(os.fstat(descriptor).st_mode):", "if True:", FOLDERS),
    ("locks.py", "and found.st_nlink < 2", "", FOLDERS),
    ("locks.py", "if take(descriptor) and same_file(folder / NAME, descriptor):", "if take(descriptor):", FOLDERS),
    ("locks.py", "return same_file(self.folder / NAME, self.descriptor)", "return True", FOLDERS),
    ("runs.py", "before.keys() | after.keys()", "before.keys() & after.keys()", FOLDERS),
    ("runs.py", "before.keys() | after.keys()", "before.keys()", FOLDERS),
    ("runs.py", "what = problems[0].what if problems else wrong(path)", 'what = problems[0].what if problems else ""', FOLDERS),
    ("runs.py", "                    self.set_aside(newer)", "                    pass", FOLDERS),
    ("runs.py", "                    run.require()", "                    pass", FOLDERS),
    ("runs.py", "                sweep_all(folder)", "                pass", (*FOLDERS, "tests/faults/test_saving.py")),
    ("finished.py", "        finish(run)\n        raise", "        raise", FOLDERS),
    ("finished.py", "    before, now = (", "    return True\n    before, now = (", FOLDERS),
    (
        "finished.py",
        "[*verify_files(run, (entry for entry in manifest.files if entry != log)), *verify_openings(run, log)]",
        "verify_files(run, (entry for entry in manifest.files if entry != log))",
        FOLDERS,
    ),
    ("openings.py", 'and event.get("previous") == previous', "", FOLDERS),
    ("openings.py", 'sound = event.get("digest") == digest_of(event) and', "sound =", FOLDERS),
    ("openings.py", "if not is_open(known, fingerprint, by):", "if True:", FOLDERS),
    ("openings.py", "if begins_with and hashlib", "if False and hashlib", FOLDERS),
    ("train/checkpoint.py", "if found.keys() != own.keys():", "if False:", FOLDERS),
    ("train/checkpoint.py", "if (found[k].shape, found[k].dtype) != (own[k].shape, own[k].dtype)", "if False", FOLDERS),
    ("train/checkpoint.py", "if name not in own or tensor.shape", "if name in own and tensor.shape", FOLDERS),
    (
        "train/checkpoint.py",
        "    refuse_non_finite(tensors(model) | optimizer.state() | averages, state.step)",
        "    refuse_non_finite(tensors(model), state.step)",
        FOLDERS,
    ),
    (
        "train/checkpoint.py",
        "            if not bool(tensor.isfinite().all()):",
        "            if bool(tensor.isnan().any()):",
        FOLDERS,
    ),
    (
        "data/splits/split.py",
        "and all(result[i] == TRAIN for i in held)",
        "and any(result[i] == TRAIN for i in held)",
        (NOTICED, "tests/data/splits/test_split.py"),
    ),
    ("evaluate/bootstrap.py", "float(f1[self.occur].mean())", "float(np.nan_to_num(f1).mean())", (NOTICED,)),
    ("evaluate/bootstrap.py", "f1 = np.where(np.isnan(f1), self.full, f1)", "f1 = np.nan_to_num(f1)", (NOTICED,)),
    ("commands/csv_text.py", ', "\\n", "\\r"))', ', "\\n"))', (CSV,)),
    ("commands/csv_text.py", " and not NUMBER.fullmatch(text) else", " else", (CSV,)),
    ("data/sources/upright.py", "(deep + 128) // 257", "deep // 256", (UPRIGHT,)),
    ("data/sources/upright.py", "image = ImageOps.exif_transpose(image)", "pass", (UPRIGHT,)),
]


def noticed(file: str, text: str, instead: str, tests: tuple[str, ...], source: Path) -> bool:
    """Whether some test fails when this text is replaced."""
    path = source / "groundup" / file
    whole = path.read_text("utf-8")
    if whole.count(text) != 1:
        raise SystemExit(f"{file}: {text!r} stands there {whole.count(text)} times; bring the list up to date")
    path.write_text(whole.replace(text, instead), "utf-8")
    environment = os.environ | {"PYTHONPATH": str(source), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=LONGEST, check=False)
        return told.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(whole, "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="changes whose file or text holds this word")
    parser.add_argument("--quick", action="store_true", help="the first two alone")
    asked = parser.parse_args()
    changes = [one for one in CHANGES if asked.only in one[0] or asked.only in one[1]][: 2 if asked.quick else None]
    missed = []
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for number, (file, text, instead, tests) in enumerate(changes, 1):
            found = noticed(file, text, instead, tests, source)
            missed += [] if found else [(file, text)]
            line = text.strip().split("\n")[0][:80]
            print(f"{number:>3}/{len(changes)}  {'noticed' if found else 'MISSED '}  {file}: {line}", flush=True)
    share = 1 - len(missed) / len(changes)
    print(f"{len(changes) - len(missed)} of {len(changes)} noticed: {share:.0%} (aim {AIM:.0%})")
    return 0 if share >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
