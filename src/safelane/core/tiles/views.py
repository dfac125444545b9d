"""Vector tiles over HTTP."""

from __future__ import annotations

from collections.abc import Hashable
from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safelane.core.cache import Cache
from safelane.core.collections.catalogue import Collection, collection_for
from safelane.core.collections.rows import rows_for, scope_key
from safelane.core.errors import NotFound
from safelane.core.filters.reading import NAMES, Moment, refuse_unknown
from safelane.core.history.kept import data_version
from safelane.core.ogc.params import read_moment
from safelane.core.scope import Actor
from safelane.core.tiles import plain, postgis
from safelane.core.tiles.grid import Tile
from safelane.core.ui.context import actor_of

MEDIA = "application/vnd.mapbox-vector-tile"
LARGEST_BYTES = 64 * 1024 * 1024
_OVERHEAD = 500
_cache: Cache[bytes] = Cache(LARGEST_BYTES, weigh=lambda tile: len(tile) + _OVERHEAD)


@require_safe
def tile(request: HttpRequest, name: str, z: int, x: int, y: int) -> HttpResponse:
    """Return one tile of what the actor sees; 304 when the reader has it already.

    Raises:
        NotFound: No such collection or tile.
        SignInNeeded, NotPermitted: The actor may see nothing of the collection.
        BadParameter: A date cannot be read, or the collection knows only the present.
        InvalidInput: A name in the address means nothing to the collection.
    """
    actor = actor_of(request)
    collection = collection_for(name, actor)
    wanted = Tile(z, x, y)
    if not wanted.exists:
        raise NotFound(_("There is no tile %(z)s/%(x)s/%(y)s.") % vars(wanted))
    refuse_unknown(request.GET, {*NAMES, *collection.narrowed_by, "access_token"})
    then = read_moment(request.GET, collection)
    key = _key(request, collection, actor, wanted, then)
    body = _cache.get(key, lambda: _build(request, collection, actor, wanted))
    # Of the tile alone: a tag of the key would tell that somebody wrote somewhere.
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type=MEDIA)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-store"
    response["Vary"] = "Authorization, Cookie"
    return response


def _build(
    request: HttpRequest, collection: Collection, actor: Actor, wanted: Tile
) -> bytes:
    rows = rows_for(collection, actor, query=request.GET, tiled=True)
    if rows.vendor == "postgresql" and rows.exact:
        return postgis.read_tile(rows, wanted)
    return plain.read_tile(rows, wanted)


def _key(
    request: HttpRequest,
    collection: Collection,
    actor: Actor,
    wanted: Tile,
    then: Moment,
) -> Hashable:
    query = tuple(sorted((n, tuple(v)) for n, v in request.GET.lists()))
    place = (wanted.z, wanted.x, wanted.y)
    # What was known of a past day then never changes: such a tile is made once.
    version = "settled" if then.is_settled else data_version()
    return collection.name, place, scope_key(actor), query, version
