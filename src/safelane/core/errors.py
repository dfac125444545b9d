"""Faults that Safelane reports to people: one base, one class per fault.

Every subclass has a one-line docstring saying the fault. ``http_status`` is the one
table from fault to HTTP answer; the message says what is wrong, with which value, and
what to do.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar


class SafelaneError(Exception):
    """Something the person asked for cannot be done as asked.

    Args:
        message: What is wrong, with which value, and what to do (translated).
        field: Name of the input field at fault, if one is.
        details: Machine-readable extras for API answers (JSON-serialisable).
    """

    http_status: ClassVar[int] = 400
    code: ClassVar[str] = "bad-request"
    code_prefix: ClassVar[str] = ""

    def __init_subclass__(cls, **options: Any) -> None:
        """Name the fault by its class, `NotFound` as `not-found`, unless it says so."""
        super().__init_subclass__(**options)
        if "code" not in vars(cls):
            words = re.findall("[A-Z][^A-Z]*", cls.__name__)
            cls.code = cls.code_prefix + "-".join(words).lower()

    def __init__(
        self, message: object = "", *, field: str | None = None, **details: Any
    ) -> None:
        super().__init__(message)
        self.field = field
        self.details = details

    @property
    def message(self) -> str:
        return str(self.args[0]) if self.args and self.args[0] else type(self).title()

    def __str__(self) -> str:
        return self.message

    @classmethod
    def title(cls) -> str:
        """Return the first line of the class docstring: the fault in one line."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]

    def as_problem(self) -> dict[str, Any]:
        """Return the fault as an RFC 9457 problem document."""
        problem: dict[str, Any] = {
            "type": f"urn:safelane:error:{self.code}",
            "title": type(self).title(),
            "status": self.http_status,
            "detail": self.message,
        }
        if self.field:
            problem["field"] = self.field
        return problem | self.details


class InvalidInput(SafelaneError):
    """The input breaks a rule of its field."""

    http_status = 422


class NotPermitted(SafelaneError):
    """The person's roles do not allow this."""

    http_status = 403


class SignInNeeded(SafelaneError):
    """Nobody is signed in and this needs a person."""

    http_status = 401


class NotFound(SafelaneError):
    """No such record exists, or it is outside the person's scope."""

    http_status = 404


class Conflict(SafelaneError):
    """The record changed or is in a state that does not allow this step."""

    http_status = 409


class ChangedMeanwhile(Conflict):
    """Somebody saved it after the page was opened on which it was changed.

    ``details`` hold the present ``version``.
    """


class RuleBroken(SafelaneError):
    """A rule of the country pack blocks this."""

    http_status = 422


class TooLarge(SafelaneError):
    """The upload or the answer is over the size limit."""

    http_status = 413


class TookTooLong(SafelaneError):
    """Answering takes longer than this server allows."""

    http_status = 504


class StorageUnavailable(SafelaneError):
    """The data folder is full, read-only or out of reach.

    ``at_console`` names the folder, for whoever runs the server.
    """

    http_status = 507
    at_console = ""


class DatabaseUnavailable(SafelaneError):
    """The database does not answer, or is damaged."""

    http_status = 503


class RegisterMissing(StorageUnavailable):
    """The database is gone while files of its register are there."""


class ConfigurationError(SafelaneError):
    """A setting is missing or has a value that cannot be used."""

    http_status = 500
    code = "configuration"
