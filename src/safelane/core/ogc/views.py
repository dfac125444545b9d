"""OGC API Features over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import safelane
from safelane.core.collections.catalogue import collection_for, collections_for
from safelane.core.errors import SafelaneError
from safelane.core.ogc import documents
from safelane.core.ogc.bodies import PLAIN, item_body, items_body
from safelane.core.ogc.params import refuse_unknown
from safelane.core.ogc.values import BadParameter
from safelane.core.ui.context import actor_of

View = Callable[..., HttpResponse]
METHODS = ["GET", "HEAD", "OPTIONS"]


def ogc_view(view: View) -> View:
    """Answer GET and HEAD, and give faults in the form of the standard.

    QGIS asks by OPTIONS whether a collection can be written.
    """

    @require_http_methods(METHODS)
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ", ".join(METHODS)})
        try:
            if request.GET.get("f", "json") not in ("json", "html"):
                raise BadParameter(_("“f” is json or html."))
            response = view(request, *args, **kwargs)
        except SafelaneError as error:
            response = documents.as_exception(error)
        response["Vary"] = "Authorization, Cookie, Accept-Language"
        # QGIS keeps whatever it may store for a day, by address, for any token.
        response.setdefault("Cache-Control", "private, no-store")
        return response

    return answer


def _url(request: HttpRequest) -> documents.Url:
    def url(name: str, *args: str) -> str:
        return request.build_absolute_uri(reverse(f"ogc:{name}", args=args))

    return url


def _document(
    request: HttpRequest, content: dict[str, Any], media: str = documents.JSON
) -> HttpResponse:
    refuse_unknown(request.GET, PLAIN)
    if request.GET.get("f") == "html":
        return _page(request, content)
    return HttpResponse(json.dumps(content, ensure_ascii=False), content_type=media)


def _page(request: HttpRequest, content: dict[str, Any]) -> HttpResponse:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    links = content.get("links", [])
    for each in content.get("collections", []):
        links = [*links, *each["links"][:2]]
    context = {"text": text, "links": links, "title": content.get("title", "")}
    return render(request, "ogc/document.html", context)


@login_not_required
@ogc_view
def landing(request: HttpRequest) -> HttpResponse:
    return _document(request, documents.landing(_url(request)))


@login_not_required
@ogc_view
def conformance(request: HttpRequest) -> HttpResponse:
    return _document(request, {"conformsTo": documents.CONFORMANCE})


@login_not_required
@ogc_view
def api(request: HttpRequest) -> HttpResponse:
    url = _url(request)
    shown = collections_for(actor_of(request))
    content = documents.openapi(shown, url("landing"), safelane.__version__)
    return _document(request, content, documents.OPENAPI)


@ogc_view
def collections(request: HttpRequest) -> HttpResponse:
    shown = collections_for(actor_of(request))
    return _document(request, documents.collections(shown, _url(request)))


@ogc_view
def collection(request: HttpRequest, name: str) -> HttpResponse:
    return _about(request, name, documents.collection, documents.JSON)


@ogc_view
def queryables(request: HttpRequest, name: str) -> HttpResponse:
    return _about(request, name, documents.queryables, documents.SCHEMA)


@ogc_view
def schema(request: HttpRequest, name: str) -> HttpResponse:
    return _about(request, name, documents.schema, documents.SCHEMA)


def _about(
    request: HttpRequest, name: str, describe: documents.Describe, media: str
) -> HttpResponse:
    shown = collection_for(name, actor_of(request))
    return _document(request, describe(shown, _url(request)), media)


@ogc_view
def items(request: HttpRequest, name: str, fid: str = "") -> HttpResponse:
    """Return a page of features, or the one of ``fid``."""
    actor = actor_of(request)
    shown = collection_for(name, actor)
    # The addresses are those of this request: building them anew is dear.
    own = request.build_absolute_uri(request.path)
    if fid:
        body = item_body(shown, actor, request.GET, own, fid)
    else:
        body = items_body(shown, actor, request.GET, own)
    if request.GET.get("f") == "html":
        return _page(request, json.loads(body.content))
    response = HttpResponse(body.content, content_type=documents.GEOJSON)
    response["Content-Crs"] = body.content_crs
    return response
