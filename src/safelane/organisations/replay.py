"""What the audit compares of people, organisations, roles and agreements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from safelane.core.history.models import Change
from safelane.core.history.state import (
    Facts,
    Kept,
    StateCheck,
    Text,
    differences,
    in_chain,
    merged,
)
from safelane.core.records.actions import records_check
from safelane.organisations.actions.access import (
    ROLE_FACTS,
    agreement_facts,
    membership_facts,
)
from safelane.organisations.actions.places import code_facts
from safelane.organisations.models import (
    Agreement,
    LocalCode,
    Membership,
    Organisation,
    Person,
    Role,
    User,
)
from safelane.organisations.signin.actions import token_facts
from safelane.organisations.signin.models import ApiToken

KEY = _("joins rows; what it joins is compared by name")
NOTHING: Mapping[str, Text] = {}


def _account(said: Facts, change: Change) -> Facts:
    """Return what an account must be: what it may do comes from no flag."""
    closed = change.verb == "person.disable_user"
    plain = {"is_active": True, "is_superuser": False, "is_staff": False}
    return plain | merged(said, change) | ({"is_active": False} if closed else {})


def _issued(said: Facts, change: Change) -> Facts:
    """Return what a token must be: who makes one in person makes it for themselves."""
    found = in_chain(said, change) | {"name": change.object_label}
    if change.verb == "person.create_token":
        found["created_by"] = change.actor_id
        if change.actor_kind == "person":
            found["owner"] = change.actor_id
    return found


def _named(said: Facts, change: Change) -> Facts:
    return merged(said, change) | {"code": change.object_label}


def _membership(row: Membership) -> Facts:
    return membership_facts(row) | {"chain": row.organisation_id}


def _agreement(row: Agreement) -> Facts:
    return agreement_facts(row) | {"chain": row.owner_id}


def _columns(*names: str) -> Callable[[Any], Facts]:
    return lambda row: {name: getattr(row, name) for name in names}


def _token(row: ApiToken) -> Facts:
    return token_facts(row) | {
        "name": row.name,
        "created_by": row.created_by_id,
        "owner": row.membership.user_id,
        "chain": row.membership.organisation_id,
    }


def _code(row: LocalCode) -> Facts:
    return code_facts(row) | {"code": str(row)}


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
    lately: tuple[str, ...] = (),
    unchecked: Mapping[str, Text] = NOTHING,
) -> StateCheck:
    name = object_type or str(model._meta.model_name)
    rows = partial(_rows, model, *related)
    kept = Kept(name, rows, key, facts, after, lately=lately)
    label = model._meta.label_lower
    left_out = {"id": KEY, **unchecked}
    return StateCheck(label, (label,), partial(differences, kept), left_out)


OWN = _("everybody changes their own")
PRIVATE = _("private: the history is for ever and takes it not in")
USE = _("written at each use")
CLOCK = _("read from a clock that may differ from the history's")
ACCOUNT_UNCHECKED = {
    **dict.fromkeys(("password", "language"), OWN),
    **dict.fromkeys(("email", "first_name", "last_name"), PRIVATE),
    **{"last_login": USE, "date_joined": CLOCK},
}
TOKEN_UNCHECKED = {"created": CLOCK, "last_used": USE}
PERSON_UNCHECKED = {"user": _("the history does not take it in")} | {
    name: PRIVATE for name in sorted(Person.private)
}

CHECKS = (
    _check(Membership, "uid", _membership, in_chain, "user", "role", "organisation"),
    _check(
        Agreement, "uid", _agreement, in_chain, "owner", "partner", "country",
        lately=("country", "purpose"),
    ),
    _check(Role, "code", _columns(*ROLE_FACTS)),
    records_check(Organisation, {"id": KEY}),
    records_check(Person, {"id": KEY, **PERSON_UNCHECKED}),
    _check(
        User, "uid", _columns("username", "is_active", "is_superuser", "is_staff"),
        _account, unchecked=ACCOUNT_UNCHECKED,
    ),
    _check(
        ApiToken, "uid", _token, _issued, "membership", object_type="token",
        lately=("membership", "seal"), unchecked=TOKEN_UNCHECKED,
    ),
    _check(LocalCode, "pk", _code, _named, "country", object_type="code"),
)  # fmt: skip
