"""The change table and the heads of its chains."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

PLATFORM_CHAIN = 0


class Change(models.Model):
    """One thing that somebody did, chained to the one before it.

    ``before`` and ``after`` are canonical JSON *text*, so that the hash covers the very
    bytes on every database. ``organisation_id`` names the chain; 0 is the platform's.
    Rows are only ever inserted.
    """

    organisation_id = models.BigIntegerField(_("organisation"))
    seq = models.BigIntegerField(_("number in the chain"))
    verb = models.CharField(_("what was done"), max_length=60)
    object_type = models.CharField(_("kind of record"), max_length=60)
    object_id = models.CharField(_("record"), max_length=60)
    object_label = models.CharField(_("record name"), max_length=200, blank=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=200)
    role = models.CharField(_("role"), max_length=60, blank=True)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    source = models.CharField(_("came in by"), max_length=40, blank=True)
    device_time = models.DateTimeField(_("device time"), null=True)
    server_time = models.DateTimeField(_("server time"))
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "seq"], name="history_chain_seq"
            )
        ]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="history_object"),
            models.Index(fields=["server_time"], name="history_server_time"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}#{self.seq} {self.verb} {self.object_label}"


class ChainHead(models.Model):
    """The last link of one organisation's chain; locked while a link is added."""

    organisation_id = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = _("chain head")
        verbose_name_plural = _("chain heads")

    def __str__(self) -> str:
        return f"{self.organisation_id}#{self.seq} {self.hash[:12]}"
