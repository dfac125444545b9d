"""What survey priors say to people: statement, reasons, sensitivity, in their language.

The engine holds the English templates (marked for the catalogues); here they are
translated and filled with numbers as the reader writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from safelane.core.i18n.localize import number_text
from safelane.engines.surveyprior.reasons import LAYER_NAMES, SENTENCES
from safelane.engines.surveyprior.statement import PLACES_NOTE, STATEMENT

WHOLE = 10  # from here on without decimals
COMPASS = {
    "N": gettext_lazy("north"),
    "NE": gettext_lazy("north-east"),
    "E": gettext_lazy("east"),
    "SE": gettext_lazy("south-east"),
    "S": gettext_lazy("south"),
    "SW": gettext_lazy("south-west"),
    "W": gettext_lazy("west"),
    "NW": gettext_lazy("north-west"),
}
SET_ASIDE = {
    "unreadable": gettext_lazy("line cannot be read"),
    "repeated_row": gettext_lazy("the same target and month stands twice"),
    "outside_districts": gettext_lazy("outside every district of the country"),
}
FLAGS = {
    "doubled_months": gettext_lazy("in months that look loaded twice"),
    "suspect_months": gettext_lazy("in months probably loaded twice"),
    "double_counting": gettext_lazy(
        "from 1971 on, when one mission makes several records"
    ),
}
CHANGES = {
    "weights:around": gettext_lazy("other weights in the same order of importance"),
    "weights:any": gettext_lazy("any weights at all"),
    "dose:log1p_records": gettext_lazy("records counted by their logarithm"),
    "dose:target_months": gettext_lazy("each target-month counted once"),
    "without:doubtful_months": gettext_lazy("without the months loaded twice"),
    "without:double_counting": gettext_lazy("without the years from 1971"),
    "years:first_half": gettext_lazy("only the years to 1969"),
    "years:second_half": gettext_lazy("only the years from 1970"),
    "without:later_lines": gettext_lazy("without the boundary of 1991"),
    "lines:equal": gettext_lazy("boundary of 1991 as heavy as the line of 1994"),
}
LEVEL_NAMES = {
    "district": gettext_lazy("Districts"),
    "community": gettext_lazy("Communities"),
    "unit": gettext_lazy("5 km survey units"),
}


def statement() -> str:
    """Return the sentence that every output of a prior carries."""
    return _(STATEMENT)


def places_note() -> str:
    """Return what the list of places is not."""
    return _(PLACES_NOTE)


def shown_number(value: float, language: str | None = None) -> str:
    """Write a number with the digits it deserves: 0.04, 3.2, 61, 9,754."""
    chosen = language or get_language() or "en"
    if abs(value) >= WHOLE or value == int(value):
        return _written(float(round(value)), 0, chosen)
    digits = 1 if abs(value) >= 1 else 2
    return _written(round(value, digits), digits, chosen)


@lru_cache(maxsize=50_000)
def _written(value: float, digits: int, language: str) -> str:
    # A file of ten thousand units writes the same small numbers again and again.
    return number_text(value, digits, language)


@lru_cache(maxsize=500)
def _template(key: str, language: str) -> str:
    with override(language):
        return _(SENTENCES[key])


def reasons_text(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Return why a unit stands where it stands, as sentences."""
    language = get_language() or "en"
    return "; ".join(
        _template(reason["key"], language)
        % {name: shown_number(v, language) for name, v in reason["values"].items()}
        for reason in reasons
    )


def layer_name(kind: str, layer: str) -> str:
    """Return the name of a layer for records or for lines."""
    return _(LAYER_NAMES[f"{kind}:{layer}" if layer == "intensity" else layer])


def context_text(parent: str, near: Mapping[str, Any] | None) -> str:
    """Return where a unit lies: "6 km north-east of Muang Phin, Savannakhet"."""
    if not near:
        return parent
    place = _("%(km)s km %(direction)s of %(place)s") % {
        "km": shown_number(near["km"]),
        "direction": COMPASS[near["compass"]],
        "place": near["place"],
    }
    return f"{place}, {parent}" if parent else place


def change_text(change: str, kind: str) -> str:
    """Return what was changed in one check of sensitivity."""
    if change in CHANGES:
        return str(CHANGES[change])
    name, _sep, rest = change.partition(":")
    if name == "weight":
        layer, _sep, how = rest.partition(":")
        return _weight_text(layer_name(kind, layer), how)
    if name == "bandwidth":
        return _("distance kernel of %(km)s km only") % {"km": _km(rest)}
    if name == "line_error":
        return _("position error of %(km)s km only") % {"km": _km(rest)}
    return _("a line's weight halves in %(years)s years") % {"years": rest}


def _weight_text(layer: str, how: str) -> str:
    if how == "dropped":
        return _("%(layer)s: no weight") % {"layer": layer}
    if how == "halved":
        return _("%(layer)s: half the weight") % {"layer": layer}
    return _("%(layer)s: double weight") % {"layer": layer}


def _km(metres: str) -> str:
    return shown_number(float(metres) / 1000)
