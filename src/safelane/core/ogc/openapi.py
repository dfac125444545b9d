"""The OpenAPI 3.0 description of the collections that an actor sees."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from safelane.core.collections.catalogue import Collection
from safelane.core.ogc import crs
from safelane.core.ogc.documents import GEOJSON, JSON, SCHEMA, field_schema
from safelane.core.ogc.params import DEFAULT_LIMIT, MAX_LIMIT, moment_names


def document(shown: list[Collection], server: str, version: str) -> dict[str, Any]:
    """Return the description with one path per collection.

    Args:
        server: Absolute address below which the paths lie.
    """
    paths: dict[str, Any] = {
        "/": {"get": _get("landing", _("Landing page"))},
        "/api": {"get": _get("api", _("This description"))},
        "/conformance": {"get": _get("conformance", _("Conformance classes"))},
        "/collections": {"get": _get("collections", _("Collections"))},
    }
    for collection in shown:
        paths |= _collection_paths(collection)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Safelane: OGC API Features", "version": version},
        "servers": [{"url": server.rstrip("/")}],
        "paths": paths,
        "components": {
            "schemas": {"exception": _EXCEPTION},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic"},
            },
        },
        "security": [{"token": []}, {"password": []}, {}],
    }


_EXCEPTION = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": {"type": "string"}, "description": {"type": "string"}},
}


def _collection_paths(collection: Collection) -> dict[str, Any]:
    base = f"/collections/{collection.name}"
    tag, title = collection.name, str(collection.title)
    fid: dict[str, Any] = {
        "name": "featureId",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
    }
    one: list[dict[str, Any]] = [fid, _CRS, *_then(collection)]
    return {
        base: {"get": _get(f"{tag}.describe", title)},
        f"{base}/queryables": {"get": _get(f"{tag}.queryables", title, SCHEMA)},
        f"{base}/schema": {"get": _get(f"{tag}.schema", title, SCHEMA)},
        f"{base}/items": {
            "get": _get(f"{tag}.items", title, GEOJSON, _items_parameters(collection))
        },
        f"{base}/items/{{featureId}}": {
            "get": _get(f"{tag}.item", title, GEOJSON, one, missing=True)
        },
    }


def _get(
    operation: str,
    summary: str,
    media: str = JSON,
    parameters: list[dict[str, Any]] | None = None,
    *,
    missing: bool = False,
) -> dict[str, Any]:
    fault = {
        "description": _("What was wrong"),
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/exception"}}},
    }
    answers = {
        "200": {"description": summary, "content": {media: {"schema": _OBJECT}}},
        "400": fault,
    }
    if missing:
        answers["404"] = fault
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": [*(parameters or []), _FORMAT],
        "responses": answers,
    }


_OBJECT = {"type": "object"}
_FORMAT = {
    "name": "f",
    "in": "query",
    "schema": {"type": "string", "enum": ["json", "html"]},
}
_CRS = {
    "name": "crs",
    "in": "query",
    "schema": {"type": "string", "enum": list(crs.SUPPORTED)},
}


def _query(name: str, schema: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema} | extra


def _items_parameters(collection: Collection) -> list[dict[str, Any]]:
    whole = {"type": "integer", "minimum": 1}
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4}
    text = {"type": "string"}
    return [
        _query("limit", whole | {"maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}),
        _query("after", {"type": "integer", "minimum": 0}),
        _query("bbox", numbers | {"maxItems": 6}, style="form", explode=False),
        _query("bbox-crs", _CRS["schema"]),  # type: ignore[arg-type]
        _CRS,
        _query("datetime", text),
        *_then(collection),
        _query("filter", text),
        _query("filter-lang", text | {"enum": ["cql2-text"]}),
        _query("filter-crs", text | {"enum": [crs.CRS84]}),
        *(
            _query(item.name, _parameter_schema(field_schema(item)))
            for item in collection.fields
        ),
    ]


def _then(collection: Collection) -> list[dict[str, Any]]:
    """Return the two dates of a past state, where a collection knows the past."""
    names = sorted(moment_names(collection))
    return [_query(name, {"type": "string"}) for name in names]


def _parameter_schema(described: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in described.items() if key != "title"}
