"""Which secret belongs to the data, so that no other is ever used over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.history.actions import Entry, record
from safelane.core.protect.cipher import (
    VERSION,
    SecretMissing,
    SecretOther,
    Unreadable,
    current_key,
    derive_key,
    is_current,
    key_id,
)
from safelane.core.protect.fields import as_sealed, protected_fields
from safelane.core.protect.models import BackupMade, Installation
from safelane.core.scope import Actor


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


def known_installation() -> str:
    """Return the uid of this installation; "" where none was made yet."""
    found = Installation.objects.order_by("pk").values_list("uid", flat=True).first()
    return str(found or "")


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
        message = _(
            "There is data here, and the secret that opens its sealed records is"
            " gone. Take it from a backup: safelane secret --from BACKUP. %(where)s"
        )
        raise SecretMissing(message % {"where": where_to_find(wanted)})
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if wanted and wanted not in map(fingerprint, secrets):
        raise SecretOther(
            _(
                "The data here is sealed with the secret %(wanted)s, and the one in use"
                " is %(found)s. Take the right one from a backup: safelane secret"
                " --from BACKUP. %(where)s Or name it in SAFELANE_OLD_SECRETS, if the"
                " secret was changed. A restore that was stopped is to be run again."
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
    """Yield the keys that sealed something in the columns that are there."""
    for model, names in protected_fields():
        table = model._meta.db_table
        if table not in tables:
            continue
        with connection.cursor() as cursor:
            found = connection.introspection.get_table_description(cursor, table)
        there = {column.name for column in found}
        for name in names:
            column: Any = model._meta.get_field(name)
            if column.column in there:
                rows = model._base_manager.annotate(text=as_sealed(name))
                sealed = rows.filter(text__startswith=f"{VERSION}:")
                for text in sealed.values_list("text", flat=True)[:1]:
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


BATCH = 500


@dataclass(frozen=True, slots=True)
class Sealed:
    """Sealed values outside of encrypted fields.

    Args:
        left: Counts the rows that an older secret sealed.
        reseal: Seals those with the secret in use and returns how many; called inside
            a transaction.
    """

    left: Callable[[], int]
    reseal: Callable[[], int]


_others: dict[str, Sealed] = {}


def also_reseal(name: str, sealed: Sealed) -> None:
    """Let an app bring sealed values of its own; registering again replaces."""
    _others[name] = sealed


def count_old() -> dict[str, int]:
    """Return kind of record -> how many still need an older secret; none are left out.

    As long as a number is not 0, the older secret must stay a fallback.
    """
    found = {m._meta.label_lower: len(_old(m, n)) for m, n in protected_fields()}
    return found | {name: other.left() for name, other in _others.items()}


def reseal_all(*, by: Actor) -> dict[str, int]:
    """Seal with the secret in use whatever an older one sealed; return the counts.

    All values change together or not at all, and the history says that they did.
    Stopped half-way, nothing has changed: run it again.

    Raises:
        Unreadable: A value needs a secret that is neither in use nor a fallback; it is
            named, and nothing was changed.
    """
    with transaction.atomic():
        done = {m._meta.label_lower: _reseal(m, n) for m, n in protected_fields()}
        done |= {name: other.reseal() for name, other in _others.items()}
        if any(done.values()):
            _note(done, by)
        renew_secret()
    return done


def _note(done: dict[str, int], by: Actor) -> None:
    key = key_id(current_key())
    after = {"key": key, "records": done}
    record(Entry(None, "secret.reseal", "secret", key, key, after=after), by=by)


def _reseal(model: type[models.Model], names: list[str]) -> int:
    manager: Any = model._base_manager
    old = _old(model, names)
    for start in range(0, len(old), BATCH):
        keys = old[start : start + BATCH]
        try:
            for row in manager.select_for_update().filter(pk__in=keys):
                row.save(update_fields=names)
        except Unreadable as fault:
            raise _named(model, names, keys) from fault
    return len(old)


def _old(model: type[models.Model], names: list[str]) -> list[Any]:
    """Return the keys of rows that an older secret sealed."""
    rows = model._base_manager.values_list("pk", *map(as_sealed, names))
    return [
        pk
        for pk, *sealed in rows.iterator(BATCH)
        if any(text and not is_current(text) for text in sealed)
    ]


def _named(model: type[models.Model], names: list[str], keys: list[Any]) -> Unreadable:
    """Return the fault that says which record cannot be opened."""
    manager: Any = model._base_manager
    for key in keys:
        try:
            list(manager.filter(pk=key).only(*names))
        except Unreadable as fault:
            return Unreadable(
                _("%(kind)s %(key)s: %(why)s Nothing was changed.")
                % {"kind": model._meta.label_lower, "key": key, "why": fault.message},
                secrets_known=1 + len(settings.SECRET_KEY_FALLBACKS),
            )
    return Unreadable(_("Nothing was changed."))
