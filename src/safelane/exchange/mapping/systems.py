"""Reference systems as rows and headings of tables name them."""

from __future__ import annotations

import re
from functools import lru_cache

from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import UTMConversion

from safelane.exchange.files.errors import UnknownCrs
from safelane.exchange.files.reprojection import (
    WGS84,
    crs_label,
    read_crs,
    transformer_to_wgs84,
)
from safelane.exchange.mapping.names import folded

_CODE = re.compile(r"(?:.*EPSG\D{0,3}|.*SRID\D{0,3}|\s*)(\d{4,6})(?:\.0)?\W*", re.I)
_UTM = re.compile(r"\W*UTM\W*(?:zone\W*)?(0?[1-9]|[1-5]\d|60)\s*([NS])\b\W*", re.I)
_OTHER_NAMES = {
    **dict.fromkeys(("wgs84", "wgs1984", "worldgeodeticsystem1984"), WGS84),
    **dict.fromkeys(("ск42", "sk42", "pulkovo42", "пулково1942"), "EPSG:4284"),
    **dict.fromkeys(("ск95", "sk95"), "EPSG:4200"),
}
_LON = "8802"  # EPSG: longitude of natural origin
# They say how a position is written and nothing of its datum.
_MANNERS = {"", "utm", "latlon", "latlong", "longlat", "lonlat", "geographic"} | {
    *("degrees", "decimaldegrees", "dd", "dms", "gps", "mgrs"),
}


@lru_cache(maxsize=1024)
def named_system(text: str) -> str | None:
    """Return the reference system that people call so; "" for words that name none.

    None: nobody knows it, or how it lies to WGS 84.
    """
    said = text.replace("_", " ").strip().removeprefix("GCS ")
    if folded(said) in _MANNERS:
        return ""
    code, zone = _CODE.fullmatch(said), _UTM.search(said)
    if zone and not code:
        datum = named_system(_UTM.sub("", said))
        return None if datum is None else on_utm(datum or WGS84, zone[1], zone[2])
    alias = f"EPSG:{code[1]}" if code else _OTHER_NAMES.get(folded(said), "")
    name = alias or said
    try:
        crs = read_crs(name)
        transformer_to_wgs84(name)
    except UnknownCrs:
        return None
    # PROJ takes "Indian" for one of the systems that begin so.
    is_meant = alias or folded(crs.name) == folded(said)
    is_flat = crs.is_geographic or crs.is_projected
    return crs_label(name) if is_meant and is_flat else None


@lru_cache(maxsize=256)
def on_utm(datum: str, zone: str, side: str) -> str:
    """Return the system of a UTM zone on the datum of a geographic system."""
    crs, letter = read_crs(datum), side.upper()
    flat = ProjectedCRS(
        UTMConversion(zone, letter),
        name=f"{crs.name} / UTM zone {int(zone)}{letter}",
        geodetic_crs=crs,
    )
    authority = flat.to_authority(min_confidence=70)
    return ":".join(authority) if authority else str(flat.to_wkt())


@lru_cache(maxsize=256)
def is_projected(system: str) -> bool:
    """Say whether positions in a system are metres."""
    return bool(read_crs(system).is_projected)


@lru_cache(maxsize=256)
def zone_of(system: str) -> tuple[int, str]:
    """Return the UTM zone of a system on any datum and N or S; 0 and "" for another.

    It is told by the numbers of the projection, whatever the system is called.
    """
    crs = read_crs(system)
    grid = ((crs.is_bound and crs.source_crs) or crs).coordinate_operation
    for meridian in (
        float(p.value) for p in (grid.params if grid else ()) if p.code == _LON
    ):
        zone = round((meridian + 183) / 6)
        for side in "NS" if 1 <= zone <= 60 else "":
            if grid == UTMConversion(str(zone), side):
                return zone, side
    return 0, ""
