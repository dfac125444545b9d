"""Survey boxes from files: by outline, by middle or by grid number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from safelane.core.geo.entry.grid import GridBox, read_number
from safelane.core.geo.errors import OffGrid
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.exchange.facts import imported
from safelane.exchange.kinds import Complaint, Prepared, shapes_of
from safelane.exchange.mapping.apply import MappedBatch
from safelane.exchange.models import ImportRun
from safelane.hazards.actions.report import find_boxes
from safelane.hazards.exchange.prepare import (
    BOXES,
    areas_named,
    content_hashes,
    no_such_area,
    report_of,
    stated_rows,
)
from safelane.hazards.inputs import BoxInput
from safelane.hazards.models import SurveyBox
from safelane.hazards.rules.finds import usual_size
from safelane.organisations.packs import pack_of

NUMBER_PARTS = ("zone", "column", "row")
NUMBERED = {*NUMBER_PARTS, "grid_number", "size_m"}
BOX_FACTS = tuple(n for n in imported(SurveyBox) if n not in NUMBERED)
_ZONE = re.compile(r"(?:UTM ?)?(?:ZONE ?)?(\d{1,2}) ?([NS])?")
Row = tuple[int, int, dict[str, Any]]


def prepare_boxes(mapped: MappedBatch, run: ImportRun, by: Actor) -> Prepared:
    """Return one report per box; rows may name the area they belong to."""
    prepared = Prepared.of(mapped)
    areas = areas_named(mapped, run.organisation, by)
    digests = content_hashes(BOXES, mapped)
    texts = mapped.places.texts
    for (i, row, values), box in _located(mapped, pack_of(run.country)):
        reference = values.get("reference", "")
        if complaint := no_such_area(row, reference, areas):
            prepared.complaints.append(complaint)
            continue
        if isinstance(box, OffGrid):
            prepared.complaints.append(Complaint.of(row, box))
            continue
        facts = {name: values[name] for name in BOX_FACTS if name in values}
        item = BoxInput(box=box, position_text=texts[i][:200], **facts)
        area = areas.get(reference)
        prepared.items[row] = report_of(
            run, values, digests[i], hazard=area, boxes=(item,)
        )
    _refuse_double(prepared)
    return prepared


def _located(
    mapped: MappedBatch, pack: CountryPack
) -> Iterator[tuple[Row, GridBox | OffGrid]]:
    """Yield every sound row with the box that its shape or its number means."""
    rows, shapes = list(stated_rows(mapped)), shapes_of(mapped)
    sizes = [int(values.get("size_m") or usual_size(pack)) for _i, _r, values in rows]
    placed = [
        k for k, (i, _r, _v) in enumerate(rows) if _is_shape(shapes[i]) and sizes[k] > 0
    ]
    found = find_boxes(
        [shapes[rows[k][0]] for k in placed], [sizes[k] for k in placed], pack
    )
    by_shape = dict(zip(placed, found, strict=True))
    for k, row in enumerate(rows):
        yield row, _agreed(row[2], by_shape.get(k), sizes[k], pack)


def _is_shape(shape: Any) -> bool:
    kinds = ("Point", "Polygon")
    return shape is not None and not shape.is_empty and shape.geom_type in kinds


def _agreed(
    values: dict[str, Any],
    by_shape: GridBox | OffGrid | None,
    size_m: int,
    pack: CountryPack,
) -> GridBox | OffGrid:
    """Return the box of a row, whose shape and number must mean the same one."""
    text = _number_of(values, pack)
    if not text:
        return by_shape or OffGrid(
            _("A box needs its outline, its middle or its grid number.")
        )
    by_number = read_number(text, size_m)
    if by_number is None:
        message = _("“%(text)s” is no grid number such as 48N-6412-43120.")
        return OffGrid(message % {"text": text}, field="grid_number")
    if isinstance(by_shape, OffGrid):
        return by_shape
    if by_shape not in (None, by_number):
        message = _("The position lies in box %(there)s, the number says %(box)s.")
        said = {"there": by_shape.number, "box": by_number.number}
        return OffGrid(message % said, field="grid_number")
    return by_number


def _number_of(values: dict[str, Any], pack: CountryPack) -> str:
    """Return the grid number that a row states, in one column or in three."""
    if values.get("grid_number"):
        return str(values["grid_number"])
    parts = [values.get(name) for name in NUMBER_PARTS]
    if None in parts:
        return ""
    return "-".join([_zone_name(str(parts[0]), pack), *map(str, parts[1:])])


def _zone_name(text: str, pack: CountryPack) -> str:
    """Return ``48N`` of the EPSG code 32648, of ``48N``, and of a bare 48."""
    plain = text.strip().upper()
    if plain.isdecimal() and int(plain) > 32_600:
        return f"{int(plain) % 100}{'S' if int(plain) > 32_700 else 'N'}"
    match = _ZONE.fullmatch(plain)
    if match is None or match[2]:
        return plain if match is None else f"{match[1]}{match[2]}"
    south = any(z > 32_700 and z % 100 == int(match[1]) for z in pack.utm_zones)
    return f"{match[1]}{'S' if south else 'N'}"


def _refuse_double(prepared: Prepared) -> None:
    """Two rows on one box and day contradict each other, or say the same twice."""
    seen: set[tuple[GridBox, date]] = set()
    for row, item in prepared.items.items():
        key = (item.boxes[0].box, item.date_of_information)
        if key in seen:
            message = _("Box %(box)s stands twice for the same day.")
            said = message % {"box": key[0].number}
            prepared.complaints.append(Complaint(row, "double-box", said))
        seen.add(key)
