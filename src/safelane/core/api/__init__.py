"""What every part of the REST API shares: actor, pages, problems, its description."""

from safelane.core.api.description import OPEN, PROBLEMS, Problem
from safelane.core.api.facts import GeoJSON, as_geojson
from safelane.core.api.records import Page, PageQuery, actor_of, page_of

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
