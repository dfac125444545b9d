"""What the page of an import shows: live progress, faults by kind, rows to correct."""

from __future__ import annotations

import csv
import io

import pytest
from django.utils import translation

from safelane.core.jobs.models import JobRun
from safelane.core.jobs.worker import run_waiting_jobs
from safelane.exchange import pages
from safelane.exchange.imports import faulty_rows, runner
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.conftest import bow_tie, feature
from safelane.hazards.exchange.tests.test_pages import client_of, form_of, upload
from safelane.hazards.models import HazardousArea
from safelane.hazards.tests.conftest import square

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {"HX-Request": "true", "HX-Target": "import-progress"}


@pytest.fixture
def checked(field):
    """Return a client and the address of an import with faults that was checked."""
    client = client_of(field.manager)
    url = upload(client, field, feature(1), bow_tie(2), bow_tie(3))["Location"]
    data = form_of(client.get(url)) | {"mode": "skip", "reason": "Register"}
    client.post(url, data | {"step": "check"})
    return client, url


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_page_asks_again_until_the_job_has_ended(checked):
    client, url = checked
    page = client.get(url).content.decode()
    assert f'hx-get="{url}"' in page and 'hx-trigger="every 2s"' in page
    part = client.get(url, headers=ASKED)
    assert part.status_code == 200 and "HX-Refresh" not in part.headers
    assert part.content.decode().lstrip().startswith('<div id="import-progress"')
    job = ImportRun.objects.get().job
    JobRun.objects.filter(uid=job).update(done=250, total=1000)  # shares, no rows
    for address in (url, f"/jobs/{job}/"):
        told = client.get(address).content.decode()
        assert "25 %" in told and "of 1000" not in told
    run_waiting_jobs()
    ended = client.get(url, headers=ASKED)
    assert ended.headers["HX-Refresh"] == "true"
    assert 'hx-trigger="every 2s"' not in client.get(url).content.decode()


def test_what_is_wrong_is_counted_by_kind_and_leads_to_its_rows(checked):
    client, url = checked
    run_waiting_jobs()
    (kind,) = [k for k in client.get(url).context["kinds"] if k["level"] == "error"]
    assert (kind["code"], kind["rows"]) == ("self_crossing", 2)
    narrowed = client.get(f"{url}?{kind['query']}").context["page"]
    assert [fault.code for fault in narrowed] == ["self_crossing"] * 2
    assert not list(client.get(f"{url}?code=none").context["page"])


def test_kinds_count_rows_and_say_how_many_kinds_are_left_out(field, monkeypatch):
    """A row that shares ground with two others is one row."""
    client, place = client_of(field.manager), square().__geo_interface__
    rows = [feature(n, place) for n in (1, 2, 3)]
    url = upload(client, field, *rows, bow_tie(4))["Location"]
    data = form_of(client.get(url)) | {"mode": "skip", "reason": "Register"}
    client.post(url, data | {"step": "check"})
    run_waiting_jobs()
    context = client.get(url).context
    shared = {kind["rows"] for kind in context["kinds"] if kind["level"] == "warning"}
    assert ImportRun.objects.get().faults.filter(code="overlap-shown").count() == 6
    assert 3 in shared and 6 not in shared and context["kinds_left_out"] == 0
    monkeypatch.setattr(pages, "MOST_KINDS", 1)
    assert client.get(url).context["kinds_left_out"] == len(context["kinds"]) - 1


def test_rows_at_fault_come_back_as_they_are_with_the_reason(checked):
    client, url = checked
    run_waiting_jobs()
    assert f"{url}rows.csv" in client.get(url).content.decode()
    head, *rows = rows_of(client.get(f"{url}rows.csv"))
    assert [row[head.index("hazard_id")] for row in rows] == [
        bow_tie(n)["properties"]["hazard_id"] for n in (2, 3)
    ]
    assert all(row[head.index("geometry_wkt")].startswith("POLYGON") for row in rows)
    stated = bow_tie(2)["properties"]
    assert {name: rows[0][head.index(name)] for name in stated} == stated
    faults = ImportRun.objects.get().faults.order_by("row")
    assert [row[-1].rpartition(": ")[2] for row in rows] == [
        fault.message.rpartition(": ")[2] for fault in faults.filter(level="error")
    ]


@pytest.mark.parametrize("language", ["en", "lo", "az"])
def test_our_reasons_are_no_field_of_the_rows_that_come_again(checked, field, language):
    client, url = checked
    run_waiting_jobs()
    with translation.override(language):
        heading = str(faulty_rows.REASONS)
    again = feature(2, **{heading: "Type: “XYZ” is not in the list."})
    later = upload(client, field, again)["Location"]
    page = client.get(later)
    assert "what was wrong when the rows were handed back" in page.content.decode()
    data = form_of(page) | {"mode": "all", "reason": "Register"}
    client.post(later, data | {"step": "import"})
    run_waiting_jobs()
    (area,) = HazardousArea.objects.all()
    assert area.extra == {"gps": "Garmin"}


def test_rows_that_come_in_with_a_note_are_not_handed_back(field):
    """Brought in once more with the corrected ones, they would stand twice."""
    client = client_of(field.manager)
    rows = feature(1), feature(1, hazard_id="XK-OVER"), bow_tie(3)
    url = upload(client, field, *rows)["Location"]
    data = form_of(client.get(url)) | {"mode": "skip", "reason": "Register"}
    client.post(url, data | {"step": "check"})
    run_waiting_jobs()
    faults = ImportRun.objects.get().faults
    assert faults.exclude(level="error").exists()
    assert client.get(url).context["can_hand_back"]
    at_fault = set(faults.filter(level="error").values_list("row", flat=True))
    _head, *handed = rows_of(client.get(f"{url}rows.csv"))
    assert len(handed) == len(at_fault) < 3
    faults.filter(level="error").delete()
    assert not client.get(url).context["can_hand_back"]


def test_rows_of_a_file_that_may_hold_identities_never_leave(checked):
    client, url = checked
    run_waiting_jobs()
    ImportRun.objects.update(holds_identities=True)
    assert f"{url}rows.csv" not in client.get(url).content.decode()
    answer = client.get(f"{url}rows.csv")
    assert answer.status_code == 409
    assert bow_tie(2)["properties"]["hazard_id"] not in answer.content.decode()


@pytest.mark.parametrize(("most", "status"), [(1, 409), (2, 200), (3, 200)])
def test_more_rows_than_one_corrects_are_not_handed_back(
    checked, monkeypatch, most, status
):
    client, url = checked
    run_waiting_jobs()
    monkeypatch.setattr(faulty_rows, "MOST_ROWS", most)
    assert client.get(f"{url}rows.csv").status_code == status


def test_notes_push_no_fault_out_of_the_list(field, monkeypatch):
    monkeypatch.setattr(runner, "MAX_LISTED", 2)
    monkeypatch.setattr(runner, "OF_EACH_KIND", 1)
    client = client_of(field.manager)
    found = [
        find(n, found_on="2023-99-01" if n > 6 else "2023-05-01") for n in range(9)
    ]
    url = upload(client, field, *found, target="evidence")["Location"]
    data = form_of(client.get(url)) | {"mode": "skip", "reason": "Register"}
    client.post(url, data | {"step": "import"})
    run_waiting_jobs()
    run = ImportRun.objects.get()
    assert run.counts["faulty"] == 2
    faulty = run.faults.filter(level="error").values_list("row", flat=True)
    assert len(set(faulty)) == 2
    _head, *handed = rows_of(client.get(f"{url}rows.csv"))
    assert len(handed) == 2
    left = sum(run.counts["faults"].values()) - run.faults.count()
    assert left > 0
    page = client.get(url)
    notes = [kind for kind in page.context["kinds"] if kind["level"] == "warning"]
    assert any(kind["is_cut"] for kind in notes)
    said = f"Not listed, since there are very many: {left} further faults and notes."
    assert said in page.content.decode()
    assert rows_of(client.get(f"{url}report.csv"))[-1][4].startswith(said)


def find(number, **properties):
    said = {"kind": "item", "directness": "direct", "date_of_information": "2023-05-02"}
    place = {"type": "Point", "coordinates": [103.2 + number / 1000, 19.4]}
    said |= {"description": f"Sign {number}"} | properties
    return {"type": "Feature", "geometry": place, "properties": said}


def test_nobody_else_gets_the_rows(checked, field):
    client, url = checked
    run_waiting_jobs()
    assert client_of(field.reader).get(f"{url}rows.csv").status_code in (403, 404)
