"""Where to survey first: a prior from records and people, never evidence.

Pure numbers: shapely, numpy and scipy in, ranked districts, communities and survey
units out. ``laos`` and ``azerbaijan`` read the pilots' open data.
"""

from .config import PriorConfig, config_from, load_config
from .geodata import Area, Line, Place, Source
from .records.account import Account, Gap, Tally
from .results import LevelResult, PriorInputs, PriorResult, Unit
from .run import run_prior
from .sources import LineSource, RecordSource
from .statement import PLACES_NOTE, STATEMENT

__all__ = [
    "PLACES_NOTE",
    "STATEMENT",
    "Account",
    "Area",
    "Gap",
    "LevelResult",
    "Line",
    "LineSource",
    "Place",
    "PriorConfig",
    "PriorInputs",
    "PriorResult",
    "RecordSource",
    "Source",
    "Tally",
    "Unit",
    "config_from",
    "load_config",
    "run_prior",
]
