"""The OpenAPI document: true about problem documents and the address of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import ConfigDict

from safelane.core.errors import InvalidInput, NotFound, SafelaneError, SignInNeeded
from safelane.core.filters.reading import refuse_unknown
from safelane.core.ui.errors import PROBLEM, problem_response


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
    answer = problem_response(SafelaneError(str(error)))
    answer.status_code = error.status_code
    return answer


# Give it to an operation as ``openapi_extra``: signing in is possible, not needed. The
# operation still asks the actor for a verb, which the role ``public`` must hold.
OPEN: dict[str, Any] = {"security": [{}]}


def is_open(operation: Any) -> bool:
    """Say whether an operation of a router is open."""
    return {} in (operation.openapi_extra or {}).get("security", ())


def asked(operation: Any) -> frozenset[str]:
    """Return the names that an operation reads from a query string."""
    models = [m for m in operation.models if m.__ninja_param_source__ == "query"]
    return frozenset(name for model in models for name in model.__ninja_flatten_map__)


def _strictly(
    api: NinjaAPI,
    run: Callable[..., HttpResponseBase],
    names: frozenset[str],
    request: HttpRequest,
    **given: Any,
) -> HttpResponseBase:
    """Refuse a name that nothing reads: a misspelt filter would narrow nothing."""
    try:
        refuse_unknown(request.GET, names)
    except InvalidInput as fault:
        return api.on_exception(request, fault)
    return run(request, **given)


class DescribedAPI(NinjaAPI):
    """A NinjaAPI whose faults are problem documents, also in its description."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        explain_faults(self)

    def _get_urls(self) -> list[Any]:
        """Return the addresses; those of open operations need nobody signed in."""
        patterns: list[Any] = super()._get_urls()
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                for operation in view.operations:
                    run: Any = operation
                    run.run = partial(_strictly, self, operation.run, asked(operation))
        names = set(self._open_names())
        for pattern in patterns:
            if pattern.name in names:
                login_not_required(pattern.callback)
        return patterns

    def _open_names(self) -> Iterator[str]:
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                if all(is_open(operation) for operation in view.operations):
                    for operation in view.operations:
                        yield self.get_operation_url_name(operation, router.template)

    def get_openapi_schema(self, **options: Any) -> Any:
        """Return the OpenAPI document with the media type that faults really have."""
        document = super().get_openapi_schema(**options)
        for operations in document["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        content[PROBLEM] = content.pop("application/json")
        return document
