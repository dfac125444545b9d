"""An import on its way, what is wrong with its rows, and mappings kept for later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safelane.core.links import Link
from safelane.core.protect.fields import EncryptedJSONField, EncryptedTextField
from safelane.core.scope import Actor, ScopedQuerySet, system_actor
from safelane.exchange.files.formats import BY_SUFFIX
from safelane.exchange.kinds import ImportKind, exported_columns, import_kind
from safelane.exchange.mapping.model import Target
from safelane.exchange.policies import ImportPolicy, MappingPolicy
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import actor_for_user


class SavedMapping(models.Model):
    """How files of one layout are read, kept under a name."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = Link("organisations.Organisation")
    target = models.CharField(_("what is imported"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    mapping = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    policy = MappingPolicy
    objects = ScopedQuerySet["SavedMapping"].as_manager()

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "target", "name"], name="mapping_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One file on its way into the register.

    ``after_row`` and ``counts`` are saved in the transaction that writes a batch: an
    import that is killed goes on behind the last row that came in.

    A file that may hold identities is no stored file: it lies sealed with ``key`` until
    the import ends. ``info`` and ``mapping`` name its columns: a file without headings
    has its first row there.

    Rules judge for who started it last, ``judged_by``, with what their roles showed
    then, ``judged_with``; nobody where that was a command, which sees everything.
    """

    class Stage(models.TextChoices):
        MAPPING = "mapping", _("to be mapped")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        IMPORTING = "importing", _("coming in")
        DONE = "done", _("done")
        FAILED = "failed", _("refused")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")
        WITHDRAWING = "undoing", _("being taken back")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Mode(models.TextChoices):
        ALL = "all", _("All rows or none")
        SKIP = "skip", _("Leave out faulty rows and list them")

    class Entry(models.TextChoices):
        REGISTER = "register", _("Take over as approved")
        SUBMIT = "submit", _("Send to review")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    organisation = Link("organisations.Organisation")
    country = Link("organisations.Country")
    target = models.CharField(_("what is imported"), max_length=40)
    file = Link("files.StoredFile", null=True)
    file_name = models.CharField(_("file"), max_length=200, default="")
    holds_identities = models.BooleanField(_("may hold identities"), default=False)
    key = EncryptedTextField(default="", editable=False)
    info = EncryptedJSONField(default=dict)
    mapping = EncryptedJSONField(default=dict)
    stage = models.CharField(
        _("stage"), max_length=10, choices=Stage.choices, default=Stage.MAPPING
    )
    mode = models.CharField(
        _("faulty rows"), max_length=4, choices=Mode.choices, default=Mode.ALL
    )
    entry = models.CharField(_("how they come in"), max_length=8, choices=Entry.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    after_row = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    job = models.UUIDField(null=True)
    created_by = Link(settings.AUTH_USER_MODEL, null=True)
    judged_by = Link(settings.AUTH_USER_MODEL, null=True)
    judged_with = models.JSONField(default=list)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    finished_at = models.DateTimeField(_("ended"), null=True)

    policy = ImportPolicy
    objects = ScopedQuerySet["ImportRun"].as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_stage_display()})"

    @property
    def name(self) -> str:
        """Return the name of the file as the person knows it.

        A file that may hold identities is called by its kind, day and number: people
        name such files after those in them.
        """
        if not self.holds_identities:
            return self.file_name or str(self.file or "")
        return self.neutral_name

    @property
    def neutral_name(self) -> str:
        """Return the name by which the history calls the file, which may turn out to
        hold identities only later.
        """
        day = timezone.localdate(self.created_at)
        return f"{self.kind.label} {day} {self.uid.hex[:8]}{self._ending}"

    @property
    def _ending(self) -> str:
        ending = PurePath(self.file_name).suffix or self.file_name
        return ending.lower() if ending.lower() in BY_SUFFIX else ""

    def forget_name(self) -> None:
        """Keep no more of the file's own name than what it says of the format."""
        self.file_name = self._ending

    @property
    def kind(self) -> ImportKind:
        """Return what its rows are and how they come in."""
        return import_kind(self.target)

    @property
    def layout(self) -> Target:
        """Return what its rows can fill, with the codes of its country."""
        target = self.kind.target(pack_of(self.country))
        return replace(target, exported=exported_columns(self.target))

    @property
    def is_open(self) -> bool:
        """Say whether the import may still be changed and started."""
        has_file = self.file_id is not None or bool(self.key)
        return has_file and self.stage in OPEN

    @property
    def is_working(self) -> bool:
        """Say whether a job reads its file or takes it back."""
        return self.stage in (*BUSY, self.Stage.WITHDRAWING)

    @property
    def judge(self) -> Actor:
        """Return for whom rules judge, with the roles of today."""
        person = self.judged_by
        return system_actor() if person is None else actor_for_user(person)

    def keep_eyes(self) -> None:
        """Keep what the one for whom rules judge now may see; the caller saves."""
        shown = (grant.shows for grant in self.judge.grants)
        self.judged_with += [what for what in shown if what not in self.judged_with]

    def tells_all(self, actor: Actor) -> bool:
        """Say whether somebody may read what rules found by other records.

        Who had it judged may, as long as their roles show all that they showed then.
        """
        is_theirs = actor.user_id is not None and actor.user_id == self.judged_by_id
        now = [grant.shows for grant in actor.grants] if is_theirs else []
        still = bool(self.judged_with) and all(w in now for w in self.judged_with)
        return actor.is_system or still

    def counts_told(self, actor: Actor) -> dict[str, int]:
        """Return the counts that somebody may read: others, what is in the file."""
        named = self.counts.keys() - {"faults"}
        told = named if self.tells_all(actor) else named & {"rows", "withdrawn"}
        return {name: n for name, n in self.counts.items() if name in told}

    def faults_told(self, actor: Actor) -> models.QuerySet[ImportFault]:
        """Return the faults that somebody who sees the import may read."""
        told = {} if self.tells_all(actor) else {"is_open": True}
        return self.faults.filter(**told)

    @property
    def batch(self) -> str:
        """Return the key that all reports of this import carry."""
        return self.uid.hex


OPEN = (ImportRun.Stage.MAPPING, ImportRun.Stage.CHECKED, ImportRun.Stage.FAILED)
BUSY = (ImportRun.Stage.CHECKING, ImportRun.Stage.IMPORTING)


class ImportFault(models.Model):
    """What is wrong with one row of a file, and where on the map."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="faults")
    row = models.PositiveIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=200, blank=True)
    level = models.CharField(_("level"), max_length=10)
    code = models.CharField(_("fault"), max_length=60)
    message = models.TextField(_("what is wrong"))
    is_open = models.BooleanField(_("follows from the file alone"), default=False)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    class Meta:
        verbose_name = _("fault")
        verbose_name_plural = _("faults")
        ordering = ["row", "pk"]
        indexes = [models.Index(fields=["run", "row"], name="importfault_row")]

    def __str__(self) -> str:
        return f"{self.row}: {self.message}"
