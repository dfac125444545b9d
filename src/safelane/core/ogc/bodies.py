"""The bodies of answers with features: the same, whichever way a request came in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from safelane.core.collections.catalogue import Collection
from safelane.core.collections.rows import rows_for
from safelane.core.errors import NotFound
from safelane.core.ogc import crs, documents
from safelane.core.ogc.features import Page, read_item, read_page
from safelane.core.ogc.params import (
    ItemsQuery,
    moment_names,
    read_items_query,
    read_moment,
    refuse_unknown,
)
from safelane.core.protect.addresses import written_key
from safelane.core.scope import Actor

PLAIN = frozenset({"f", "access_token"})
_SAFE = ",:/"  # as people write boxes, dates and systems


@dataclass(frozen=True, slots=True)
class Body:
    """GeoJSON as it goes over the wire, and the value of its ``Content-Crs``."""

    content: bytes
    content_crs: str


def items_body(shown: Collection, actor: Actor, query: QueryDict, own: str) -> Body:
    """Return one page of the features that ``actor`` sees.

    Args:
        own: Absolute address of the items, without the query string.

    Raises:
        BadParameter: A parameter is unknown, repeated, or has an unusable value.
    """
    wanted = read_items_query(query, shown, exact=shown.is_exact(actor))
    rows = rows_for(shown, actor, query=wanted.then, condition=wanted.filter)
    page = read_page(rows, wanted)
    text = json.dumps(
        _head(page, _links(shown, page, query, own)), separators=(",", ":")
    )
    content = b'%s,"features":[%s]}' % (text[:-1].encode(), page.features)
    return Body(content, f"<{wanted.crs}>")


def _links(
    shown: Collection, page: Page, query: QueryDict, own: str
) -> list[dict[str, str]]:
    address = f"{own}?{query.urlencode(_SAFE)}" if query else own
    links = [documents.link(iri_to_uri(address), "self", documents.GEOJSON)]
    if page.next_after is not None:
        following = query.copy()
        following["after"] = written_key(page.next_after, shown.name)
        address = iri_to_uri(f"{own}?{following.urlencode(_SAFE)}")
        links.append(documents.link(address, "next", documents.GEOJSON))
    return links


def _head(page: Page, links: list[dict[str, str]]) -> dict[str, Any]:
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        "numberReturned": page.returned,
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "links": links,
    }
    return head if page.matched is None else head | {"numberMatched": page.matched}


def item_body(
    shown: Collection, actor: Actor, query: QueryDict, own: str, fid: str
) -> Body:
    """Return one feature.

    Args:
        own: Absolute address of the feature, without the query string.

    Raises:
        BadParameter: As :func:`items_body`.
        NotFound: There is none of this id, or ``actor`` does not see it.
    """
    refuse_unknown(query, PLAIN | {"crs"} | moment_names(shown))
    then = read_moment(query, shown).pairs()
    wanted = ItemsQuery(crs=crs.checked(query.get("crs", crs.CRS84), "crs"))
    content = read_item(rows_for(shown, actor, query=then), fid, wanted)
    if content is None:
        raise NotFound(
            _("There is no feature “%(id)s” here, or it is outside your scope.")
            % {"id": fid[:80]}
        )
    links = [
        documents.link(own, "self", documents.GEOJSON),
        documents.link(own.rpartition("/items/")[0], "collection", documents.JSON),
    ]
    content = b'%s,"links":%s}' % (content[:-1], json.dumps(links).encode())
    return Body(content, f"<{wanted.crs}>")
