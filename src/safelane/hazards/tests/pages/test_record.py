"""The page of one area: now, in the past, with what belongs to it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from safelane.core.review.newrecords import Registration
from safelane.core.scope import system_actor
from safelane.hazards.actions import register_approved
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.testing import register_area
from safelane.organisations.models import Organisation


@pytest.fixture
def hazard(cast: Any) -> HazardousArea:
    area = register_area(cast, "laos", "L-1", kind="sha", status="open")
    later = ReportInput(
        date_of_information=date(2025, 3, 1), hazard=area, facts={"status": "closed"}
    )
    owner = Registration(
        cast.organisations["lao"], cast.countries["laos"], "", "made for tests"
    )
    register_approved([later], owner, by=system_actor("tests"))
    return area


def status_on(client: Client, hazard: HazardousArea, query: str) -> Any:
    page = client.get(f"/hazards/{hazard.uid}/{query}")
    return page.context["status"].label if not page.context["missing"] else None


def test_shows_the_state_of_any_day(hazard: HazardousArea, clients: Any) -> None:
    client = clients["bounmy"]
    assert status_on(client, hazard, "") == "Closed"
    assert status_on(client, hazard, "?as_of=2024-12-31") == "Open"
    assert status_on(client, hazard, "?as_of=2020-01-01") is None


def test_the_slider_stops_at_each_change(hazard: HazardousArea, clients: Any) -> None:
    page = clients["bounmy"].get(f"/hazards/{hazard.uid}/")
    assert page.context["days"] == [date(2024, 5, 1), date(2025, 3, 1)]
    assert 'data-days="2024-05-01,2025-03-01"' in page.content.decode()


def test_answers_htmx_with_the_state_alone(hazard: HazardousArea, clients: Any) -> None:
    headers = {"HX-Request": "true", "HX-Target": "state"}
    part = clients["bounmy"].get(
        f"/hazards/{hazard.uid}/?as_of=2024-12-31", headers=headers
    )
    text = part.content.decode()
    assert "<html" not in text
    assert "What was true on 31 Dec 2024, as known today." in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=2024-06-01", "What was true on 1 Jun 2024, as known today."),
        ("as_of=2999-01-01", "What would be true on 1 Jan 2999 by what is known"),
        ("known_at=2020-01-01", "What was known on 1 Jan 2020. What was reported"),
        (
            "as_of=2019-06-01&known_at=2020-01-01",
            "What was true on 1 Jun 2019, as known on 1 Jan 2020. What was",
        ),
    ],
)
def test_every_page_names_both_dates_of_the_past_in_the_same_words(
    hazard: HazardousArea, clients: Any, query: str, said: str
) -> None:
    record = f"/hazards/{hazard.uid}/"
    for url in (record, "/hazards/", "/hazards/overlaps/", "/accidents/"):
        text = clients["noy"].get(f"{url}?{query}").content.decode()
        assert said in text, url
        assert "past state" not in text and "23:59" not in text


def test_an_approved_report_says_what_it_changed(
    hazard: HazardousArea, clients: Any
) -> None:
    first, second = hazard.reports.order_by("date_of_information")
    pages = [
        clients["bounmy"].get(f"/hazards/reports/{report.uid}/").content.decode()
        for report in (first, second)
    ]
    assert '<span class="sl-was">Open</span> → Closed' in pages[1]
    assert not any("unchanged" in page for page in pages)
    elsewhere = Organisation.objects.exclude(country=hazard.country).first()
    HazardReport.objects.filter(pk=first.pk).update(organisation=elsewhere)
    page = clients["bounmy"].get(f"/hazards/reports/{second.uid}/").content.decode()
    assert "Closed" in page and "sl-was" not in page  # told by a report out of reach
    HazardReport.objects.filter(pk=first.pk).update(organisation=first.organisation)
    again = ReportInput(
        date_of_information=date(2025, 4, 1), hazard=hazard, facts={"status": "closed"}
    )
    owner = Registration(hazard.organisation, hazard.country, "", "made for tests")
    register_approved([again], owner, by=system_actor("tests"))
    report = hazard.reports.latest("date_of_information")
    page = clients["bounmy"].get(f"/hazards/reports/{report.uid}/").content.decode()
    assert "(unchanged)" in page and "sl-was" not in page


def test_shows_evidence_reports_and_history(
    hazard: HazardousArea, clients: Any
) -> None:
    page = clients["noy"].get(f"/hazards/{hazard.uid}/")
    text = page.content.decode()
    assert "Item seen" in text
    assert page.context["reports"].count() == 2
    assert len(page.context["changes"]) == 2


def test_a_reader_sees_neither_points_nor_reports(cast: Any, clients: Any) -> None:
    area = register_area(cast, "cambodia", "K-1")
    page = clients["chan"].get(f"/hazards/{area.uid}/")
    assert list(page.context["reports"]) == []
    assert all(not layer["data"]["features"] for layer in page.context["find_layers"])
    assert "only roughly" in page.content.decode()


def test_lists_areas_on_the_same_ground(cast: Any, clients: Any) -> None:
    one = register_area(cast, "laos", "L-1")
    register_area(cast, "laos", "L-2")
    page = clients["bounmy"].get(f"/hazards/{one.uid}/")
    assert [item.hazard.reference for item in page.context["overlaps"]] == ["L-2"]
    pairs = clients["bounmy"].get("/hazards/overlaps/").context["overlaps"]
    assert [(p.one.reference, p.other.reference) for p in pairs] == [("L-1", "L-2")]
    assert pairs[0].share == pytest.approx(1)


def listed(client: Any, **query: str) -> list[tuple[str, str]]:
    pairs = client.get("/hazards/overlaps/", query).context["overlaps"]
    return [(p.one.reference, p.other.reference) for p in pairs]


def test_overlaps_follow_a_change_and_differ_between_readers(
    cast: Any, clients: Any
) -> None:
    """They are kept between two visits: never past a change, never for another."""
    register_area(cast, "laos", "L-1")
    register_area(cast, "laos", "L-2")
    assert listed(clients["bounmy"]) == [("L-1", "L-2")]
    assert listed(clients["bounmy"], q="L-2") == []
    assert listed(clients["aysel"]) == []
    register_area(cast, "laos", "L-3")
    assert set(listed(clients["bounmy"])) == {
        ("L-1", "L-2"),
        ("L-1", "L-3"),
        ("L-2", "L-3"),
    }


def test_the_sum_of_a_past_day_follows_a_change(cast: Any, clients: Any) -> None:
    register_area(cast, "laos", "L-1")
    address = f"/hazards/?as_of={timezone.localdate()}"
    assert clients["bounmy"].get(address).context["total"] == 1
    register_area(cast, "laos", "L-2")
    assert clients["bounmy"].get(address).context["total"] == 2
    assert clients["aysel"].get(address).context["total"] == 0


def test_a_reader_learns_of_every_number_that_it_is_rounded(
    cast: Any, clients: Any
) -> None:
    area = register_area(cast, "cambodia", "K-1", stated_area_m2=47216.0)
    for url in (f"/hazards/{area.uid}/", "/hazards/", "/"):
        text = clients["chan"].get(url).content.decode()
        assert "4.72" not in text
        sizes = re.findall(r"[^<>]*\d (?:m²|ha)\b", text)
        assert sizes and all(size.startswith("≈ ") for size in sizes), (url, sizes)
    assert "≈ 4.70 ha" in clients["chan"].get(f"/hazards/{area.uid}/").content.decode()
    leaving = clients["chan"].get("/exchange/export/").content.decode()
    assert ("a number with two digits" in leaving) == ("Hazardous areas:" in leaving)
