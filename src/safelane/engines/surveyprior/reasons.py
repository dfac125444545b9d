"""Why a unit stands where it stands, in words with the raw values.

A reason is data (layer, values, share of the score); the sentence is a marked template
so that pages translate it and fill it in the reader's number format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .lattice import Floats, Ints
from .ranking import Ranking
from .statement import gettext_noop

TOP_REASONS = 3

LAYER_NAMES = {
    "records:intensity": gettext_noop("Bombing records"),
    "lines:intensity": gettext_noop("Nearness to the former lines"),
    "people": gettext_noop("People exposed"),
    "places": gettext_noop("Places exposed"),
    "rivers": gettext_noop("Rivers exposed"),
    "roads": gettext_noop("Roads exposed"),
    "surveyed": gettext_noop("Surveyed already"),
}

SENTENCES = {
    "records:intensity": gettext_noop(
        "%(value)s bombing target-months per km² (number %(place)s of %(count)s)"
    ),
    "lines:intensity": gettext_noop(
        "%(line_km)s km from the 1994 line (nearness to the former lines: number "
        "%(place)s of %(count)s)"
    ),
    "people": gettext_noop(
        "about %(people)s people in reach (exposed: number %(place)s of %(count)s)"
    ),
    "places": gettext_noop(
        "%(place_km)s km to the nearest listed place (exposed: number %(place)s of "
        "%(count)s)"
    ),
    "rivers": gettext_noop(
        "%(river_km)s km to the nearest mapped river (exposed: number %(place)s of "
        "%(count)s)"
    ),
    "roads": gettext_noop(
        "%(road_km)s km to the nearest mapped road (exposed: number %(place)s of "
        "%(count)s)"
    ),
    "partial": gettext_noop("a layer is missing here: the others carry its weight"),
    "surveyed": gettext_noop("%(value)s %% surveyed already, taken off the score"),
    "nothing": gettext_noop(
        "nothing in reach in these inputs: the prior says nothing here, least of all "
        "that the land is clear"
    ),
}

NAMED_FACTS = ("people", "line_km", "place_km", "river_km", "road_km")


@dataclass(frozen=True, slots=True)
class Reason:
    """One contribution to a score.

    Args:
        key: Key of the sentence and of the layer's name.
        share: Share of the score, 0..1.
        values: Numbers of the sentence: raw value, place in this layer, count.
    """

    key: str
    share: float
    values: Mapping[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for storage."""
        return {"key": self.key, "share": self.share, "values": dict(self.values)}


def reason_key(kind: str, layer: str) -> str:
    """Return the key of a layer's sentence for records or for lines."""
    return f"{kind}:{layer}" if layer == "intensity" else layer


def sentence(reason: Reason) -> str:
    """Return the English sentence; pages fill the translated template themselves."""
    shown = {name: number_text(value) for name, value in reason.values.items()}
    return SENTENCES[reason.key] % shown


def number_text(value: float) -> str:
    """Return a number with as many digits as it deserves: 0.04, 3.2, 61, 9,754."""
    if abs(value) >= 10 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2g}"


def reasons_of(
    ranking: Ranking,
    layers: Mapping[str, Floats],
    facts: Mapping[str, Floats],
    kind: str,
) -> list[list[Reason]]:
    """Return up to three reasons per unit, the largest contribution first.

    Args:
        ranking: The level's ranking.
        layers: Raw values by layer.
        facts: Values that sentences name besides, as in ``NAMED_FACTS``.
        kind: ``records`` or ``lines``.
    """
    shares = _shares(ranking)
    places = _places_in_layer(ranking)
    order = np.argsort(-shares, axis=1, kind="stable")[:, :TOP_REASONS]
    result = []
    for unit, columns in enumerate(order):
        found = [
            Reason(
                reason_key(kind, ranking.keys[c]),
                float(shares[unit, c]),
                _values(ranking.keys[c], unit, layers, facts)
                | {
                    "place": float(places[unit, c]),
                    "count": float((~np.isnan(ranking.percentiles[:, c])).sum()),
                },
            )
            for c in columns
            if shares[unit, c] > 0
        ]
        result.append(found + _remarks(ranking, facts, unit))
    return result


def _remarks(ranking: Ranking, facts: Mapping[str, Floats], unit: int) -> list[Reason]:
    remarks = [Reason("partial", 0.0, {})] if ranking.partial[unit] else []
    if ranking.score[unit] == 0 and not np.nan_to_num(ranking.percentiles[unit]).any():
        remarks.append(Reason("nothing", 0.0, {}))
    surveyed = float(facts["surveyed"][unit]) if "surveyed" in facts else 0.0
    if surveyed > 0:
        remarks.append(Reason("surveyed", 0.0, {"value": 100 * surveyed}))
    return remarks


def _shares(ranking: Ranking) -> Floats:
    parts = np.nan_to_num(ranking.percentiles) * ranking.weights
    total = parts.sum(axis=1, keepdims=True)
    share: Floats = np.divide(parts, total, out=np.zeros_like(parts), where=total > 0)
    return share


def _places_in_layer(ranking: Ranking) -> Ints:
    """Return 1 + the number of units strictly higher, by layer."""
    places = np.zeros(ranking.percentiles.shape, dtype=np.int64)
    for column in range(len(ranking.keys)):
        values = ranking.percentiles[:, column]
        known = np.sort(values[~np.isnan(values)])
        higher = len(known) - np.searchsorted(known, np.nan_to_num(values), "right")
        places[:, column] = 1 + higher
    return places


def _values(
    layer: str,
    unit: int,
    layers: Mapping[str, Floats],
    facts: Mapping[str, Floats],
) -> dict[str, float]:
    named = {name: float(facts[name][unit]) for name in NAMED_FACTS if name in facts}
    known = {name: value for name, value in named.items() if value == value}
    return {"value": float(layers[layer][unit])} | known
