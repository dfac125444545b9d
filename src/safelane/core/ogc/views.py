"""OGC API Features over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import safelane
from safelane.core.errors import NotFound, SafelaneError
from safelane.core.ogc import crs, documents, openapi
from safelane.core.ogc.errors import BadParameter
from safelane.core.ogc.faults import as_exception
from safelane.core.ogc.features import Page, read_item, read_page
from safelane.core.ogc.params import ItemsQuery, read_items_query, refuse_unknown
from safelane.core.ogc.registry import (
    collection_for,
    collections_for,
)
from safelane.core.ogc.rows import rows_for
from safelane.core.scope import Actor

View = Callable[..., HttpResponse]
PLAIN = frozenset({"f", "access_token"})
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
            response = as_exception(error)
        response["Vary"] = "Authorization, Cookie, Accept-Language"
        # QGIS keeps whatever it may store for a day, by address, for any token.
        response.setdefault("Cache-Control", "private, no-store")
        return response

    return answer


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


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
    return _document(request, documents.conformance())


@login_not_required
@ogc_view
def api(request: HttpRequest) -> HttpResponse:
    url = _url(request)
    shown = collections_for(_actor(request))
    content = openapi.document(shown, url("landing"), safelane.__version__)
    return _document(request, content, documents.OPENAPI)


@ogc_view
def collections(request: HttpRequest) -> HttpResponse:
    shown = collections_for(_actor(request))
    return _document(request, documents.collections(shown, _url(request)))


@ogc_view
def collection(request: HttpRequest, name: str) -> HttpResponse:
    shown = collection_for(name, _actor(request))
    return _document(request, documents.collection(shown, _url(request)))


@ogc_view
def queryables(request: HttpRequest, name: str) -> HttpResponse:
    shown = collection_for(name, _actor(request))
    content = documents.queryables(shown, _url(request))
    return _document(request, content, documents.SCHEMA)


@ogc_view
def schema(request: HttpRequest, name: str) -> HttpResponse:
    shown = collection_for(name, _actor(request))
    content = documents.schema(shown, _url(request))
    return _document(request, content, documents.SCHEMA)


@ogc_view
def items(request: HttpRequest, name: str) -> HttpResponse:
    actor = _actor(request)
    shown = collection_for(name, actor)
    query = read_items_query(request.GET, shown, exact=shown.is_exact(actor))
    page = read_page(rows_for(shown, actor, condition=query.filter), query)
    body = _collection_body(request, page)
    if request.GET.get("f") == "html":
        return _page(request, json.loads(body))
    return _features(body, query)


def _features(body: bytes, query: ItemsQuery) -> HttpResponse:
    response = HttpResponse(body, content_type=documents.GEOJSON)
    response["Content-Crs"] = f"<{query.crs}>"
    return response


def _collection_body(request: HttpRequest, page: Page) -> bytes:
    address = request.build_absolute_uri()
    links = [documents.link(address, "self", documents.GEOJSON)]
    if page.next_after is not None:
        query = request.GET.copy()
        query["after"] = str(page.next_after)
        following = request.build_absolute_uri(f"?{query.urlencode()}")
        links.append(documents.link(following, "next", documents.GEOJSON))
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        "numberReturned": page.returned,
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "links": links,
    }
    if page.matched is not None:
        head["numberMatched"] = page.matched
    text = json.dumps(head, separators=(",", ":"))
    return b'%s,"features":[%s]}' % (text[:-1].encode(), page.features)


@ogc_view
def item(request: HttpRequest, name: str, fid: str) -> HttpResponse:
    actor = _actor(request)
    shown = collection_for(name, actor)
    refuse_unknown(request.GET, PLAIN | {"crs"})
    query = ItemsQuery(crs=crs.checked(request.GET.get("crs", crs.CRS84), "crs"))
    body = read_item(rows_for(shown, actor), fid, query)
    if body is None:
        raise NotFound(
            _("There is no feature “%(id)s” here, or it is outside your scope.")
            % {"id": fid[:80]}
        )
    # The addresses are those of this request: building them anew is dear.
    own = request.build_absolute_uri(request.path)
    parent = own.rpartition("/items/")[0]
    links = [
        documents.link(own, "self", documents.GEOJSON),
        documents.link(parent, "collection", documents.JSON),
    ]
    body = b'%s,"links":%s}' % (body[:-1], json.dumps(links).encode())
    if request.GET.get("f") == "html":
        return _page(request, json.loads(body))
    return _features(body, query)
