"""The sheet of a record as a PDF to take along, made of its facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from safelane.core.facts import facts_of
from safelane.core.facts.fact import Pack
from safelane.core.facts.words import fact_text
from safelane.core.filters import RecordFilter
from safelane.core.pdf.sheet import Sheet, SheetTable
from safelane.core.review.queries import first_rows
from safelane.core.scope import Actor, ScopePolicy
from safelane.core.scope.precision import is_exact, published
from safelane.core.ui.context import actor_of
from safelane.core.ui.reach import levels_of, place_notes

MOST_ROWS = 500


def fact_table(
    title: str,
    model: type[models.Model],
    rows: models.QuerySet[Any],
    names: Sequence[str],
    pack: Pack,
    *,
    of: Any,
    actor: Actor,
) -> SheetTable:
    """Return a table of some facts of rows that are seen exactly, with their place.

    What is beyond the first rows is counted.

    Args:
        of: The record of the rows: that there are none is said to those alone who
            see it exactly and open all rows of its country.
    """
    policy: type[ScopePolicy] = model.policy  # type: ignore[attr-defined]
    opens_all = is_exact(of) and policy.opens_country(actor, of.country_id)
    facts = facts_of(model)
    heads = [*(capfirst(facts.label(name)) for name in names), _("Position")]
    shown, more = first_rows(rows, MOST_ROWS)
    told = []
    for row in shown:
        point = row.geometry.representative_point()
        place = row.position_text or f"{point.y:.6f}, {point.x:.6f}"
        words = [fact_text(facts, name, getattr(row, name), pack) for name in names]
        told.append([*words, place])
    note = _("%(count)s more are left out here; an export holds them.")
    return SheetTable(
        title,
        heads,
        told,
        empty=_("None is recorded.") if opens_all else _("None is open to you."),
        marks=[row.geometry for row in shown],
        note=note % {"count": more} if more else "",
    )


def sheet_answer(
    request: HttpRequest,
    page: str,
    row: Any,
    filters: RecordFilter,
    *,
    title: str,
    notices: Sequence[str],
    **shown: Any,
) -> HttpResponse:
    """Return the sheet of a record, which says who made it and when.

    Of a past day, notices, file and the address that is printed say which.

    Args:
        page: Address of the record's page.
        row: Of ``visible_to``: its place is shown as exactly as that is open.
        shown: As :class:`Sheet`.
    """
    actor, said, name = actor_of(request), list(notices), title
    if filters.is_past:
        said.append(str(filters.then.words))
        name += f"-{filters.then.day}"
        page += f"?{filters.dates_only.querystring()}"
    when = date_format(timezone.localtime(), "DATETIME_FORMAT")
    sheet = Sheet(
        title=title,
        made=_("Made by %(who)s on %(when)s") % {"who": actor.name, "when": when},
        address=request.build_absolute_uri(page),
        notices=[*said, *place_notes(levels_of(actor, row))],
        shape=published(row).get("geometry"),
        is_exact=is_exact(row),
        **shown,
    )
    shown_as = content_disposition_header(False, f"{name}.pdf") or "inline"
    return HttpResponse(
        sheet.as_pdf(),
        content_type="application/pdf",
        headers={"Content-Disposition": shown_as},
    )
