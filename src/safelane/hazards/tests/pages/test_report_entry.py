"""Writing a report: every way to give an outline, and what comes of it."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from safelane.core.files.tests.photos import jpeg
from safelane.core.review import stages
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.testing import area_at, register_area

NEW = "/hazards/reports/new/"
ROWS = ("evidence", "ordnance", "boxes", "points")
CORNERS = "19.400, 103.050\n19.400, 103.052\n19.402, 103.052\n19.402, 103.050"
CROSSED = "19.400, 103.050\n19.402, 103.052\n19.400, 103.052\n19.402, 103.050"


def fields(**given: Any) -> dict[str, Any]:
    """Return a complete form; double underscores stand for the hyphen of a prefix."""
    data: dict[str, Any] = {"reference": "XK-9", "date_of_information": "2024-05-01"}
    for name in ROWS:
        data |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    return data | {name.replace("__", "-"): value for name, value in given.items()}


def rows(name: str, *filled: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {f"{name}-TOTAL_FORMS": str(len(filled))}
    for number, row in enumerate(filled):
        data |= {f"{name}-{number}-{field}": value for field, value in row.items()}
    return data


@pytest.fixture
def bounmy(clients: dict[str, Client]) -> Client:
    return clients["bounmy"]


def test_saves_a_draft_with_typed_corners_and_keeps_them(bounmy: Client) -> None:
    typed = fields(kind="sha", outline__method="typed", outline__typed=CORNERS)
    answer = bounmy.post(NEW, typed)
    report = HazardReport.objects.get()
    assert answer.status_code == 302
    assert (report.stage, report.reference) == (stages.DRAFT, "XK-9")
    assert report.geometry_text.splitlines() == CORNERS.splitlines()
    assert report.geometry.bounds == pytest.approx((103.05, 19.4, 103.052, 19.402))


def test_shows_where_an_outline_crosses_itself_and_saves_nothing(
    bounmy: Client,
) -> None:
    answer = bounmy.post(
        NEW, fields(kind="sha", outline__method="typed", outline__typed=CROSSED)
    )
    assert answer.status_code == 422
    assert "crosses itself" in answer.content.decode()
    places = answer.context["editor"].outline.places()
    assert (places[0]["lon"], places[0]["lat"]) == pytest.approx((103.051, 19.401))
    assert not HazardReport.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"outline-typed": CORNERS},
        rows("points", {"kind": "start", "position": "19.4, 103.05"}),
    ],
)
def test_an_outline_that_nothing_says_to_use_is_not_dropped(
    bounmy: Client, given: dict[str, str]
) -> None:
    answer = bounmy.post(NEW, fields(kind="sha") | given)
    page = answer.content.decode()
    assert answer.status_code == 422 and not HazardReport.objects.exists()
    assert "choose how it is given" in page and "19.4" in page


def test_names_the_line_that_cannot_be_read(bounmy: Client) -> None:
    text = CORNERS.replace("19.402, 103.052", "near the temple")
    answer = bounmy.post(
        NEW, fields(kind="sha", outline__method="typed", outline__typed=text)
    )
    assert answer.status_code == 422
    assert "Line 3" in answer.content.decode()


@pytest.mark.parametrize(
    "line", ["19°24'07\"N 103°03'04\"E", "48Q 296000 2146000", "48QTG 96000 46000"]
)
def test_reads_one_point_in_every_format(bounmy: Client, line: str) -> None:
    answer = bounmy.post(
        NEW,
        fields(kind="eod_spot_task", outline__method="typed", outline__typed=line),
    )
    assert answer.status_code == 302
    geometry = HazardReport.objects.get().geometry
    assert geometry.geom_type == "Point"
    assert geometry.distance(shapely.Point(103.055, 19.402)) < 0.02


def test_takes_a_drawing(bounmy: Client) -> None:
    drawn = shapely.to_geojson(area_at("laos"))
    bounmy.post(NEW, fields(kind="sha", outline__method="drawn", outline__drawn=drawn))
    report = HazardReport.objects.get()
    assert report.geometry_method == "drawn"
    assert report.geometry.equals_exact(area_at("laos"), 1e-9)


def test_takes_the_polygons_of_a_file(bounmy: Client) -> None:
    shape = json.loads(shapely.to_geojson(area_at("laos")))
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    file = SimpleUploadedFile("areas.geojson", text.encode())
    answer = bounmy.post(
        NEW, fields(kind="sha", outline__method="file", outline__file=file)
    )
    assert answer.status_code == 302
    report = HazardReport.objects.get()
    assert report.geometry_text == "areas.geojson"
    assert report.geometry.equals(area_at("laos"))


def test_says_what_is_wrong_with_a_file(bounmy: Client) -> None:
    file = SimpleUploadedFile("areas.geojson", b'{"type": "FeatureColl')
    answer = bounmy.post(
        NEW, fields(kind="sha", outline__method="file", outline__file=file)
    )
    assert answer.status_code == 422
    assert "areas.geojson" in answer.content.decode()
    assert not HazardReport.objects.exists()


def test_computes_an_outline_from_bearings_and_distances(bounmy: Client) -> None:
    table = rows(
        "points",
        {"kind": "benchmark", "label": "BM", "position": "19.45, 103.06"},
        {"kind": "start_point", "label": "SP", "bearing": "90", "distance_m": "30"},
        {"kind": "turning_point", "label": "T1", "bearing": "90", "distance_m": "40"},
        {"kind": "turning_point", "label": "T2", "bearing": "180", "distance_m": "40"},
        {"kind": "turning_point", "label": "T3", "bearing": "270", "distance_m": "40"},
        {"kind": "start_point", "label": "SP", "bearing": "0", "distance_m": "39"},
    )
    answer = bounmy.post(NEW, fields(kind="sha", outline__method="traverse") | table)
    assert answer.status_code == 302
    report = HazardReport.objects.get()
    assert report.area_m2 == pytest.approx(1600, rel=0.02)
    assert report.points.count() == 6
    assert report.points.get(order=1).position_text == "19.45, 103.06"
    page = bounmy.get(answer["Location"]).content.decode()
    assert "Closure error 1.00 m over 159 m" in page


def test_keeps_evidence_where_it_was_found(bounmy: Client) -> None:
    found = rows(
        "evidence",
        {
            "directness": "direct",
            "kind": "item",
            "position": "48Q 296000 2146000",
            "count": "2",
            "accuracy_m": "5",
        },
    )
    bounmy.post(NEW, fields(reference="") | found)
    evidence = HazardReport.objects.get().evidence.get()
    assert evidence.position_text == "48Q 296000 2146000"
    assert (evidence.count, evidence.accuracy_m) == (2, 5)


def test_the_place_of_a_find_that_is_taken_out_goes_with_it(bounmy: Client) -> None:
    find = {"kind": "item", "directness": "direct", "count": "1"}
    find["position"] = "19.35, 103.05"
    bounmy.post(NEW, fields(kind="sha") | rows("evidence", find))
    report = HazardReport.objects.get()
    assert report.admin_area is not None and report.knows_area
    edit = f"/hazards/reports/{report.uid}/edit/"
    version = bounmy.get(edit).context["version"]
    assert bounmy.post(edit, fields(kind="sha", version=version)).status_code == 302
    report.refresh_from_db()
    assert report.admin_area is None and not report.knows_area


def test_refuses_a_report_that_says_nothing(bounmy: Client) -> None:
    answer = bounmy.post(NEW, fields())
    assert answer.status_code == 422
    assert "says nothing yet" in answer.content.decode()


def test_keeps_the_draft_when_a_rule_blocks_its_submission(bounmy: Client) -> None:
    answer = bounmy.post(
        NEW,
        fields(
            kind="cha",
            status="open",
            outline__method="typed",
            outline__typed=CORNERS,
            then="submit",
        ),
        follow=True,
    )
    assert HazardReport.objects.get().stage == stages.DRAFT
    assert "direct evidence" in answer.content.decode()


def test_submits_a_sound_report(bounmy: Client) -> None:
    bounmy.post(
        NEW,
        fields(
            kind="sha",
            status="open",
            information_source="community",
            outline__method="typed",
            outline__typed=CORNERS,
            then="submit",
        ),
    )
    report = HazardReport.objects.get()
    assert report.stage == stages.SUBMITTED, report.findings


def test_changes_a_draft_and_keeps_what_it_had(bounmy: Client) -> None:
    typed = fields(kind="sha", outline__method="typed", outline__typed=CORNERS)
    bounmy.post(NEW, typed)
    report = HazardReport.objects.get()
    page = bounmy.get(f"/hazards/reports/{report.uid}/edit/")
    assert page.context["editor"].outline_form["typed"].value() == CORNERS
    said = {"comment": "Seen from afar", "version": page.context["version"]}
    bounmy.post(f"/hazards/reports/{report.uid}/edit/", typed | said)
    report.refresh_from_db()
    assert report.comment == "Seen from afar"
    assert report.geometry is not None


def test_rows_and_photos_of_two_tabs_replace_each_other_only_knowingly(
    bounmy: Client,
) -> None:
    bounmy.post(NEW, fields(kind="sha"))
    report = HazardReport.objects.get()
    url = f"/hazards/reports/{report.uid}/edit/"
    opened = fields(kind="sha", version=bounmy.get(url).context["version"])
    sign = {"directness": "direct", "kind": "item", "count": "1"}

    def found(position: str) -> dict[str, Any]:
        photo = SimpleUploadedFile(f"{position}.jpg", jpeg())
        row = sign | {"position": position, "photo": photo}
        return opened | rows("evidence", row)

    assert bounmy.post(url, found("19.40, 103.05")).status_code == 302
    refused = bounmy.post(url, found("19.41, 103.06"))
    assert refused.status_code == 422
    assert "(Evidence)" in refused.content.decode()
    assert report.evidence.get().position_text == "19.40, 103.05"
    (form,) = refused.context["editor"].evidence.forms
    assert form["position"].value() == "19.41, 103.06"
    kept = form["kept_photo"].value()
    assert f'href="/files/{kept}/"' in refused.content.decode()
    again = rows("evidence", sign | {"position": "19.41, 103.06", "kept_photo": kept})
    again["version"] = refused.context["version"]
    assert bounmy.post(url, opened | again).status_code == 302
    evidence = report.evidence.get()
    assert evidence.position_text == "19.41, 103.06"
    assert evidence.photo is not None and evidence.photo.name == "19.41, 103.06.jpg"


def test_a_photo_that_is_no_name_of_one_is_shown_as_none(bounmy: Client) -> None:
    row = {"directness": "direct", "kind": "item", "kept_photo": "no-photo"}
    answer = bounmy.post(NEW, fields() | rows("evidence", row))
    assert answer.status_code == 422
    assert "The photo is kept" not in answer.content.decode()


def test_a_report_on_an_area_needs_no_reference(cast: Any, bounmy: Client) -> None:
    hazard = register_area(cast, "laos", "L-1")
    data = fields(status="worked_on")
    del data["reference"]
    bounmy.post(f"{NEW}?hazard={hazard.uid}", data)
    report = HazardReport.objects.exclude(stage=stages.APPROVED).get()
    assert report.hazard == hazard
    assert HazardousArea.objects.get().status == "open"


def test_a_submitted_report_cannot_be_edited(bounmy: Client) -> None:
    bounmy.post(
        NEW,
        fields(
            kind="sha",
            status="open",
            information_source="community",
            outline__method="typed",
            outline__typed=CORNERS,
            then="submit",
        ),
    )
    uid = HazardReport.objects.get().uid
    assert bounmy.get(f"/hazards/reports/{uid}/edit/").status_code == 409


def test_a_depth_out_of_reach_is_told_by_the_rule_at_every_door(
    bounmy: Client, cast: Any
) -> None:
    position = {"position": "19.4, 103.05", "category": "bomb", "count": "1"}
    found = rows("ordnance", position | {"depth_cm": "2001"})
    said = fields(kind="sha", status="open", information_source="community")
    page = bounmy.post(NEW, said | found | {"then": "submit"}, follow=True)
    words = "a depth of 2001 cm is not between 0 and 2000."
    assert "Saved as a draft, but not submitted" in page.content.decode()
    assert words in page.content.decode()
    point = {"type": "Point", "coordinates": [103.05, 19.4]}
    body = {
        "organisation": str(cast.organisations["lao"].uid),
        "date_of_information": "2024-05-01",
        "ordnance": [{"geometry": point, "category": "bomb", "depth_cm": 2001}],
    }
    ask = partial(bounmy.post, content_type="application/json")
    uid = ask("/api/v1/reports", body).json()["uid"]
    assert words in ask(f"/api/v1/reports/{uid}/submit", {}).json()["detail"]


def test_a_photo_stays_with_its_row_when_another_field_is_refused(
    bounmy: Client,
) -> None:
    photo = SimpleUploadedFile("sign.jpg", jpeg())
    row = {"directness": "direct", "kind": "item", "count": "1", "photo": photo}
    wrong = fields(kind="sha") | rows("evidence", row | {"position": "nowhere"})
    refused = bounmy.post(NEW, wrong)
    assert refused.status_code == 422 and not HazardReport.objects.exists()
    (form,) = refused.context["editor"].evidence.forms
    kept = form["kept_photo"].value()
    assert f'href="/files/{kept}/"' in refused.content.decode()
    again = row | {"position": "19.40, 103.05", "photo": "", "kept_photo": kept}
    assert (
        bounmy.post(NEW, fields(kind="sha") | rows("evidence", again)).status_code
        == 302
    )
    found = HazardReport.objects.get().evidence.get()
    assert found.photo is not None and found.photo.name == "sign.jpg"


SIGN = {
    "directness": "direct",
    "kind": "item",
    "position": "19.40, 103.05",
    "count": "1",
}
FIND = {"category": "submunition", "position": "19.40, 103.05", "count": "1"}
BOX = {"place": "19.40, 103.05", "result": "nothing_found", "searched_percent": "100"}


@pytest.mark.parametrize(
    ("name", "row", "field"),
    [
        ("evidence", SIGN | {"found_on": "2031-01-01"}, "found_on"),
        ("evidence", SIGN | {"position": "39.45, 47.1"}, "position"),
        ("ordnance", FIND | {"depth_cm": "99999"}, "depth_cm"),
        ("boxes", BOX | {"searched_on": "2031-01-01"}, "searched_on"),
    ],
)
def test_what_a_rule_blocks_is_marked_in_the_row_of_a_draft(
    bounmy: Client, name: str, row: dict[str, str], field: str
) -> None:
    answer = bounmy.post(NEW, fields(reference="") | rows(name, row), follow=True)
    (form,) = getattr(answer.context["editor"], name).forms
    assert form[field].errors
    assert "correct what is marked below" in answer.content.decode()


def test_what_a_rule_blocks_is_marked_at_its_fact_or_at_the_outline(
    bounmy: Client,
) -> None:
    answer = bounmy.post(NEW, fields(kind="cha", depth_cm="99999"), follow=True)
    editor = answer.context["editor"]
    assert editor.form["kind"].errors and editor.form["depth_cm"].errors
    assert "needs the polygon" in str(editor.outline_form["method"].errors)


def test_a_program_is_told_with_the_draft_what_keeps_it_from_being_submitted(
    cast: Any, bounmy: Client
) -> None:
    home = str(cast.organisations["lao"].uid)
    draft = {"organisation": home, "reference": "XK-9", "facts": {"kind": "sha"}}
    said = draft | {"date_of_information": "2031-01-01"}
    answer = bounmy.post("/api/v1/reports", said, content_type="application/json")
    (finding,) = answer.json()["findings"]
    assert (finding["severity"], finding["where"]) == ("block", "date_of_information")
