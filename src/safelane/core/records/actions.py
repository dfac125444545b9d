"""Writing plain records: the only place that does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from safelane.core.errors import (
    ChangedMeanwhile,
    Conflict,
    InvalidInput,
    NotPermitted,
)
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
from safelane.core.scope import Actor, Precision

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
def update(
    row: M, facts: Given, *, by: Actor, may: str = "edit", seen: str | None = None
) -> M:
    """Change ``facts`` of a row; what it holds already makes no change.

    Other facts stay as they are stored, whatever ``row`` holds of them.

    Args:
        seen: :func:`version_of` the row that was shown; None writes over whatever
            stands now.

    Raises:
        NotPermitted: The row is, or would then be, outside the actor's reach, or is
            shown to the actor only roughly: what is not seen would be replaced.
        AlreadyWithdrawn: It is withdrawn.
        ChangedMeanwhile: Somebody changed it since it was shown.
        InvalidInput, AlreadyExists: As :func:`create`.
    """
    policy: Any = row.policy  # type: ignore[attr-defined]
    policy.require_row(by, may, row)
    require_whole(row, by)
    stored, names = _locked(row), _names(row)
    _refuse_changed(stored, seen)
    _restore(row, stored, set(names) - facts.keys())
    _assign(row, facts)
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
    stored = _locked(row)
    before = history_facts(stored)
    _restore(row, stored, _names(row))
    row.is_withdrawn = True  # type: ignore[attr-defined]
    row.save()
    note("withdraw", row, before, reason=reason.strip(), by=by, may=may)
    return row


def version_of(row: models.Model) -> str:
    """Return what tells the present facts of a row from all others, nothing else."""
    facts = {name: str(_value(row, name)) for name in _names(row)}
    told = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return salted_hmac("state of a record", told, algorithm="sha256").hexdigest()


def require_whole(row: models.Model, by: Actor) -> None:
    """Raise NotPermitted where who would replace a row is shown it only roughly."""
    rows: Any = type(row)._default_manager
    if by.is_system or not hasattr(rows, "visible_to"):
        return
    shown = rows.visible_to(by).filter(pk=row.pk).values_list("precision", flat=True)
    if shown.first() in (Precision.CELL, Precision.DISTRICT):
        said = _(
            "“%(row)s” is shown to you only roughly, and a change would replace what "
            "you do not see. Let somebody who sees all of it change it."
        )
        raise NotPermitted(said % {"row": row})


def _refuse_changed(stored: models.Model, seen: str | None) -> None:
    if seen is None or seen == (now := version_of(stored)):
        return
    said = _(
        "“%(row)s” was changed after you opened it. Nothing of yours is saved now, "
        "and nothing that you wrote is lost. Look at the record before you save again: "
        "that replaces it with yours."
    )
    raise ChangedMeanwhile(said % {"row": stored}, version=now)


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


def _restore(row: models.Model, stored: models.Model, names: Iterable[str]) -> None:
    """Give a row in hand what is stored, which somebody may have changed meanwhile."""
    for name in names:
        setattr(row, name, getattr(stored, name))


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
