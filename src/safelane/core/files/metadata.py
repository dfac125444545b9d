"""Removing what a photo tells besides its picture: place, time, device, owner.

Bytes are taken out without decoding the picture, so quality stays and no image decoder
meets a stranger's file. A JPEG keeps its orientation and colour profile.

Sources: JPEG (ITU-T T.81 annex B), Exif 2.32, PNG (W3C 3rd edition), WebP container.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from django.utils.translation import gettext as _

from safelane.core.files.kinds import JPEG, PNG, WEBP, BrokenPhoto

EOI, SOS, APP1, APP2, COMMENT = 0xD9, 0xDA, 0xE1, 0xE2, 0xFE
STUFFED = {0x00, 0x01, *range(0xD0, 0xD8)}  # a byte of data, or a restart
EXIF = b"Exif\x00\x00"
ICC = b"ICC_PROFILE\x00"
ORIENTATION = 0x0112
PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP",
    b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
EXIF_AND_XMP = 0b0000_1100


def without_metadata(content: bytes, media_type: str) -> bytes:
    """Return the photo without its metadata.

    Raises:
        BrokenPhoto: Its structure cannot be followed to the end.
    """
    strip = {JPEG: _jpeg, PNG: _png, WEBP: _webp}[media_type]
    try:
        return strip(content)
    except (IndexError, struct.error) as error:
        raise BrokenPhoto(
            _(
                "The photo is cut off or damaged. Send it again, or open and save it"
                " in a picture program first."
            ),
            field="file",
        ) from error


def _jpeg(content: bytes) -> bytes:
    kept = [b"\xff\xd8"]
    for marker, raw in _jpeg_segments(content):
        body = raw[4:]
        if marker == APP1 and body.startswith(EXIF):
            kept.append(_orientation_only(body))
        elif _is_picture(marker, body):
            kept.append(raw)
    return b"".join(kept)


def _is_picture(marker: int, body: bytes) -> bool:
    if marker == APP2:
        return body.startswith(ICC)
    # APP0 is JFIF; APP14 tells how colours are coded; the rest of APPn is metadata.
    return marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == COMMENT)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and segment up to the end of the first picture; drop the rest."""
    at = 2
    while True:
        marker = content[at + 1]
        if content[at] != 0xFF or marker in (0, 0xFF):
            raise IndexError("no marker")
        if marker == EOI:
            yield marker, b"\xff\xd9"
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise IndexError("segment is cut off")
        if marker == SOS:
            end = _end_of_scan(content, end)
        yield marker, content[at:end]
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the next marker that is not part of picture data begins."""
    while (at := content.find(b"\xff", at)) >= 0:
        following = content[at + 1]
        if following not in STUFFED:
            return at
        at += 2
    raise IndexError("picture data are cut off")


def _orientation_only(body: bytes) -> bytes:
    orientation = _read_orientation(body[len(EXIF) :])
    if orientation in (None, 1):
        return b""
    tiff = struct.pack(">2sHIH", b"MM", 42, 8, 1)
    entry = struct.pack(">HHIHH", ORIENTATION, 3, 1, orientation, 0)
    body = EXIF + tiff + entry + b"\x00\x00\x00\x00"
    return struct.pack(">BBH", 0xFF, APP1, len(body) + 2) + body


def _read_orientation(tiff: bytes) -> int | None:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for index in range(min(count, 200)):
            tag, _kind, _n, value = struct.unpack_from(
                order + "HHIH", tiff, start + 2 + 12 * index
            )
            if tag == ORIENTATION:
                return int(value) if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _png(content: bytes) -> bytes:
    kept, at = [content[:8]], 8
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise IndexError("chunk is cut off")
        if name in PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end


def _webp(content: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", content, 4)
    end, at, kept = 8 + size, 12, []
    if end > len(content):
        raise IndexError("file is cut off")
    while at < end:
        name, length = struct.unpack_from("<4sI", content, at)
        after = at + 8 + length + (length & 1)
        if after > end:
            raise IndexError("chunk is cut off")
        if name in WEBP_KEPT:
            kept.append(_webp_chunk(name, content[at:after]))
        at = after
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _webp_chunk(name: bytes, chunk: bytes) -> bytes:
    if name != b"VP8X":
        return chunk
    flags = chunk[8] & ~EXIF_AND_XMP & 0xFF
    return chunk[:8] + bytes([flags]) + chunk[9:]
