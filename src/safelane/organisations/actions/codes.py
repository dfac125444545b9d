"""Adding codes to a country's lists, and retiring them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from safelane.core.errors import Conflict, InvalidInput
from safelane.core.history.actions import Entry, record
from safelane.core.records.errors import AlreadyExists
from safelane.core.scope import Actor
from safelane.organisations.models import Country, LocalCode
from safelane.organisations.packs import forget_packs, pack_of


@transaction.atomic
def add_local_code(
    country: Country,
    list_name: str,
    code: str,
    *,
    labels: dict[str, str],
    source: str,
    valid_from: date,
    by: Actor,
) -> LocalCode:
    """Add a code that the pack's list lacks.

    Raises:
        AlreadyExists: The list has this code already.
        InvalidInput: The list is unknown, or the code has no English label.
    """
    by.require("codes.manage")
    known = pack_of(country).code_list(list_name)
    if any(item.code == code for item in known.codes):
        raise AlreadyExists(
            _("The list has the code “%(code)s” already.") % {"code": code},
            field="code",
        )
    if not labels.get("en", "").strip() or not source.strip():
        raise InvalidInput(_("Give an English label and who decided it."))
    row = LocalCode.objects.create(
        country=country,
        list_name=list_name,
        code=code,
        labels={key: text.strip() for key, text in labels.items() if text.strip()},
        source=source.strip(),
        valid_from=valid_from,
    )
    _note("codes.add", row, by)
    return row


@transaction.atomic
def retire_local_code(row: LocalCode, ends: date, *, by: Actor) -> LocalCode:
    """End a local code on a day; records that use it keep it."""
    by.require("codes.manage")
    if row.valid_to is not None:
        raise Conflict(_("This code has been retired already."))
    if ends < row.valid_from:
        raise InvalidInput(_("It begins only after that day."), field="ends")
    row.valid_to = ends
    row.save(update_fields=["valid_to"])
    _note("codes.retire", row, by)
    return row


def code_facts(row: LocalCode) -> dict[str, Any]:
    """Return what the history keeps of a local code."""
    return {
        "country": row.country.code,
        "labels": row.labels,
        "source": row.source,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _note(verb: str, row: LocalCode, by: Actor) -> None:
    after = code_facts(row)
    record(Entry(None, verb, "code", row.pk, str(row), after=after), by=by)
    forget_packs()
    transaction.on_commit(forget_packs)  # others may have read in between
