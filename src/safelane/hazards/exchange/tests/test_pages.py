"""Upload, correct, check and bring in: as a person does it on the pages."""

from __future__ import annotations

import datetime as dt
import errno
import io
import json
import os
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from safelane.core.jobs.worker import run_waiting_jobs
from safelane.exchange.actions import _settled
from safelane.exchange.files.source import Source
from safelane.exchange.mapping.guess import asked_words
from safelane.exchange.mapping.model import FieldMapping, Mapping
from safelane.exchange.models import ImportRun, SavedMapping
from safelane.hazards.exchange.tests.conftest import bow_tie, feature, file_of
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.testing import reject_report
from safelane.hazards.tests.conftest import SYSTEM
from safelane.hazards.tests.conftest import actor as new_actor
from safelane.hazards.tests.pages.test_report_entry import fields, rows
from safelane.organisations.actions import create_organisation
from safelane.organisations.inputs import Term
from safelane.organisations.models import AdminArea, User
from safelane.organisations.queries import countries_in_reach

NO_RUN = "11111111-1111-4111-8111-111111111111"


def client_of(actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def upload(client, field, *features, target="hazards"):
    data = SimpleUploadedFile("r.geojson", file_of(*features).read())
    return client.post(
        reverse("exchange:imports"),
        {"file": data, "target": target, "organisation": field.authority.pk},
    )


def form_of(page) -> dict[str, str]:
    """Return what a browser would send back unchanged."""
    form = page.context["form"]
    values = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value not in (None, False)}


@pytest.fixture
def page(field):
    client = client_of(field.manager)
    answer = upload(client, field, feature(1), bow_tie(2))
    assert answer.status_code == 302
    return client, answer["Location"]


def test_the_guess_is_shown_and_can_be_corrected(page):
    client, url = page
    shown = client.get(url)
    assert shown.status_code == 200
    data = form_of(shown) | {"column-comment": "", "step": "save"}
    assert client.post(url, data).status_code == 302
    fields = ImportRun.objects.get().mapping["fields"]
    assert fields["reference"]["column"] == "hazard_id"
    assert "comment" not in fields


@pytest.mark.django_db(transaction=True)
def test_check_then_bring_in_without_the_faulty(page):
    client, url = page
    data = form_of(client.get(url)) | {"mode": "skip", "reason": "Register"}
    client.post(url, data | {"step": "check"})
    run_waiting_jobs()
    assert "Report by row" in client.get(url).content.decode()
    marks = client.get(f"{url}faults.geojson").json()["features"]
    assert [m["properties"]["code"] for m in marks] == ["self_crossing"]
    assert "self_crossing" in client.get(f"{url}report.csv").content.decode()
    client.post(url, data | {"step": "import"})
    run_waiting_jobs()
    assert HazardousArea.objects.count() == 1
    assert ImportRun.objects.get().stage == "done"
    assert client.get(url).status_code == 200


def workbook(**more) -> SimpleUploadedFile:
    book, file = openpyxl.Workbook(), io.BytesIO()
    heads = {"hazard_id": "XK-9", "type": "CHA", "status": "Active"}
    row = heads | {"date": dt.date(2023, 5, 1), "lat": 19.4, "lon": 103.2} | more
    book.active.append(list(row))
    book.active.append(list(row.values()))
    book.save(file)
    return SimpleUploadedFile("Register 2023.xlsx", file.getvalue())


@pytest.mark.django_db(transaction=True)
def test_a_workbook_comes_in(field):
    client = client_of(field.manager)
    sent = {"file": workbook(), "target": "hazards"}
    sent["organisation"] = field.authority.pk
    url = client.post(reverse("exchange:imports"), sent)["Location"]
    # Points are no outlines: the area comes in without a place, and the page says so.
    data = form_of(client.get(url)) | {"position": "none", "reason": "Register"}
    client.post(url, data | {"step": "check"})
    run_waiting_jobs()
    shown = client.get(url).content.decode()
    assert "Without a position" in shown
    client.post(url, data | {"step": "import"})
    run_waiting_jobs()
    area = HazardousArea.objects.get()
    assert (area.reference, str(area.last_information)) == ("XK-9", "2023-05-01")
    assert "Without a position" in client.get(url).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_finished_import_is_taken_back_on_its_page(page):
    client, url = page
    data = form_of(client.get(url)) | {"mode": "skip", "reason": "Register"}
    client.post(url, data | {"step": "import"})
    run_waiting_jobs()
    assert "Take the whole import back" in client.get(url).content.decode()
    client.post(url, {"step": "withdraw", "reason": "Wrong file"})
    assert "being taken back" in client.get(url).content.decode()
    assert "Take the whole import back" not in client.get(url).content.decode()
    run_waiting_jobs()
    assert ImportRun.objects.get().stage == "withdrawn"
    assert not HazardousArea.objects.filter(is_withdrawn=False).exists()


def test_taking_over_needs_a_reason(page):
    client, url = page
    data = form_of(client.get(url)) | {"step": "import", "reason": ""}
    told = client.post(url, data, follow=True).content.decode()
    assert "need no review" in told


def test_a_mapping_is_kept_for_the_next_file(page, field):
    client, url = page
    client.post(url, {"step": "keep", "name": "Provincial list"})
    saved = SavedMapping.objects.get()
    assert saved.organisation == field.authority
    assert saved.mapping["fields"]["reference"]["column"] == "hazard_id"


def test_a_file_that_cannot_be_read_says_so(field):
    client = client_of(field.manager)
    data = SimpleUploadedFile("r.geojson", json.dumps({"a": 1}).encode())
    answer = client.post(
        reverse("exchange:imports"),
        {"file": data, "target": "hazards", "organisation": field.authority.pk},
    )
    assert answer.status_code in (302, 422)


def test_a_spreadsheet_of_another_format_is_refused_by_its_name(field):
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office/>")
    data = SimpleUploadedFile("register.ods", sheet.getvalue())
    sent = {"file": data, "target": "hazards", "organisation": field.authority.pk}
    answer = client_of(field.manager).post(reverse("exchange:imports"), sent)
    assert answer.status_code == 422
    assert "OpenDocument .ods) cannot be imported" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_kml_by_another_name_comes_in(field):
    text = """<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>A</name>
    <Point><coordinates>103,19</coordinates></Point></Placemark></kml>"""
    data = SimpleUploadedFile("areas.xml", text.encode())
    sent = {"file": data, "target": "hazards", "organisation": field.authority.pk}
    answer = client_of(field.manager).post(reverse("exchange:imports"), sent)
    assert answer.status_code == 302
    assert ImportRun.objects.get().info["format"] == "kml"


def test_others_see_no_import(page, field):
    _client, url = page
    for actor in (field.reader, field.bounmy):
        assert client_of(actor).get(url).status_code == 404
        assert client_of(actor).get(reverse("exchange:imports")).status_code == 403
    assert Client().get(url).status_code in (302, 401, 404)


@pytest.mark.django_db(transaction=True)
def test_an_export_is_a_job_with_its_file(page, field):
    client, _url = page
    sent = {"target": "hazards", "format": "csv", "filter": ""}
    answer = client.post(reverse("exchange:exports"), sent)
    run_waiting_jobs()
    shown = client.get(answer["Location"])
    assert "/files/" in shown.content.decode()


def test_another_column_brings_its_words_without_saving(page):
    client, url = page
    before = ImportRun.objects.get().mapping
    data = form_of(client.get(url)) | {"column-kind": "gps", "step": "row"}
    answer = client.post(url, data | {"row": "kind"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert text.strip().startswith("<tr>") and "<html" not in text
    assert 'name="word-kind-Garmin"' in text
    assert ImportRun.objects.get().mapping == before


def test_a_row_of_no_field_is_not_there(page):
    client, url = page
    client.post(url, {"step": "row", "row": "nothing"})
    assert "There is no field" in client.get(url).content.decode()


def test_a_kept_mapping_is_offered_for_the_next_file(page, field):
    client, url = page
    data = form_of(client.get(url)) | {"may_move": "on", "step": "save"}
    client.post(url, data)
    assert ImportRun.objects.get().mapping["may_move"]
    client.post(url, {"step": "keep", "name": "Old register"})
    later = upload(client, field, feature(7))["Location"]
    assert "Use a kept mapping" in client.get(later).content.decode()
    kept = SavedMapping.objects.get()
    assert not kept.mapping["may_move"]  # which was said of that file alone
    assert client.post(later, {"step": "read", "saved": kept.pk}).status_code == 302
    assert ImportRun.objects.latest("created_at").mapping == kept.mapping


@pytest.mark.parametrize(
    ("code", "taken", "is_settled"),
    [
        ("not-taken", ("a",), False),
        ("not-taken", ("a", "b"), True),
        ("several-columns", ("a",), True),
        ("several-columns", (), False),
    ],
)
def test_a_note_stays_until_each_of_its_questions_is_answered(code, taken, is_settled):
    fields = {name: FieldMapping(name) for name in taken}
    note = (code, {"open": ["a", "b"]})
    assert _settled(note, Mapping("hazards", fields=fields)) is is_settled


def test_a_note_names_only_the_columns_that_are_still_open(page):
    client, url = page
    run = ImportRun.objects.get()
    asked = {"gps": "Status", "hazard_id": "Priority"}
    run.info["notes"] = [("not-taken", {"columns": asked_words(asked), "open": asked})]
    run.save()
    assert "“gps” (Status), “hazard_id” (Priority)" in client.get(url).content.decode()
    data = form_of(client.get(url)) | {"column-reference": "", "step": "save"}
    client.post(url, data | {"column-reference": "hazard_id"})
    text = client.get(url).content.decode()
    assert "“gps” (Status)" in text and "“hazard_id” (Priority)" not in text


def test_the_words_of_another_column_are_taken_over(page):
    client, url = page
    data = form_of(client.get(url)) | {"column-kind": "gps", "step": "save"}
    client.post(url, data | {"word-kind-Garmin": "sha"})
    kind = ImportRun.objects.get().mapping["fields"]["kind"]
    assert (kind["column"], kind["values"]) == ("gps", {"Garmin": "sha"})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/hazards/export/?kind=cha", "/exchange/export/?kind=cha"),
        ("/hazards/import/", "/exchange/import/"),
        (f"/hazards/import/{NO_RUN}/", f"/exchange/import/{NO_RUN}/"),
        (
            f"/hazards/import/{NO_RUN}/report.csv",
            f"/exchange/import/{NO_RUN}/report.csv",
        ),
    ],
)
def test_addresses_of_the_first_version_lead_on(field, old, new):
    answer = client_of(field.manager).get(old)
    assert (answer.status_code, answer["Location"]) == (302, new)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_rejected_and_corrected_stays_part_of_its_import(field):
    """It is taken back with its file, and the same file brings it in no second time."""
    district = Term(area=AdminArea.objects.get(code="XK"))
    client = client_of(
        new_actor("Local", field.authority, "information_manager", district)
    )
    place = {"type": "Point", "coordinates": [103.011, 19.401]}
    found = {"directness": "direct", "kind": "item", "globalid": "E-1"}
    file = feature(1, place, hazard_id="", **found)

    def bring_in() -> str:
        url = upload(client, field, file, target="evidence")["Location"]
        client.post(url, form_of(client.get(url)) | {"step": "import"})
        run_waiting_jobs()
        return url

    url = bring_in()
    report = HazardReport.objects.get()
    came_from = (report.batch, report.external_id, report.content_hash)
    assert (report.stage, report.evidence.get().external_id) == ("submitted", "E-1")
    reject_report(report, "One sign or two?", by=field.other_manager)
    client.post(f"/hazards/reports/{report.uid}/step/rework/")
    page = client.get(f"/hazards/reports/{report.uid}/edit/")
    (form,) = page.context["editor"].evidence.forms
    row = {name: form[name].value() or "" for name in form.fields if name != "DELETE"}
    said = rows("evidence", row | {"count": "2"}) | {"evidence-INITIAL_FORMS": "1"}
    said |= {"version": page.context["version"], "then": "submit", "reference": ""}
    answer = client.post(f"/hazards/reports/{report.uid}/edit/", fields() | said)
    assert answer.status_code == 302
    report = HazardReport.objects.get()
    evidence = report.evidence.get()
    assert (report.stage, evidence.count) == ("submitted", 2)
    assert (report.batch, report.external_id, report.content_hash) == came_from
    assert evidence.external_id == "E-1"
    bring_in()
    assert HazardReport.objects.count() == 1
    client.post(url, {"step": "withdraw", "reason": "Wrong file"})
    run_waiting_jobs()
    assert HazardReport.objects.get().stage == "withdrawn"


def test_a_file_of_an_organisation_without_a_country_says_where_it_is(cast, clients):
    home = create_organisation("Home", "HOME", "authority", country=None, by=SYSTEM)
    url, laos = reverse("exchange:imports"), cast.countries["laos"]

    def sent(organisation, **more):
        file = SimpleUploadedFile("areas.csv", b"code,name\nLA-1,Phongsaly\n")
        said = {"file": file, "target": "areas", "organisation": organisation.pk}
        return clients["petra"].post(url, said | more)

    unsaid = sent(home)
    assert unsaid.status_code == 422
    assert unsaid.context["form"].errors["country"] == ["Say in which country this is."]
    elsewhere = sent(cast.organisations["aza"], country=laos.pk)
    assert "leave this empty" in elsewhere.context["form"].errors["country"][0]
    assert not ImportRun.objects.exists()
    assert sent(home, country=laos.pk).status_code == 302
    assert ImportRun.objects.get().country == laos
    assert sent(cast.organisations["aza"]).status_code == 302
    # A manager of one country, who reaches no organisation without one, is not asked.
    assert "country" not in clients["aysel"].get(url).context["form"].fields


def test_countries_are_those_of_the_roles_that_bring_rows_in(cast):
    aza, petra = cast.countries["azerbaijan"], cast.actor("petra")
    assert countries_in_reach(cast.actor("aysel"), "hazard.import") == {aza.pk}
    assert len(countries_in_reach(petra, "area.import")) == len(cast.countries) > 1
    assert countries_in_reach(petra, "hazard.import") == set()


def test_a_word_that_nobody_decided_on_keeps_its_row_out(page):
    client, url = page
    data = form_of(client.get(url)) | {"column-kind": "gps", "step": "save"}
    client.post(url, data | {"word-kind-Garmin": ""})
    assert ImportRun.objects.get().mapping["fields"]["kind"]["values"] == {}
    shown = client.get(url).content.decode()
    assert "not decided" in shown and "leave empty" in shown
    client.post(url, data | {"word-kind-Garmin": "-"})
    kind = ImportRun.objects.get().mapping["fields"]["kind"]
    assert kind["values"] == {"Garmin": ""}


def test_the_mapping_page_reads_only_the_first_rows(field, monkeypatch):
    client = client_of(field.manager)
    late = [feature(n) for n in range(1, 400)] + [feature(400, late_note="here")]
    url = upload(client, field, *late)["Location"]

    def whole(_source, _rows=0):
        raise AssertionError("the whole file was read for a view of the page")

    monkeypatch.setattr(Source, "telling", whole)
    page = client.get(url)
    assert page.status_code == 200
    assert "late_note" in page.content.decode()  # known since the file came


def test_an_upload_on_a_full_disk_names_no_folder_of_the_server(
    field, settings, monkeypatch
):
    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    told = upload(client_of(field.manager), field, feature(1)).content.decode()
    assert "Nothing was saved: the disk is full" in told
    assert str(settings.DATA_DIR) not in told and "incoming" not in told
