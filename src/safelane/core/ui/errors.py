"""From fault to answer: a page, a toast for htmx, or a problem document."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from safelane.core.errors import (
    DatabaseUnavailable,
    InvalidInput,
    NotFound,
    NotPermitted,
    SafelaneError,
    SignInNeeded,
    TooLarge,
)
from safelane.core.files.durable import is_about_storage, is_busy, nothing_saved
from safelane.core.protect.timelimit import is_time_over
from safelane.core.sqlite.base import took_too_long
from safelane.core.ui.resend import PASSING, sent_form

log = logging.getLogger(__name__)
PROBLEM = "application/problem+json"
NOT_KEPT = {"Cache-Control": "private, no-store"}
FOR_PROGRAMS = ("/api/", "/ogc/", "/tiles/")
PROGRAM_LIMIT = "54"  # class of SQLSTATE: a limit of PostgreSQL on statements
TOO_COMPLEX = (  # how SQLite says so
    "Expression tree is too large",
    "parser stack overflow",
    "too many SQL variables",
    "too many terms in compound SELECT",
)


class Defect(SafelaneError):
    """The server made a mistake."""

    http_status = 500


class StalePage(NotPermitted):
    """A form holds no token of ours, or one from before somebody signed in."""


class ErrorMiddleware:
    """Turn faults raised by views into answers that say what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        fault = as_fault(exception)
        return None if fault is None else answer(request, fault)


def as_fault(exception: Exception) -> SafelaneError | None:
    """Return the fault that ``exception`` is, or None for a defect of ours."""
    if isinstance(exception, SafelaneError):
        return exception
    if isinstance(exception, RequestDataTooBig):
        return TooLarge(_("The form is larger than this server accepts."))
    if is_time_over(exception):
        return took_too_long(settings.READ_SECONDS)
    if is_too_complex(exception):
        return InvalidInput(
            _(
                "This asks for more at once than the database can take. Ask for fewer"
                " values or conditions at a time."
            )
        )
    if is_about_storage(exception):
        log.error("storage unavailable: %s", exception)
        return nothing_saved()
    if is_busy(exception):
        log.warning("database busy: %s", " ".join(str(exception).split()))
        return DatabaseUnavailable(
            _(
                "Others are writing much at the moment. Nothing was saved; nothing is"
                " damaged. Try again in a minute."
            )
        )
    if is_about_database(exception):
        log.error("database unavailable: %s", " ".join(str(exception).split()))
        return DatabaseUnavailable(
            _(
                "The database does not answer or is damaged. Tell whoever runs this"
                " server: “safelane doctor” says more. Nothing was half-saved."
            )
        )
    return None


def is_about_database(exception: BaseException) -> bool:
    """Say whether the database failed, rather than what we asked of it."""
    ours = (IntegrityError, DataError, ProgrammingError, NotSupportedError)
    failed = isinstance(exception, (DatabaseError, InterfaceError))
    # SQLite says so of a statement that names what no table has.
    misspelt = str(exception).startswith("no such column")
    return failed and not misspelt and not isinstance(exception, ours)


def is_too_complex(exception: BaseException) -> bool:
    """Say whether a statement was longer or deeper than the database reads."""
    if not isinstance(exception, OperationalError):
        return False
    state = getattr(exception.__cause__, "sqlstate", None) or ""
    return state.startswith(PROGRAM_LIMIT) or str(exception).startswith(TOO_COMPLEX)


def answer(request: HttpRequest, fault: SafelaneError) -> HttpResponse:
    """Return ``fault`` in the form in which the client asked."""
    if _wants_json(request):
        return problem_response(fault)
    if request.headers.get("HX-Request"):
        toast = {"message": fault.message, "level": "danger"}
        told = {"HX-Reswap": "none", "HX-Trigger": json.dumps({"toast": toast})}
        return HttpResponse(status=fault.http_status, headers=told)
    if isinstance(fault, DatabaseUnavailable):
        return _plain_page(request, fault)
    if isinstance(fault, SignInNeeded) and request.method == "GET":
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{resolve_url('account_login')}?{query}")
    return error_page(request, fault)


def problem_response(fault: SafelaneError) -> HttpResponse:
    """Return ``fault`` as a problem document (RFC 9457)."""
    about = fault.as_problem()
    return JsonResponse(about, status=fault.http_status, content_type=PROBLEM)


def _wants_json(request: HttpRequest) -> bool:
    accepts = request.headers.get("Accept", "")
    from_program = "json" in accepts or request.path.startswith(FOR_PROGRAMS)
    return from_program and "text/html" not in accepts


def error_page(request: HttpRequest, fault: SafelaneError) -> HttpResponse:
    """Return the page for ``fault``, with its message and status."""
    text = render_to_string("ui/errors/fault.html", _said(request, fault), request)
    return HttpResponse(text, status=fault.http_status, headers=NOT_KEPT)


def _said(request: HttpRequest, fault: SafelaneError) -> dict[str, Any]:
    """Return what a page of a fault needs; what was typed is kept to be sent again."""
    is_stale = isinstance(fault, StalePage)
    can_pass = fault.http_status in PASSING or is_stale
    sent = sent_form(request) if can_pass else None
    signed_in = sent and is_stale and request.user.is_authenticated
    return {
        "fault": fault,
        "title": _("Send it once more") if signed_in else title_of(fault.http_status),
        "sent": sent,
        "needs_person": isinstance(fault, SignInNeeded),
        "sender": request.user if signed_in else None,
        "back": _page_before(request) if fault.http_status in (409, 422) else "",
    }


def _page_before(request: HttpRequest) -> str:
    """Return the page of ours from which a form came; "" where it is not known."""
    before = request.headers.get("Referer", "") if request.method == "POST" else ""
    own = url_has_allowed_host_and_scheme(before, {request.get_host()})
    return before if own else ""


def title_of(status: int) -> str:
    """Return the heading of an error page, in the reader's language."""
    titles = {
        400: _("That request cannot be read"),
        401: _("Sign in first"),
        403: _("Your role does not open this"),
        404: _("Nothing here"),
        409: _("Somebody was faster"),
        413: _("Too large"),
        422: _("That does not fit the rules"),
        503: _("The database cannot be used"),
        504: _("That takes too long"),
        507: _("Nothing can be saved at the moment"),
    }
    return titles.get(status, _("That did not work"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):  # do not echo or resolve a foreign host
        return HttpResponse(status=400)
    return answer(request, InvalidInput(_("Go back, reload the page and try again.")))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, NotPermitted(_("Ask your administrator for access.")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    log.warning("csrf refused: %s", reason)
    text = _("This page was open too long or cookies are off. Reload and try again.")
    if request.user.is_authenticated and sent_form(request):
        text = _("Somebody signed in since this page was opened.")
    return answer(request, StalePage(text))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(
        request,
        NotFound(_("The address is wrong, or the record is outside your scope.")),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page for a defect; it must work without database or session.

    A full disk or a damaged database that was met before the view is told as what it
    is.
    """
    exception = sys.exc_info()[1]
    fault = as_fault(exception) if isinstance(exception, Exception) else None
    if fault is not None and fault.http_status in (503, 507):
        return _plain_page(request, fault)
    number = getattr(request, "request_id", "")
    if _wants_json(request):
        message = _("Tell whoever runs this server the number of the request.")
        return problem_response(Defect(message, request=number))
    context = {"request_id": number}
    text = render_to_string("ui/errors/500.html", context)
    return HttpResponse(text, status=500, headers=NOT_KEPT)


def _plain_page(request: HttpRequest, fault: SafelaneError) -> HttpResponse:
    """Return the page for a fault without asking the database for anything."""
    if _wants_json(request):
        return answer(request, fault)
    text = render_to_string("ui/errors/500.html", _said(request, fault))
    return HttpResponse(text, status=fault.http_status, headers=NOT_KEPT)
