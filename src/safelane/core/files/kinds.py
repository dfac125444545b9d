"""Kinds of files: what may come in, how large, and how it is recognised.

A type is recognised by content, never by what the sender says it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from safelane.core.errors import InvalidInput, NotFound, TooLarge

MB = 1_000_000
JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
PDF, ZIP, TEXT = "application/pdf", "application/zip", "text/plain"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
KMZ = "application/vnd.google-earth.kmz"
GEOPACKAGE = "application/geopackage+sqlite3"
GEOJSON, JSON, XML = "application/geo+json", "application/json", "application/xml"
KML = "application/vnd.google-earth.kml+xml"
CSV = "text/csv"
MAGIC = (
    (b"\xff\xd8\xff", 0, JPEG),
    (b"\x89PNG\r\n\x1a\n", 0, PNG),
    (b"WEBP", 8, WEBP),
    (b"%PDF-", 0, PDF),
    (b"PK\x03\x04", 0, ZIP),
    (b"SQLite format 3\x00", 0, GEOPACKAGE),
)
ZIP_MEMBERS = (
    (b"xl/", XLSX),
    (b"word/", DOCX),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", ODT),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", ODS),
)
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\f\r") | {0x7F}
BY_ENDING = {".geojson": GEOJSON, ".json": JSON, ".csv": CSV, ".kml": KML, ".xml": XML}


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of file may be.

    Args:
        types: Media types that are let in; empty lets in what the system makes.
        max_mb: Largest size; None means SAFELANE_MAX_UPLOAD_MB.
        inline: Whether a browser may show it inside a page.
    """

    name: str
    types: frozenset[str]
    max_mb: int | None
    inline: bool = False


PHOTOS = frozenset({JPEG, PNG, WEBP})
TABLES = frozenset({CSV, XLSX})
# Some programs call a KML file .xml.
MAPS = frozenset({GEOPACKAGE, GEOJSON, JSON, KML, KMZ, ZIP, XML})
KINDS = {
    kind.name: kind
    for kind in (
        Kind("photo", PHOTOS, 25, inline=True),
        Kind("document", PHOTOS | TABLES | {ODS, PDF, DOCX, ODT, TEXT}, 100),
        Kind("import", TABLES | MAPS | {TEXT}, None),
        Kind("export", frozenset(), None),
        Kind("report", frozenset({PDF}), 100),
    )
}


def sniff(head: bytes, name: str) -> str:
    """Return the media type of a file by its first bytes (4 kB are enough).

    Text has no magic: its ending decides among the text types. Unknown binary content
    is ``application/octet-stream``, which no kind lets in.
    """
    for magic, offset, media_type in MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return _inside_zip(head, name) if media_type == ZIP else media_type
    if not _is_text(head):
        return "application/octet-stream"
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    return BY_ENDING.get(ending, TEXT)


def _inside_zip(head: bytes, name: str) -> str:
    for member, media_type in ZIP_MEMBERS:
        if member in head:
            return media_type
    lowered = name.lower()
    if lowered.endswith(".kmz"):
        return KMZ
    return XLSX if lowered.endswith(".xlsx") else ZIP


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not CONTROL.intersection(head)


class FileTooLarge(TooLarge):
    """The file is larger than files of its kind may be."""


class FileTypeRefused(InvalidInput):
    """Files of this type are not taken here."""


class BrokenPhoto(InvalidInput):
    """The photo is cut off or damaged, so what it hides cannot be removed."""


class FileContentMissing(NotFound):
    """The file is known but its content is gone from the data folder."""
