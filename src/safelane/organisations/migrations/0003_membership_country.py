"""Memberships say their country. Before, they followed that of their organisation."""

from typing import Any

from django.db import migrations

from safelane.core.history.chain import canonical_json, link_hash
from safelane.core.history.clock import next_moment


def write_countries(apps: Any, schema_editor: Any) -> None:
    """Write down, also in the history, what each membership opens today."""
    model, now = apps.get_model("organisations", "Membership"), next_moment()
    rows = model.objects.filter(country=None, organisation__country__isnull=False)
    for row in rows.select_related("user", "organisation", "role").order_by("pk"):
        row.country_id = row.organisation.country_id
        row.save(update_fields=["country"])
        _tell(apps, row, now)


def _tell(apps: Any, row: Any, now: Any) -> None:
    """Append the change to its chain, in the columns that the history had then."""
    user, role, home = row.user, row.role, row.organisation
    name = f"{user.first_name} {user.last_name}".strip() or user.username
    facts = {
        "user": user.username,
        "role": role.code,
        "country": row.country_id,
        "area": row.area_id,
        "starts": row.starts,
        "ends": row.ends,
    }
    heads = apps.get_model("history", "ChainHead").objects
    head, _is_new = heads.get_or_create(organisation_id=home.pk)
    change = apps.get_model("history", "Change")(
        organisation_id=home.pk,
        seq=head.seq + 1,
        previous_hash=head.hash,
        verb="membership.place",
        object_type="membership",
        object_id=str(row.uid),
        object_label=f"{name}: {role.name}, {home.short_name}"[:200],
        actor_kind="system",
        actor_name="Safelane",
        role="system",
        before=canonical_json(facts | {"country": None}),
        after=canonical_json(facts),
        server_time=now,
    )
    change.hash = link_hash(change)
    change.save()
    head.seq, head.hash = change.seq, change.hash
    head.save(update_fields=["seq", "hash"])


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0002_proposals"),
        ("history", "0001_initial"),
    ]

    operations = [migrations.RunPython(write_countries, migrations.RunPython.noop)]
