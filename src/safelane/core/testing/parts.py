"""Parts that stand in the house while a test runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from safelane.core.domain import Domain
from safelane.core.domain.house import House, _current, house


@contextmanager
def in_use(*added: Domain, alone: bool = False) -> Iterator[House]:
    """Add parts for a while, or let them stand ``alone``."""
    _current.append(House(added if alone else (*house().parts, *added)))
    try:
        yield _current[-1]
    finally:
        _current.pop()
