"""Each ASVS item is named once, and each test that a security page names exists."""

import ast
import json
import re
from collections import Counter

import pytest

from tests.architecture.sources import PACKAGE

ROOT = PACKAGE.parent.parent
PAGE = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
NAMED = re.findall(r"^\| (V[\d.]+) \|.*`([^`]+)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("item", "test"), NAMED)
def test_the_named_test_exists(item, test):
    path, _colons, name = test.partition("::")
    file = ROOT / path
    assert file.exists(), path
    if name:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert name in {
            n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)
        }


def test_every_item_is_named_once(reference_data):
    data = json.loads((reference_data / "owasp-asvs/asvs-5.0.0.flat.json").read_text())
    rows = data["requirements"] if isinstance(data, dict) else data
    wanted = {row["req_id"] for row in rows if str(row["L"]) in ("1", "2")}
    named = Counter(re.findall(r"\bV\d+\.\d+\.\d+\b", PAGE))
    assert set(named) == wanted
    assert {item for item, count in named.items() if count > 1} == set()


def test_the_threat_model_names_tests_that_exist():
    text = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:tests|core|cli|hazards|organisations)/[^`]+)`", text):
        found = (ROOT / path, PACKAGE / path)
        assert any(candidate.exists() for candidate in found), path
