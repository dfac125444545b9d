"""Domain apps know of each other only what they do and answer."""

import ast
import subprocess
import sys
from pathlib import Path

from safelane.config.settings import PARTS
from tests.architecture.sources import ROOT, product_modules

# Every part with records of its own; the others serve all of them.
SERVING = {"core", "exchange", "organisations", "countries", "config", "demo"}
DOMAIN = {part.split(".")[1] for part in PARTS} - SERVING
# What an app shows to the others: what it does, what it answers, what it takes.
FACE = {"actions", "queries", "inputs", "errors", "choices", "filters"}


def imports(module):
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name


def test_domain_apps_use_only_the_face_of_each_other():
    found = [
        f"{module.name}:{line} {name}"
        for module in product_modules()
        if module.app in DOMAIN
        for line, name in imports(module)
        if reaches_inside(module.app, name)
    ]
    assert not found


def reaches_inside(app: str, name: str) -> bool:
    parts = name.split(".")
    if parts[0] != "safelane" or len(parts) < 3 or parts[1] not in DOMAIN - {app}:
        return False
    return parts[2] not in FACE


def test_import_contracts_hold():
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [tool, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
