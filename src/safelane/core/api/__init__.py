"""What every part of the REST API shares: actor, pages, problems, its description."""

from safelane.core.api.description import OPEN as OPEN
from safelane.core.api.description import PROBLEMS as PROBLEMS
from safelane.core.api.description import Problem as Problem
from safelane.core.api.facts import GeoJSON as GeoJSON
from safelane.core.api.facts import as_geojson as as_geojson
from safelane.core.api.records import Page as Page
from safelane.core.api.records import PageQuery as PageQuery
from safelane.core.api.records import actor_of as actor_of
from safelane.core.api.records import page_of as page_of
