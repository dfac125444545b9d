"""Invitations, API tokens and wrong guesses. No secret is stored, only its hash."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safelane.organisations.models import Membership, User


class Invitation(models.Model):
    """A link that lets one person set a password, once, for a time."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, related_name="+", null=True
    )
    created = models.DateTimeField(_("made"), auto_now_add=True)
    expires = models.DateTimeField(_("works until"))
    used = models.DateTimeField(_("used"), null=True)
    revoked = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.user} ({self.expires:%Y-%m-%d})"

    @property
    def is_open(self) -> bool:
        closed = self.used or self.revoked
        return not closed and self.expires > timezone.now()


class ApiToken(models.Model):
    """A key for a program: some of what one membership allows, until a day.

    ``data_classes`` are the classes of data that it opens; ``writes`` says whether it
    may also change them. Queries make verbs of it.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="tokens"
    )
    name = models.CharField(_("what it is for"), max_length=100)
    hint = models.CharField(_("begins with"), max_length=16)
    token_hash = models.CharField(max_length=64, unique=True)
    writes = models.BooleanField(_("may change data"), default=False)
    data_classes = models.JSONField(_("data opened"), default=list)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, related_name="+", null=True
    )
    created = models.DateTimeField(_("made"), auto_now_add=True)
    expires = models.DateTimeField(_("works until"))
    last_used = models.DateTimeField(_("last used"), null=True)
    revoked = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.revoked is None and self.expires > timezone.now()


class WrongGuess(models.Model):
    """One failed sign-in; ``key`` is a keyed hash of the account or the address."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")
        indexes = [models.Index(fields=["key", "at"], name="wrongguess_key_at")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at}"


class SharedValue(models.Model):
    """What serving processes share for a time, such as codes that were used.

    The columns are those of Django's cache in the database, which reads and writes it.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "signin_sharedvalue"
        verbose_name = _("shared value")
        verbose_name_plural = _("shared values")

    def __str__(self) -> str:
        return self.cache_key


class AccessVersion(models.Model):
    """One row whose number grows with every change of who may do what."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("version of access")
        verbose_name_plural = _("versions of access")

    def __str__(self) -> str:
        return str(self.number)
