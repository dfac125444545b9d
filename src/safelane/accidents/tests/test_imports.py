"""A spreadsheet of accidents and victims over the import pages."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from safelane.accidents.models import Accident, AccidentReport, Victim, VictimIdentity
from safelane.accidents.tests.steps import (
    PEOPLE,
    claims,
    draft,
    submit_report,
    victim,
)
from safelane.core.domain import house
from safelane.core.history.models import Change
from safelane.core.history.queries import only_open
from safelane.core.jobs.worker import run_waiting_jobs
from safelane.exchange.models import ImportFault, ImportRun
from safelane.organisations.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "Khamla Notreal"
COLUMNS = (
    "accident_id", "report_date", "accident_date", "accident_type", "latitude",
    "longitude", "gender", "age", "injury_outcome", "victim_full_name", "phone",
    "victim_no",
)  # fmt: skip
FIRST = {
    "accident_id": "OLD-1",
    "report_date": "2020-03-02",
    "accident_date": "2020-03-01",
    "accident_type": "cluster",
    "latitude": "19.4",
    "longitude": "103.1",
    "gender": "male",
    "age": "34",
    "injury_outcome": "injured",
    "victim_full_name": SECRET,
    "phone": "020 555",
}
SECOND = FIRST | {"gender": "female", "age": "9", "victim_full_name": "", "phone": ""}
NOWHERE = SECOND | {"latitude": "", "longitude": ""}
OTHER = FIRST | {"accident_id": "OLD-2", "victim_full_name": "", "phone": ""}


def file_of(*rows: dict[str, str]) -> SimpleUploadedFile:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile("acc Notreal.csv", text.getvalue().encode())


@pytest.fixture
def upload(cast: Any, clients: Any) -> Any:
    """Return a function that uploads rows and returns the run's address."""

    def uploaded(*rows: dict[str, str], person: str = "noy") -> str:
        data = {
            "file": file_of(*rows),
            "target": "accidents",
            "organisation": cast.organisations["lao"].pk,
        }
        answer = clients[person].post(reverse("exchange:imports"), data)
        assert answer.status_code == 302, answer.content.decode()[:3000]
        return str(answer["Location"])

    return uploaded


def go(client: Client, url: str, step: str, **more: str) -> ImportRun:
    """Send the guessed mapping back as it is and work off the job."""
    form = client.get(url).context["form"]
    values = {bound.html_name: bound.value() for bound in form}
    data = {n: v for n, v in values.items() if v not in (None, False)}
    data |= {"reason": "Approved in the old database", "step": step, **more}
    assert client.post(url, data).status_code == 302
    run_waiting_jobs()
    return ImportRun.objects.latest("created_at")


def test_the_mapping_is_guessed(upload: Any) -> None:
    upload(FIRST, SECOND)
    fields = ImportRun.objects.get().mapping["fields"]
    columns = {name: field["column"] for name, field in fields.items()}
    assert columns["reference"] == "accident_id"
    assert columns["victim_sex"] == "gender"
    assert columns["victim_name"] == "victim_full_name"
    assert columns["victim_telephone"] == "phone"


def test_rows_become_accidents_with_their_victims(upload: Any, clients: Any) -> None:
    run = go(clients["noy"], upload(FIRST, SECOND, OTHER), "import")
    assert (run.stage, run.counts["created"]) == ("done", 2), run.message
    assert {a.reference for a in Accident.objects.all()} == {"OLD-1", "OLD-2"}
    victims = Victim.objects.filter(accident__reference="OLD-1", is_current=True)
    assert [(v.number, v.sex, v.age) for v in victims.order_by("number")] == [
        (1, "male", 34),
        (2, "female", 9),
    ]
    page = clients["noy"].get(reverse("accidents:list")).content.decode()
    assert "OLD-1" in page


def test_names_are_sealed_everywhere(upload: Any, clients: Any) -> None:
    url = upload(FIRST)
    assert SECRET not in clients["noy"].get(url).content.decode()
    go(clients["noy"], url, "import")
    assert VictimIdentity.objects.get().name == SECRET
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM accidents_victimidentity")
        assert SECRET not in str(cursor.fetchall())
    assert not Change.objects.filter(after__contains=SECRET).exists()
    assert not ImportFault.objects.filter(message__contains=SECRET).exists()
    assert SECRET not in clients["noy"].get(url).content.decode()


def test_the_same_file_twice_changes_nothing(upload: Any, clients: Any) -> None:
    go(clients["noy"], upload(FIRST, SECOND), "import")
    run = go(clients["noy"], upload(FIRST, SECOND), "import")
    assert (run.counts["unchanged"], run.counts.get("created", 0)) == (1, 0)
    assert AccidentReport.objects.count() == 1


def test_a_changed_row_is_a_further_report(upload: Any, clients: Any) -> None:
    go(clients["noy"], upload(FIRST), "import")
    later = FIRST | {"report_date": "2020-05-01", "injury_outcome": "killed"}
    run = go(clients["noy"], upload(later | {"victim_no": "1"}), "import")
    assert run.counts["updated"] == 1
    accident = Accident.objects.get()
    assert accident.reports.count() == 2
    assert accident.victims.get(is_current=True).outcome == "killed"


FURTHER = {"report_date": "2020-03-09", "gender": "male", "age": "12"}


def people(reference: str = "OLD-1") -> list[tuple[Any, ...]]:
    """Return the victims who count of an accident."""
    rows = Victim.objects.filter(accident__reference=reference, is_current=True)
    return list(rows.order_by("number").values_list("number", "sex", "age", "outcome"))


@pytest.mark.parametrize("files", ["one", "two", "the same day"])
def test_who_has_no_number_replaces_nobody(
    upload: Any, clients: Any, files: str
) -> None:
    """A victim's form of another day is a further victim, not the first one anew."""
    later = SECOND | FURTHER
    known = {} if files != "the same day" else {"report_date": FIRST["report_date"]}
    if files == "one":
        third = SECOND | {"report_date": "2020-03-05"}
        run = go(clients["noy"], upload(FIRST, third, later), "import")
        assert (run.counts["created"], run.counts["updated"]) == (1, 2), run.message
    else:
        go(clients["noy"], upload(FIRST, SECOND), "import")
        run = go(clients["noy"], upload(later | known), "import")
        assert run.counts["updated"] == 1, run.message
    first, second = (1, "male", 34, "injured"), (2, "female", 9, "injured")
    assert people() == [first, second, (3, "male", 12, "injured")]


def test_who_is_told_of_again_is_the_same_person(upload: Any, clients: Any) -> None:
    go(clients["noy"], upload(FIRST, SECOND), "import")
    again = [SECOND | {"report_date": "2020-04-01"}, SECOND | FURTHER]
    again[1]["report_date"] = "2020-04-01"
    go(clients["noy"], upload(*again), "import")
    assert [number for number, *_told in people()] == [1, 2, 3]
    assert people()[1:] == [(2, "female", 9, "injured"), (3, "male", 12, "injured")]


@pytest.mark.parametrize(
    "other", [{"injury_outcome": "killed"}, {"age": ""}, {"gender": "unknown"}]
)
def test_who_may_be_somebody_known_needs_a_number(
    upload: Any, clients: Any, other: dict[str, str]
) -> None:
    """Neither counted twice nor put in another's place: somebody has to say it."""
    go(clients["noy"], upload(FIRST), "import")
    row = FIRST | other | {"report_date": "2020-05-01"}
    for step in ("check", "import"):
        run = go(clients["noy"], upload(row), step, mode="skip")
        (fault,) = run.faults.filter(level="error")
        assert (run.counts["faulty"], "its number" in fault.message) == (1, True)
    assert people() == [(1, "male", 34, "injured")]
    go(clients["noy"], upload(row | {"victim_no": "2"}), "import")
    assert [number for number, *_told in people()] == [1, 2]


def under_way(cast: Any, home: str, stage: str = "submitted") -> AccidentReport:
    """Return a report that proposes the accident of FIRST, with a woman of 34."""
    where = {"lon": 103.1, "lat": 19.4} if home == "lao" else {}
    said = claims("OLD-1", victims=(victim(),), **where)
    report = draft(cast, home, said)
    if stage != "draft":
        report = submit_report(report, by=cast.actor(PEOPLE[home][0]))
    return report


@pytest.mark.parametrize(
    ("home", "stage", "number"),
    [("lao", "submitted", 2), ("lao", "draft", 1), ("azo", "submitted", 1)],
)
def test_who_is_under_way_in_the_organisation_is_known(
    cast: Any, upload: Any, clients: Any, home: str, stage: str, number: int
) -> None:
    under_way(cast, home, stage)
    run = go(clients["noy"], upload(FIRST | {"age": "50"}), "import")
    assert run.counts["created"] == 1, run.message
    report = AccidentReport.objects.get(batch=run.batch)
    assert [one.number for one in report.victims.all()] == [number]


WHO = {"gender": ["male", "female", ""], "age": ["34", "35", ""]}


@pytest.mark.parametrize("sex", WHO["gender"])
@pytest.mark.parametrize("age", WHO["age"])
def test_nothing_is_told_of_victims_of_a_hidden_report(
    cast: Any, upload: Any, clients: Any, sex: str, age: str
) -> None:
    """The same answer to each guess: a report in another district is on the way."""
    report = under_way(cast, "lao")
    other = cast.countries["laos"].areas.get(code="laos-11")
    Membership.objects.filter(user=cast.users["noy"]).update(area=other)
    assert not Victim.objects.visible_to(cast.actor("noy")).exists()
    row = FIRST | {"longitude": "103.3", "gender": sex, "age": age}
    run = go(clients["noy"], upload(row), "check", mode="skip")
    (fault,) = run.faults.all()
    assert "its number" in fault.message
    run = go(clients["noy"], upload(row | {"victim_no": "7"}), "check", mode="skip")
    assert not run.faults.filter(level="error").exists()
    assert report.victims.count() == 1


ELSEWHERE = OTHER | {"report_date": "2020-06-02", "latitude": "19.9"}
ANOTHER_DAY = OTHER | {"report_date": "2020-06-02", "accident_date": "2020-06-01"}


@pytest.mark.parametrize("row", [ELSEWHERE, ANOTHER_DAY])
@pytest.mark.parametrize("files", ["one", "two"])
def test_one_reference_on_two_accidents_is_a_fault(
    upload: Any, clients: Any, row: dict[str, str], files: str
) -> None:
    if files == "one":
        url = upload(OTHER, row)
        assert go(clients["noy"], url, "check", mode="skip").counts["faulty"] == 1
        run = go(clients["noy"], url, "import", mode="skip")
    else:
        go(clients["noy"], upload(OTHER), "import")
        run = go(clients["noy"], upload(row), "import", mode="skip")
    (fault,) = run.faults.filter(level="error")
    assert fault.code == "accident-moved" and "--accept-moves" in fault.message
    accident = Accident.objects.get()
    assert (str(accident.occurred_on), accident.geometry.y) == ("2020-03-01", 19.4)
    run = go(clients["noy"], upload(row), "import", may_move="on")
    assert run.counts["updated"] == 1
    accident.refresh_from_db()
    assert str(accident.occurred_on) == row["accident_date"]
    assert accident.geometry.y == float(row["latitude"])
    assert "accident-moved" in {fault.code for fault in run.faults.all()}


def test_the_dry_run_writes_nothing_and_lists_by_row(upload: Any, clients: Any) -> None:
    future = OTHER | {"accident_date": "2021-01-01"}
    run = go(clients["noy"], upload(FIRST, future), "check", mode="skip")
    assert (run.stage, run.counts["good"], run.counts["faulty"]) == ("checked", 1, 1)
    assert [fault.row for fault in run.faults.filter(level="error")] == [3]
    assert not AccidentReport.objects.exists()
    assert not Change.objects.filter(object_type="accident_report").exists()


def test_faulty_rows_are_left_out_or_keep_all_out(upload: Any, clients: Any) -> None:
    future = OTHER | {"accident_date": "2021-01-01"}
    none = go(clients["noy"], upload(FIRST, future), "import", mode="all")
    assert (none.stage, Accident.objects.count()) == ("failed", 0)
    some = go(clients["noy"], upload(FIRST, future), "import", mode="skip")
    assert (some.stage, Accident.objects.count()) == ("done", 1)


@pytest.mark.parametrize("other", [{"accident_type": "uxo"}, {"latitude": "19.41"}])
def test_rows_on_one_accident_must_agree(
    upload: Any, clients: Any, other: dict[str, str]
) -> None:
    run = go(clients["noy"], upload(FIRST, SECOND | other), "check")
    assert run.counts["good"] == 0
    assert {fault.code for fault in run.faults.all()} == {"rows-differ"}
    assert sorted(fault.row for fault in run.faults.all()) == [2, 3]


@pytest.mark.parametrize("rows", [(FIRST, NOWHERE), (NOWHERE, FIRST)])
def test_one_row_may_say_the_place_of_all(
    upload: Any, clients: Any, rows: tuple[dict[str, str], ...]
) -> None:
    go(clients["noy"], upload(*rows), "import")
    accident = Accident.objects.get()
    assert (accident.geometry.x, accident.geometry.y) == (103.1, 19.4)


def test_a_row_that_moved_is_not_the_same_row(upload: Any, clients: Any) -> None:
    go(clients["noy"], upload(FIRST), "import")
    run = go(clients["noy"], upload(FIRST | {"latitude": "19.405"}), "import")
    assert (run.counts["unchanged"], run.counts.get("updated")) == (0, 1)


def test_a_fault_in_one_row_keeps_its_accident_out(upload: Any, clients: Any) -> None:
    broken = SECOND | {"age": "old"}
    run = go(clients["noy"], upload(FIRST, broken), "check", mode="skip")
    assert run.counts["good"] == 0
    codes = {fault.code for fault in run.faults.filter(level="error")}
    assert "group-at-fault" in codes


def test_only_who_brought_the_file_sees_the_import(upload: Any, clients: Any) -> None:
    url = upload(FIRST)
    assert clients["noy"].get(url).status_code == 200
    for person in ("vanh", "keo", "aysel", "eve", "petra"):
        assert clients[person].get(url).status_code in (403, 404), person


def test_a_team_leader_cannot_bring_accidents_in(cast: Any, clients: Any) -> None:
    data = {
        "file": file_of(FIRST),
        "target": "accidents",
        "organisation": cast.organisations["lao"].pk,
    }
    answer = clients["bounmy"].post(reverse("exchange:imports"), data)
    assert answer.status_code in (403, 422)
    assert not ImportRun.objects.exists()


def test_a_role_for_accidents_alone_brings_them_in_and_out(
    cast: Any, clients: Any
) -> None:
    role = ("lao", "country", "exact", "*")
    user = cast.with_role("achara", role, ["accident", "accident_report", "history"])
    person = Client()
    person.force_login(user)
    imports, exports = reverse("exchange:imports"), reverse("exchange:exports")
    home = person.get("/").content.decode()
    assert imports in home and exports in home
    form = person.get(imports).context["form"]
    assert [name for name, _label in form["target"].field.choices] == ["accidents"]
    data = {"file": file_of(FIRST, OTHER), "target": "accidents"}
    data["organisation"] = str(cast.organisations["lao"].pk)
    url = str(person.post(imports, data)["Location"])
    assert go(person, url, "import").stage == "done"
    assert "OLD-1" in person.get(reverse("accidents:list")).content.decode()
    wanted = {"target": "accidents", "format": "csv", "filter": ""}
    job = str(person.post(exports, wanted)["Location"])
    run_waiting_jobs()
    assert "/files/" in person.get(job).content.decode()
    foreign = {**data, "file": file_of(FIRST), "target": "hazards"}
    assert person.post(imports, foreign).status_code == 422


def test_who_may_export_one_kind_reads_of_no_other_export(
    cast: Any, clients: Any
) -> None:
    for target in ("hazards", "accidents"):
        wanted = {"target": target, "format": "csv", "filter": ""}
        clients["noy"].post(reverse("exchange:exports"), wanted)
    run_waiting_jobs()
    shown = {"noy": {"hazards.export", "accidents.export"}, "vanh": {"hazards.export"}}
    subjects = house().subjects
    rows = Change.objects.filter(object_type="export")
    for person, verbs in shown.items():
        found = only_open(rows, cast.actor(person), subjects)
        assert {change.verb for change in found} == verbs
