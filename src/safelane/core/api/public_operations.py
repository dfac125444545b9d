"""Operations that anybody may ask for, and the OpenAPI words for that."""

from __future__ import annotations

from typing import Any

# Give it to an operation as ``openapi_extra``: signing in is possible, not needed. The
# operation still asks the actor for a verb, which the role ``public`` must hold.
OPEN: dict[str, Any] = {"security": [{}]}


def is_open(operation: Any) -> bool:
    """Say whether an operation of a router is open."""
    return {} in (operation.openapi_extra or {}).get("security", ())
