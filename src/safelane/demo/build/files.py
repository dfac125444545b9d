"""An operator's old register comes in as files, faults and all; one export goes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from shapely.geometry import Polygon

from safelane.core.jobs.worker import run_waiting_jobs
from safelane.core.scope import Actor
from safelane.countries import load_pack
from safelane.demo.build.inputs import Signs
from safelane.demo.build.workspace import PACKS, Workspace
from safelane.demo.world.kinds import Hazard
from safelane.exchange.actions import (
    begin_import,
    choose_mapping,
    keep_mapping,
    start_export,
    start_import,
)
from safelane.exchange.mapping.model import Mapping
from safelane.exchange.models import ImportRun
from safelane.exchange.writers import ExportField, FieldKind, Row, Sheet, write_rows

OPERATOR = "demo-la-hill"
ORIGINS = ("worksite", "spot")
AREAS_FILE = "grey_hill_register.gpkg"
EVIDENCE_FILE = "grey_hill_evidence.csv"
MAPPING = "Grey Hill register (demo)"
REASON = "Register that the operator kept until now (generated for the demo)"
AREA_COLUMNS: dict[str, FieldKind] = {
    "HA_ID": "text", "Hazard_Type": "text", "Hazard_Status": "text",
    "Survey_Date": "date", "Priority": "text", "Area_m2": "number",
    "Clearance_Depth": "integer", "Village": "text", "Remarks": "text",
}  # fmt: skip
EVIDENCE_COLUMNS: dict[str, FieldKind] = {
    "reference": "text", "directness": "text", "kind": "text", "grade": "text",
    "found_on": "date", "date_of_information": "date", "accuracy_m": "number",
    "ordnance_category": "text", "count": "integer", "longitude": "number",
    "latitude": "number",
}  # fmt: skip


def is_filed(hazard: Hazard) -> bool:
    """Say whether an area comes in by file: finished work of one operator."""
    settled = all(report.stage == "approved" for report in hazard.reports)
    late = any(report.kind == "amend" for report in hazard.reports)
    ours = hazard.organisation == OPERATOR and hazard.origin in ORIGINS
    return ours and settled and not late and not hazard.points


def build_files(workspace: Workspace, hazards: Sequence[Hazard], signs: Signs) -> None:
    """Import the operator's areas and evidence; three of the rows are at fault."""
    filed = [hazard for hazard in hazards if is_filed(hazard)]
    plans = [
        (AREAS_FILE, "gpkg", "hazards", _areas_sheet(), list(_area_rows(filed))),
        (EVIDENCE_FILE, "csv", "evidence", _evidence_sheet(),
         list(_evidence_rows(filed, signs))),
    ]  # fmt: skip
    with TemporaryDirectory() as folder:
        for name, format_name, target, sheet, rows in workspace.shown(
            "Files of an operator", plans
        ):
            if _is_done(name):
                continue
            path = Path(folder) / name
            write_rows(path, format_name, sheet, rows)
            _bring_in(workspace, path, target)


def build_export(workspace: Workspace) -> None:
    """Let an information manager export the register once, as a job."""
    start_export("hazards", "gpkg", flat=False, query="", by=workspace.manager("AZ"))
    run_waiting_jobs()


def _is_done(name: str) -> bool:
    done = ImportRun.objects.filter(file__name=name, stage=ImportRun.Stage.DONE)
    return done.exists()


def _bring_in(workspace: Workspace, path: Path, target: str) -> None:
    by: Actor = workspace.manager("LA")
    operator = workspace.organisations[OPERATOR]
    with path.open("rb") as stream:
        run = begin_import(
            stream, path.name, target=target, organisation=operator, by=by
        )
    mapping = Mapping.from_json(run.mapping)
    choose_mapping(run, mapping, mode=ImportRun.Mode.SKIP, reason=REASON, by=by)
    if target == "hazards":
        keep_mapping(run, MAPPING, by=by)
    start_import(run, by=by)
    run_waiting_jobs()


def _areas_sheet() -> Sheet:
    fields = [ExportField(name, name, kind) for name, kind in AREA_COLUMNS.items()]
    return Sheet("register", "Register of the operator", tuple(fields))


def _evidence_sheet() -> Sheet:
    fields = [ExportField(name, name, kind) for name, kind in EVIDENCE_COLUMNS.items()]
    return Sheet("evidence", "Evidence of the operator", tuple(fields), family="")


def _area_rows(hazards: Sequence[Hazard]) -> Iterator[Row]:
    """Yield the areas as they stand now, then three that a check must find."""
    pack = load_pack(PACKS["LA"])
    for hazard in hazards:
        values = {
            "HA_ID": hazard.key,
            "Hazard_Type": pack.label("hazard_kind", hazard.kind),
            "Hazard_Status": pack.label("hazard_status", hazard.status),
            "Survey_Date": hazard.reports[-1].info_date,
            "Priority": pack.label("priority", str(hazard.values["priority"])),
            "Area_m2": round(hazard.area_m2),
            "Clearance_Depth": hazard.values["depth_cm"],
            "Village": hazard.name,
            "Remarks": "From the operator's own list",
        }
        yield Row(values, hazard.geometry.wkb)
    if hazards:
        yield from _faulty_rows(hazards[0])


def _faulty_rows(like: Hazard) -> Iterator[Row]:
    """Yield a crossed outline, an unknown type and a missing date."""
    x, y = like.geometry.centroid.x, like.geometry.centroid.y
    bow = Polygon([(x, y), (x + 0.002, y + 0.002), (x + 0.002, y), (x, y + 0.002)])
    box = shapely.box(x + 0.004, y, x + 0.005, y + 0.001)
    base: dict[str, Any] = {
        "Hazard_Type": "Confirmed hazardous area",
        "Hazard_Status": "Closed",
        "Survey_Date": like.reports[-1].info_date,
    }
    yield Row(base | {"HA_ID": "GH-CROSSED"}, bow.wkb)
    yield Row(base | {"HA_ID": "GH-TYPE", "Hazard_Type": "Rice field"}, box.wkb)
    yield Row(base | {"HA_ID": "GH-DATE", "Survey_Date": None}, box.wkb)


def _evidence_rows(hazards: Sequence[Hazard], signs: Signs) -> Iterator[Row]:
    for hazard in hazards:
        for item in signs.get(hazard.key, ()):
            values = {
                "reference": hazard.key,
                "directness": "direct" if item.direct else "indirect",
                "kind": item.kind,
                "grade": item.grade,
                "found_on": item.observed,
                "date_of_information": max(item.observed, hazard.reports[0].info_date),
                "accuracy_m": item.accuracy_m,
                "ordnance_category": item.category,
                "count": max(item.count, 1),
                "longitude": item.geometry.x,
                "latitude": item.geometry.y,
            }
            yield Row(values)
