"""No network in tests: only this machine answers."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


class NetworkUsed(AssertionError):
    """A test tried to reach another machine."""


def is_local(family: int, address: Any) -> bool:
    """Say whether a socket address stays on this machine."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check(sock: socket.socket, address: Any) -> None:
    if not is_local(sock.family, address):
        raise NetworkUsed(f"tests may not reach {address!r}")


def _checked_connect(self: socket.socket, address: Any) -> None:
    _check(self, address)
    _connect(self, address)


def _checked_connect_ex(self: socket.socket, address: Any) -> int:
    _check(self, address)
    return _connect_ex(self, address)


@contextmanager
def network_blocked() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    sockets: Any = socket.socket
    sockets.connect, sockets.connect_ex = _checked_connect, _checked_connect_ex
    try:
        yield
    finally:
        sockets.connect, sockets.connect_ex = _connect, _connect_ex
