"""The tables beside a ranking: account of records, weights, sensitivity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from safelane.core.i18n.localize import fixed_text, number_text
from safelane.risk.models import SurveyPrior
from safelane.risk.wording import FLAGS, SET_ASIDE, change_text, layer_name

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


def account_rows(prior: SurveyPrior) -> list[dict[str, Any]]:
    """Return the account of records as rows: label, records, target-months, weight."""
    account = prior.account
    if not account:
        return []
    rows = [_row(_("Read from the file"), account["read"], "total")]
    rows += [
        _row(_("set aside: %(why)s") % {"why": SET_ASIDE[key]}, tally)
        for key, tally in account["set_aside"].items()
    ]
    rows.append(_row(_("Stand in the result"), account["used"], "total"))
    rows += [
        _row(_("of these %(what)s") % {"what": FLAGS[key]}, tally, "part")
        for key, tally in account["flags"].items()
    ]
    return rows + [_gap_row(gap) for gap in account["gaps"]]


def weight_rows(prior: SurveyPrior) -> list[dict[str, str]]:
    """Return the layers with their weights in percent."""
    return [
        {
            "layer": layer_name(prior.kind, key),
            "weight": f"{number_text(100 * weight, 1)} %",
        }
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


def _row(label: str, tally: Mapping[str, int], weight: str = "") -> dict[str, Any]:
    return {
        "label": label,
        "records": number_text(tally["records"]),
        "target_months": number_text(tally["target_months"]),
        "weight": weight,
    }


def _gap_row(gap: Mapping[str, Any]) -> dict[str, Any]:
    label = _("gap %(month)s: target-months found, usual about %(usual)s") % {
        "month": gap["month"],
        "usual": number_text(gap["usual"]),
    }
    return {
        "label": label,
        "records": "",
        "target_months": number_text(gap["found"]),
        "weight": "part",
    }


def _percent(share: float) -> str:
    return f"{number_text(100 * share)} %"
