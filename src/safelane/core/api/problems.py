"""Faults in API answers: problem documents (RFC 9457)."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import ConfigDict

from safelane.core.errors import (
    InvalidInput,
    NotFound,
    SafelaneError,
    SignInNeeded,
)

MEDIA_TYPE = "application/problem+json"


class Problem(Schema):
    """A fault: what is wrong, with which value, and what to do."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None


# The answers that an operation may give besides its own.
STATUSES = (400, 401, 403, 404, 409, 413, 422, 504)
PROBLEMS: dict[Any, Any] = dict.fromkeys(STATUSES, Problem)


def problem_response(error: SafelaneError) -> HttpResponse:
    """Return a fault as an HTTP answer."""
    body = json.dumps(error.as_problem(), cls=DjangoJSONEncoder)
    return HttpResponse(body, status=error.http_status, content_type=MEDIA_TYPE)


def explain_faults(api: NinjaAPI) -> None:
    """Make ``api`` answer every fault with a problem document."""
    api.add_exception_handler(SafelaneError, _own)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _unknown_person)
    api.add_exception_handler(Http404, _missing)
    api.add_exception_handler(HttpError, _unreadable)


def _own(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_response(error)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    faults = [
        {"where": [str(part) for part in item["loc"]], "message": item["msg"]}
        for item in error.errors
    ]
    first = faults[0]
    message = _("%(field)s: %(message)s") % {
        "field": ".".join(first["where"][1:]) or first["where"][0],
        "message": first["message"],
    }
    name = first["where"][-1]
    return problem_response(InvalidInput(message, field=name, errors=faults))


def _unknown_person(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_response(
        SignInNeeded(_("Sign in, or send a token: Authorization: Bearer …"))
    )


def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_response(NotFound(_("There is nothing at this address.")))


def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    fault = SafelaneError(str(error))
    answer = problem_response(fault)
    answer.status_code = error.status_code
    return answer
