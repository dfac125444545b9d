"""Rows to GeoJSON: by PostGIS where it can, else vectorised by shapely."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray

from safelane.core.collections.catalogue import CollectionField
from safelane.core.collections.rows import Rows
from safelane.core.geo.values import rounded
from safelane.core.ogc import crs as systems
from safelane.core.ogc.cql2.lookups import in_postgresql
from safelane.core.ogc.values import in_utc
from safelane.core.scope import Precision
from safelane.core.scope.precision import blurred_many, rounded_area

DIGITS = 7
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# Most values are these, and stand in JSON as they are.
_AS_IT_IS = frozenset({"string", "integer", "number", "date"})
_PLAIN = (str, int, float, type(None))


def in_database(rows: Rows, uri: str) -> bool:
    """Say whether PostGIS can write the features whole: exact, in CRS84."""
    return rows.vendor == "postgresql" and rows.exact and uri == systems.CRS84


def columns(rows: Rows, uri: str) -> str:
    """Return the select list that :func:`features` reads; ``_pk`` comes first."""
    names = [f"_f{i}" for i in range(len(rows.collection.fields))]
    if not in_database(rows, uri):
        shape = "ST_AsBinary(_geom)" if rows.vendor == "postgresql" else "_geom"
        precision = "0" if rows.exact else "_p"
        return ", ".join(["_pk", "_fid", shape, precision, *names])
    pairs = ", ".join(
        f"'{item.name}', {_shown(item, name)}"
        for item, name in zip(rows.collection.fields, names, strict=True)
    )
    return (
        '_pk, concat(\'{"type":"Feature","id":\', to_json(_fid), '
        f"',\"geometry\":', coalesce(ST_AsGeoJSON(_geom, {DIGITS}), 'null'), "
        f"',\"properties\":', json_build_object({pairs}), '}}')"
    )


def _shown(item: CollectionField, column: str) -> str:
    """Return a column as :func:`json_value` shows it."""
    if item.type == "json":
        return f"nullif({column}::text, '{{}}')"
    if item.type == "string":
        return f"nullif({column}::text, '')"
    return f"nullif({in_postgresql(column)}, '')" if item.type == "array" else column


def features(rows: Rows, found: list[tuple[Any, ...]], uri: str) -> bytes:
    """Return the features joined by commas, as bytes."""
    if not found:
        return b""
    if in_database(rows, uri):
        return ",".join([row[1] for row in found]).encode()
    _pks, fids, shapes, levels, *values = zip(*found, strict=True)
    texts = _geometries(shapes, levels, uri)
    parts = [
        f'{{"type":"Feature","id":{fid},"geometry":{text or "null"},'
        f'"properties":{_properties(rows, properties, level)}}}'
        for fid, text, level, properties in zip(
            (json.dumps(fid_text(fid)) for fid in fids),
            texts,
            levels,
            zip(*values, strict=True) if values else [()] * len(found),
            strict=True,
        )
    ]
    return ",".join(parts).encode()


def _geometries(
    shapes: tuple[Any, ...], levels: tuple[int, ...], uri: str
) -> NDArray[np.object_]:
    """Return WKB values as GeoJSON texts, at the precision of each row."""
    raw = [None if shape is None else bytes(shape) for shape in shapes]
    geometries = np.asarray(shapely.from_wkb(np.array(raw, dtype=object)))
    precision = np.asarray(levels, dtype=np.int_)
    if precision.any():
        geometries = blurred_many(geometries, precision)
    moved = systems.from_crs84(geometries, uri)
    texts: NDArray[np.object_] = shapely.to_geojson(
        rounded(moved, systems.digits_for(uri))
    )
    return texts


def fid_text(value: Any) -> Any:
    """Return a feature id as the outside sees it; SQLite holds UUIDs as hex."""
    if isinstance(value, str) and len(value) == 32 and value.isalnum():
        parts = value[:8], value[8:12], value[12:16], value[16:20], value[20:]
        return "-".join(parts)
    return str(value) if isinstance(value, UUID) else value


def _properties(rows: Rows, values: tuple[Any, ...], level: int) -> str:
    shown = {
        item.name: shown_value(item, value, level)
        for item, value in zip(rows.collection.fields, values, strict=True)
    }
    return _ENCODER.encode(shown)


def shown_value(item: CollectionField, value: Any, level: int) -> Any:
    """Return a property as JSON holds it, as far as the precision lets it show."""
    if level != Precision.EXACT and item.coarse == "hide":
        return None
    if level != Precision.EXACT and item.coarse == "round":
        value = None if value is None else rounded_area(float(value), level)
    return json_value(item, value)


def json_value(item: CollectionField, value: Any) -> Any:
    """Return a database value as JSON holds it: RFC 3339 dates, lists as one text.

    What is empty is null, as conditions have it.
    """
    if value is None or value == "":
        return None
    if item.type in _AS_IT_IS and type(value) in _PLAIN:
        return value
    if item.type == "array":
        codes = json.loads(value) if isinstance(value, str) else value
        return ", ".join(codes) or None
    if item.type == "json":
        found = json.loads(value) if isinstance(value, str) else value
        return json.dumps(found, ensure_ascii=False) if found else None
    if item.type == "boolean":
        return bool(value)
    if item.type == "date-time":
        return _rfc3339(value)
    if isinstance(value, UUID | date):
        return str(value)
    return value


def _rfc3339(value: Any) -> str:
    if isinstance(value, datetime):
        return in_utc(value).isoformat().replace("+00:00", "Z")
    return f"{str(value).replace(' ', 'T')}Z"
