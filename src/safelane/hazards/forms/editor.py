"""All forms of a report on one page, and what they claim together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safelane.core.errors import SafelaneError
from safelane.core.facts import facts_of
from safelane.core.facts.forms import FactForm, on_forms
from safelane.core.files.models import StoredFile
from safelane.core.files.store import store_file
from safelane.core.geo.entry.coordinates import WGS84
from safelane.core.geo.entry.outline import (
    KEEP,
    TRAVERSE,
    Outline,
    OutlineForm,
    drawn_from,
    read_outline,
    stated_outline,
)
from safelane.core.geo.entry.traverse import TraversePoint
from safelane.core.pages.subjects import Subject
from safelane.core.scope import Actor
from safelane.core.scope.precision import is_exact, published
from safelane.core.ui.layers import data_layer, feature
from safelane.countries import CountryPack
from safelane.exchange.files.shapes import shapes_in
from safelane.hazards import maps
from safelane.hazards.filters import HazardFilter
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
from safelane.hazards.models import HazardousArea, HazardReport
from safelane.hazards.traverses import outline_faults, point_inputs
from safelane.organisations.packs import pack_of

VERB = "hazard_report.report"
# Of which field a finding on a row speaks, by the name of its value.
SPOTS = (
    ("depth", "depth_cm"),
    ("found", "found_on"),
    ("count", "count"),
    ("accuracy", "accuracy_m"),
    ("searched", "searched_on"),
    ("share", "searched_percent"),
    ("size", "size_m"),
)
ROW_PLACES = ["position", "place"]


class ReportForm(FactForm):
    """Reference, date of information and stated facts; empty means "not stated".

    Args:
        retractable: Facts of the area that can be taken back; None for a new area.
    """

    model = HazardReport

    reference = forms.CharField(
        label=_("Reference of the new area"),
        help_text=_(
            "As your organisation numbers its areas. Leave it empty for a"
            " sheet of evidence or finds that is about no single area."
        ),
        max_length=80,
        required=False,
    )
    retracts = forms.MultipleChoiceField(
        label=_("Known to be wrong, now unknown"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, retractable: list[str] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if retractable is None:
            del self.fields["retracts"]
        else:
            del self.fields["reference"]
            retracts: Any = self.fields["retracts"]
            facts = facts_of(HazardReport)
            offered = (*on_forms(HazardReport), "geometry")
            names = [name for name in retractable if name in offered]
            retracts.choices = [(n, facts.label(n)) for n in names]


class ReportEditor:
    """The forms of a report, bound to a request or filled from a draft."""

    def __init__(self, request: HttpRequest, subject: Subject, actor: Actor) -> None:
        self.subject, self.actor = subject, actor
        self.pack: CountryPack = pack_of(subject.country)
        self.data = request.POST.copy() if request.method == "POST" else None
        self.files = request.FILES if request.method == "POST" else None
        self.form = ReportForm(
            self.data,
            pack=self.pack,
            retractable=self._retractable(),
            draft=subject.report,
        )
        self.outline_form = OutlineForm(
            self.data,
            self.files,
            prefix="outline",
            initial=stated_outline(subject.report),
        )
        self.evidence = self._rows("evidence", EvidenceForm)
        self.ordnance = self._rows("ordnance", OrdnanceForm)
        self.boxes = self._rows("boxes", BoxForm)
        self.points = self._rows("points", PointForm)

    @cached_property
    def seen(self) -> HazardousArea | None:
        """Return the area that the report is about, as far as the actor sees it."""
        hazard = self.subject.record
        rows = HazardousArea.objects.visible_to(self.actor)
        return rows.filter(pk__in=[hazard.pk if hazard else 0]).first()

    @cached_property
    def known(self) -> dict[str, Any]:
        """Return the facts of the area where the actor sees them exactly."""
        is_open = self.seen is not None and is_exact(self.seen)
        return published(self.seen) if is_open else {}

    def context(self) -> dict[str, Any]:
        """Return what the page shows of the area, as far as the actor sees it."""
        seen, known = self.seen, self.known.get("geometry")
        shape = None if seen is None else published(seen).get("geometry")
        layers = maps.register_layers(self.actor, HazardFilter())
        if seen is not None and known is not None:
            shown = feature(known, reference=seen.reference)
            layers = [*layers, data_layer("shape", [shown])]
        return {
            "hazard": seen,
            "begins_empty": self.subject.record is not None and not self.known,
            "bounds": self.pack.bounds if shape is None else shape.bounds,
            "base_layers": layers,
            "drawn_from": drawn_from(known),
        }

    def spot(self, finding: dict[str, Any]) -> tuple[Any, str]:
        """Return where a finding stands: a fact, a row by its label, or the outline."""
        values, where = finding["values"], str(finding["where"])
        row = self._labelled().get(values.get("label", ""))
        if row is not None:
            named = [name for value, name in SPOTS if value in values]
            return row, next(name for name in named + ROW_PLACES if name in row.fields)
        if where in self.form.fields:
            return self.form, where
        return self.outline_form, "method"

    def _labelled(self) -> dict[str, Any]:
        """Return the forms of saved rows, as the findings call the rows."""
        rows = {"evidence": self.evidence, "ordnance": self.ordnance}
        found = {
            f"{name} {number}": form
            for name, forms in rows.items()
            for number, form in enumerate(forms, 1)
        }
        boxes = self.subject.report.boxes.order_by("pk") if self.subject.report else ()
        return found | {
            str(box): form for box, form in zip(boxes, self.boxes, strict=False)
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

    def _rows(self, name: str, form: type[RowForm]) -> forms.BaseFormSet[Any]:
        report = self.subject.report
        initial: list[dict[str, Any]] = []
        if report is not None:
            rows = getattr(report, name).order_by("pk")
            fetched = rows.prefetch_related(*form.FETCHED)
            initial = [form.initial_of(row) for row in fetched]
        options = {"pack": self.pack, "on": self.form.on, "actor": self.actor}
        return row_formset(form)(
            self.data, self.files, prefix=name, initial=initial, form_kwargs=options
        )

    @property
    def forms(self) -> list[Any]:
        sets = [self.evidence, self.ordnance, self.boxes]
        if self._wants_points():
            sets.append(self.points)
        return [self.form, self.outline_form, *sets]

    def _wants_points(self) -> bool:
        return self.outline_form.data.get("outline-method") == TRAVERSE

    def is_valid(self) -> bool:
        """Say whether everything can be saved; every form shows its own faults."""
        is_sound = self._is_sound()
        if not is_sound:
            for form in (*self.evidence.forms, *self.ordnance.forms):
                self._keep_photo(form)
        return is_sound

    def _is_sound(self) -> bool:
        sound = [form.is_valid() for form in self.forms]
        method = self.outline_form.cleaned_data.get("method")
        if method == KEEP and any(map(_is_new, self.points.forms)):
            self.outline_form.refuse_unused()
            return False
        return all(sound) and not self.outline.blocks

    @cached_property
    def outline(self) -> Outline:
        """Return the outline as given, with its faults."""
        if self.data is None or not self.outline_form.is_valid():
            return Outline()
        rows: list[TraversePoint] = []
        if self._wants_points() and self.points.is_valid():
            rows = [form.as_row() for form in _filled(self.points)]
        said = getattr(self.form, "cleaned_data", {}).get("date_of_information")
        facts, bounds = self.outline_form.cleaned_data, self.pack.bounds
        day = said or timezone.localdate()
        found = read_outline(facts, rows, bounds, day, shapes_in)
        return replace(found, faults=(*found.faults, *outline_faults(found, self.pack)))

    def claims(self) -> ReportInput:
        """Return what the report says; photos are stored first."""
        said = self.form.cleaned_data
        return ReportInput(
            date_of_information=said["date_of_information"],
            hazard=self.subject.record,
            reference=said.get("reference", ""),
            facts=self.form.facts() | self._outline_facts(),
            retracts=tuple(said.get("retracts", ())),
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
        return form.as_input(self._stored(form))

    def _stored(self, form: FindForm) -> StoredFile | None:
        """Store the photo that was sent, and name it in what was sent.

        A page that is shown again, with a fault, cannot hold the file itself.
        """
        if not (sent := form.cleaned_data.get("photo")):
            return None
        photo = store_file(sent, sent.name, kind="photo", verb=VERB, by=self.actor)
        data: Any = form.data
        data[form.add_prefix("kept_photo")] = str(photo.uid)
        return photo

    def _keep_photo(self, form: FindForm) -> None:
        try:
            self._stored(form)
        except SafelaneError as fault:
            form.add_error("photo", fault.message)


def _is_new(row: forms.Form) -> bool:
    return row.has_changed() and not row["DELETE"].data


def _filled(rows: forms.BaseFormSet[Any]) -> Iterable[Any]:
    """Return the rows that were filled in and not taken out again."""
    return [
        form
        for form in rows.forms
        if form.has_changed() or form.initial
        if form not in rows.deleted_forms
    ]
