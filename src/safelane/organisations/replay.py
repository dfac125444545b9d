"""What the audit compares of people, organisations, roles and agreements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.db import models

from safelane.core.history.models import Change
from safelane.core.history.state import (
    Facts,
    Kept,
    StateCheck,
    differences,
    merged,
)
from safelane.core.records.replay import records_check
from safelane.organisations.actions.access import (
    ROLE_FACTS,
    agreement_facts,
    membership_facts,
)
from safelane.organisations.actions.codes import code_facts
from safelane.organisations.models import (
    Agreement,
    LocalCode,
    Membership,
    Organisation,
    Person,
    Role,
    User,
)
from safelane.organisations.signin.models import ApiToken


def _in_chain(said: Facts, change: Change) -> Facts:
    """Return what a change says, with the organisation in whose chain it stands."""
    return merged(said, change) | {"chain": change.organisation_id}


def _account(said: Facts, change: Change) -> Facts:
    closed = change.verb == "person.disable_user"
    return {"is_active": True} | merged(said, change) | (
        {"is_active": False} if closed else {}
    )  # fmt: skip


def _membership(row: Membership) -> Facts:
    return membership_facts(row) | {"chain": row.organisation_id}


def _agreement(row: Agreement) -> Facts:
    return agreement_facts(row) | {"chain": row.owner_id}


def _role(row: Role) -> Facts:
    return {name: getattr(row, name) for name in ROLE_FACTS}


def _user(row: User) -> Facts:
    return {"username": row.username, "is_active": row.is_active}


def _token(row: ApiToken) -> Facts:
    chain = row.membership.organisation_id
    facts = {"hint": row.hint, "expires": row.expires, "revoked": row.revoked}
    return facts | {"chain": chain}


def _rows(model: type[models.Model], *related: str) -> models.QuerySet[Any]:
    found = model._base_manager.all()
    return found.select_related(*related) if related else found


def _check(
    model: type[models.Model],
    key: str,
    facts: Callable[[Any], Mapping[str, Any]],
    after: Callable[[Facts, Change], Facts] = merged,
    *related: str,
    object_type: str = "",
) -> StateCheck:
    name = object_type or str(model._meta.model_name)
    kept = Kept(name, partial(_rows, model, *related), key, facts, after)
    label = model._meta.label_lower
    return StateCheck(label, (label,), partial(differences, kept))


CHECKS = (
    _check(Membership, "uid", _membership, _in_chain, "user", "role", "organisation"),
    _check(Agreement, "uid", _agreement, _in_chain, "owner", "partner"),
    _check(Role, "code", _role),
    records_check(Organisation),
    records_check(Person),
    _check(User, "uid", _user, _account),
    _check(ApiToken, "uid", _token, _in_chain, "membership", object_type="token"),
    _check(LocalCode, "pk", code_facts, merged, "country", object_type="code"),
)
