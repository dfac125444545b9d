"""What a file is, by its name or first bytes; a stranger's zip opened without harm."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from safelane.exchange.files import errors
from safelane.exchange.files.reading import Limits
from safelane.exchange.files.wording import gettext_noop as _

_CHUNK = 1 << 20
_DRIVE = re.compile(r"^[A-Za-z]:")
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


@contextmanager
def open_archive(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose members are safe to unpack.

    Raises:
        BrokenFile: It is not a readable zip.
        ArchiveRefused: Too many or too large members, a path that leads outside,
            a link, or encryption.
    """
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise errors.BrokenFile(reason=_("the zip is cut off or damaged")) from error
    with archive:
        _check_size(archive, path, limits)
        for member in archive.infolist():
            _check_member(member, limits)
        yield archive


def _check_size(archive: zipfile.ZipFile, path: Path, limits: Limits) -> None:
    members = archive.infolist()
    total, packed = sum(m.file_size for m in members), max(1, path.stat().st_size)
    reason, count, most = "", total, limits.archive_bytes
    if len(members) > limits.archive_members:
        reason = _("it holds %(count)s files, and %(most)s are possible")
        count, most = len(members), limits.archive_members
    elif total > limits.archive_bytes:
        reason = _("it unpacks to %(count)s bytes, and %(most)s are possible")
    elif total > limits.archive_small and total / packed > limits.archive_ratio:
        reason, count = _("it unpacks to %(count)s times its size"), total // packed
    if reason:
        raise errors.ArchiveRefused(reason=reason, count=count, most=most)


def _check_member(member: zipfile.ZipInfo, limits: Limits) -> None:
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or _DRIVE.match(name) or "\0" in name:
        reason = _("“%(name)s” leads outside the zip")
    elif stat.S_ISLNK(member.external_attr >> 16):
        reason = _("“%(name)s” is a link")
    elif member.flag_bits & 0x1:
        reason = _("“%(name)s” is encrypted")
    elif member.file_size > max(
        limits.archive_small, member.compress_size * limits.archive_ratio
    ):
        reason = _("“%(name)s” is packed more tightly than files ever are")
    else:
        return
    raise errors.ArchiveRefused(reason=reason, name=name)


def unpack(archive: zipfile.ZipFile, member: str, target: Path) -> Path:
    """Write one member to ``target`` (a name of ours) and return it.

    Raises:
        BrokenFile: The member is damaged.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(member) as source, target.open("wb") as out:
            while chunk := source.read(_CHUNK):
                out.write(chunk)
    except DAMAGE as error:
        reason = _("“%(name)s” in the zip is cut off or damaged")
        raise errors.BrokenFile(reason=reason, name=member) from error
    return target


def file_names(archive: zipfile.ZipFile) -> list[str]:
    """Return the members that are files, without the leavings of macOS and Windows."""
    return [
        m.filename
        for m in archive.infolist()
        if not m.is_dir()
        and not m.filename.startswith("__MACOSX/")
        and PurePosixPath(m.filename).name not in {".DS_Store", "Thumbs.db"}
    ]


CSV, XLSX, GEOJSON, GPKG = "csv", "xlsx", "geojson", "gpkg"
SHAPEFILE, KML, KMZ, FILEGDB = "shapefile", "kml", "kmz", "filegdb"


class Format(NamedTuple):
    """A format that is read and written.

    ``label`` is its name for people, ``suffix`` how files that are written end.
    ``reader`` and ``writer`` stand below ``exchange.readers`` and ``exchange.writers``:
    by name, so that each loads its libraries only where it is used.
    """

    label: str
    suffix: str
    reader: str
    writer: str


FORMATS = {
    GPKG: Format("GeoPackage", ".gpkg", "ogr.open_geopackage", "ogr.write_gpkg"),
    GEOJSON: Format(
        "GeoJSON", ".geojson", "geojson.GeoJsonReader", "geojson.write_geojson"
    ),
    CSV: Format("CSV", ".csv", "delimited.DelimitedReader", "delimited.write_csv"),
    XLSX: Format("Excel (XLSX)", ".xlsx", "xlsx.XlsxReader", "xlsx.write_xlsx"),
    SHAPEFILE: Format(
        "Shapefile (ZIP)", ".shp.zip", "shapefile.open_shapefile", "ogr.write_shapefile"
    ),
    KML: Format("KML", ".kml", "kml.KmlReader", "kml.write_kml"),
    KMZ: Format("KMZ", ".kmz", "kml.open_kmz", "kml.write_kmz"),
    FILEGDB: Format(
        "File Geodatabase (ZIP)", ".gdb.zip", "ogr.open_filegdb", "ogr.write_filegdb"
    ),
}
BY_SUFFIX = {f".{name}": name for name in (CSV, XLSX, GEOJSON, GPKG, KML, KMZ)} | {
    ".tsv": CSV,
    ".txt": CSV,
    ".xlsm": XLSX,
    ".json": GEOJSON,
    ".shp": SHAPEFILE,
}
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_SQLITE = b"SQLite format 3\x00"
# How files with these endings begin.
_MARKS = {
    XLSX: (_ZIP, _("it is no zip")),
    KMZ: (_ZIP, _("it is no zip")),
    GPKG: (_SQLITE, _("it is no SQLite database")),
    SHAPEFILE: (b"\x00\x00\x27\x0a", _("it is no Shapefile")),
}
_SINGLE = {CSV, GEOJSON, GPKG, KML}
# What a zip with such a file is as a whole.
_WHOLE = {".shp": SHAPEFILE, ".gdbtable": FILEGDB, ".kml": KMZ}


Found = tuple[str, Path]


def detect(path: Path, workdir: Path, limits: Limits, name: str = "") -> Found:
    """Return a file's format, and where to read it: a zip of one file is unpacked.

    Args:
        name: Name under which the person knows the file, when stored otherwise.

    Raises:
        MissingFile, EmptyFile, FileTooLarge, UnknownFormat, ArchiveRefused,
        BrokenFile.
    """
    name = name or path.name
    if path.is_dir():
        if Path(name).suffix.lower() == ".gdb":
            return FILEGDB, path
        raise errors.UnknownFormat(file=name, found="folder")
    start = _first_bytes(path, name, limits)
    if start.startswith(_ZIP):
        return _inside_zip(path, workdir, limits, name)
    return _by_name_or_content(name, start), path


def _first_bytes(path: Path, name: str, limits: Limits) -> bytes:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except (OSError, ValueError) as error:
        reason = _("there is no such file")
        if not isinstance(error, FileNotFoundError):
            reason = _("it is no file, or may not be read")
        raise errors.MissingFile(file=name, reason=reason) from error
    if size == 0:
        raise errors.EmptyFile(file=name)
    if size > limits.file_bytes:
        raise errors.FileTooLarge(file=name, size=size, limit=limits.file_bytes)
    return start


def _by_name_or_content(name: str, start: bytes) -> str:
    if start.startswith(_OLD_EXCEL):
        raise errors.UnknownFormat(file=name, found="Excel 97 .xls")
    if start.startswith(_EMPTY_ZIP):
        raise errors.EmptyFile(file=name)
    by_name = BY_SUFFIX.get(Path(name).suffix.lower(), "")
    mark, reason = _MARKS.get(by_name, (b"", ""))
    if not start.startswith(mark):
        raise errors.BrokenFile(file=name, reason=reason)
    return by_name or _by_content(name, start)


def _by_content(name: str, start: bytes) -> str:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_SQLITE):
        return GPKG
    if text.startswith((b"{", b"[")):
        return GEOJSON
    if b"<kml" in text[:2048]:
        return KML
    raise errors.UnknownFormat(file=name, found=Path(name).suffix or "?")


def _inside_zip(path: Path, workdir: Path, limits: Limits, name: str) -> Found:
    with open_archive(path, limits) as archive:
        names = file_names(archive)
        if not names:
            raise errors.EmptyFile(file=name)
        suffixes = {_suffix(n) for n in names}
        if "xl/workbook.xml" in names:
            return XLSX, path
        for suffix, whole in _WHOLE.items():
            if suffix in suffixes:
                return whole, path
        known = [n for n in names if _suffix(n) in BY_SUFFIX]
        if len(known) == 1 and BY_SUFFIX[_suffix(known[0])] in _SINGLE:
            inner = unpack(archive, known[0], workdir / f"inner{_suffix(known[0])}")
            if (beside := f"{known[0]}-wal") in names:  # edits of a GeoPackage
                unpack(archive, beside, inner.with_name(f"{inner.name}-wal"))
            start = _first_bytes(inner, known[0], limits)
            return _by_name_or_content(known[0], start), inner
    if ".zip" in suffixes:
        raise errors.ArchiveRefused(file=name, reason=_("it holds another zip"))
    if "content.xml" in names:
        raise errors.UnknownFormat(file=name, found=f"OpenDocument {_suffix(name)}")
    raise errors.UnknownFormat(file=name, found="zip: " + ", ".join(names[:3]))


def _suffix(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()
