"""What every part of the REST API shares: actor, pages, problems, its description."""

from safelane.core.api.geojson import GeoJSON, as_geojson
from safelane.core.api.paging import Page, PageQuery, page_of
from safelane.core.api.problems import PROBLEMS, Problem
from safelane.core.api.public_operations import OPEN
from safelane.core.api.requests import actor_of

__all__ = [
    "OPEN",
    "PROBLEMS",
    "GeoJSON",
    "Page",
    "PageQuery",
    "Problem",
    "actor_of",
    "as_geojson",
    "page_of",
]
