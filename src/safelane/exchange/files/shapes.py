"""The geometries of one uploaded file, for a form."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from django.core.files.uploadedfile import UploadedFile
from shapely.geometry.base import BaseGeometry

from safelane.core.errors import InvalidInput
from safelane.core.geo.entry.coordinates import WGS84
from safelane.exchange.files.errors import ERROR
from safelane.exchange.files.source import Source

MAX_FILE_ROWS = 500


def shapes_in(file: UploadedFile[Any]) -> tuple[list[BaseGeometry], str]:
    """Return the geometries of an uploaded file in WGS 84, and its own CRS.

    Raises:
        InvalidInput, ExchangeError: It cannot be read, or not whole.
    """
    name = Path(str(file.name)).name
    with TemporaryDirectory(prefix="safelane-outline-") as folder:
        copy = Path(folder) / f"outline{Path(name).suffix}"
        with copy.open("wb") as target:
            target.writelines(file.chunks())
        with Source(copy, name=name) as source:
            batch = source.sample(MAX_FILE_ROWS)
            wrong = [fault for fault in batch.faults if fault.level == ERROR]
            if wrong:
                raise InvalidInput(wrong[0].message)
            wkb = [value for value in batch.geometry or [] if value]
            return list(shapely.from_wkb(wkb)), source.info.crs or WGS84
