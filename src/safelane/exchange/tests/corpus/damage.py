"""Ways to damage bytes; each is a pure function of the bytes and a random source."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from random import Random

Damage = Callable[[bytes, Random], bytes]


def truncate(data: bytes, rng: Random) -> bytes:
    """Cut the file off, as a broken download does."""
    return data[: rng.randrange(len(data))]


def flip_bits(data: bytes, rng: Random) -> bytes:
    """Flip a few bits anywhere, as a failing disk does."""
    result = bytearray(data)
    for _ in range(rng.randint(1, 24)):
        result[rng.randrange(len(result))] ^= 1 << rng.randrange(8)
    return bytes(result)


def flip_head(data: bytes, rng: Random) -> bytes:
    """Change bytes of the header, where sizes and offsets stand."""
    result = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        result[rng.randrange(min(256, len(result)))] = rng.randrange(256)
    return bytes(result)


def zero_run(data: bytes, rng: Random) -> bytes:
    """Write zeros over a stretch, as a file system does after a crash."""
    start = rng.randrange(len(data))
    length = min(rng.randint(1, 2000), len(data) - start)
    return data[:start] + bytes(length) + data[start + length :]


def drop_stretch(data: bytes, rng: Random) -> bytes:
    """Leave out a stretch in the middle."""
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randint(1, 500) :]


def repeat_stretch(data: bytes, rng: Random) -> bytes:
    """Write a stretch twice."""
    start = rng.randrange(len(data))
    stretch = data[start : start + rng.randint(1, 500)]
    return data[:start] + stretch + data[start:]


def insert_noise(data: bytes, rng: Random) -> bytes:
    """Insert random bytes."""
    start = rng.randrange(len(data))
    return data[:start] + rng.randbytes(rng.randint(1, 200)) + data[start:]


def append_noise(data: bytes, rng: Random) -> bytes:
    """Append random bytes."""
    return data + rng.randbytes(rng.randint(1, 5000))


def null_bytes(data: bytes, rng: Random) -> bytes:
    """Sprinkle null bytes."""
    result = bytearray(data)
    for _ in range(rng.randint(1, 20)):
        result.insert(rng.randrange(len(result)), 0)
    return bytes(result)


def huge_numbers(data: bytes, rng: Random) -> bytes:
    """Make digits into numbers beyond every limit."""
    digits = [i for i, b in enumerate(data) if 48 <= b <= 57]
    if not digits:
        return flip_bits(data, rng)
    at = rng.choice(digits)
    huge = rng.choice([b"9" * 400, b"1e999", b"-1e308", b"NaN", b"4294967296"])
    return data[:at] + huge + data[at + 1 :]


def other_encoding(data: bytes, rng: Random) -> bytes:
    """Write the text in another encoding than it says."""
    text = data.decode("utf-8", "replace")
    name = rng.choice(["utf-16", "utf-16-le", "cp1251", "cp874", "utf-32", "utf-7"])
    return text.encode(name, "replace")


def only_noise(data: bytes, rng: Random) -> bytes:
    """Keep the first bytes only, then noise."""
    return data[: rng.randint(0, 64)] + rng.randbytes(rng.randint(0, 4000))


PLAIN: dict[str, Damage] = {
    "truncate": truncate,
    "flip bits": flip_bits,
    "flip head": flip_head,
    "zero run": zero_run,
    "drop stretch": drop_stretch,
    "repeat stretch": repeat_stretch,
    "insert noise": insert_noise,
    "append noise": append_noise,
    "null bytes": null_bytes,
    "huge numbers": huge_numbers,
    "other encoding": other_encoding,
    "only noise": only_noise,
}


def inside_zip(damage: Damage) -> Damage:
    """Return the same damage done to one member, with the zip itself sound."""

    def damaged(data: bytes, rng: Random) -> bytes:
        source = zipfile.ZipFile(io.BytesIO(data))
        members = [(i.filename, source.read(i)) for i in source.infolist()]
        chosen = rng.choice([n for n, content in members if content])
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                hit = name == chosen
                archive.writestr(name, damage(content, rng) if hit else content)
        return out.getvalue()

    return damaged


def drop_member(data: bytes, rng: Random) -> bytes:
    """Leave one member out of the zip."""
    source = zipfile.ZipFile(io.BytesIO(data))
    members = source.infolist()
    lost = rng.choice(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            if member is not lost:
                archive.writestr(member.filename, source.read(member))
    return out.getvalue()
