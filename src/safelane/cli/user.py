"""`safelane user`: accounts, their links, sessions and tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from safelane.cli.console import emit, table
from safelane.cli.faults import FaultGroup
from safelane.cli.init import invitation_url
from safelane.cli.workspace import operator, set_up

app = typer.Typer(
    cls=FaultGroup, no_args_is_help=True, help="Accounts: add, invite, disable, list."
)
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Username = Annotated[str, typer.Argument(help="User name of the account.")]

WAITS = (
    "The role waits until somebody who may give it confirms it, on the page"
    " “Access to confirm”."
)


@app.command("add")
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="Full name.")],
    organisation: Annotated[str, typer.Option(help="Short name of the organisation.")],
    role: Annotated[str, typer.Option(help="Code of the role, such as reader.")],
    email: Annotated[str, typer.Option(help="E-mail address.")] = "",
    language: Annotated[str, typer.Option(help="Language code, such as lo.")] = "",
    country: Annotated[
        str,
        typer.Option(help="Where the role holds, as laos; the organisation's without."),
    ] = "",
    as_json: Json = False,
) -> None:
    """Add an account with one role and print its one-time invitation link.

    Where two people can give roles, one that opens hazards, victims or access waits
    until one of them confirms it.
    """
    set_up()
    from django.db import transaction

    from safelane.cli.exchange import country_named
    from safelane.organisations.actions import create_user, give_role
    from safelane.organisations.inputs import Term
    from safelane.organisations.models import Organisation, Role
    from safelane.organisations.signin.actions import invite_user

    by = operator()
    with transaction.atomic():
        home = _one(Organisation, short_name=organisation)
        chosen = _one(Role, code=role)
        user = create_user(username, name, language=language, email=email, by=by)
        term = Term(country=country_named(country))
        given = give_role(user, home, chosen, term, by=by)
        link = invitation_url(invite_user(user, by=by))
    text = link if given else f"{link}\n{WAITS}"
    facts = {"user": username, "invitation": link, "role_waits": given is None}
    emit(facts, as_json=as_json, text=text)


@app.command("invite")
def invite(username: Username, as_json: Json = False) -> None:
    """Print a new one-time link with which the person sets a new password.

    Older links of the account stop working.
    """
    set_up()
    from safelane.organisations.signin.actions import invite_user

    link = invitation_url(invite_user(_user(username), by=operator()))
    emit({"user": username, "invitation": link}, as_json=as_json, text=link)


@app.command("disable")
def disable(
    username: Username,
    reason: Annotated[str, typer.Option(help="Why; it is kept in the history.")],
) -> None:
    """Close an account and end its sessions; its name stays in the history."""
    set_up()
    from safelane.organisations.actions import disable_user
    from safelane.organisations.signin.actions import revoke_sessions

    user, by = _user(username), operator()
    count = revoke_sessions(user, by=by)  # those of a closed account are not found
    disable_user(user, reason, by=by)
    emit({}, as_json=False, text=f"{username} is closed; {count} sessions ended.")


@app.command("sessions")
def sessions(
    username: Username,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Sign the account out everywhere.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List where an account is signed in, or sign it out everywhere."""
    set_up()
    from safelane.organisations.signin.actions import revoke_sessions
    from safelane.organisations.signin.queries import sessions_of

    user = _user(username)
    if revoke:
        count = revoke_sessions(user, by=operator())
        emit({"ended": count}, as_json=as_json, text=f"{count} sessions ended.")
        return
    rows = [
        {"address": s.ip, "browser": s.user_agent, "seen": s.last_seen_at}
        for s in sessions_of(user)
    ]
    emit(rows, as_json=as_json, text=_listed("Sessions", rows))


@app.command("token")
def token(
    username: Username,
    name: Annotated[str, typer.Option(help="What the token is for.")],
    organisation: Annotated[
        str, typer.Option(help="Short name of the organisation of the membership.")
    ],
    role: Annotated[str, typer.Option(help="Code of the role of the membership.")],
    days: Annotated[int, typer.Option(help="For how many days it works.")] = 90,
    data: Annotated[
        list[str] | None,
        typer.Option(
            help="A class of data that it opens, such as hazard; may be given again."
            " Without it, all that the role opens but victims."
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="It may also change data.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make an API token for one membership; its secret is printed this once.

    It reads, unless --write is given. It never opens pages, accounts or access.
    """
    set_up()
    from django.utils import timezone

    from safelane.organisations.models import Membership
    from safelane.organisations.signin.actions import create_token

    membership = _one(
        Membership,
        user=_user(username),
        organisation__short_name=organisation,
        role__code=role,
    )
    expires = timezone.now() + timedelta(days=days)
    made, secret = create_token(
        membership, name, expires, data_classes=data, writes=write, by=operator()
    )
    opens = {"data": made.data_classes, "write": made.writes}
    emit(
        {"token": secret, "expires": made.expires.isoformat(), **opens},
        as_json=as_json,
        text=secret,
    )


@app.command("list")
def list_users(as_json: Json = False) -> None:
    """List accounts with their memberships."""
    set_up()
    from safelane.organisations.models import User
    from safelane.organisations.queries import memberships_of

    rows = [
        {
            "user": user.username,
            "name": str(user),
            "open": user.is_active,
            "roles": [f"{m.role.code}@{m.organisation}" for m in memberships_of(user)],
        }
        for user in User.objects.order_by("username")
    ]
    emit(rows, as_json=as_json, text=_listed("Accounts", rows))


def _listed(title: str, rows: list[dict[str, Any]]) -> Any:
    if not rows:
        return f"{title}: none."
    found = table(title, *rows[0])
    for row in rows:
        found.add_row(*(_cell(value) for value in row.values()))
    return found


def _cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _user(username: str) -> Any:
    from safelane.organisations.models import User

    return _one(User, username=username)


def _one(model: Any, **lookup: Any) -> Any:
    from safelane.core.errors import NotFound

    found = model.objects.filter(**lookup).first()
    if found is None:
        given = ", ".join(str(value) for value in lookup.values())
        kind = model._meta.verbose_name
        raise NotFound(f"There is no {kind} “{given}”.")
    return found
