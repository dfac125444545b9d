"""A register comes in once, whole or without its faulty rows."""

from __future__ import annotations

import json
from datetime import date

import pytest

from safelane.core.errors import Conflict, InvalidInput, NotPermitted
from safelane.core.history.chain import verify
from safelane.core.history.models import Change
from safelane.core.jobs.progress import Progress
from safelane.core.review import newrecords
from safelane.core.review.newrecords import Registration
from safelane.exchange.actions import (
    begin_import,
    carry_out_withdrawal,
    withdraw_import,
)
from safelane.exchange.files.errors import ExchangeError
from safelane.exchange.imports import runner
from safelane.exchange.imports.runner import check_file, import_file
from safelane.exchange.models import ImportRun
from safelane.hazards.actions import register_approved
from safelane.hazards.exchange.tests.conftest import bow_tie, feature, file_of
from safelane.hazards.judging.judge import Judge
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    HazardReport,
)
from safelane.hazards.testing import withdraw_report
from safelane.hazards.tests.conftest import claims, square
from safelane.organisations.models import Country, Place


def test_columns_and_words_are_understood(bring_in):
    run = bring_in(feature(1))
    area = HazardousArea.objects.get(reference="XK-1")
    assert (area.kind, area.status) == ("sha", "open")
    assert area.last_information == date(2023, 5, 1)
    assert area.comment == "ບ້ານ"
    assert area.extra == {"gps": "Garmin"}
    assert area.admin_area.name == "Xiangkhouang"
    assert run.stage == "done"


def test_every_row_has_report_period_and_history(bring_in):
    bring_in(*(feature(n) for n in range(5)))
    assert HazardReport.objects.filter(stage="approved").count() == 5
    assert HazardPeriod.objects.count() == 5
    assert Change.objects.filter(verb="hazard_report.register").count() == 5
    assert verify().holds


def test_the_same_file_twice_changes_nothing(bring_in):
    rows = [feature(n) for n in range(5)]
    bring_in(*rows)
    again = bring_in(*rows)
    assert again.counts["unchanged"] == 5
    assert HazardReport.objects.count() == 5


def test_a_changed_row_becomes_a_further_report(bring_in):
    bring_in(feature(1), feature(2))
    again = bring_in(feature(1), feature(2, date="2024-01-01", status="In progress"))
    assert (again.counts["unchanged"], again.counts["updated"]) == (1, 1)
    area = HazardousArea.objects.get(reference="XK-2")
    assert area.status == "worked_on"
    assert area.periods.filter(known_to=None).count() == 2


def test_all_or_none_writes_nothing_when_a_row_is_faulty(begin, field):
    run = begin(feature(1), bow_tie(2))
    with pytest.raises(Conflict):
        import_file(run, Progress(field.manager))
    assert not HazardousArea.objects.exists()
    fault = run.faults.get(level="error", code="self_crossing")
    assert fault.row == 2
    assert (round(fault.lon, 4), round(fault.lat, 4)) == (103.501, 19.401)


def test_skip_brings_in_the_others_and_lists_the_faulty(bring_in):
    run = bring_in(feature(1), bow_tie(2), feature(3, date="soon"), mode="skip")
    assert set(HazardousArea.objects.values_list("reference", flat=True)) == {"XK-1"}
    assert run.counts["faulty"] == 2
    assert {f.row for f in run.faults.filter(level="error")} == {2, 3}


def test_a_dry_run_writes_nothing(begin, field):
    run = begin(feature(1), bow_tie(2))
    check_file(run, Progress(field.manager))
    assert not HazardReport.objects.exists()
    assert (run.counts["good"], run.counts["faulty"]) == (1, 1)


def test_a_confirmed_area_without_evidence_is_shown_but_taken_over(bring_in):
    bring_in(feature(1, type="CHA"))
    report = HazardReport.objects.get()
    assert [f["rule"] for f in report.findings] == ["sha-to-cha-direct-evidence"]
    assert report.findings[0]["severity"] == "warn"


@pytest.mark.parametrize(
    ("ring", "codes"),
    [
        ([(103, 19), (103, 19), (103.01, 19), (103, 19.01)], ["duplicate-vertices"]),
        ([(103, 19), (103.2, 19), (103.1, 19.01)], ["vertex-distance"]),
        ([(9, 19), (9.01, 19), (9, 19.01)], ["inside-country"]),
    ],
)
def test_a_fault_of_a_shape_that_a_rule_names_is_said_once(begin, field, ring, codes):
    outline = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    run = begin(feature(1, outline), mode="skip")
    check_file(run, Progress(field.manager))
    assert sorted(run.faults.values_list("code", flat=True)) == codes


def test_two_different_rows_on_one_area_and_day_are_refused(begin, field):
    run = begin(feature(1), feature(1, remarks="other"), mode="skip")
    import_file(run, Progress(field.manager))
    assert run.faults.get(level="error").code == "double-reference"


def test_rows_that_cover_each_other_are_shown(bring_in):
    shape = feature(1)["geometry"]
    run = bring_in(feature(1), feature(2, shape))
    assert run.counts["faults"]["overlap-shown"] == 2


def test_land_of_a_withdrawn_area_is_free(bring_in, field):
    bring_in(feature(1))
    withdraw_report(HazardReport.objects.get(), "Written twice", by=field.manager)
    assert HazardousArea.objects.get().is_withdrawn
    run = bring_in(feature(2, feature(1)["geometry"]))
    assert "overlap-shown" not in run.counts["faults"]


def test_another_organisations_area_of_the_same_reference_is_another(bring_in, field):
    registration = Registration(field.operator, field.country, "", "made for tests")
    register_approved([claims("XK-1")], registration, by=field.manager)
    run = bring_in(feature(1, square().__geo_interface__))
    assert run.counts["faults"]["overlap-shown"] == 1


def test_an_area_does_not_overlap_itself(bring_in):
    for day in ("2024-05-01", "2024-06-01"):
        run = bring_in(feature(1, date=day))
        assert "overlap-shown" not in run.counts["faults"]
    assert HazardousArea.objects.count() == 1


def test_all_or_none_reads_and_judges_each_row_once(begin, field, monkeypatch):
    monkeypatch.setattr(runner, "BATCH_ROWS", 2)
    judged, real = [], Judge.judge

    def counted(self, items, *more):
        judged.extend(item.reference for item in items)
        return real(self, items, *more)

    monkeypatch.setattr(Judge, "judge", counted)
    run = begin(*(feature(n) for n in range(5)))
    import_file(run, Progress(field.manager))
    assert sorted(judged) == [f"XK-{n}" for n in range(5)]
    assert (run.counts["rows"], run.counts["created"]) == (5, 5)


@pytest.mark.parametrize("place", range(5))
def test_one_fault_anywhere_takes_everything_back(begin, field, monkeypatch, place):
    monkeypatch.setattr(runner, "BATCH_ROWS", 2)
    rows = [feature(n) for n in range(5)]
    rows[place] = bow_tie(place)
    rows[4 - place // 2]["properties"]["date"] = "soon"
    run = begin(*rows)
    with pytest.raises(Conflict, match="Rows are at fault, so nothing came in"):
        import_file(run, Progress(field.manager))
    assert not HazardousArea.objects.exists() and not HazardReport.objects.exists()
    assert not Change.objects.filter(verb="hazard_report.register").exists()
    faulty = {f.row for f in run.faults.filter(level="error")}
    assert faulty == {place + 1, 5 - place // 2}
    assert (run.counts["rows"], run.counts["faulty"]) == (5, len(faulty))
    assert "created" not in run.counts


@pytest.mark.parametrize("nowhere", [0, 1, 3])
def test_rows_without_a_place_are_counted(begin, field, nowhere):
    rows = [feature(n) for n in range(3)]
    for row in rows[:nowhere]:
        row["geometry"] = None
    run = begin(*rows)
    run.mapping["geometry"]["kind"] = "source"
    if nowhere < 3:
        check_file(run, Progress(field.manager))
        assert run.counts.get("unplaced", 0) == nowhere
    else:
        run.mapping["geometry"]["kind"] = "none"
    import_file(run, Progress(field.manager))
    assert run.counts.get("unplaced", 0) == nowhere
    assert run.counts["created"] == 3


def test_columns_that_look_like_identities_are_not_kept(begin, field):
    run = begin(feature(1, phone="+856 20 5557 1234", gps="Garmin"))
    assert run.holds_identities and run.file is None
    assert run.mapping["withheld"] == ["phone"]
    import_file(run, Progress(field.manager))
    assert HazardousArea.objects.get().extra == {"gps": "Garmin"}
    assert not run.key


def test_an_import_is_taken_back_as_one_act(bring_in, field):
    older = bring_in(feature(1), feature(2))
    later = feature(1, date="2024-01-01", remarks="seen again")
    run = bring_in(later, feature(3))
    with pytest.raises(InvalidInput):
        withdraw_import(run, " ", by=field.manager)
    withdraw_import(run, "Wrong file", by=field.manager)
    with pytest.raises(Conflict):  # while it is being taken back
        withdraw_import(run, "Again", by=field.manager)
    run.refresh_from_db()
    carry_out_withdrawal(run, Progress(field.manager))
    run.refresh_from_db()
    assert (run.stage, run.counts["withdrawn"]) == ("withdrawn", 2)
    standing = HazardReport.objects.filter(stage="approved")
    assert set(standing.values_list("batch", flat=True)) == {older.batch}
    assert HazardousArea.objects.get(reference="XK-1").comment == "ບ້ານ"
    act = json.loads(Change.objects.get(verb="import.withdraw").after)
    assert (act["records"], act["reason"]) == (2, "Wrong file")
    assert verify().holds
    with pytest.raises(Conflict):
        withdraw_import(run, "Again", by=field.manager)


class Killed(Exception):
    pass


def killed_after(monkeypatch, batches: int):
    """Let the process die in the middle of the batch after ``batches`` whole ones."""
    monkeypatch.setattr(runner, "BATCH_ROWS", 2)
    real, seen = newrecords.record_series, []

    def dying(*args, **kwargs):
        seen.append(1)
        if len(seen) > batches:
            raise Killed
        return real(*args, **kwargs)

    monkeypatch.setattr(newrecords, "record_series", dying)
    return lambda: monkeypatch.setattr(newrecords, "record_series", real)


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_behind_the_last_batch(begin, field, monkeypatch):
    run = begin(*(feature(n) for n in range(7)), mode="skip")
    revive = killed_after(monkeypatch, 2)
    with pytest.raises(Killed):
        import_file(run, Progress(field.manager))
    run.refresh_from_db()
    assert (run.after_row, HazardousArea.objects.count()) == (4, 4)
    revive()
    import_file(run, Progress(field.manager))
    assert HazardousArea.objects.count() == HazardReport.objects.count() == 7
    assert (run.counts["rows"], run.counts["created"]) == (7, 7)
    assert verify().holds


@pytest.mark.django_db(transaction=True)
def test_a_killed_all_or_none_import_leaves_nothing(begin, field, monkeypatch):
    run = begin(*(feature(n) for n in range(7)))
    revive = killed_after(monkeypatch, 2)
    with pytest.raises(Killed):
        import_file(run, Progress(field.manager))
    assert not HazardousArea.objects.exists()
    assert not HazardReport.objects.exists()
    revive()
    run.refresh_from_db()
    import_file(run, Progress(field.manager))
    assert HazardousArea.objects.count() == 7
    assert verify().holds


def test_evidence_joins_the_area_that_it_names(bring_in):
    bring_in(feature(1))
    point = {"type": "Point", "coordinates": [103.011, 19.401]}
    bring_in(
        feature(1, point, directness="direct", kind="item", accuracy=5),
        target="evidence",
    )
    found = Evidence.objects.get()
    assert found.hazard.reference == "XK-1"
    assert (found.directness, found.accuracy_m) == ("direct", 5)
    assert found.report.stage == "approved"


def test_evidence_for_an_area_that_is_not_there_is_refused(begin, field):
    point = {"type": "Point", "coordinates": [103.011, 19.401]}
    run = begin(feature(9, point, type="item", directness="direct"), target="evidence")
    check_file(run, Progress(field.manager))
    assert run.faults.get().code == "no-such-area"


def test_places_come_in_with_their_names(bring_in):
    point = {"type": "Point", "coordinates": [103.2, 19.4]}
    row = {"type": "Feature", "geometry": point}
    row["properties"] = {"code": "V1", "name": "Phonsavan", "population": 120}
    bring_in(row, target="places")
    place = Place.objects.get(code="V1")
    assert (place.name, place.population) == ("Phonsavan", 120)


def test_whoever_may_not_import_is_refused(field):
    for actor in (field.reader, field.bounmy):
        with pytest.raises(NotPermitted):
            begin_import(
                file_of(feature(1)),
                "a.geojson",
                target="hazards",
                organisation=field.authority,
                by=actor,
            )


def test_a_broken_file_leaves_no_import_behind(field):
    import io

    from safelane.exchange.models import ImportRun

    with pytest.raises(ExchangeError):
        begin_import(
            io.BytesIO(b'{"type":"FeatureCollection","features":[{'),
            "a.geojson",
            target="hazards",
            organisation=field.authority,
            by=field.manager,
        )
    assert not ImportRun.objects.exists()


def test_a_row_on_an_area_in_another_country_is_refused(bring_in, field):
    bring_in(feature(1))
    area = HazardousArea.objects.get()
    other = Country.objects.create(code="AZE", name="Azerbaijan", pack="azerbaijan")
    HazardousArea.objects.update(country=other)
    run = bring_in(feature(1, remarks="moved"), feature(2), mode="skip")
    (fault,) = run.faults.filter(level="error")
    assert "XK-1" in fault.message and "Azerbaijan" in fault.message
    assert area.reports.count() == 1
    assert run.counts["created"] == 1


def test_what_is_taken_back_goes_on_after_a_kill(bring_in, field, monkeypatch):
    monkeypatch.setattr("safelane.exchange.imports.reports.WITHDRAWN_AT_ONCE", 2)
    run = bring_in(*(feature(n) for n in range(5)))
    withdraw_import(run, "Wrong file", by=field.manager)
    run.refresh_from_db()
    real, saved = ImportRun.save, []

    def dying(*args, **kwargs):  # between the second batch and its number
        saved.append(1)
        if len(saved) == 2:
            raise Killed
        return real(*args, **kwargs)

    monkeypatch.setattr(ImportRun, "save", dying)
    with pytest.raises(Killed):
        carry_out_withdrawal(run, Progress(field.manager))
    monkeypatch.setattr(ImportRun, "save", real)
    run = ImportRun.objects.get()
    taken = HazardReport.objects.filter(stage="withdrawn")
    assert run.counts["withdrawn"] == taken.count() == 2
    carry_out_withdrawal(run, Progress(field.manager))
    assert ImportRun.objects.get().counts["withdrawn"] == taken.count() == 5
    assert not HazardousArea.objects.filter(is_withdrawn=False).exists()
    act = json.loads(Change.objects.get(verb="import.withdraw").after)
    assert (act["records"], act["reason"]) == (5, "Wrong file")


def test_nothing_is_taken_back_where_one_record_is_out_of_reach(bring_in, field):
    run = bring_in(feature(1), feature(2))
    with pytest.raises(NotPermitted):
        withdraw_import(run, "Wrong file", by=field.bounmy)
    assert HazardReport.objects.filter(stage="approved").count() == 2
