"""The sheet of a hazardous area, to take along, as far as it is open."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safelane.core.pages.sheet import fact_table, sheet_answer
from safelane.core.ui.context import actor_of
from safelane.core.ui.reach import OWN
from safelane.hazards.filters import HazardFilter
from safelane.hazards.models import Evidence, OrdnanceFound
from safelane.hazards.queries import finds_of, record_then
from safelane.hazards.views.record import state_context
from safelane.organisations.packs import pack_of

EVIDENCE = ("kind", "directness", "grade", "ordnance_category", "count", "found_on")
ORDNANCE = ("category", "model", "count", "condition", "depth_cm", "found_on")


@require_safe
def area_sheet(request: HttpRequest, uid: str) -> HttpResponse:
    """Return the sheet of an area as PDF, as it is known now or was on a past day."""
    actor = actor_of(request)
    actor.require("hazard.view")
    filters = HazardFilter.parse(request.GET, OWN)
    hazard, state = record_then(actor, uid, filters.then)
    told, pack = state_context(state), pack_of(hazard.country)
    facts = [(_("Organisation"), hazard.organisation.name)]
    facts += [(_("Admin area"), str(told["admin_area"] or "–"))]
    facts += [(capfirst(fact.label), fact.value) for fact in told["facts"]]
    evidence, ordnance = finds_of(hazard, actor, filters.then)
    table = partial(fact_table, pack=pack, of=hazard, actor=actor)
    informed = date_format(told["last_information"], "SHORT_DATE_FORMAT")
    informed = _("last information %(day)s") % {"day": informed}
    return sheet_answer(
        request,
        reverse("hazards:detail", args=[hazard.uid]),
        state,
        filters,
        title=hazard.reference,
        subtitle=f"{told['kind'].label} · {told['status'].label} · {informed}",
        notices=_notices(hazard.is_withdrawn and not filters.is_past, told),
        facts=facts,
        tables=[
            table(_("Evidence"), Evidence, evidence, EVIDENCE),
            table(_("Ordnance found"), OrdnanceFound, ordnance, ORDNANCE),
        ],
    )


def _notices(withdrawn: bool, told: dict[str, Any]) -> list[str]:
    said = [_("What was reported. Ground that this sheet does not show may hold more.")]
    if withdrawn:
        said.append(_("Withdrawn: no approved report speaks of this area any more."))
    if told["no_position"]:
        said.append(_("No position is known."))
    elif told["no_outline"]:
        said.append(_("No outline is known: the hazard reaches beyond the point."))
    return said
