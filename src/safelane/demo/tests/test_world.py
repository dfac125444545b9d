"""The generated world: deterministic, with the statistics that were measured."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
from shapely import STRtree
from shapely.geometry import Polygon

from safelane.countries import load_pack
from safelane.countries.ordnance import ordnance_model
from safelane.demo.world import TODAY, World
from safelane.demo.world.frame import FRAMES
from safelane.demo.world.streams import stream

PACKS = {"LA": "laos", "AZ": "azerbaijan"}
CLEARED = ("worksite", "spot")


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def small() -> World:
    return World(size="small")


def corners(polygon: Polygon) -> int:
    return len(polygon.exterior.coords) - 1


def test_full_size(world: World) -> None:
    assert len(world.hazards) == 3_000
    assert len(world.evidence) == pytest.approx(20_000, rel=0.03)
    assert len(world.accidents) == 300


def test_keys_are_unique(world: World) -> None:
    kinds = (world.hazards, world.evidence, world.accidents, list(world.boxes()))
    for records in kinds:
        assert len({record.key for record in records}) == len(records)


def test_same_seed_same_bytes(small: World) -> None:
    assert World(size="small").digest() == small.digest()
    assert World(seed=7, size="small").digest() != small.digest()


def test_streams_do_not_shift_each_other() -> None:
    first = stream(1, "roads").integers(10**9, size=3)
    stream(1, "a new feature").integers(10**9, size=99)
    assert list(stream(1, "roads").integers(10**9, size=3)) == list(first)
    assert list(stream(2, "roads").integers(10**9, size=3)) != list(first)


def test_suspect_areas_follow_the_measured_sizes(world: World) -> None:
    suspect = [h for h in world.hazards if h.origin not in CLEARED]
    p10, median, p90 = np.percentile([h.area_m2 for h in suspect], [10, 50, 90])
    assert p10 == pytest.approx(2_200, rel=0.15)
    assert median == pytest.approx(44_000, rel=0.15)
    assert p90 == pytest.approx(256_000, rel=0.15)
    assert np.median([corners(h.geometry) for h in suspect]) == 6


def test_cleared_areas_follow_the_measured_sizes(world: World) -> None:
    cleared = [h.area_m2 for h in world.hazards if h.origin in CLEARED]
    assert np.median(cleared) == pytest.approx(945, rel=0.1)
    assert np.percentile(cleared, 90) == pytest.approx(15_000, rel=0.1)


def test_shapes_vary(world: World) -> None:
    by_corners = Counter(corners(h.geometry) for h in world.hazards)
    assert len(by_corners) >= 10
    boxes = [
        h
        for h in world.hazards
        if h.geometry.area / h.geometry.minimum_rotated_rectangle.area > 0.99
    ]
    assert len(boxes) < 0.2 * len(world.hazards)


def test_areas_are_valid_and_mostly_apart(world: World) -> None:
    shapes = [h.geometry for h in world.hazards]
    assert all(shape.is_valid and not shape.is_empty for shape in shapes)
    tree = STRtree(shapes)
    one, other = tree.query(shapes, predicate="overlaps")
    overlaps = int((one < other).sum())
    one, other = tree.query(shapes, predicate="touches")
    assert 20 < overlaps < 0.1 * len(shapes)
    assert int((one < other).sum()) > 100, "some areas are neighbours"


@pytest.mark.parametrize("seed", range(4))
def test_any_seed_makes_a_sound_ground(seed: int) -> None:
    world = World(seed=seed, size="small")
    areas = list(world.areas())
    assert all(a.geometry.is_valid and a.geometry.geom_type == "Polygon" for a in areas)
    names = [a.name for a in areas if a.level == max(b.level for b in areas)]
    assert len(names) == len(set(names))
    assert len(world.hazards) == 60
    assert all(h.geometry.is_valid for h in world.hazards)


def test_confirmed_areas_hold_direct_evidence(world: World) -> None:
    shapes = {h.key: h.geometry for h in world.hazards}
    confirmed = {h.key for h in world.hazards if h.kind == "cha"}
    direct = [e for e in world.evidence if e.direct and e.hazard]
    assert confirmed <= {e.hazard for e in direct}
    outside = [
        e for e in direct if shapes[e.hazard].distance(e.geometry) * 111_000 > 60
    ]
    assert len(outside) < 0.01 * len(direct)


def test_red_boxes_lie_in_confirmed_areas(world: World) -> None:
    shapes = [h.geometry for h in world.hazards if h.origin == "strike"]
    red = [b.geometry.centroid for b in world.boxes() if b.colour == "red"]
    held, _ = STRtree(shapes).query(red, predicate="within")
    assert len(set(held.tolist())) > 0.97 * len(red)
    assert {b.colour for b in world.boxes()} == {
        "red", "yellow", "blue", "green", "grey",
    }  # fmt: skip


def test_boxes_stand_on_the_utm_grid(small: World) -> None:
    for box in list(small.boxes())[:50]:
        x0, y0, x1, y1 = FRAMES["LA"].metres(box.geometry).bounds
        assert (x0, y0) == pytest.approx((box.column * 50, box.row * 50), abs=0.03)
        assert (x1 - x0, y1 - y0) == pytest.approx((50, 50), abs=0.05)


def test_boxes_are_searched_when_their_areas_are_confirmed(world: World) -> None:
    boxes = list(world.boxes())
    assert len(boxes) == pytest.approx(19_800, rel=0.03)
    assert all(box.surveyed <= TODAY for box in boxes)
    assert all(box.percent >= 50 for box in boxes if box.colour == "green")
    again = {box.key.removesuffix("-2") for box in boxes if box.key.endswith("-2")}
    grey = {box.key for box in boxes if box.colour == "grey"}
    assert again and again < grey


def test_mine_belts_are_long_and_narrow(world: World) -> None:
    frame = FRAMES["AZ"]
    for hazard in [h for h in world.hazards if h.origin == "belt"]:
        shape = frame.metres(hazard.geometry)
        length = shape.length / 2
        assert 20 < shape.area / length < 260
        assert length > 180


def test_record_maps_are_off_by_their_sheet(world: World) -> None:
    shapes = {h.key: h.geometry for h in world.hazards}
    by_sheet: dict[str, set[tuple[float, float]]] = {}
    for record in world.records():
        by_sheet.setdefault(record.sheet, set()).add(record.shift_m)
        frame = FRAMES["AZ"]
        true = frame.metres(shapes[record.hazard]).minimum_rotated_rectangle.centroid
        drawn = frame.metres(record.geometry.centroid)
        assert drawn.distance(true) == pytest.approx(np.hypot(*record.shift_m), abs=1)
    assert all(len(shifts) == 1 for shifts in by_sheet.values())


@pytest.mark.parametrize(
    ("fact", "codes"),
    [
        ("terrain", "terrain"),
        ("slope", "slope"),
        ("vegetation", "vegetation"),
        ("soil", "soil"),
        ("difficulty", "clearance_difficulty"),
        ("marking", "marking"),
        ("priority", "priority"),
        ("land_use", "land_use"),
        ("information_grade", "information_grade"),
        ("information_source", "information_source"),
        ("source_reliability", "source_reliability"),
        ("contamination", "contamination"),
        ("blockages", "blockage"),
    ],
)
def test_facts_use_the_codes_of_the_pack(world: World, fact: str, codes: str) -> None:
    for country, pack in PACKS.items():
        known = {code.code for code in load_pack(pack).codes(codes)}
        stated = [h.values[fact] for h in world.hazards if h.country == country]
        used = {
            code
            for value in stated
            for code in (value if isinstance(value, list) else [value])
        }
        assert used <= known


def test_ordnance_is_on_the_reference_list(world: World) -> None:
    for item in world.evidence:
        if item.ordnance:
            model = ordnance_model(item.ordnance)
            assert model is not None and model.category == item.category


def test_histories_have_every_stage_and_late_reports(world: World) -> None:
    reports = [r for h in world.hazards for r in h.reports]
    stages = Counter(r.stage for r in reports)
    for stage in ("draft", "submitted", "operator_checked", "operations_checked"):
        assert stages[stage] >= 10
    assert all(r.reason for r in reports if r.stage == "rejected")
    assert all(r.info_date <= r.entry_date <= TODAY for r in reports)
    for hazard in world.hazards:
        steps = [r.info_date for r in hazard.reports if r.kind != "amend"]
        assert steps == sorted(set(steps))
    late = [
        h
        for h in world.hazards
        if [r.key for r in sorted(h.reports, key=lambda r: r.entry_date)]
        != [r.key for r in sorted(h.reports, key=lambda r: r.info_date)]
    ]
    assert len(late) > 30


def test_lao_surveys_avoid_the_rains(world: World) -> None:
    months = Counter(
        h.reports[0].info_date.month for h in world.hazards if h.country == "LA"
    )
    assert months[6] + months[7] + months[8] < 0.2 * (months[1] + months[2] + months[3])


def test_accidents_decrease_and_people_are_invented(world: World) -> None:
    years = Counter(a.happened.year for a in world.accidents if a.country == "AZ")
    assert years[2021] + years[2022] > years[2024] + years[2025]
    victims = [v for a in world.accidents for v in a.victims]
    assert all("Samplevong" in v.name or "Nümunəli" in v.name for v in victims)
    assert 0.1 < sum(v.sex == "female" for v in victims) / len(victims) < 0.4
    assert 0.1 < sum(v.age < 18 for v in victims) / len(victims) < 0.5
    assert any("cannot" in v.difficulties.values() for v in victims)
    assert all(a.reported >= a.happened.date() for a in world.accidents)


def test_traverses_start_outside_and_nearly_close(world: World) -> None:
    walked = [h for h in world.hazards if h.points]
    assert len(walked) > 30
    for hazard in walked:
        assert [p.kind for p in hazard.points[:3]] == [
            "landmark", "benchmark", "start_point",
        ]  # fmt: skip
        assert not hazard.geometry.contains(hazard.points[1].geometry)


def test_nothing_happens_after_the_last_day(world: World) -> None:
    assert all(e.observed <= TODAY for e in world.evidence)
    assert all(a.happened.date() <= TODAY - timedelta(days=3) for a in world.accidents)
