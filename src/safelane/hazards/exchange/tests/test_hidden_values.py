"""Faults of a file that may hold identities: the row and the reason, and no value."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from safelane.core.i18n.localize import date_text
from safelane.core.jobs.progress import Progress
from safelane.exchange.imports import people
from safelane.exchange.imports.outcome import without_values
from safelane.exchange.imports.runner import import_file
from safelane.exchange.models import ImportRun
from safelane.hazards.exchange.tests.test_misread import send
from safelane.hazards.exchange.tests.test_pages import form_of

__all__ = ["send"]
pytestmark = pytest.mark.django_db
HEAD = "reference,date_of_information,kind,latitude,longitude,victim name"
NAME = "Somchai “Lek” Vongsavath"


@pytest.fixture
def faults(send: Any, field: Any) -> Any:
    """Bring a row in on the page, with a sound one, and return what is said of it."""

    def brought(row: str, **chosen: str) -> list[tuple[str, ...]]:
        client, answer = send(f"{HEAD}\n{row}\nQ9,2024-03-15,SHA,19.45,103.2,x\n")
        data = form_of(client.get(answer["Location"])) | chosen
        data |= {"step": "save", "mode": "skip", "reason": "Register"}
        client.post(answer["Location"], data)
        run = ImportRun.objects.get()
        assert run.holds_identities
        import_file(run, Progress(field.manager))
        found = run.faults.filter(row=2).order_by("pk")
        return list(found.values_list("column", "code", "message"))

    return brought


def test_what_is_wrong_with_a_whole_row_stands_beside_no_field(faults):
    said = faults("Q2,2024-03-15,SHA,99.42,203.1,Somsak", **{"constant-status": "open"})
    assert [(column, code) for column, code, _message in said] == [("", "coordinate")]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (f"Q1,{NAME},SHA,19.41,103.1,x", "date_of_information", "is not a date"),
        (f"Q1,2024-03-15,{NAME},19.41,103.1,x", "kind", "is not in the list"),
        (f"Q1,2024-03-15,SHA,{NAME},103.1,x", "", "is not a coordinate"),
    ],
)
def test_a_name_in_the_wrong_column_is_not_kept(faults, row, column, reason):
    ((beside, _code, message),) = faults(row)
    assert beside == column and message.startswith("“•••” ") and reason in message
    assert "Lek" not in message and "Vongsavath" not in message


@pytest.mark.parametrize("said", [NAME, "Lek” 020 5557", "«Lek» ' 020", 'a"b'])
@pytest.mark.parametrize("quotes", ["“”", "«»", "„“", "‘’", '""'])
def test_a_value_that_quotes_goes_as_a_whole(said, quotes):
    message = f"The code {quotes[0]}{said}{quotes[1]} is unknown."
    assert without_values(message) == "The code “•••” is unknown."


@pytest.mark.parametrize(
    "said", ["55,599,887", "020 5559 9887", "55.599.887", "5559988"]
)
def test_a_long_number_of_a_sealed_file_is_told_to_nobody(said):
    message = without_values(f"Victim 1: nobody is {said} years old.")
    assert message == "Victim 1: nobody is ••• years old."
    assert without_values("Row 12 of 2024: 150 years") == "Row 12 of 2024: 150 years"


@pytest.mark.parametrize("language", ["en", "az", "lo", "km", "th", "vi", "ru", "my"])
def test_days_and_numbers_of_reports_are_told(language):
    """They are what a paper is compared with."""
    with translation.override(language):
        day, other = (date_text(date(2020, 12, d)) for d in (1, 31))
    for message in (
        f"It happened on {day}, not on {other}.",
        f"{day} - {other}",
        "Report FO-ACC-20261201-SPHKRKRG proposes it too.",
    ):
        assert without_values(message) == message


@pytest.mark.parametrize(
    "said",
    ["12 01.03.2020", "01.03.2020 55", "31.13.2020", "01.03.2120", "99-20261201"],
)
def test_a_number_that_only_looks_like_a_day_is_told_to_nobody(said):
    assert without_values(f"Nobody is {said} years.") == "Nobody is ••• years."


PERSONS = """FIO; Fio; ФИО; Name of deceased; deceased_name; casualty_name;
survivor_name; Name of survivor; Contact person; Respondent name;
Interviewee name; Beneficiary name; Claimant name; Landowner name; Phone1;
Cell no; Name of surveyor; Zərərçəkənin adı; Tên nạn nhân; ຊື່ຜູ້ເຄາະຮ້າຍ;
ເບີໂທ; ເບີໂທ_2; โทรศัพท์; លេខទូរស័ព្ទ"""


@pytest.mark.parametrize("heading", [" ".join(n.split()) for n in PERSONS.split(";")])
def test_a_heading_of_people_is_known(heading: str) -> None:
    assert people.names_people(heading)


@pytest.mark.parametrize("heading", ["Name", "Name of village", "Number of deceased"])
def test_a_heading_of_things_is_none(heading: str) -> None:
    assert not people.names_people(heading)
