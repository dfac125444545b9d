"""Broken files of every importable format, the same for the same seed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from safelane.exchange.files import formats
from safelane.exchange.tests.corpus import crafted
from safelane.exchange.tests.corpus.damage import PLAIN, Damage, drop_member, inside_zip
from safelane.exchange.tests.corpus.sound import sound_file

_ZIPPED = (formats.XLSX, formats.SHAPEFILE, formats.KMZ, formats.FILEGDB)
_CRAFTED: dict[str, Callable[[], Any]] = {
    formats.CSV: crafted.crafted_csv,
    formats.XLSX: crafted.crafted_xlsx,
    formats.GEOJSON: crafted.crafted_geojson,
    formats.KML: crafted.crafted_kml,
    formats.GPKG: crafted.crafted_gpkg,
    formats.SHAPEFILE: lambda: crafted.crafted_archives(".shp"),
    formats.KMZ: lambda: crafted.crafted_archives(".kml"),
    formats.FILEGDB: lambda: crafted.crafted_archives(".gdbtable"),
}


@dataclass(frozen=True)
class Broken:
    """One broken file: what was done to it, its name and its bytes."""

    recipe: str
    name: str
    data: bytes


def broken_files(format_name: str, number: int, seed: int = 1) -> Iterator[Broken]:
    """Yield ``number`` broken files: the crafted ones first, then damaged ones."""
    made = [Broken(*item) for item in _CRAFTED[format_name]()]
    yield from made[:number]
    with tempfile.TemporaryDirectory() as folder:
        sound = sound_file(Path(folder), format_name)
        data, name = sound.read_bytes(), sound.name
    recipes = list(_recipes(format_name).items())
    for i in count():
        if len(made) + i >= number:
            return
        recipe, damage = recipes[i % len(recipes)]
        rng = Random(f"{format_name}/{seed}/{i}")  # noqa: S311 - not a secret
        yield Broken(recipe, name, damage(data, rng))


def _recipes(format_name: str) -> dict[str, Damage]:
    recipes = dict(PLAIN)
    if format_name in _ZIPPED:
        recipes |= {f"inside: {n}": inside_zip(d) for n, d in PLAIN.items()}
        recipes["member dropped"] = drop_member
    return recipes
