"""Values as GDAL gives them, made plain: text, numbers, ISO dates, None."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from safelane.exchange.files.faults import RowFault
from safelane.exchange.files.tables import Column, Kind

_KINDS: dict[str, Kind] = {
    "OFTInteger": "integer",
    "OFTInteger64": "integer",
    "OFTReal": "number",
    "OFTDate": "date",
    "OFTDateTime": "datetime",
}


def column_kind(ogr_type: str, subtype: str) -> Kind:
    """Return our kind for GDAL's field type."""
    if subtype == "OFSTBoolean":
        return "boolean"
    return _KINDS.get(ogr_type, "text")


def plain_values(
    values: Any, column: Column, encoding: str, rows: list[int], faults: list[RowFault]
) -> list[Any]:
    """Return JSON values; text that is not in ``encoding`` becomes a fault."""
    if values.dtype.kind == "M":
        return [_iso(v) for v in np.datetime_as_string(values)]
    items = values.tolist()
    if column.kind == "integer":
        return [_integer(v) for v in items]
    if column.kind == "number":
        return [None if v is None or math.isnan(v) else v for v in items]
    if column.kind == "boolean":
        return [_boolean(v) for v in items]
    if encoding:
        return _decoded(items, column.name, encoding, rows, faults)
    return [_text(v) for v in items]


def _iso(text: str) -> str | None:
    if text == "NaT":
        return None
    return text.removesuffix("T00:00:00.000").removesuffix(".000")


def _integer(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return int(value)


def _boolean(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return bool(value)


def _text(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, bytes):
        return None  # pictures and the like are never imported as text
    if isinstance(value, np.ndarray):
        return json.dumps(value.tolist(), ensure_ascii=False)
    return str(value)


def _decoded(
    items: list[Any],
    column: str,
    encoding: str,
    rows: list[int],
    faults: list[RowFault],
) -> list[Any]:
    result: list[Any] = []
    for row, item in zip(rows, items, strict=True):
        value = _text(item)
        if isinstance(value, str) and not value.isascii():
            value = _decode(value, column, encoding, row, faults)
        result.append(value)
    return result


def _decode(
    value: str, column: str, encoding: str, row: int, faults: list[RowFault]
) -> str:
    try:
        data = value.encode("latin-1")
    except UnicodeEncodeError:
        return value  # GDAL has decoded it already
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        # A field of fixed bytes may cut the last letter in two; that letter is lost.
        if (
            error.end == len(data)
            and encoding == "utf-8"
            and len(data) - error.start < 4
        ):
            return data[: error.start].decode(encoding)
        faults.append(RowFault(row, "encoding", column))
        return data.decode(encoding, "replace")
