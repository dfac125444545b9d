"""How a run was made, in sentences with its own settings."""

from __future__ import annotations

from django.utils.translation import gettext as _

from safelane.risk.models import SurveyPrior
from safelane.risk.wording import shown_number


def method_of(prior: SurveyPrior) -> list[str]:
    """Return the method of a run, one paragraph per step."""
    config = prior.config
    first = _records(config) if prior.kind == "records" else _lines(config)
    return [first, _layers(config), _score(prior), _stability(prior)]


def _records(config: dict[str, object]) -> str:
    return _(
        "Every distinct target and month counts once, whatever the number of its "
        "records. Kernels of %(widths)s km, which stand for the position error, spread "
        "them over a lattice of %(cell)s m; the mean of the kernels is the intensity."
    ) % {"widths": _km_list(config["bandwidths"]), "cell": _number(config["cell"])}


def _lines(config: dict[str, object]) -> str:
    return _(
        "Nearness to the line of 1994 falls off with distance by kernels of %(widths)s "
        "km, widened by position errors of %(errors)s km. A line's weight halves every "
        "%(years)s years of age; the boundary of 1991 counts a fraction of the line."
    ) % {
        "widths": _km_list(config["bandwidths"]),
        "errors": _km_list(config["line_uncertainty"]),
        "years": _number(config["line_half_life"]),
    }


def _layers(config: dict[str, object]) -> str:
    return _(
        "Exposure is the intensity times the people of listed places around, or times "
        "nearness to a place or river; both fall to a third in %(km)s km. Districts "
        "take the mean over their land, survey units the sum over their square, "
        "communities the value at their point."
    ) % {"km": shown_number(float(str(config["people_decay"])) / 1000)}


def _score(prior: SurveyPrior) -> str:
    text = _(
        "A layer's value becomes the share of units with a lower value; the score is "
        "the weighted mean of these shares."
    )
    if "surveyed" in prior.missing_layers:
        return f"{text} " + _("Nothing is known here of what was surveyed already.")
    return f"{text} " + _("The share surveyed already is taken off the score.")


def _stability(prior: SurveyPrior) -> str:
    count = _number(prior.config["draws"])
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


def _km_list(values: object) -> str:
    widths = values if isinstance(values, list) else []
    return ", ".join(shown_number(float(width) / 1000) for width in widths)


def _number(value: object) -> str:
    return shown_number(float(str(value)))
