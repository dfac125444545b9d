"""Finds and boxes keep further fields; those of areas are put together key by key."""

from django.db import migrations, models
from django.db.models import Count

from safelane.core.review.timeline import TimelineReport, state_as_of

CHUNK = 500


def put_together(apps, schema_editor):
    """Give areas that several files told of what each of them says beside the facts."""
    alias = schema_editor.connection.alias
    report = apps.get_model("hazards", "HazardReport").objects.using(alias)
    told = report.filter(hazard__isnull=False, approved_at__isnull=False)
    several = (
        told.exclude(extra={})
        .order_by()
        .values_list("hazard_id")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    keys = sorted(key for key, _n in several)
    for start in range(0, len(keys), CHUNK):
        _put_together(apps, alias, told, keys[start : start + CHUNK])


def _put_together(apps, alias, told, keys):
    of = {key: [] for key in keys}
    for row in told.filter(hazard_id__in=keys).defer("geometry"):
        stated = {"extra": row.extra} if row.extra else {}
        retracts = frozenset({"extra"} & {*row.retracts})
        said = row.date_of_information, row.approved_at, stated, retracts
        of[row.hazard_id].append(TimelineReport(row.pk, *said, row.withdrawn_at))
    periods = apps.get_model("hazards", "HazardPeriod").objects.using(alias)
    areas = apps.get_model("hazards", "HazardousArea").objects.using(alias)
    for row in periods.filter(hazard_id__in=keys).order_by("pk"):
        _renew(row, of[row.hazard_id])
    for row in periods.filter(hazard_id__in=keys, known_to=None).order_by("valid_from"):
        areas.filter(pk=row.hazard_id).update(extra=row.extra)  # the last one stays


def _renew(row, told):
    """Write a period anew from each moment on at which its further fields changed."""
    moments = {m for r in told for m in (r.approved_at, r.withdrawn_at) if m}
    later = sorted(
        m for m in moments
        if m > row.known_from and (row.known_to is None or m < row.known_to)
    )  # fmt: skip
    for moment in (row.known_from, *later):
        state = state_as_of(told, row.valid_from, moment)
        extra = state.values.get("extra", {}) if state else {}
        if extra == row.extra:
            continue
        if moment != row.known_from:
            until, row.known_to = row.known_to, moment
            row.save()
            row.pk, row.known_from, row.known_to = None, moment, until
        row.extra = extra
        row.save()


class Migration(migrations.Migration):
    dependencies = [("hazards", "0006_report_knows_area")]

    operations = [
        *(
            migrations.AddField(
                name,
                "extra",
                models.JSONField(blank=True, default=dict, verbose_name="further fields"),
            )
            for name in ("evidence", "ordnancefound", "surveybox")
        ),
        *(
            migrations.AddIndex(name, models.Index(
                fields=["external_id"], name=index,
                condition=models.Q(("external_id", ""), _negated=True),
            ))
            for name, index in (
                ("evidence", "evidence_source"), ("ordnancefound", "ordnance_source"),
            )
        ),
        migrations.AddIndex("hazardreport", models.Index(
            fields=["external_id"], name="report_source",
            condition=models.Q(("external_id", models.F("reference")), _negated=True),
        )),
        migrations.RunPython(put_together, migrations.RunPython.noop, elidable=True),
    ]
