"""Every address of the site, asked by one client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.architecture.urls import Address, addresses

# Their views end the session, or stream without end.
LEFT_OUT = ("account_logout",)


def answers(client: Any, **extra: Any) -> Iterator[tuple[Address, Any]]:
    """Yield each address with the answer to GET."""
    for address in addresses():
        path = address.path()
        if path is None or address.name in LEFT_OUT:
            continue
        answer = client.get(path, **extra)
        yield address, answer
        if answer.streaming:
            for _part in answer.streaming_content:
                pass
