"""Structured logs: one line per event, with request and actor ids, no personal data."""

from __future__ import annotations

import json
import logging
import logging.config
import re
import time
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from safelane.core.context import actor_id, request_id

INVITATION = "/invitation/"
SECRET_LINK = re.compile(re.escape(INVITATION) + r"[^/\s]+")


class ContextFilter(logging.Filter):
    """Add the request id and the actor id (a number, never a name) to each line.

    Invitation links in addresses that Django logs are blotted out.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if INVITATION in message:
            record.msg, record.args = SECRET_LINK.sub(INVITATION + "…", message), ()
        record.request_id = request_id.get()
        record.actor_id = actor_id.get()
        return True


class _Utc(logging.Formatter):
    """Times in UTC, told as such."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    converter = time.gmtime  # type: ignore[assignment]


class JsonLines(_Utc, JsonFormatter):
    """One JSON object per event."""


class TextLines(_Utc):
    """One line per event; lines of a traceback stand further in.

    Control characters are written as in JSON, so that nothing which somebody sent can
    look like a line of the log.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        lines = super().formatException(ei).splitlines()
        return "\n".join("    " + _one_line(line) for line in lines)


def _one_line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def configure(settings: dict[str, Any]) -> None:
    """Set up logging; Django's LOGGING_CONFIG."""
    logging.config.dictConfig(settings)


def logging_settings(level: str, form: str) -> dict[str, Any]:
    """Return Django's LOGGING for SAFELANE_LOG_LEVEL and SAFELANE_LOG_FORMAT."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "safelane.config.logging.ContextFilter"}},
        "formatters": {"json": _json(), "text": _text()},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["context"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": [], "propagate": True},
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.db.backends": {"level": "WARNING"},
            "waitress": {"level": "WARNING"},
            "pyogrio": {"level": "WARNING"},  # GDAL tells how many rows it read
        },
    }


def _json() -> dict[str, Any]:
    return {
        "()": "safelane.config.logging.JsonLines",
        "format": "{asctime}{levelname}{name}{message}{request_id}{actor_id}",
        "style": "{",
        "rename_fields": {"asctime": "time", "levelname": "level"},
    }


def _text() -> dict[str, Any]:
    return {
        "()": "safelane.config.logging.TextLines",
        "format": "{asctime} {levelname} {name} [{request_id} {actor_id}] {message}",
        "style": "{",
    }
