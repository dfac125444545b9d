"""Rows on what stands already: nothing is doubled, and nothing known is lost."""

from __future__ import annotations

import csv
import io
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from safelane.core.audit.audit import audit
from safelane.core.jobs.progress import Progress
from safelane.exchange.exports import export_records
from safelane.exchange.files.formats import FORMATS
from safelane.exchange.imports.runner import import_file
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.test_pages import client_of, form_of
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    HazardReport,
    OrdnanceFound,
    SurveyBox,
)

pytestmark = pytest.mark.django_db
PLACE = "19.43,103.21"
KEPT = "valid_from", "valid_to", "known_from", "known_to", "extra", "sources"
FINDS = "Date,Directness,Kind,Lat,Lon,Count,GlobalID"
FIND = f"2023-04-15,direct,item,{PLACE},3,E-1"


@pytest.fixture
def bring_in(field: Any) -> Any:
    """Upload a file, take the proposed mapping, and bring in the good rows."""

    def brought(
        content: bytes | str, target: str = "hazards", name: str = "rows.csv"
    ) -> ImportRun:
        client = client_of(field.manager)
        data = content.encode() if isinstance(content, str) else content
        sent = {"file": SimpleUploadedFile(name, data), "target": target}
        url = client.post(
            reverse("exchange:imports"), sent | {"organisation": field.authority.pk}
        )["Location"]
        chosen = {"mode": "skip", "reason": "Register", "step": "save"}
        client.post(url, form_of(client.get(url)) | chosen)
        run = ImportRun.objects.latest("pk")
        import_file(run, Progress(field.manager))
        assert run.stage == "done", run.message
        return run

    return brought


def outcome(run: ImportRun) -> tuple[int, int, int, list[str]]:
    names = "created", "updated", "unchanged"
    faults = run.faults.exclude(code="position-accuracy").order_by("pk")
    said = faults.values_list("code", flat=True)
    return (*(run.counts.get(name, 0) for name in names), list(said))


def test_further_fields_are_put_together_key_by_key(bring_in: Any) -> None:
    bring_in(f"Reference,GlobalID,Date,Lat,Lon,Odd\nA1,g-1x,2023-04-14,{PLACE},foo\n")
    bring_in("Reference,Date,Status,Remark by X\nA1,2023-06-14,Open,hello\n")
    bring_in("Reference,Date,Odd,Older\nA1,2022-01-01,bar,yes\n")
    area = HazardousArea.objects.get()
    told = {"external_id": "g-1x", "Odd": "foo", "Remark by X": "hello", "Older": "yes"}
    assert area.extra == told
    assert sound()


def test_a_find_that_is_sent_again_is_no_second_find(bring_in: Any) -> None:
    target = "evidence"
    assert outcome(bring_in(f"{FINDS}\n{FIND}\n", target)) == (0, 1, 0, [])
    again = bring_in(f"{FINDS},Depth note\n{FIND},wet\n", target)
    assert outcome(again) == (0, 0, 1, ["known-find"])
    assert not again.faults.filter(level="error").exists()
    other = bring_in(f"{FINDS}\n{FIND.replace(',3,', ',4,')}\n", target)
    assert outcome(other) == (0, 0, 0, ["known-find"])
    fault = other.faults.get(code="known-find")
    assert fault.level == "error" and "“E-1” stands in the register" in fault.message
    assert [row.count for row in Evidence.objects.all()] == [3]


def test_numbers_of_rows_identify_no_find(bring_in: Any) -> None:
    bring_in(f"{FINDS}\n{FIND.replace('E-1', '1')}\n", "evidence")
    run = bring_in(f"{FINDS}\n2023-05-01,direct,item,19.5,103.3,1,1\n", "evidence")
    assert outcome(run) == (0, 1, 0, [])


def test_an_identifier_stands_on_one_area(bring_in: Any) -> None:
    head = "Reference,GlobalID,Date,Lat,Lon,Status"
    bring_in(f"{head}\nA1,g-1x,2023-04-14,{PLACE},Open\n")
    run = bring_in(
        f"{head}\nLA-001,g-1x,2023-06-14,{PLACE},Closed\n"
        f"B1,g-2x,2023-06-14,19.5,103.5,Open\nB2,g-2x,2023-06-14,19.6,103.6,Open\n"
        "C1,7,2023-06-14,19.7,103.7,Open\nC2,7,2023-06-14,19.8,103.8,Open\n"
    )
    assert outcome(run) == (3, 0, 0, ["identifier-taken"] * 2)
    assert "“g-1x” is the identifier of “A1”" in run.faults.order_by("pk")[0].message
    assert run.faults.get(row=4).message.startswith("“g-2x” is the identifier of “B1”")
    bring_in(f"{head}\nA1,g-1x,2023-06-14,{PLACE},Closed\n")
    assert HazardousArea.objects.get(reference="A1").status == "closed"


def test_further_columns_of_finds_and_boxes_are_kept(bring_in: Any) -> None:
    bring_in(f"{FINDS},Odd remark,Owner name\n{FIND},near the temple,X\n", "evidence")
    ordnance = "Date,Category,Lat,Lon,Odd remark"
    bring_in(f"{ordnance}\n2023-04-15,submunition,{PLACE},wet\n", "ordnance")
    boxes = "Date,Grid number,Result,Odd remark"
    bring_in(f"{boxes}\n2023-04-15,48N-6221-42930,green,steep\n", "survey-boxes")
    kept = [m.objects.get().extra for m in (Evidence, OrdnanceFound, SurveyBox)]
    words = "near the temple", "wet", "steep"
    assert [row.get("Odd remark") for row in kept] == [*words]
    assert sound()


def sound() -> bool:
    """Say whether all states follow from their reports, whatever heads lie about."""
    return not [fault for fault in audit().faults if fault.kind != "anchor"]


def register(bring_in: Any) -> None:
    head = "Reference,GlobalID,Date,Type,Status,Geometry,Odd"
    shape = "103.1 19.4,103.101 19.4,103.101 19.401,103.1 19.401,103.1 19.4"
    bring_in(f'{head}\nA1,g-1x,2023-04-14,SHA,Open,"POLYGON(({shape}))",ບ້ານ\n')
    bring_in(f"{FINDS},Odd remark\n{FIND},near\n", "evidence")
    bring_in(
        "Date,Category,Lat,Lon,Count\n2023-04-15,submunition,19.4,103.3,2\n",
        "ordnance",
    )
    boxes = "Date,Grid number,Result\n2023-04-15,48N-6221-42930,green\n"
    bring_in(boxes, "survey-boxes")


def test_an_own_export_brought_back_changes_nothing(
    bring_in: Any, field: Any, tmp_path: Any
) -> None:
    register(bring_in)
    for name, format_ in FORMATS.items():
        for target in ("hazards", "evidence", "ordnance", "survey-boxes"):
            path = tmp_path / f"{target}{format_.suffix}"
            export_records(path, target, name, by=field.manager)
            run = bring_in(path.read_bytes(), target, path.name)
            assert outcome(run) == (0, 0, 1, []), (name, target, run.faults.all())
    assert HazardReport.objects.count() == 4


def exported(bring_in: Any, field: Any, tmp_path: Any) -> str:
    register(bring_in)
    export_records(tmp_path / "out.csv", "hazards", "csv", by=field.manager)
    return (tmp_path / "out.csv").read_text(encoding="utf-8-sig")


def test_an_export_that_somebody_edits_says_something_new(
    bring_in: Any, field: Any, tmp_path: Any
) -> None:
    text = exported(bring_in, field, tmp_path)
    run = bring_in(text.replace("2023-04-14", "2024-01-01").replace("open", "closed"))
    assert outcome(run)[:3] == (0, 1, 0)
    assert HazardousArea.objects.get().status == "closed"


def test_a_place_that_an_export_rounded_is_not_taken_as_exact(
    bring_in: Any, field: Any, tmp_path: Any
) -> None:
    text = exported(bring_in, field, tmp_path)
    run = bring_in(text.replace(",exact", ",cell").replace("A1", "A2"))
    assert outcome(run)[:3] == (0, 0, 0) and run.faults.get().code == "place-coarse"
    assert "not allowed to show the record exactly" in run.faults.get().message


@pytest.mark.parametrize("said", ["exact", "cell", ""])
def test_an_export_to_which_somebody_adds_a_row_is_still_ours(
    bring_in: Any, field: Any, tmp_path: Any, said: str
) -> None:
    text = exported(bring_in, field, tmp_path).replace(",exact", f",{said}")
    head, row = list(csv.reader(text.splitlines()))
    day, place = head.index("date_of_information"), head.index("geometry_wkt")
    added = [""] * len(head)
    added[head.index("reference")], added[day] = "N1", "2024-02-02"
    added[place], added[head.index("precision")] = "POINT (103.4 19.5)", "exact"
    written = io.StringIO()
    csv.writer(written).writerows([head, row, added])
    run = bring_in(written.getvalue())
    codes = [] if said == "exact" else ["place-coarse"]
    assert outcome(run) == (1, 0, int(said == "exact"), codes)
    assert HazardousArea.objects.get(reference="N1").extra == {}


def test_columns_called_like_ours_are_kept_of_a_file_of_others(bring_in: Any) -> None:
    head = "Reference,Date,Lat,Lon,uid,precision,country"
    bring_in(f"{head}\nA1,2023-04-14,{PLACE},77,3 m,Laos\n")
    extra = HazardousArea.objects.get().extra
    assert extra == {"uid": "77", "precision": "3 m", "country": "Laos"}


def test_an_upgrade_puts_further_fields_together(bring_in: Any) -> None:
    """Before, those of the newest report replaced all others, at each moment."""
    bring_in(f"Reference,GlobalID,Date,Lat,Lon,Odd\nA1,g-1x,2023-04-14,{PLACE},foo\n")
    bring_in("Reference,Date,Remark by X\nA1,2023-06-14,hello\n")
    bring_in("Reference,Date,Odd,Older\nA1,2022-01-01,bar,yes\n")
    now = list(HazardPeriod.objects.order_by("pk").values(*KEPT))
    told = {row.pk: row.extra for row in HazardReport.objects.all()}
    for row in HazardPeriod.objects.order_by("pk"):
        HazardPeriod.objects.filter(pk=row.pk).update(extra=told[row.sources["extra"]])
    last = HazardReport.objects.latest("approved_at").approved_at
    late = HazardPeriod.objects.filter(known_from=last, valid_from__year=2023)
    assert late.count() == 2
    late.delete()
    closed = HazardPeriod.objects.filter(known_to=last, valid_from__year=2023)
    closed.update(known_to=None)
    HazardousArea.objects.update(extra={"Remark by X": "hello"})
    assert not sound()
    migration = import_module("safelane.hazards.migrations.0007_further_fields")
    migration.put_together(apps, SimpleNamespace(connection=connection))
    assert sound()
    then = list(HazardPeriod.objects.values(*KEPT))
    assert all(row in now for row in then) and len(then) == len(now)
