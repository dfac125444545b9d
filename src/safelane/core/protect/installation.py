"""Which secret belongs to the data, so that no other is ever used over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.protect.cipher import VERSION, derive_key, key_id
from safelane.core.protect.errors import SecretMissing, SecretOther
from safelane.core.protect.fields import protected_fields
from safelane.core.protect.models import BackupMade, Installation


def fingerprint(secret: str) -> str:
    """Return eight digits that name a secret without telling it."""
    return key_id(derive_key(secret))


def installation() -> Installation:
    """Return this installation's row; the first call makes it."""
    found = Installation.objects.order_by("pk").first()
    if found is None:
        secret = fingerprint(settings.SECRET_KEY)
        found = Installation.objects.create(secret=secret, since=timezone.now())
    return found


def renew_secret() -> None:
    """Note that everything is sealed with the secret in use."""
    row = installation()
    secret = fingerprint(settings.SECRET_KEY)
    if row.secret != secret:
        row.secret, row.since = secret, timezone.now()
        row.save()


def note_backup(path: Path) -> None:
    """Keep in mind where a backup lies, in case the secret gets lost."""
    secret = fingerprint(settings.SECRET_KEY)
    made = timezone.now()
    BackupMade.objects.update_or_create(
        path=str(path), defaults={"made": made, "secret": secret}
    )


def has_data() -> bool:
    """Say whether people were ever registered in the database."""
    name = Path(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and name.is_absolute() and not name.is_file():
        return False  # asking would make an empty one
    table = get_user_model()._meta.db_table
    if table not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name(table)
        cursor.execute(f"SELECT 1 FROM {quoted} LIMIT 1")  # noqa: S608 - own name
        return cursor.fetchone() is not None


def require_secret(*, is_there: bool) -> None:
    """Refuse to go on over data that another secret seals.

    Args:
        is_there: A secret was given or found; else the one in use was made up.

    Raises:
        SecretMissing, SecretOther: Names the backup from which to take it.
    """
    if not has_data():
        return
    wanted = wanted_secret()
    if not is_there:
        raise SecretMissing(
            _(
                "There is data here, and the secret that opens its sealed records is"
                " gone. Take it from a backup: safelane secret --from BACKUP. %(where)s"
            )
            % {"where": where_to_find(wanted)}
        )
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if wanted and wanted not in map(fingerprint, secrets):
        raise SecretOther(
            _(
                "The data here is sealed with the secret %(wanted)s, and the one in use"
                " is %(found)s. Take the right one from a backup: safelane secret"
                " --from BACKUP. %(where)s Or name it in SAFELANE_OLD_SECRETS, if the"
                " secret was changed."
            )
            % {
                "wanted": wanted,
                "found": fingerprint(settings.SECRET_KEY),
                "where": where_to_find(wanted),
            }
        )


def wanted_secret() -> str:
    """Return the fingerprint of the secret that belongs to the data; "" if unknown.

    A database of before fingerprints were kept tells it by what is sealed in it.
    """
    tables = set(connection.introspection.table_names())
    if Installation._meta.db_table in tables:
        found = Installation.objects.values_list("secret", flat=True).first()
        if found:
            return found
    return next(_sealed_by(tables), "")


def _sealed_by(tables: set[str]) -> Iterator[str]:
    for model, names in protected_fields():
        if model._meta.db_table in tables:
            for name in names:
                column = str(model._meta.get_field(name).column)  # type: ignore[union-attr]
                yield from _key_in(model._meta.db_table, column)


def _key_in(table: str, column: str) -> Iterator[str]:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        present = {c.name for c in connection.introspection.get_table_description(
            cursor, table)}  # fmt: skip
        if column not in present:
            return
        name = quote(column)
        cursor.execute(
            f"SELECT {name} FROM {quote(table)} WHERE {name} LIKE %s LIMIT 1",  # noqa: S608
            [f"{VERSION}:%"],
        )
        for (text,) in cursor.fetchall():
            yield text.split(":")[1]


def where_to_find(wanted: str) -> str:
    """Return a sentence that names the newest backup which holds a secret."""
    made = None
    if BackupMade._meta.db_table in connection.introspection.table_names():
        rows = (
            BackupMade.objects.filter(secret=wanted) if wanted else BackupMade.objects
        )
        made = rows.order_by("-made").first()
    if made is None:
        return _("No backup is noted here.")
    return _("The newest one was written to %(path)s on %(day)s.") % {
        "path": made.path,
        "day": f"{made.made:%Y-%m-%d}",
    }
