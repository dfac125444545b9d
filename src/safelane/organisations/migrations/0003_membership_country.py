"""Memberships say their country. Before, they followed that of their organisation."""

from typing import Any

from django.db import migrations

from safelane.core.history.actions import Entry, record_all
from safelane.core.scope import system_actor


def write_countries(apps: Any, schema_editor: Any) -> None:
    """Write down, also in the history, what each membership opens today."""
    model = apps.get_model("organisations", "Membership")
    rows = model.objects.filter(country=None, organisation__country__isnull=False)
    entries = []
    for row in rows.select_related("user", "organisation", "role").order_by("pk"):
        row.country_id = row.organisation.country_id
        row.save(update_fields=["country"])
        entries.append(_told(row))
    record_all(entries, by=system_actor())


def _told(row: Any) -> Entry:
    user, role, home = row.user, row.role, row.organisation
    name = f"{user.first_name} {user.last_name}".strip() or user.username
    label = f"{name}: {role.name}, {home.short_name}"
    facts = {
        "user": user.username,
        "role": role.code,
        "country": row.country_id,
        "area": row.area_id,
        "starts": row.starts,
        "ends": row.ends,
    }
    verb, before = "membership.place", facts | {"country": None}
    return Entry(home.pk, verb, "membership", row.uid, label, before, facts)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0002_proposals"),
        ("history", "0001_initial"),
    ]

    operations = [migrations.RunPython(write_countries, migrations.RunPython.noop)]
