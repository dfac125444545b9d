"""The REST API changes only on purpose."""

import json

from tests.architecture.openapi import SNAPSHOT, current


def test_the_snapshot_is_the_api():
    assert SNAPSHOT.read_text(encoding="utf-8") == current(), "run: make openapi"


def test_every_operation_says_what_it_does_and_how_it_fails():
    document = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), f"{method} {path}"
            faults = operation["responses"].get("401", {}).get("content", {})
            assert "application/problem+json" in faults, f"{method} {path}"
            assert operation.get("security"), f"{method} {path}"
