"""What the present thread works on; written into every line of the log."""

from __future__ import annotations

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
actor_id: ContextVar[str] = ContextVar("actor_id", default="-")
