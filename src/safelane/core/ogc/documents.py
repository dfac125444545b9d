"""The documents around the features: landing page, collections, schemas, OpenAPI."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from safelane.core.collections.catalogue import Collection, CollectionField
from safelane.core.errors import SafelaneError
from safelane.core.ogc import crs
from safelane.core.ogc.params import (
    DEFAULT_LIMIT,
    FILTER_LANGUAGES,
    MAX_LIMIT,
    moment_names,
)

Url = Callable[..., str]
Describe = Callable[[Collection, Url], dict[str, Any]]
JSON, GEOJSON = "application/json", "application/geo+json"
SCHEMA, OPENAPI = (
    "application/schema+json",
    "application/vnd.oai.openapi+json;version=3.0",
)
_SPEC = "http://www.opengis.net/spec/"
CONFORMANCE = [
    f"{_SPEC}ogcapi-features-1/1.0/conf/core",
    f"{_SPEC}ogcapi-features-1/1.0/conf/oas30",
    f"{_SPEC}ogcapi-features-1/1.0/conf/geojson",
    f"{_SPEC}ogcapi-features-1/1.0/conf/html",
    f"{_SPEC}ogcapi-features-2/1.0/conf/crs",
    f"{_SPEC}ogcapi-features-3/1.0/conf/queryables",
    f"{_SPEC}ogcapi-features-3/1.0/conf/queryables-query-parameters",
    f"{_SPEC}ogcapi-features-3/1.0/conf/filter",
    f"{_SPEC}ogcapi-features-3/1.0/conf/features-filter",
    f"{_SPEC}cql2/1.0/conf/cql2-text",
    f"{_SPEC}cql2/1.0/conf/basic-cql2",
    f"{_SPEC}cql2/1.0/conf/advanced-comparison-operators",
    f"{_SPEC}cql2/1.0/conf/basic-spatial-functions",
]
WORLD = [-180.0, -90.0, 180.0, 90.0]
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"


def as_exception(fault: SafelaneError) -> HttpResponse:
    """Return ``fault`` as an exception document (OGC 17-069r4, 7.5)."""
    body = {"code": fault.code, "description": fault.message}
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, content_type=JSON, status=fault.http_status)


def link(href: str, rel: str, media: str, title: str = "") -> dict[str, str]:
    """Return one link of a document."""
    found = {"href": href, "rel": rel, "type": media}
    return found | ({"title": title} if title else {})


def landing(url: Url) -> dict[str, Any]:
    """Return the landing page."""
    return {
        "title": "Safelane",
        "description": _("Records of the register, as far as you may see."),
        "links": [
            link(url("landing"), "self", JSON, _("This page")),
            link(url("api"), "service-desc", OPENAPI, _("Description of the API")),
            link(f"{url('landing')}?f=html", "service-doc", "text/html"),
            link(url("conformance"), "conformance", JSON),
            link(url("collections"), "data", JSON, _("Collections")),
        ],
    }


def collections(shown: list[Collection], url: Url) -> dict[str, Any]:
    """Return the list of collections."""
    return {
        "links": [link(url("collections"), "self", JSON)],
        "crs": list(crs.SUPPORTED),
        "collections": [collection(each, url) for each in shown],
    }


def collection(shown: Collection, url: Url) -> dict[str, Any]:
    """Return the description of one collection."""
    name = shown.name
    described: dict[str, Any] = {
        "id": name,
        "title": str(shown.title),
        "description": str(shown.description or shown.title),
        "itemType": "feature",
        "crs": list(crs.SUPPORTED),
        "storageCrs": crs.CRS84,
        "extent": {"spatial": {"bbox": [WORLD], "crs": crs.CRS84}},
        "links": [
            link(url("collection", name), "self", JSON),
            link(url("items", name), "items", GEOJSON, str(shown.title)),
            link(url("schema", name), "describedby", SCHEMA),
            link(url("schema", name), f"{_REL}schema", SCHEMA),
            link(url("queryables", name), f"{_REL}queryables", SCHEMA),
        ],
    }
    if shown.datetime:
        described["extent"]["temporal"] = {"interval": [[None, None]]}
    return described


def queryables(shown: Collection, url: Url) -> dict[str, Any]:
    """Return the JSON Schema of what can be filtered by."""
    described = _schema(shown, url("queryables", shown.name))
    for item in (item for item in shown.fields if item.type == "json"):
        del described["properties"][item.name]
    return described | {"additionalProperties": False}


def schema(shown: Collection, url: Url) -> dict[str, Any]:
    """Return the JSON Schema of the features' properties."""
    described = _schema(shown, url("schema", shown.name))
    described["properties"]["id"] = {
        "type": "string", "readOnly": True, "x-ogc-role": "id",
    }  # fmt: skip
    described["properties"]["geometry"]["x-ogc-role"] = "primary-geometry"
    return described


def _schema(shown: Collection, address: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "geometry": {"title": _("geometry"), "format": "geometry-any"}
    }
    properties |= {item.name: field_schema(item) for item in shown.fields}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": str(shown.title),
        "properties": properties,
    }


def field_schema(item: CollectionField) -> dict[str, Any]:
    """Return the JSON Schema of one property."""
    described: dict[str, Any] = {"title": str(item.title)}
    if item.type in ("date", "date-time"):
        return described | {"type": "string", "format": item.type}
    return described | {"type": _TEXTS.get(item.type, item.type)}


_TEXTS = {"array": "string", "json": "string"}  # as tables of GIS have them


def openapi(shown: list[Collection], server: str, version: str) -> dict[str, Any]:
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
        _query("after", text),
        _query("bbox", numbers | {"maxItems": 6}, style="form", explode=False),
        _query("bbox-crs", _CRS["schema"]),  # type: ignore[arg-type]
        _CRS,
        _query("datetime", text),
        *_then(collection),
        _query("filter", text),
        _query("filter-lang", text | {"enum": list(FILTER_LANGUAGES)}),
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
