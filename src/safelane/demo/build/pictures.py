"""Pictures for the demo: drawn hills with stripes across, nobody's photograph."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from safelane.demo.world.streams import stream

SIZE = (180, 240)  # rows, columns
SKY, STRIPE = (186, 208, 222), (255, 255, 255)
HILLS = ((122, 150, 118), (92, 122, 88), (128, 104, 74))
STRIPE_EVERY, STRIPE_WIDE = 60, 4


def draw_picture(seed: int, key: str) -> bytes:
    """Return a PNG of invented hills; the white stripes mark it as generated."""
    rng = stream(seed, "picture", key)
    rows, columns = np.indices(SIZE)
    picture = np.full((*SIZE, 3), SKY, dtype=np.uint8)
    for number, colour in enumerate(HILLS):
        waves = rng.uniform(60, 240, 3)
        crest = sum(np.sin(2 * np.pi * columns / w + rng.uniform(0, 6)) for w in waves)
        level = SIZE[0] * (0.35 + 0.2 * number) + 9 * crest
        picture[rows > level] = colour
    picture[(rows + columns) % STRIPE_EVERY < STRIPE_WIDE] = STRIPE
    return as_png(picture)


def as_png(picture: NDArray[np.uint8]) -> bytes:
    """Return an RGB array, shape (rows, columns, 3), as a PNG file."""
    height, width, _ = picture.shape
    lines = b"".join(b"\0" + line.tobytes() for line in picture)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check
