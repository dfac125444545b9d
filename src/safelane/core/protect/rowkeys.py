"""Personal values under a key per row: destroying the key destroys them everywhere.

A sealed text is ``r1:<base64 of nonce and ciphertext>``; the key lies in a table of its
own, itself sealed by the installation's secret, and in no archive. Model, field and key
are authenticated with each text, so that none opens in another row or column.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, ClassVar, Self
from uuid import UUID, uuid4

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import Conflict, InvalidInput
from safelane.core.protect import cipher
from safelane.core.protect.cipher import KEY_BYTES, Unreadable
from safelane.core.protect.fields import SealedTextField, as_sealed
from safelane.core.protect.installation import installation
from safelane.core.protect.models import DestroyedKey, RowKey

VERSION = "r1"


def seal_under(key: bytes, text: str, context: str) -> str:
    """Return ``text`` sealed under a row's key."""
    return f"{VERSION}:{cipher.seal_under(key, text, context)}"


def open_under(key: bytes, sealed: str, context: str) -> str:
    """Return the text that was sealed under a row's key.

    Raises:
        Unreadable: It was altered, or copied from another row or field.
    """
    version, _colon, packed = sealed.partition(":")
    return cipher.open_under(key, packed if version == VERSION else "", context)


class RowSealedTextField(SealedTextField):
    """A text of a :class:`SealedRow`; the empty text stays empty. Not searchable."""

    def context(self, key: UUID) -> str:
        return f"{self.model._meta.label_lower}.{self.name}:{key}"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        row: Any = model_instance
        text = getattr(row, self.attname)
        if not text:
            return text
        return seal_under(row.row_key(), str(text), self.context(row.key))


class SealedRow(models.Model):
    """A row whose sealed fields have a key of their own.

    Deleting the row destroys the key. ``subject`` names the row in every copy of the
    database, so that what was destroyed stays so in a backup of before;
    ``subject_from`` is the foreign key from which it is read.
    """

    key = models.UUIDField(null=True, unique=True, editable=False)

    subject: ClassVar[Any]
    subject_from: ClassVar[str]

    class Meta:
        abstract = True

    @classmethod
    def sealed_fields(cls) -> list[RowSealedTextField]:
        fields = cls._meta.local_fields
        return [field for field in fields if isinstance(field, RowSealedTextField)]

    @classmethod
    def from_db(cls, *given: Any, **options: Any) -> Self:
        """Open the sealed fields that were read."""
        row = super().from_db(*given, **options)
        for field in cls.sealed_fields():
            text = row.__dict__.get(field.attname)
            if text:
                opened = open_under(row.row_key(), text, field.context(_named(row)))
                row.__dict__[field.attname] = opened
        return row

    def save(self, *args: Any, **options: Any) -> None:
        if self.key is None:
            self.key = _make_key()
            if options.get("update_fields") is not None:
                options["update_fields"] = [*options["update_fields"], "key"]
        super().save(*args, **options)

    @classmethod
    def forget(cls, **which: Any) -> bool:
        """Delete a row with its key, wherever it lies; False where there is none."""
        # A key that is lost must not keep a row from going.
        sealed = [field.name for field in cls.sealed_fields()]
        found = cls._base_manager.defer(*sealed).filter(**which).first()
        if found is None:
            return False
        found.delete()
        transaction.on_commit(wipe_free_pages)
        return True

    def row_key(self) -> bytes:
        """Return the key of this row.

        Raises:
            Unreadable: It is not here: destroyed, or not restored with the backup.
        """
        held = self.__dict__.get("_row_key")
        if held is not None and held[0] == self.key:
            return bytes(held[1])
        found = RowKey.objects.filter(pk=_named(self)).first()
        if found is None:
            raise Unreadable(
                _(
                    "The key of this record is not here. If it came from a backup,"
                    " restore the file of keys with it."
                )
            )
        opened = base64.b64decode(found.sealed)
        self.__dict__["_row_key"] = (self.key, opened)
        return opened


def _named(row: SealedRow) -> UUID:
    key: UUID | None = row.key
    if key is None:
        raise Unreadable(_("A protected field was altered outside Safelane."))
    return key


def _make_key() -> UUID:
    text = base64.b64encode(os.urandom(KEY_BYTES)).decode()
    return RowKey.objects.create(uid=uuid4(), sealed=text).uid


def sealed_models() -> Iterator[type[SealedRow]]:
    """Yield every model whose rows have keys of their own."""
    for model in apps.get_models():
        if issubclass(model, SealedRow):
            yield model


def destroy(row: SealedRow) -> None:
    """Destroy the key of a row and, with it, what was sealed, wherever it lies."""
    if row.key is None:
        return
    DestroyedKey.objects.get_or_create(
        pk=row.key,
        defaults={"destroyed": timezone.now(), "subject": subject_of(row)},
    )
    RowKey.objects.filter(pk=row.key).delete()


def subject_of(row: SealedRow) -> str:
    """Return what names a row in every copy of the database."""
    return f"{row._meta.label_lower}:{row.subject}"


def keys_in_use() -> set[UUID]:
    """Return the keys that rows name."""
    return {
        key
        for model in sealed_models()
        for key in model._base_manager.values_list("key", flat=True)
        if key is not None
    }


def forget_again(destroyed: Iterable[tuple[UUID, datetime, str]]) -> int:
    """Destroy, in a restored database, what was destroyed before; return how much.

    Args:
        destroyed: Key, time and subject of each row.
    """
    known = {subject: moment for _key, moment, subject in destroyed}
    for key, moment, subject in destroyed:
        facts = {"destroyed": moment, "subject": subject}
        DestroyedKey.objects.get_or_create(pk=key, defaults=facts)
    RowKey.objects.filter(pk__in=DestroyedKey.objects.values("pk")).delete()
    gone = 0
    for model in sealed_models():
        blank = {field.name: "" for field in model.sealed_fields()}
        rows: Any = model._base_manager.select_related(model.subject_from)
        rows = rows.defer(*blank)
        for row in rows.iterator(chunk_size=500):
            if subject_of(row) in known:
                RowKey.objects.filter(pk=row.key).delete()
                gone += rows.filter(pk=row.pk).update(**blank, key=None)
    return gone


def wipe_free_pages() -> None:
    """Overwrite what was deleted, as far as the database can be asked to."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        elif not connection.in_atomic_block:
            table = connection.ops.quote_name(RowKey._meta.db_table)
            cursor.execute(f"VACUUM {table}")


Destroyed = list[tuple[UUID, datetime, str]]


def write_keys(file: IO[bytes]) -> int:
    """Write the sealed keys of now and the list of destroyed ones; return how many."""
    keys = dict(RowKey.objects.values_list("pk", as_sealed("sealed")))
    said = {
        "installation": str(installation().uid),
        "keys": {str(uid): text for uid, text in keys.items()},
        "destroyed": [
            [str(key), moment.isoformat(), subject]
            for key, moment, subject in destroyed_keys()
        ],
    }
    file.write(json.dumps(said, indent=1).encode())
    return len(keys)


def require_replaceable(path: Path) -> None:
    """Raise where a file of keys holds some that would be lost with it.

    Raises:
        Conflict: It is of another installation, or holds keys of rows that have none
            here, as after a restore without it.
        InvalidInput: It is no file of keys.
    """
    if not path.exists():
        return
    keys, _destroyed = read_keys(path)
    owner = json.loads(path.read_text(encoding="utf-8")).get("installation")
    if owner not in (None, str(installation().uid)):
        said = _(
            "%(path)s holds the keys of another installation. Write the backup into "
            "another folder."
        )
        raise Conflict(said % {"path": path})
    missing = keys_in_use() - set(RowKey.objects.values_list("pk", flat=True))
    if lost := missing & keys.keys():
        said = _(
            "%(path)s holds %(count)s keys of identities that cannot be opened here. "
            "Restore with it (--keys), or keep it elsewhere before you back up."
        )
        raise Conflict(said % {"path": path, "count": len(lost)})


def destroyed_keys() -> Destroyed:
    """Return key, time and subject of whatever was destroyed here."""
    return list(DestroyedKey.objects.values_list("pk", "destroyed", "subject"))


def read_keys(path: Path) -> tuple[dict[UUID, str], Destroyed]:
    """Return the sealed keys of a file and what was destroyed.

    Raises:
        InvalidInput: It is no file of keys.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        keys = {UUID(uid): str(text) for uid, text in said["keys"].items()}
        destroyed = [
            (UUID(key), datetime.fromisoformat(moment), str(subject))
            for key, moment, subject in said["destroyed"]
        ]
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise InvalidInput(
            _("%(path)s is no file of keys: %(why)s.") % {"path": path, "why": error}
        ) from error
    return keys, destroyed


@transaction.atomic
def restore_keys(path: Path | None) -> int:
    """Bring the keys of a file back and destroy again what was destroyed.

    Keys that are here already stay, if a row names them.

    Returns:
        How many rows have no key: what is sealed in them cannot be opened.

    Raises:
        InvalidInput: The file is no file of keys; nothing was changed.
    """
    keys, destroyed = read_keys(path) if path else ({}, [])
    wanted = keys_in_use()
    RowKey.objects.exclude(pk__in=wanted).delete()
    here = set(RowKey.objects.values_list("pk", flat=True))
    for uid in wanted & keys.keys() - here:
        RowKey.take_over(uid, keys[uid])
    forget_again([*destroyed_keys(), *destroyed])
    there = set(RowKey.objects.values_list("pk", flat=True))
    return len(keys_in_use() - there)
