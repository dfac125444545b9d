"""The code as data: modules, functions and templates of the package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "safelane"
TEST_FOLDERS = {"tests", "testing"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file and its syntax tree."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def app(self) -> str:
        """Return the first folder below the package, such as ``hazards``."""
        return self.path.relative_to(PACKAGE).parts[0]

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def tree(self) -> ast.Module:
        return parse(self.path)

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def product_modules() -> tuple[Module, ...]:
    """Return the package's modules without tests and migrations."""
    return tuple(
        Module(path)
        for path in sorted(PACKAGE.rglob("*.py"))
        if not is_test(path) and "migrations" not in path.parts
    )


@cache
def all_modules() -> tuple[Module, ...]:
    """Return every Python file of the repository but migrations."""
    names = ("tests", "benchmarks", "scripts")
    folders = [PACKAGE, *(ROOT / name for name in names)]
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    return tuple(Module(p) for p in sorted(paths) if "migrations" not in p.parts)


def is_test(path: Path) -> bool:
    folders = path.relative_to(PACKAGE).parts
    return bool(set(folders) & TEST_FOLDERS) or path.name == "testing.py"


@cache
def templates() -> tuple[Path, ...]:
    """Return the package's HTML templates."""
    return tuple(sorted(PACKAGE.rglob("templates/**/*.html")))


@cache
def text_files() -> tuple[Path, ...]:
    """Return every text file that the repository tracks, without vendored ones."""
    endings = {".py", ".md", ".toml", ".txt", ".html", ".js", ".css", ".yaml", ".yml"}
    names = {"Makefile", "run", "LICENSE"}
    found = []
    for folder in (
        "src",
        "docs",
        "tests",
        "benchmarks",
        "scripts",
        "requirements",
        ".ci",
    ):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in endings or path.name in names:
                found.append(path)
    found += [path for path in ROOT.iterdir() if path.suffix in endings]
    found.append(ROOT / "Makefile")
    skipped = {"vendor", "__pycache__", "safelane.egg-info", ".venv"}
    return tuple(p for p in sorted(found) if not skipped & set(p.parts))
