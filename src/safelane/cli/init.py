"""`safelane init`: a workspace, and the first administrator's link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from safelane.cli.bootstrap import ensure_workspace
from safelane.cli.console import emit, steps
from safelane.cli.workspace import operator, set_up, site_url

if TYPE_CHECKING:
    from safelane.organisations.models import Country

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
    country: Annotated[
        list[str] | None,
        typer.Option(
            help="Pack or code of a country, such as laos or LAO; repeatable."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Make a workspace, or bring an older one up to date.

    Makes the data folder, the secret, the database, the roles and the countries;
    prints a one-time link for the first administrator. Running it again is safe, makes
    no second one, and adds countries.
    """
    packs = packs_named(country or [])
    with steps() as progress:
        ensure_workspace(progress)
        countries = add_countries(packs)
        if countries:
            progress.done(f"Countries: {', '.join(map(str, countries))}")
    link = first_administrator(administrator, name, organisation, short_name, countries)
    home = None if link else settled_home(countries)
    said = {"invitation": link, "countries": [row.code for row in countries]}
    emit(said, as_json=as_json, text=_text(link, countries, home))


def _text(link: str | None, countries: list[Country], home: Any) -> str:
    from safelane.countries import available_packs
    from safelane.organisations.models import Country

    lines = ["The workspace is up to date. Start it with: safelane serve"]
    if link is not None:
        lines = [
            "The workspace is ready. Start it with: safelane serve",
            "Then open this link once, to set the administrator's password:",
            link,
        ]
    if home is not None:
        lines.append(f"{home.short_name} belongs to {home.country} from now on.")
    if not Country.objects.exists():
        packs = ", ".join(available_packs())
        lines.append(f"No country yet: safelane init --country laos (packs: {packs})")
    if link is not None and len(countries) > 1:
        lines.append(
            "Your organisation stands above these countries. Register one for each of "
            "them under Organisations: only their people report and bring files in."
        )
    without = [row for row in countries if not row.areas.exists()]
    for row in without:
        lines.append(
            f"{row} has no admin areas yet. Import them, upper level first: "
            f"safelane import FILE --target areas --country {row.code}"
        )
    return "\n".join(lines)


def packs_named(names: list[str]) -> list[str]:
    """Return the packs that were named, each once, before anything is made.

    Raises:
        UnknownPack: There is none of such a name.
    """
    if not names:
        return []
    set_up(workspace=False)
    from safelane.countries import pack_named

    return list(dict.fromkeys(pack_named(name).code for name in names))


def add_countries(packs: list[str]) -> list[Country]:
    """Make the countries of packs; those that are there stay as they are."""
    from safelane.organisations.actions import create_country

    return [create_country(pack, by=operator()) for pack in packs]


def first_administrator(
    username: str,
    name: str,
    organisation: str,
    short_name: str,
    countries: list[Country],
) -> str | None:
    """Make the first administrator and return the link; None when there is one.

    Args:
        countries: The organisation belongs to the one; where there are several, it
            stands above them and belongs to none.
    """
    from django.db import transaction

    from safelane.organisations.actions import create_user, grant_membership
    from safelane.organisations.models import Membership, Role
    from safelane.organisations.signin.actions import invite_user

    if Membership.objects.filter(role__code="administrator").exists():
        return None
    by = operator()
    with transaction.atomic():
        place = countries[0] if len(countries) == 1 else None
        home = _organisation(organisation, short_name, place, by)
        user = create_user(username, name, by=by)
        role = Role.objects.get(code="administrator")
        grant_membership(user, home, role, by=by)
        secret = invite_user(user, by=by)
    return invitation_url(secret)


def settled_home(countries: list[Country]) -> Any:
    """Give the home organisation its country; None where that is settled or open.

    Where there are several countries it stands above them. Where others have a role in
    it, it stays as it is: they were given it for no country.
    """
    from safelane.organisations.actions import settle_organisation
    from safelane.organisations.models import Country, Membership

    given = Membership.objects.select_related("organisation").order_by("pk")
    home = given.filter(role__code="administrator")[0].organisation
    is_only = len(countries) == 1 == Country.objects.count()
    if home.country or not is_only or home.memberships.count() > 1:
        return None
    return settle_organisation(home, countries[0], by=operator())


def _organisation(name: str, short_name: str, country: Country | None, by: Any) -> Any:
    from safelane.organisations.actions import create_organisation
    from safelane.organisations.models import Organisation

    found = Organisation.objects.filter(short_name=short_name).first()
    return found or create_organisation(
        name, short_name, "authority", country=country, by=by
    )


def invitation_url(secret: str) -> str:
    """Return the full address of an invitation."""
    from django.urls import reverse

    return site_url(reverse("account_invitation", args=[secret]))
