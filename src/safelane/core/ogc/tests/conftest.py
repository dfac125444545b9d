"""A register with an area in each country, and the standard's own schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from safelane.core.collections.rows import forget
from safelane.hazards.testing import register_area

SCHEMAS = "ogcapi-features/core/openapi/schemas"


@pytest.fixture(autouse=True)
def fresh_counts():
    forget()


@pytest.fixture
def register(cast):
    """Three areas in Azerbaijan, one in Laos, one in Cambodia."""
    found = {}
    for country, references in {
        "azerbaijan": ("AZ-1", "AZ-2", "AZ-3"),
        "laos": ("LA-1",),
        "cambodia": ("KH-1",),
    }.items():
        for reference in references:
            kind = "cha" if reference == "AZ-2" else "sha"
            found[reference] = register_area(cast, country, reference, kind=kind)
    return found


def _retrieve(uri: str) -> Resource[Any]:
    path = Path(unquote(urlsplit(uri).path))
    schema = _plain(yaml.safe_load(path.read_text(encoding="utf-8")))
    return Resource.from_contents(schema, default_specification=DRAFT202012)


def _plain(node: Any) -> Any:
    """Return the schema with the types that YAML read as None named again."""
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {key: _plain(value) for key, value in node.items()}
    if "type" in found:
        found["type"] = _named(found["type"])
    return found


def _named(kind: Any) -> Any:
    if isinstance(kind, list):
        return [_named(each) for each in kind]
    return "null" if kind is None else kind


@pytest.fixture
def valid(reference_data):
    """Check an answer against one of the standard's schemas."""

    def check(document: Any, name: str) -> None:
        schema = {"$ref": (reference_data / SCHEMAS / f"{name}.yaml").as_uri()}
        registry = Registry(retrieve=_retrieve)
        jsonschema.Draft202012Validator(schema, registry=registry).validate(document)

    return check
