"""Loading a country pack: the shared base, then what the country says instead."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from safelane.countries.codelists import merge_lists, read_lists
from safelane.countries.errors import UnknownPack
from safelane.countries.pack import AdminLevel, CountryPack
from safelane.countries.reading import Node, read_yaml
from safelane.countries.rulebook import merge_dated, read_parameters, read_rules

ROOT = Path(__file__).parent
BASE = "base"
PACK_KEYS = (
    "version",
    "country_code",
    "iso2",
    "names",
    "authority",
    "languages",
    "levels",
    "bounds",
    "crs",
    "utm_zones",
    "sensitivity",
    "precision",
)


@cache
def available_packs() -> tuple[str, ...]:
    """Return the names of the packs that come with Safelane."""
    found = (path.parent.name for path in ROOT.glob("*/pack.yaml"))
    return tuple(sorted(name for name in found if name != BASE))


def load_pack(code: str) -> CountryPack:
    """Return the pack of a country by its folder name, read once.

    Raises:
        UnknownPack: No pack has this name.
        BadPack: A file of it cannot be used; the message names file and key.
    """
    if code not in available_packs():
        known = ", ".join(available_packs())
        raise UnknownPack(f"No country pack “{code}”. Known packs: {known}.")
    return _load(ROOT / code, ROOT / BASE)


def pack_named(name: str) -> CountryPack:
    """Return the pack that a person names: by its folder or by a code of its country.

    Args:
        name: Such as ``laos``, ``LAO`` or ``la``, in any case.

    Raises:
        UnknownPack: No pack has this name; the message lists those that there are.
    """
    wanted, packs = name.strip().lower(), [load_pack(c) for c in available_packs()]
    for pack in packs:
        if wanted in (pack.code, pack.country_code.lower(), pack.iso2.lower()):
            return pack
    known = ", ".join(f"{pack.code} ({pack.country_code})" for pack in packs)
    raise UnknownPack(f"No country pack “{name}”. Known packs: {known}.")


@cache
def _load(folder: Path, base: Path) -> CountryPack:
    return read_pack(folder, base)


def read_pack(folder: Path, base: Path) -> CountryPack:
    """Read the pack in ``folder`` on top of the one in ``base``.

    Raises:
        BadPack: A file of either cannot be used.
    """
    top, shared = read_yaml(folder / "pack.yaml"), read_yaml(base / "pack.yaml")
    top.only(*PACK_KEYS)
    return CountryPack(
        code=folder.name,
        country_code=top.text("country_code"),
        iso2=top.text("iso2"),
        names=_names(top),
        authority=top.names("authority"),
        languages=top.texts("languages"),
        levels=tuple(_levels(top.get("levels"))),
        bounds=_bounds(top.get("bounds")),
        crs=top.text("crs"),
        utm_zones=tuple(_zones(top.get("utm_zones"))),
        sensitivity=shared.names("sensitivity") | top.names("sensitivity"),
        precision=shared.names("precision") | top.names("precision"),
        lists=merge_lists(read_lists(base / "codes"), read_lists(folder / "codes")),
        all_rules=merge_dated(read_rules(base), read_rules(folder)),
        parameters=merge_dated(read_parameters(base), read_parameters(folder)),
        version=f"{top.text('version')}+{content_hash([base, folder])}",
    )


def content_hash(folders: Iterable[Path]) -> str:
    """Return the first 12 digits of the SHA-256 over all YAML files of the folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            digest.update(path.relative_to(folder).as_posix().encode())
            # Line ends differ between checkouts, the meaning does not.
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def _names(top: Node) -> dict[str, str]:
    names = top.names("names")
    if "en" not in names:
        raise top.fault("“names” needs the English name.")
    return names


def _levels(node: Node) -> Iterable[AdminLevel]:
    for index, row in enumerate(node.rows(), start=1):
        row.only("key", "names")
        yield AdminLevel(index, row.text("key"), row.names("names"))


def _bounds(node: Node) -> tuple[float, float, float, float]:
    node.only("west", "south", "east", "north")
    west, south = node.number("west"), node.number("south")
    east, north = node.number("east"), node.number("north")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise node.fault("west must lie west of east and south south of north.")
    return west, south, east, north


def _zones(node: Node) -> Iterable[int]:
    for row in node.rows():
        if not isinstance(row.value, int):
            raise row.fault(f"must be an EPSG code, not {row.value!r}.")
        yield row.value
