"""Writing plain records: the only place that does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from safelane.core.errors import Conflict, InvalidInput
from safelane.core.facts import facts_of
from safelane.core.history.actions import Entry, record
from safelane.core.history.state import (
    Facts,
    Kept,
    StateCheck,
    Text,
    differences,
    in_chain,
)
from safelane.core.scope import Actor

M = TypeVar("M", bound=models.Model)
Given = Mapping[str, Any]


@transaction.atomic
def create(row: M, facts: Given, *, by: Actor, may: str = "edit") -> M:
    """Save a new ``row`` with ``facts`` and write it into the history.

    Args:
        row: Unsaved, with organisation, country and area.
        may: Verb that a role needs on the data class, and on the row once it stands.

    Raises:
        SignInNeeded, NotPermitted: The actor may not write such a row here.
        InvalidInput: A fact does not fit its field, or there is no such fact.
        AlreadyExists: A unique name or code is taken.
    """
    policy: Any = row.policy  # type: ignore[attr-defined]
    by.require(policy.verb(may))
    _assign(row, facts)
    save_checked(row)
    policy.require_row(by, may, row)
    note("create", row, {}, by=by, may=may)
    return row


@transaction.atomic
def update(row: M, facts: Given, *, by: Actor, may: str = "edit") -> M:
    """Change ``facts`` of a row; what it holds already makes no change.

    Raises:
        NotPermitted: The row is, or would then be, outside the actor's reach.
        AlreadyWithdrawn: It is withdrawn.
        InvalidInput, AlreadyExists: As :func:`create`.
    """
    policy: Any = row.policy  # type: ignore[attr-defined]
    policy.require_row(by, may, row)
    stored = _locked(row)
    _assign(row, facts)
    names = _names(row)
    if all(_value(row, name) == _value(stored, name) for name in names):
        return row
    save_checked(row)
    policy.require_row(by, may, row)
    note("update", row, history_facts(stored), by=by, may=may)
    return row


@transaction.atomic
def withdraw(row: M, reason: str, *, by: Actor, may: str = "edit") -> M:
    """Take a row out of use and say why; its facts and history stay.

    Raises:
        NotPermitted: The row is outside the actor's reach.
        InvalidInput: There is no reason.
        AlreadyWithdrawn: It was withdrawn before.
    """
    policy: Any = row.policy  # type: ignore[attr-defined]
    policy.require_row(by, may, row)
    if not reason.strip():
        raise InvalidInput(_("Give a reason."), field="reason")
    before = history_facts(_locked(row))
    row.is_withdrawn = True  # type: ignore[attr-defined]
    row.save()
    note("withdraw", row, before, reason=reason.strip(), by=by, may=may)
    return row


def save_checked(row: models.Model) -> None:
    """Save a row that its model finds to be right.

    Raises:
        InvalidInput: Names the field and what is wrong.
        AlreadyExists: A unique name or code is taken.
    """
    try:
        row.full_clean()
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        fault = AlreadyExists if _is_taken(error) else InvalidInput
        raise fault(" ".join(messages), field=field) from error
    except IntegrityError as error:
        raise AlreadyExists(_("A record with this name exists already.")) from error


def note(
    verb: str,
    row: models.Model,
    before: Given,
    *,
    by: Actor,
    may: str,
    reason: str = "",
) -> None:
    """Write an act on ``row`` into the chain of its organisation."""
    told: Any = row
    chain = chain_of(row)
    kind = row._meta.model_name or ""
    after = history_facts(row)
    data_class = told.policy.data_class
    entry = Entry(
        chain, f"{data_class}.{verb}", kind, told.uid, str(row), before, after,
        reason=reason, permission=f"{data_class}.{may}",
    )  # fmt: skip
    record(entry, by=by)


def chain_of(row: Any) -> int:
    """Return the organisation whose chain tells of a row."""
    return int(getattr(row, "chain_id", None) or row.organisation_id)


def history_facts(row: models.Model) -> dict[str, Any]:
    """Return the facts of a row that may stand in the history for ever."""
    private = getattr(row, "private", ())
    facts = {name: _value(row, name) for name in _names(row) if name not in private}
    if getattr(row, "is_withdrawn", False):
        facts["is_withdrawn"] = True
    return facts


def _names(row: models.Model) -> tuple[str, ...]:
    """Return the facts that may be written: declared ones that nothing computes."""
    declared = facts_of(type(row))
    return tuple(name for name, fact in declared.items() if not fact.computed)


def _value(row: models.Model, name: str) -> Any:
    field: Any = row._meta.get_field(name)
    return getattr(row, field.attname)


def _assign(row: models.Model, facts: Given) -> None:
    allowed = _names(row)
    for name, value in facts.items():
        if name not in allowed:
            raise InvalidInput(_("There is no field “%(name)s”.") % {"name": name})
        setattr(row, name, value)


def _locked(row: M) -> M:
    """Return the row as it is stored; nobody else changes it meanwhile.

    Raises:
        AlreadyWithdrawn: It is withdrawn.
    """
    rows: models.QuerySet[M] = type(row)._default_manager.all()
    stored = rows.select_for_update().get(pk=row.pk)
    if getattr(stored, "is_withdrawn", False):
        raise AlreadyWithdrawn(
            _("“%(row)s” was withdrawn. Add a new record instead.") % {"row": row}
        )
    return stored


def _is_taken(error: ValidationError) -> bool:
    faults = [item for items in error.error_dict.values() for item in items]
    return any(item.code in ("unique", "unique_together") for item in faults)


class AlreadyExists(Conflict):
    """A record with this name or code exists already."""


class AlreadyWithdrawn(Conflict):
    """The record was withdrawn and is closed to changes."""


def records_check(
    model: type[models.Model], unchecked: Mapping[str, Text]
) -> StateCheck:
    """Return the audit's check of a model that is written by this room's actions.

    Args:
        unchecked: Columns that nothing tells -> why.
    """
    rows: Any = model._base_manager.all
    kept = Kept(str(model._meta.model_name), rows, "uid", _facts, in_chain)
    label = model._meta.label_lower
    return StateCheck(label, (label,), partial(differences, kept), unchecked)


def _facts(row: Any) -> Facts:
    return history_facts(row) | {"chain": chain_of(row)}
