"""Every column of a table that the audit compares is found altered, or named."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
import shapely
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from safelane.cli.tests.test_audit import (  # noqa: F401
    _folder,
    about,
    named,
    register,
    verify,
)
from safelane.core.audit.audit import audit, box_differences
from safelane.core.domain import house
from safelane.core.geo.fields import BBoxField, GeometryField, bbox_columns
from safelane.core.geo.values import to_wkb
from safelane.core.history.models import Change
from safelane.core.history.state import Difference
from safelane.hazards import testing as actions
from safelane.hazards.models import Evidence, HazardousArea, HazardPeriod, SurveyBox
from safelane.organisations.actions import create_person, create_user
from safelane.organisations.actions.places import add_local_code
from safelane.organisations.models import Membership
from safelane.organisations.signin.actions import create_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(register):  # noqa: F811
    """Return the register with a row of every kind that is compared."""
    noy = register.actor("noy")
    soon = timezone.now() + timedelta(days=30)
    member = Membership.objects.get(user=register.users["aysel"])
    create_token(member, "map", soon, by=register.actor("aysel"))
    add_local_code(
        register.countries["laos"], "terrain", "paddy",
        labels={"en": "Paddy"}, source="NRA", valid_from=date(2020, 1, 1),
        by=register.actor("petra"),
    )  # fmt: skip
    create_user("new", "New Person", by=register.actor("petra"))
    area = HazardousArea.objects.get(reference="LA-1")
    home = register.organisations["lao"]
    actions.create_report(
        about(area, date(2025, 3, 1), name="Draft"), organisation=home,
        by=register.actor("bounmy"),
    )  # fmt: skip
    create_person(home, {"given_name": "A", "phone": "1"}, user=noy and None, by=noy)
    return register


def other(row, field):
    """Return another value that the column can hold, as the database takes it."""
    now = getattr(row, field.attname)
    if field.is_relation:
        rows = field.related_model._base_manager.exclude(pk=now).order_by("-pk")
        found = rows.values_list("pk", flat=True).first()
        return found if found is not None else None if field.null else 987_654
    if isinstance(field, GeometryField):
        shape = shapely.box(1, 1, 2, 2) if field.geom_type != "point" else None
        return to_wkb(shape or shapely.Point(1, 1))
    if isinstance(field, models.JSONField):
        return json.dumps({"x": 1} if now != {"x": 1} else {})
    if isinstance(field, models.UUIDField):
        return uuid4()
    if isinstance(field, models.BooleanField):
        return not now
    if isinstance(field, models.DateTimeField):
        return (now or timezone.now()) - timedelta(days=40)
    if isinstance(field, models.DateField):
        return (now or date(2020, 1, 1)) - timedelta(days=40)
    if isinstance(field, models.TimeField):
        return "03:07:00"
    if isinstance(field, BBoxField):
        return (now or 0) + (7 if field.name.endswith("max") else -7)
    if isinstance(field, models.FloatField | models.IntegerField):
        return (now or 0) + 7
    return "x" if now != "x" else "y"


def alter(row, field):
    """Write another value into the row behind the history's back."""
    value = other(row, field)
    quote = connection.ops.quote_name
    if isinstance(field, models.UUIDField | models.DateTimeField | models.DateField):
        value = field.get_db_prep_save(value, connection)
    wanted = "%s"
    if isinstance(field, GeometryField) and connection.vendor == "postgresql":
        wanted = "ST_GeomFromWKB(%s, 4326)"
    sql = (
        f"UPDATE {quote(row._meta.db_table)} SET {quote(field.column)} = {wanted}"
        f" WHERE {quote(row._meta.pk.column)} = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value, row.pk])


def found(model, field=None):
    """Return what the checks of a model, and that of boxes, say of a column."""
    label, app = model._meta.label_lower, f"{model._meta.app_label}."
    for check in house().state_checks:
        key = field is not None and field.name == "uid" and check.name.startswith(app)
        if key or label in check.covers:
            yield from check.differences()
    if field is None or isinstance(field, BBoxField):
        yield from box_differences()


def left_out(model):
    first = {c.covers[0]: c.unchecked for c in house().state_checks if c.unchecked}
    return first.get(model._meta.label_lower, {})


COVERED = sorted({label for c in house().state_checks for label in c.covers})
BESIDE = {"hazards.evidence", "hazards.ordnancefound", "hazards.surveybox"}
KEYS = BESIDE | {"hazards.hazardperiod"}  # rows whose key joins nothing
TWICE = {"hazards.hazardreport"}  # one went step by step, one was taken over


def test_each_column_is_found_altered_or_named(rich):
    """A column of a later part cannot be forgotten."""
    assert not [text for label in COVERED for text in missed(apps.get_model(label))]


def missed(model):
    """Yield each column of which another value is neither found nor named."""
    rows = list(model._base_manager.order_by("pk"))
    assert rows, f"the register holds no {model}"
    before = list(found(model))
    assert not [d for d in before if d.kind != "unchecked"]
    unknown = {d.message for d in before}
    for field in model._meta.local_concrete_fields:
        label = model._meta.label_lower
        if field.name in left_out(model) or (field.primary_key and label in KEYS):
            continue
        for row in [rows[-1], rows[0]][: 2 if label in TWICE else 1]:
            if not is_told(told_of(model, row, field), unknown):
                yield f"{label}.{field.name} of {row.pk}"


def told_of(model, row, field):
    """Return what is found once a row has another value, and put it back."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                alter(row, field)
        except IntegrityError as error:  # the database itself refuses it
            return [Difference("refused", "", "", str(error))]
        told = list(found(model, field))
        transaction.set_rollback(True)
    return told


def is_told(told, unknown):
    return any(d.kind != "unchecked" or d.message not in unknown for d in told)


def test_what_is_left_out_is_named_in_the_answer(rich):
    said = " ".join(audit().unchecked)
    for check in house().state_checks:
        for name, why in check.unchecked.items():
            assert str(why) in said, (check.name, name)


def test_few_columns_are_left_out():
    count = sum(len(c.unchecked) for c in house().state_checks)
    assert count < 45


def moved(model, **facts):
    row = model._base_manager.order_by("pk").first()
    model._base_manager.filter(pk=row.pk).update(**facts)
    return row


@pytest.mark.parametrize("model", [HazardousArea, HazardPeriod, Evidence, SurveyBox])
def test_a_box_that_left_its_shape_is_named(rich, model):
    moved(model, **dict(zip(bbox_columns("geometry"), (1, 1, 1.1, 1.1), strict=True)))
    assert any("not that of its shape" in text for text in named())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostGIS keeps its own index")
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM hazards_hazardousarea_geometry_rtree",
        "UPDATE hazards_hazardousarea_geometry_rtree SET xmin = 1, xmax = 2",
        "INSERT INTO hazards_hazardousarea_geometry_rtree VALUES (99999, 1, 2, 1, 2)",
    ],
)
def test_an_index_that_lost_an_area_is_named(rich, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert any("not that of its shape" in text for text in named())


def test_an_agreement_of_before_is_said_to_be_unchecked(rich):
    """What the history of then did not take in cannot be compared."""
    make = Change.objects.filter(verb="agreement.make").last()
    after = json.loads(make.after)
    after.pop("country")
    Change.objects.filter(pk=make.pk).update(after=json.dumps(after))
    said = " ".join(audit().unchecked)
    assert "1 × agreements: country, which the history did not take in" in said


def test_files_are_named_as_not_compared(rich):
    assert "files" in " ".join(verify()[1]["unchecked"])
