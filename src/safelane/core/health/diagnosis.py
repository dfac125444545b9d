"""What `safelane doctor` looks at: each check says what is wrong and how to mend it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import shapely
from django.conf import settings
from django.db import DatabaseError, connection
from packaging.requirements import Requirement

from safelane.core.files.owners import another_owner
from safelane.core.health.writing import refusals

OK, WARNING, FAULT = "ok", "warning", "fault"
ENOUGH_MB = 2_000
LEAST_MB = 200
OLDEST_PYTHON = (3, 11)
FONTS = Path(__file__).parents[2] / "static" / "vendor" / "fonts"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; ``fix`` is empty when nothing is to be done."""

    name: str
    state: str
    text: str
    fix: str = ""

    @classmethod
    def of(cls, name: str, wrong: str, fix: str, well: str) -> Finding:
        """Return a fault where something is wrong, else that all is well."""
        return cls(name, FAULT, wrong, fix) if wrong else cls(name, OK, well)


def python_version() -> Iterator[Finding]:
    found = ".".join(str(part) for part in sys.version_info[:3])
    wrong = found if sys.version_info[:2] < OLDEST_PYTHON else ""
    yield Finding.of("Python", wrong, "Install Python 3.11 or newer.", found)


def packages() -> Iterator[Finding]:
    """Compare what is installed with what the package asks for."""
    wanted = [Requirement(text) for text in metadata.requires("safelane") or ()]
    wrong = "; ".join(filter(None, map(_package_problem, wanted)))
    yield Finding.of("Packages", wrong, "Install Safelane again.", "all there")


def _package_problem(wanted: Requirement) -> str:
    if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
        return ""
    try:
        found = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        return f"{wanted.name} is missing"
    if wanted.specifier.contains(found, prereleases=True):
        return ""
    return f"{wanted.name} {found} does not fit {wanted.specifier}"


def data_folder() -> Iterator[Finding]:
    """Check that the data folder is there, private, writable, and has space."""
    folder = Path(settings.DATA_DIR)
    if not folder.is_dir():
        text = f"{folder} is not there"
        yield Finding("Data folder", FAULT, text, "Run `safelane init`.")
        return
    yield Finding("Data folder", OK, str(folder))
    text, fix = another_owner(folder)
    yield Finding.of("Owner", text, fix, "this account may use all that is there")
    yield from writing()
    yield _private(folder / "secret")
    yield _space(folder)


def writing() -> Iterator[Finding]:
    """Name each folder that cannot be written, and the database."""
    found = refusals()
    for item in found:
        text = f"{item.path or item.name} cannot be written: {item.why}"
        yield Finding("Writing", FAULT, text, item.fix)
    if not found:
        yield Finding("Writing", OK, "folders and database can be written")


def _private(secret: Path) -> Finding:
    if not secret.exists():
        wrong = "" if settings.SECRET_KEY_IS_GIVEN else "not there"
        return Finding.of("Secret", wrong, "Run `safelane init`.", "given by a setting")
    is_open = os.name == "posix" and secret.stat().st_mode & 0o077
    wrong = "other accounts can read it" if is_open else ""
    return Finding.of(
        "Secret", wrong, f"chmod 600 {secret}", "readable by its owner only"
    )


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free // 1_000_000
    text = f"{free:,} MB free"
    if free >= ENOUGH_MB:
        return Finding("Disk", OK, text)
    state = FAULT if free < LEAST_MB else WARNING
    return Finding("Disk", state, text, "Free some space, or move the data folder.")


def time_and_fonts() -> Iterator[Finding]:
    """Check the time zone and the fonts of printed pages."""
    zone, wrong = settings.TIME_ZONE, ""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        wrong = f"{zone} is unknown"
    yield Finding.of("Time zone", wrong, "Set SAFELANE_TIME_ZONE.", zone)
    count = sum(1 for path in FONTS.rglob("*") if path.suffix in (".ttf", ".woff2"))
    wrong = "" if count else "none found"
    yield Finding.of("Fonts", wrong, "Install Safelane again.", f"{count} files")


def database() -> Iterator[Finding]:
    """Check that the database answers and knows the spatial functions."""
    try:
        with connection.cursor() as cursor:
            point = _point_sql()
            cursor.execute(f"SELECT ST_Intersects({point}, {point})")  # noqa: S608
            meets = cursor.fetchone()[0]
    except DatabaseError as error:
        yield Finding("Database", FAULT, _one_line(error), _database_fix())
        return
    state = OK if meets else FAULT
    yield Finding("Database", state, f"{connection.vendor}, spatial functions work")


def _point_sql() -> str:
    wkb = shapely.to_wkb(shapely.Point(0, 0), hex=True)
    if connection.vendor == "postgresql":
        return f"ST_GeomFromWKB(decode('{wkb}', 'hex'), 4326)"
    return f"X'{wkb}'"


def _database_fix() -> str:
    if connection.vendor == "postgresql":
        return (
            "Check SAFELANE_DATABASE_URL, that the server runs, and that its"
            " administrator ran: CREATE EXTENSION postgis"
        )
    return "Check the data folder, or restore a backup."


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
