"""Codes that an authority added to its country's lists, merged into the pack.

The packs know no database: whoever keeps local codes hands in a reader.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from safelane.countries.pack import Code, CountryPack

Additions = Mapping[str, tuple[Code, ...]]
Reader = Callable[[str], Additions]

# Another process may add a code; after this long everybody knows it.
SECONDS = 5.0

_readers: list[Reader] = []
_merged: dict[str, tuple[float, CountryPack, CountryPack]] = {}


def read_local_codes_by(reader: Reader) -> None:
    """Let ``reader`` say which codes a pack has besides its own.

    Args:
        reader: Pack name -> list name -> codes.
    """
    _readers[:] = [reader]


def forget_local_codes() -> None:
    """Read local codes afresh at the next use."""
    _merged.clear()


def with_local_codes(pack: CountryPack) -> CountryPack:
    """Return the pack with the codes that were added here."""
    if not _readers:
        return pack
    now = time.monotonic()
    known = _merged.get(pack.code)
    if known and now - known[0] < SECONDS and known[1] is pack:
        return known[2]
    merged = _merge(pack, _readers[0](pack.code))
    _merged[pack.code] = (now, pack, merged)
    return merged


def _merge(pack: CountryPack, additions: Additions) -> CountryPack:
    lists = dict(pack.lists)
    for name, codes in additions.items():
        if name in lists:
            lists[name] = replace(lists[name], codes=lists[name].codes + codes)
    return replace(pack, lists=lists) if additions else pack
