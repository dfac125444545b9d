"""What survey priors say to people, in their language: reasons, tables, the method.

The engine holds the English templates (marked for the catalogues); here they are
translated and filled with numbers as the reader writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from safelane.core.i18n.localize import fixed_text, number_text
from safelane.engines.surveyprior.reasons import LAYER_NAMES, SENTENCES
from safelane.engines.surveyprior.statement import PLACES_NOTE, STATEMENT
from safelane.risk.models import RankedUnit, SurveyPrior

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
WEIGHT_CHANGES = {
    "dropped": gettext_lazy("%(layer)s: no weight"),
    "halved": gettext_lazy("%(layer)s: half the weight"),
    "doubled": gettext_lazy("%(layer)s: double weight"),
}
IN_REPORT = (
    "weights:around",
    "weights:any",
    "weight:intensity:dropped",
    "weight:people:dropped",
    "dose:log1p_records",
    "without:doubtful_months",
    "without:double_counting",
    "years:first_half",
    "years:second_half",
    "half_life:15",
    "without:later_lines",
    "lines:equal",
)
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


def where_text(unit: RankedUnit, *, in_parent: bool = True) -> str:
    """Return where a ranked unit lies; a survey unit by the nearest place.

    Args:
        in_parent: Name the part of the country of a survey unit too.
    """
    context = unit.context
    if unit.level == "unit":
        return context_text(context["parent"] if in_parent else "", context.get("near"))
    parts = (context["district"] * (unit.level == "community"), context["parent"])
    return ", ".join(filter(None, parts))


def change_text(change: str, kind: str) -> str:
    """Return what was changed in one check of sensitivity."""
    if change in CHANGES:
        return str(CHANGES[change])
    name, _sep, rest = change.partition(":")
    if name == "weight":
        layer, _sep, how = rest.partition(":")
        return WEIGHT_CHANGES[how] % {"layer": layer_name(kind, layer)}
    if name == "bandwidth":
        return _("distance kernel of %(km)s km only") % {"km": _km(rest)}
    if name == "line_error":
        return _("position error of %(km)s km only") % {"km": _km(rest)}
    return _("a line's weight halves in %(years)s years") % {"years": rest}


def _km(metres: Any) -> str:
    return shown_number(float(metres) / 1000)


def account_rows(prior: SurveyPrior) -> list[dict[str, Any]]:
    """Return the account of records as rows: label, records, target-months, weight."""
    account = prior.account
    if not account:
        return []
    rows = [_account_row(_("Read from the file"), account["read"], "total")]
    rows += [
        _account_row(_("set aside: %(why)s") % {"why": SET_ASIDE[key]}, tally)
        for key, tally in account["set_aside"].items()
    ]
    rows.append(_account_row(_("Stand in the result"), account["used"], "total"))
    rows += [
        _account_row(_("of these %(what)s") % {"what": FLAGS[key]}, tally, "part")
        for key, tally in account["flags"].items()
    ]
    return rows + [_gap_row(gap) for gap in account["gaps"]]


def weight_rows(prior: SurveyPrior) -> list[dict[str, str]]:
    """Return the layers with their weights in percent."""
    return [
        {"layer": layer_name(prior.kind, key), "weight": _percent(weight, 1)}
        for key, weight in prior.weights.items()
    ]


def sensitivity_rows(prior: SurveyPrior, every: bool = False) -> list[dict[str, str]]:
    """Return what changes do to districts and units.

    Args:
        every: All changes; otherwise those that a reader needs first.
    """
    by_level = {
        level: {row["change"]: row for row in rows}
        for level, rows in prior.sensitivity.items()
    }
    units = by_level.get("unit", {})
    chosen = [c for c in units if every or c in IN_REPORT or c.startswith("bandwidth")]
    return [
        {
            "change": change_text(change, prior.kind),
            "top": _percent(by_level["district"][change]["top_kept"]),
            "tenth": _percent(units[change]["top_tenth_kept"]),
            "tau": fixed_text(units[change]["kendall"], 2),
        }
        for change in chosen
    ]


def _account_row(
    label: str, tally: Mapping[str, int], weight: str = ""
) -> dict[str, Any]:
    tallies = {n: number_text(tally[n]) for n in ("records", "target_months")}
    return {"label": label, "weight": weight} | tallies


def _gap_row(gap: Mapping[str, Any]) -> dict[str, Any]:
    label = _("gap %(month)s: target-months found, usual about %(usual)s") % {
        "month": gap["month"],
        "usual": number_text(gap["usual"]),
    }
    found = number_text(gap["found"])
    return {"label": label, "records": "", "target_months": found, "weight": "part"}


def _percent(share: float, digits: int = 0) -> str:
    return f"{number_text(100 * share, digits)} %"


def method_of(prior: SurveyPrior) -> list[str]:
    """Return the method of a run, one paragraph per step, with its own settings."""
    first = _records if prior.kind == "records" else _lines
    return [
        first(prior.config),
        _layers(prior.config),
        _score(prior),
        _stability(prior),
    ]


def _records(config: Mapping[str, Any]) -> str:
    return _(
        "Every distinct target and month counts once, whatever the number of its "
        "records. Kernels of %(widths)s km, which stand for the position error, spread "
        "them over a lattice of %(cell)s m; the mean of the kernels is the intensity."
    ) % {"widths": _kms(config["bandwidths"]), "cell": shown_number(config["cell"])}


def _lines(config: Mapping[str, Any]) -> str:
    return _(
        "Nearness to the line of 1994 falls off with distance by kernels of %(widths)s "
        "km, widened by position errors of %(errors)s km. A line's weight halves every "
        "%(years)s years of age; the boundary of 1991 counts a fraction of the line."
    ) % {
        "widths": _kms(config["bandwidths"]),
        "errors": _kms(config["line_uncertainty"]),
        "years": shown_number(config["line_half_life"]),
    }


def _layers(config: Mapping[str, Any]) -> str:
    return _(
        "Exposure is the intensity times the people of listed places around, or times "
        "nearness to a place or river; both fall to a third in %(km)s km. Districts "
        "take the mean over their land, survey units the sum over their square, "
        "communities the value at their point."
    ) % {"km": _km(config["people_decay"])}


def _score(prior: SurveyPrior) -> str:
    text = _(
        "A layer's value becomes the share of units with a lower value; the score is "
        "the weighted mean of these shares."
    )
    if "surveyed" in prior.missing_layers:
        return f"{text} " + _("What was surveyed already is not taken off.")
    return f"{text} " + _("The share surveyed already is taken off the score.")


def _stability(prior: SurveyPrior) -> str:
    count = shown_number(prior.config["draws"])
    if prior.config.get("weights"):
        return _(
            "%(count)s random weightings around the weights chosen by a person show "
            "how firm a rank is."
        ) % {"count": count}
    return _(
        "Weights are the rank-order centroid: the mean of all weights in this order of "
        "importance. %(count)s random weightings in the same order show how firm a "
        "rank is."
    ) % {"count": count}


def _kms(metres: Sequence[float]) -> str:
    return ", ".join(map(_km, metres))
