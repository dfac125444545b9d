"""Rows within a report: evidence, ordnance, survey boxes and surveyed points."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from shapely.geometry import Point

from safelane.core.errors import NotFound
from safelane.core.facts.forms import fact_fields, position_field, typed_point
from safelane.core.files.models import StoredFile
from safelane.core.geo.entry.coordinates import format_point, parse_point
from safelane.core.geo.entry.grid import GridBox, box_holding, read_number
from safelane.core.geo.entry.traverse import KINDS as TRAVERSE_KINDS
from safelane.core.geo.entry.traverse import TraversePoint
from safelane.core.geo.errors import InvalidCoordinates
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.hazards.inputs import BoxInput, EvidenceInput, OrdnanceInput
from safelane.hazards.models import Evidence, GeoPoint, OrdnanceFound, SurveyBox
from safelane.hazards.rules.finds import usual_size

MAX_ROWS = 500
GRADING = ("grade", "information_source", "ordnance_category", "ordnance_model")


class RowForm(forms.Form):
    """A row with facts of its model and what else is asked of it.

    Args:
        pack: Whose code lists, on the report's date.
        on: Date of information, or None for the codes in force today.
        actor: Who writes; decides which stored photos may be kept.
    """

    model: ClassVar[type[Model]]
    FACTS: ClassVar[tuple[str, ...]]
    FETCHED: ClassVar[tuple[str, ...]] = ()
    # A corrected row remains the row of its source.
    external_id = forms.CharField(
        required=False, max_length=200, widget=forms.HiddenInput
    )
    extra = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        pack: CountryPack,
        on: date | None,
        actor: Actor,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pack, self.actor = pack, actor
        self.fields |= fact_fields(self.model, self.FACTS, pack, on)
        self.order_fields(self.field_order)

    def clean_extra(self) -> dict[str, Any]:
        """Return what columns of a file said beside; of a typed row, nothing."""
        return self.cleaned_data["extra"] or {}

    def clean_position(self) -> tuple[str, Point | None]:
        """Return the text as typed and the WGS 84 point that it names."""
        text = str(self.cleaned_data["position"]).strip()
        found = typed_point(text, self.pack)
        return text, found[0] if found else None

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        """Return the initial data of a saved row."""
        raise NotImplementedError


class FindForm(RowForm):
    """What evidence and ordnance share: where, when, how many, how exactly."""

    INPUT: ClassVar[type[EvidenceInput | OrdnanceInput]]
    FETCHED = ("photo",)
    SHARED = ("found_on", "count", "accuracy_m", "description")
    position = position_field(_("Position where it was found"))
    photo = forms.FileField(label=_("Photo"), required=False)
    kept_photo = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_kept_photo(self) -> StoredFile | None:
        uid = self.cleaned_data["kept_photo"]
        if uid is None:
            return None
        try:
            return StoredFile.objects.get_for(self.actor, uid=uid)
        except NotFound as error:
            raise ValidationError(error.message) from error

    def as_input(self, photo: StoredFile | None) -> EvidenceInput | OrdnanceInput:
        """Return the find as the actions take it."""
        facts = self.cleaned_data
        text, point = facts["position"]
        place = {"geometry": point, "position_text": text}
        kept = {"photo": photo or facts["kept_photo"]}
        return self.INPUT(**_stated(self.INPUT, facts) | place | kept)

    @staticmethod
    def initial_of(row: Evidence | OrdnanceFound) -> dict[str, Any]:
        place = format_point(row.geometry.x, row.geometry.y)
        return row.stated_facts() | {
            "position": row.position_text or place,
            "kept_photo": row.photo.uid if row.photo else None,
        }


class EvidenceForm(FindForm):
    """One piece of evidence."""

    model = Evidence
    INPUT = EvidenceInput
    FACTS = ("directness", "kind", *FindForm.SHARED, *GRADING)
    field_order = ("directness", "kind", "position", *FindForm.SHARED, "photo")


class OrdnanceForm(FindForm):
    """One find of ordnance: what it is and where it was found."""

    model = OrdnanceFound
    INPUT = OrdnanceInput
    WHAT = ("category", "subcategory", "model", "condition")
    FACTS = (*WHAT, *FindForm.SHARED, "depth_cm")
    field_order = (*WHAT, "position", *FindForm.SHARED, "photo", "depth_cm")


class BoxForm(RowForm):
    """One box: which one, how much of it was searched, and what came of it."""

    model = SurveyBox
    FACTS = ("result", "searched_percent", "searched_on", "description")
    place = forms.CharField(
        label=_("Grid number, or a coordinate in the box"),
        help_text=_("Such as 48N-6412-43120; or degrees, UTM or MGRS"),
        max_length=200,
    )
    size_m = forms.IntegerField(
        label=_("Size of the box (m)"), min_value=1, max_value=10_000, required=False
    )
    field_order = ("place", *FACTS[:3], "size_m", "description")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["size_m"].initial = usual_size(self.pack)

    def clean(self) -> dict[str, Any]:
        """Find the box that the row names."""
        facts = super().clean() or self.cleaned_data
        if "place" in facts and "size_m" in facts:
            try:
                facts["box"] = self._box(facts["place"], facts["size_m"])
            except InvalidCoordinates as error:
                self.add_error("place", error.message)
        return facts

    def _box(self, text: str, size_m: int | None) -> GridBox:
        size = size_m or usual_size(self.pack)
        named = read_number(text, size)
        if named is not None:
            return named
        point = parse_point(text, bounds=self.pack.bounds)
        return box_holding(point.lon, point.lat, size)

    def as_input(self) -> BoxInput:
        """Return the box as the actions take it; a typed coordinate is kept."""
        facts = self.cleaned_data
        is_number = read_number(facts["place"], facts["box"].size_m) is not None
        text = "" if is_number else facts["place"]
        return BoxInput(**_stated(BoxInput, facts), position_text=text)

    @staticmethod
    def initial_of(row: SurveyBox) -> dict[str, Any]:
        return row.stated_facts() | {"place": row.position_text or row.grid_number}


class PointForm(RowForm):
    """One row of the field table."""

    model = GeoPoint
    FACTS = ("kind",)
    FETCHED = ("from_point",)
    label = forms.CharField(label=_("Name"), max_length=40, required=False)
    position = forms.CharField(
        label=_("Position, if it was fixed"), max_length=200, required=False
    )
    from_label = forms.CharField(
        label=_("Measured from"),
        help_text=_("Empty: the point before"),
        max_length=40,
        required=False,
    )
    bearing = forms.FloatField(
        label=_("Bearing (°)"), min_value=0, max_value=360, required=False
    )
    magnetic = forms.BooleanField(
        label=_("Magnetic bearing"), required=False, initial=True
    )
    distance_m = forms.FloatField(
        label=_("Distance (m)"), min_value=0, max_value=100_000, required=False
    )
    field_order = ("kind",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.label = _("Kind of point")
        kind.choices = [row for row in kind.choices if row[0] in TRAVERSE_KINDS]

    def as_row(self) -> TraversePoint:
        _text, point = self.cleaned_data["position"]
        lon, lat = (None, None) if point is None else (point.x, point.y)
        stated = _stated(TraversePoint, self.cleaned_data)
        return TraversePoint(lon=lon, lat=lat, **stated)

    @staticmethod
    def initial_of(row: GeoPoint) -> dict[str, Any]:
        """Return a saved point as it was measured."""
        measured = row.bearing_deg is not None and row.distance_m is not None
        fixed = format_point(row.geometry.x, row.geometry.y)
        return {
            "kind": row.kind,
            "label": row.label,
            "position": row.position_text or ("" if measured else fixed),
            "from_label": row.from_point.label if row.from_point else "",
            "bearing": row.bearing_deg,
            "magnetic": row.bearing_is_magnetic,
            "distance_m": row.distance_m,
        }


def _stated(kind: type[Any], facts: dict[str, Any]) -> dict[str, Any]:
    """Return what a form says of the arguments of an input."""
    return {f.name: facts[f.name] for f in fields(kind) if f.name in facts}


def row_formset(form: type[RowForm]) -> type[forms.BaseFormSet[RowForm]]:
    """Return the set of rows of one kind; rows may be taken out again."""
    return forms.formset_factory(
        form, extra=0, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
    )
