"""All forms of a report on one page, and what they claim together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

import shapely
from django import forms
from django.http import HttpRequest
from django.utils import timezone

from safelane.core.files.store import store_file
from safelane.core.geo.entry.coordinates import WGS84
from safelane.core.geo.entry.outline import (
    DRAWN,
    TRAVERSE,
    TYPED,
    Outline,
    OutlineForm,
    read_outline,
)
from safelane.core.geo.entry.traverse import TraversePoint
from safelane.core.pages.reports import Subject
from safelane.core.scope import Actor
from safelane.core.scope.coarse import is_exact, published
from safelane.countries import CountryPack
from safelane.hazards import maps
from safelane.hazards.filters import HazardFilter
from safelane.hazards.forms.outline import shapes_in
from safelane.hazards.forms.report import ReportForm
from safelane.hazards.forms.rows import (
    BoxForm,
    EvidenceForm,
    FindForm,
    OrdnanceForm,
    PointForm,
    RowForm,
    row_formset,
)
from safelane.hazards.inputs import PointInput, ReportInput
from safelane.hazards.models import HazardousArea
from safelane.hazards.traverses import point_inputs
from safelane.organisations.packs import pack_of

VERB = "hazard_report.report"


class ReportEditor:
    """The forms of a report, bound to a request or filled from a draft."""

    def __init__(self, request: HttpRequest, subject: Subject, actor: Actor) -> None:
        self.subject, self.actor = subject, actor
        self.pack: CountryPack = pack_of(subject.country)
        self.data = request.POST if request.method == "POST" else None
        self.files = request.FILES if request.method == "POST" else None
        self.form = self._report_form()
        self.outline_form = OutlineForm(
            self.data, self.files, prefix="outline", initial=self._outline_initial()
        )
        self.evidence = self._rows("evidence", EvidenceForm)
        self.ordnance = self._rows("ordnance", OrdnanceForm)
        self.boxes = self._rows("boxes", BoxForm)
        self.points = self._rows("points", PointForm)

    def _report_form(self) -> ReportForm:
        report = self.subject.report
        initial: dict[str, Any] = {}
        if report is not None:
            initial = report.stated_facts() | {
                "reference": report.reference,
                "date_of_information": report.date_of_information,
                "retracts": report.retracts,
            }
        return ReportForm(
            self.data,
            pack=self.pack,
            retractable=self._retractable(),
            on=self._on,
            initial=initial,
        )

    @cached_property
    def seen(self) -> HazardousArea | None:
        """Return the area that the report is about, as far as the actor sees it."""
        hazard = self.subject.record
        rows = HazardousArea.objects.visible_to(self.actor)
        return rows.filter(pk__in=[hazard.pk if hazard else 0]).first()

    def context(self) -> dict[str, Any]:
        """Return what the page shows of the area, as far as the actor sees it."""
        seen = self.seen
        shape = None if seen is None else published(seen).get("geometry")
        exact = seen is not None and is_exact(seen)
        layers = maps.register_layers(self.actor, HazardFilter())
        if seen is not None and exact and shape is not None:
            feature = maps.feature(shape, reference=seen.reference)
            layers = [*layers, maps.data_layer("shape", [feature])]
        return {
            "hazard": seen,
            "begins_empty": self.subject.record is not None and not exact,
            "bounds": self.pack.bounds if shape is None else shape.bounds,
            "base_layers": layers,
        }

    def _retractable(self) -> list[str] | None:
        """Return the facts that can be taken back: those shown, and those of before."""
        subject = self.subject
        if subject.record is None:
            return None
        shown = {} if self.seen is None else published(self.seen)
        known = [name for name, value in shown.items() if value is not None]
        before = [] if subject.report is None else subject.report.retracts
        return list(dict.fromkeys([*known, *before]))

    def _outline_initial(self) -> dict[str, Any]:
        report = self.subject.report
        if report is None or report.geometry is None:
            return {}
        method = report.geometry_method
        if method not in (TYPED, TRAVERSE):
            method = DRAWN  # a saved file is shown, and edited, on the map
        return {
            "method": method,
            "drawn": shapely.to_geojson(report.geometry),
            "typed": report.geometry_text,
            "crs": report.geometry_crs,
        }

    def _rows(self, name: str, form: type[RowForm]) -> forms.BaseFormSet[Any]:
        report = self.subject.report
        initial: list[dict[str, Any]] = []
        if report is not None:
            rows = getattr(report, name).order_by("pk")
            fetched = rows.prefetch_related(*form.FETCHED)
            initial = [form.initial_of(row) for row in fetched]
        options = {"pack": self.pack, "on": self._on, "actor": self.actor}
        return row_formset(form)(
            self.data, self.files, prefix=name, initial=initial, form_kwargs=options
        )

    @property
    def _on(self) -> date | None:
        report = self.subject.report
        return None if report is None else report.date_of_information

    @property
    def forms(self) -> list[Any]:
        return [
            self.form,
            self.outline_form,
            self.evidence,
            self.ordnance,
            self.boxes,
            *([self.points] if self._wants_points() else []),
        ]

    def _wants_points(self) -> bool:
        return self.outline_form.data.get("outline-method") == TRAVERSE

    def is_valid(self) -> bool:
        """Say whether everything can be saved; every form shows its own faults."""
        sound = [form.is_valid() for form in self.forms]
        return all(sound) and not self.outline.blocks

    @cached_property
    def outline(self) -> Outline:
        """Return the outline as given, with its faults."""
        if self.data is None or not self.outline_form.is_valid():
            return Outline()
        rows = self._point_rows() if self._wants_points() else []
        facts = self.outline_form.cleaned_data
        bounds = self.pack.bounds
        return read_outline(facts, rows, bounds, self._day(), shapes_in)

    def _point_rows(self) -> list[TraversePoint]:
        if not self.points.is_valid():
            return []
        return [form.as_row() for form in _filled(self.points)]

    def _day(self) -> date:
        day: date | None = getattr(self.form, "cleaned_data", {}).get(
            "date_of_information"
        )
        return day or timezone.localdate()

    def claims(self) -> ReportInput:
        """Return what the report says; photos are stored first."""
        facts = self.form.facts() | self._outline_facts()
        return ReportInput(
            date_of_information=self.form.cleaned_data["date_of_information"],
            hazard=self.subject.record,
            reference=self.form.cleaned_data.get("reference", ""),
            facts=facts,
            retracts=tuple(self.form.cleaned_data.get("retracts", ())),
            evidence=tuple(self._find(form) for form in _filled(self.evidence)),
            ordnance=tuple(self._find(form) for form in _filled(self.ordnance)),
            boxes=tuple(form.as_input() for form in _filled(self.boxes)),
            points=self._points(),
        )

    def _points(self) -> tuple[PointInput, ...]:
        """Return the field table with each fixed position as it was typed."""
        found = self.outline
        if found.traverse is None:
            return ()
        typed = [form.cleaned_data["position"][0] for form in _filled(self.points)]
        points = point_inputs(found.rows, found.traverse)
        return tuple(
            replace(point, position_text=text, position_crs=WGS84 if text else "")
            for point, text in zip(points, typed, strict=True)
        )

    def _outline_facts(self) -> dict[str, Any]:
        found = self.outline
        if found.geometry is None:
            return {}
        return {
            "geometry": found.geometry,
            "geometry_method": found.method,
            "geometry_crs": found.crs,
            "geometry_text": found.text,
        }

    def _find(self, form: FindForm) -> Any:
        photo = form.cleaned_data["photo"]
        if photo:
            photo = store_file(
                photo, photo.name, kind="photo", verb=VERB, by=self.actor
            )
        return form.as_input(photo or None)


def _filled(rows: forms.BaseFormSet[Any]) -> Iterable[Any]:
    """Return the rows that were filled in and not taken out again."""
    return [
        form
        for form in rows.forms
        if form.has_changed() or form.initial
        if form not in rows.deleted_forms
    ]
