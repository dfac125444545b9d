"""Work that takes longer than a page may wait."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from safelane.core.links import Link
from safelane.core.scope import EVERYTHING, Actor, ScopedQuerySet, ScopePolicy
from safelane.core.scope.basis import own_rows

# The app that kept the queue of 0.1.0: its table is dropped, its migrations no matter.
OLD_QUEUE = "django_tasks_database"


class JobPolicy(ScopePolicy):
    """A job is seen by whoever started it and still could, and by administrators."""

    data_class = "job"
    is_whole = True

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        if actor.is_system or actor.may("admin.manage"):
            return EVERYTHING
        return own_rows(JobRun, "owner", actor)


class JobRun(models.Model):
    """One job that a person started, and how far it is.

    ``actor`` holds what the person could do at that moment: the job can never do more.
    ``basis`` are the grants that allowed it: without them its owner sees it no more.
    ``checkpoint`` is saved together with the work it speaks of, so that a job that was
    killed goes on after the last finished piece.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    owner = Link(settings.AUTH_USER_MODEL, _("started by"), null=True)
    actor = models.JSONField(default=dict)
    basis = models.TextField(default="", editable=False)
    params = models.JSONField(default=dict)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    kills = models.PositiveSmallIntegerField(_("times interrupted"), default=0)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("of"), null=True)
    message = models.CharField(_("message"), max_length=300, blank=True)
    checkpoint = models.JSONField(default=dict)
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True)
    created = models.DateTimeField(_("asked for"), auto_now_add=True)
    started = models.DateTimeField(_("started"), null=True)
    finished = models.DateTimeField(_("finished"), null=True)

    policy = JobPolicy
    objects = ScopedQuerySet["JobRun"].as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created"]
        indexes = [models.Index(fields=["status"], name="jobrun_status")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    def running(self) -> models.QuerySet[JobRun]:
        """Return this row while it still runs this attempt: nobody took it over."""
        return JobRun.objects.filter(
            pk=self.pk, attempt=self.attempt, status=self.Status.RUNNING
        )

    @property
    def may_retry(self) -> bool:
        return self.status in (self.Status.FAILED, self.Status.CANCELLED)


class RecurringRun(models.Model):
    """When a piece of recurring work was begun last, by whichever worker."""

    name = models.CharField(_("work"), max_length=60, primary_key=True)
    begun = models.DateTimeField(_("begun"))
    ended = models.DateTimeField(_("ended"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("recurring work")
        verbose_name_plural = _("recurring work")

    def __str__(self) -> str:
        return self.name
