"""Boxes of a cluster munition survey (IMAS 08.20/02)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from safelane.countries import CountryPack, Rule
from safelane.countries.findings import Breach, Count
from safelane.hazards.choices import BOX_SUBMUNITION
from safelane.hazards.rules.facts import BoxFacts, ReportFacts

SIZE_PARAMETER = "box_size_m"


def usual_size(pack: CountryPack) -> int:
    """Return the side of a box in a country, in metres."""
    return int(pack.parameter(SIZE_PARAMETER))


def box_date(facts: ReportFacts, _rule: Rule) -> Iterator[Breach]:
    """No box is searched after it was reported."""
    for box in facts.boxes:
        if box.searched_on is None or box.searched_on <= facts.date_of_information:
            continue
        yield Breach(
            _(
                "Box %(label)s: searched on %(searched)s, which is after the report's "
                "date of information %(day)s."
            ),
            {
                "label": box.label,
                "searched": box.searched_on.isoformat(),
                "day": facts.date_of_information.isoformat(),
            },
            _middle(box),
        )


def box_size(facts: ReportFacts, _rule: Rule) -> Iterator[Breach]:
    """Boxes have the size that is usual in the country."""
    for box in facts.boxes:
        if facts.box_size_m not in (None, box.size_m):
            yield Breach(
                _("Box %(label)s: %(size)s m is not the usual size of %(usual)s m."),
                {"label": box.label, "size": box.size_m, "usual": facts.box_size_m},
                _middle(box),
            )


def box_searched_share(facts: ReportFacts, rule: Rule) -> Iterator[Breach]:
    """Where nothing was found, enough was searched."""
    wanted = round((facts.box_share or 0) * 100)
    for box in facts.boxes:
        if box.result not in rule.parameters["results"]:
            continue
        if box.searched_percent is None:
            message = _("Box %(label)s: the share that was searched is not stated.")
        elif box.searched_percent < wanted:
            message = _(
                "Box %(label)s: only %(share)s %% were searched; it counts as searched "
                "from %(wanted)s %% on."
            )
        else:
            continue
        values = {"label": box.label, "share": box.searched_percent, "wanted": wanted}
        yield Breach(message, values, _middle(box))


def box_needs_find(facts: ReportFacts, _rule: Rule) -> Iterator[Breach]:
    """Where submunitions were found, a find or direct evidence says so."""
    for box in facts.boxes:
        own = box.has_find and not box.find_rows
        if box.result == BOX_SUBMUNITION and not own:
            yield Breach(
                _(
                    "Box %(label)s: submunitions were found, but neither direct "
                    "evidence nor a submunition in it is reported. Add it to the "
                    "report."
                ),
                {"label": box.label},
                _middle(box),
                counted=Count("found", 0, box.find_rows, 1),
            )


def _middle(box: BoxFacts) -> tuple[float, float]:
    middle = box.geometry.centroid
    return middle.x, middle.y
