"""`safelane init`: a workspace, and the first administrator's link."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from safelane.cli.bootstrap import ensure_workspace
from safelane.cli.console import emit, steps
from safelane.cli.workspace import operator, site_url

app = typer.Typer()


@app.command("init")
def init(
    administrator: Annotated[
        str, typer.Option(help="User name of the first administrator.")
    ] = "admin",
    name: Annotated[
        str, typer.Option(help="Full name of the first administrator.")
    ] = "Administrator",
    organisation: Annotated[
        str, typer.Option(help="Name of the organisation that runs this installation.")
    ] = "Our organisation",
    short_name: Annotated[
        str, typer.Option(help="Its short name, as in report numbers.")
    ] = "HOME",
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Make a workspace, or bring an older one up to date.

    Makes the data folder, the secret, the database and the roles; prints a one-time
    link for the first administrator. Running it again is safe and makes no second one.
    """
    with steps() as progress:
        ensure_workspace(progress)
    link = first_administrator(administrator, name, organisation, short_name)
    emit({"invitation": link}, as_json=as_json, text=_text(link))


def _text(link: str | None) -> str:
    if link is None:
        return "The workspace is up to date. Start it with: safelane serve"
    return (
        "The workspace is ready. Start it with: safelane serve\n"
        f"Then open this link once, to set the administrator's password:\n{link}"
    )


def first_administrator(
    username: str, name: str, organisation: str, short_name: str
) -> str | None:
    """Make the first administrator and return the link; None when there is one."""
    from django.db import transaction

    from safelane.organisations.actions import create_user, grant_membership
    from safelane.organisations.models import Membership, Role
    from safelane.organisations.signin.actions import invite_user

    if Membership.objects.filter(role__code="administrator").exists():
        return None
    by = operator()
    with transaction.atomic():
        home = _organisation(organisation, short_name, by)
        user = create_user(username, name, by=by)
        role = Role.objects.get(code="administrator")
        grant_membership(user, home, role, by=by)
        secret = invite_user(user, by=by)
    return invitation_url(secret)


def _organisation(name: str, short_name: str, by: Any) -> Any:
    from safelane.organisations.actions import create_organisation
    from safelane.organisations.models import Organisation

    found = Organisation.objects.filter(short_name=short_name).first()
    return found or create_organisation(
        name, short_name, "authority", country=None, by=by
    )


def invitation_url(secret: str) -> str:
    """Return the full address of an invitation."""
    from django.urls import reverse

    return site_url(reverse("account_invitation", args=[secret]))
