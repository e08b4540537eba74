"""Documentation that is on every machine that runs groundup: Python's own, and that of the libraries we stand on.

Docstrings are read from source files without importing them, so nothing runs and nothing is fetched.
"""

from __future__ import annotations

import ast
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groundup.data.sentences import split_sentences

LIBRARIES = ("numpy", "scipy", "sklearn", "torch")  # dependencies of ours; BSD licences
SKIPPED = {"test", "tests", "idlelib", "lib2to3", "site-packages", "turtledemo", "_vendor", "testing"}

PARTS = {  # chapters of the Python library reference -> top-level modules
    "concurrency": "asyncio concurrent multiprocessing threading subprocess queue sched selectors signal contextvars "
    "_weakrefset socketserver socket ssl asyncore asynchat",
    "internet": "email http urllib smtplib imaplib ftplib xmlrpc poplib nntplib telnetlib wsgiref mailbox html "
    "webbrowser cgi ipaddress mimetypes netrc uuid xml",
    "files and data": "tarfile zipfile shutil pathlib json csv configparser plistlib tempfile glob fnmatch os posixpath "
    "ntpath genericpath gzip bz2 lzma pickle shelve dbm sqlite3 copyreg fileinput filecmp _pyio tomllib zipimport",
    "language": "typing inspect importlib ast dis types abc _py_abc _collections_abc copy enum dataclasses functools "
    "contextlib tokenize symtable pkgutil runpy code codeop traceback linecache weakref operator keyword opcode",
    "numbers and time": "_pydecimal statistics fractions random datetime _pydatetime calendar numbers _strptime heapq "
    "bisect collections secrets hashlib hmac colorsys zoneinfo",
    "text": "difflib re string textwrap codecs encodings stringprep locale gettext pprint reprlib shlex _markupbase quopri",
    "user interface": "tkinter turtle curses cmd getopt optparse argparse logging getpass rlcompleter",
    "development": "unittest doctest pdb bdb trace pydoc profile cProfile pstats timeit distutils ensurepip venv "
    "warnings compileall py_compile cmd zipapp tracemalloc modulefinder",
}
PART_OF = {module: part for part, modules in PARTS.items() for module in modules.split()}


@dataclass(frozen=True)
class ModuleText:
    """The documentation of one module: its docstrings in order, each a list of paragraphs."""

    library: str
    module: str  # dotted
    docstrings: list[list[str]]

    @property
    def part(self) -> str | None:
        """The chapter of the library reference, for modules of the standard library that have one."""
        return PART_OF.get(self.module.split(".")[0]) if self.library == "python" else None


def standard_library() -> Iterator[ModuleText]:
    """Modules of the standard library with docstrings, and the topics of `help()`."""
    root = Path(sysconfig.get_paths()["stdlib"])
    yield from modules_of("python", root)
    from pydoc_data.topics import topics

    for name, text in sorted(topics.items()):
        yield ModuleText("python", f"topics.{name}", [paragraphs(text)])


def libraries() -> Iterator[ModuleText]:
    """Modules of the scientific libraries that are installed with groundup."""
    for name in LIBRARIES:
        folder = Path(sysconfig.get_paths()["purelib"]) / name
        if folder.is_dir():
            yield from modules_of(name, folder)


def modules_of(library: str, root: Path) -> Iterator[ModuleText]:
    for path in sorted(root.rglob("*.py"), key=lambda p: p.relative_to(root).as_posix().encode()):
        parts = path.relative_to(root).with_suffix("").parts
        if SKIPPED & set(parts) or parts[0] == "pydoc_data":
            continue
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):  # templates and files for other versions
            continue
        docstrings = [paragraphs(text) for text in docstrings_of(tree)]
        if any(docstrings):
            yield ModuleText(library, ".".join(p for p in parts if p != "__init__") or library, docstrings)


def docstrings_of(tree: ast.Module) -> Iterator[str]:
    """Docstrings of a module, its classes and functions, in the order of the file."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [tree, *sorted((n for n in ast.walk(tree) if isinstance(n, kinds)), key=lambda n: n.lineno)]
    for node in nodes:
        text = ast.get_docstring(node)
        if text:
            yield text


def paragraphs(text: str) -> list[str]:
    """Running prose of a docstring: blocks with several words, without examples, rules and tables."""
    result = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in block.split("\n")]
        lines = [line for line in lines if line and not re.fullmatch(r"[-=*~^+| .#]+", line)]
        if not lines or any(line.startswith((">>>", "...", "$ ", "%")) for line in lines):
            continue
        joined = " ".join(lines)
        letters = sum(c.isalpha() or c.isspace() for c in joined)
        if len(joined.split()) >= 4 and letters / len(joined) > 0.75:
            result.append(joined)
    return result


def sentences_of(module: ModuleText, fewest_words: int = 6) -> Iterator[str]:
    """Whole sentences of a module's prose, for a table of labelled examples."""
    for docstring in module.docstrings:
        for paragraph in docstring:
            for sentence in split_sentences(paragraph):
                if len(sentence.split()) >= fewest_words and sentence[-1] in ".!?" and sentence[0].isupper():
                    yield sentence
