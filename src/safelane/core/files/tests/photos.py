"""Small photos with metadata, built byte by byte, for tests."""

import struct
import zlib

PIXELS = b"pixel\xff\x00data\xff\xd0more"
SECRET = b"48.1234N Bounmy's telephone"


def jpeg(orientation=6):
    """Return a JPEG with Exif (orientation and place), XMP, a comment and a tail."""
    tiff = b"II" + struct.pack("<HIH", 42, 8, 2)
    tiff += struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff += struct.pack("<HHII", 0x8825, 4, 1, 40) + b"\x00" * 4 + SECRET
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"),
            segment(0xE1, b"Exif\x00\x00" + tiff),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + SECRET),
            segment(0xED, b"Photoshop 3.0\x00" + SECRET),
            segment(0xE2, b"ICC_PROFILE\x00\x01\x01colours"),
            segment(0xE2, b"MPF\x00" + SECRET),
            segment(0xFE, SECRET),
            segment(0xDB, b"\x00" * 65),
            segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + PIXELS,
            b"\xff\xd9",
            b"second picture " + SECRET,
        ]
    )


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def png():
    parts = [
        chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        chunk(b"tEXt", b"Comment\x00" + SECRET),
        chunk(b"eXIf", SECRET),
        chunk(b"IDAT", zlib.compress(b"\x00\x00")),
        chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + SECRET


def chunk(name, body):
    crc = struct.pack(">I", zlib.crc32(name + body))
    return struct.pack(">I", len(body)) + name + body + crc


def webp():
    extended = riff(b"VP8X", bytes([0b0000_1100, 0, 0, 0]) + b"\x00" * 6)
    body = extended + riff(b"VP8L", b"pixels") + riff(b"EXIF", SECRET)
    body += riff(b"XMP ", SECRET)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def riff(name, body):
    return name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)
