"""What the database knows of keys: none that opens something alone."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from safelane.core.protect.fields import EncryptedTextField


class Installation(models.Model):
    """Which installation this is, and by which secret its values are sealed.

    One row. ``secret`` is the fingerprint of the secret: it names it and opens nothing.
    ``numbering`` disguises running numbers and is never changed.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    secret = models.CharField(_("fingerprint of the secret"), max_length=16)
    since = models.DateTimeField(_("since"))
    numbering = models.CharField(
        max_length=64, default=secrets.token_hex, editable=False
    )

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")

    def __str__(self) -> str:
        return f"{self.uid} {self.secret}"


class SigningKey(models.Model):
    """The public half of a key that signs; its private half lies in the data folder."""

    key_id = models.CharField(_("key"), max_length=16, primary_key=True)
    purpose = models.CharField(_("what it signs"), max_length=30)
    public = models.CharField(_("public key"), max_length=64)
    made = models.DateTimeField(_("made"))
    retired = models.DateTimeField(_("retired"), null=True)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")

    def __str__(self) -> str:
        return f"{self.purpose} {self.key_id}"


class RowKey(models.Model):
    """The key under which one row's personal values are sealed, itself sealed.

    It lies in no archive: a backup keeps the keys in a file of their own, of which only
    the newest is kept. Destroying the key destroys the values wherever they lie.
    """

    uid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    sealed = EncryptedTextField(_("sealed key"))

    class Meta:
        verbose_name = _("row key")
        verbose_name_plural = _("row keys")

    @classmethod
    def take_over(cls, uid: UUID, sealed: str) -> None:
        """Save a key that is sealed already, as a file of keys holds it."""
        table = connection.ops.quote_name(cls._meta.db_table)
        stored = cls._meta.pk.get_db_prep_value(uid, connection)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (uid, sealed) VALUES (%s, %s)",  # noqa: S608
                [stored, sealed],
            )

    def __str__(self) -> str:
        return str(self.uid)


class DestroyedKey(models.Model):
    """A row key that was destroyed: it never comes back, from no backup."""

    uid = models.UUIDField(primary_key=True, editable=False)
    destroyed = models.DateTimeField(_("destroyed"))
    subject = models.CharField(_("whose"), max_length=120, default="")

    class Meta:
        verbose_name = _("destroyed key")
        verbose_name_plural = _("destroyed keys")

    def __str__(self) -> str:
        return str(self.uid)


class BackupMade(models.Model):
    """Where a backup was written: it holds the secret, should that get lost."""

    path = models.TextField(_("file"))
    made = models.DateTimeField(_("made"))
    secret = models.CharField(_("fingerprint of the secret"), max_length=16)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")

    def __str__(self) -> str:
        return self.path
