"""The documents around the features: landing page, collections, schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from safelane.core.collections.catalogue import Collection, CollectionField
from safelane.core.ogc import crs

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
    return _schema(shown, url("queryables", shown.name)) | {
        "additionalProperties": False
    }


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
        "geometry": {
            "title": _("geometry"),
            "format": "geometry-any",
        }
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
    return described | {"type": "string" if item.type == "array" else item.type}
