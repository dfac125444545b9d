"""Rows of evidence, ordnance and surveyed points within a report."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from shapely.geometry import Point

from safelane.core.errors import NotFound
from safelane.core.files.models import StoredFile
from safelane.core.geo.entry.coordinates import format_point, parse_point
from safelane.core.geo.entry.traverse import KINDS as TRAVERSE_KINDS
from safelane.core.geo.entry.traverse import TraversePoint
from safelane.core.geo.errors import InvalidCoordinates
from safelane.core.scope import Actor
from safelane.countries import CountryPack
from safelane.hazards.inputs import EvidenceInput, OrdnanceInput
from safelane.hazards.models import Evidence, GeoPoint, OrdnanceFound

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MAX_ROWS = 500


def optional(choices: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    """Return choices with an empty first one."""
    return [("", "–"), *choices]


class PackForm(forms.Form):
    """A row whose choices come from a country pack.

    Args:
        pack: Whose code lists, on the report's date.
        on: Date of information, or None for the codes in force at any time.
        actor: Who writes; decides which stored photos may be kept.
    """

    LISTS: dict[str, str] = {}

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
        for name, list_name in self.LISTS.items():
            choices = pack.choices(list_name, on)
            field: Any = self.fields[name]
            field.choices = choices if field.required else optional(choices)

    def clean_position(self) -> tuple[str, Point | None]:
        """Return the text as typed and the WGS 84 point that it names."""
        text = str(self.cleaned_data["position"]).strip()
        if not text:
            return "", None
        try:
            found = parse_point(text, bounds=self.pack.bounds)
        except InvalidCoordinates as error:
            raise ValidationError(error.message, code="coordinates") from error
        return text, Point(found.lon, found.lat)


class FindForm(PackForm):
    """What evidence and ordnance share: where, when, how many, how exactly."""

    position = forms.CharField(
        label=_("Position where it was found"),
        help_text=_("Degrees, UTM or MGRS"),
        max_length=200,
    )
    found_on = forms.DateField(label=_("Found on"), required=False, widget=DATE)
    count = forms.IntegerField(label=_("Count"), min_value=1, initial=1)
    accuracy_m = forms.FloatField(
        label=_("Position accuracy (m)"), min_value=0, max_value=100_000, required=False
    )
    description = forms.CharField(label=_("Description"), required=False)
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
        raise NotImplementedError

    def shared(self, photo: StoredFile | None) -> dict[str, Any]:
        """Return the arguments that every kind of find takes."""
        facts = self.cleaned_data
        text, point = facts["position"]
        return {
            "geometry": point,
            "position_text": text,
            "count": facts["count"],
            "found_on": facts["found_on"],
            "accuracy_m": facts["accuracy_m"],
            "description": facts["description"],
            "photo": photo or facts["kept_photo"],
        }


class EvidenceForm(FindForm):
    """One piece of evidence."""

    LISTS = {
        "directness": "evidence_directness",
        "kind": "evidence_kind",
        "grade": "information_grade",
        "information_source": "information_source",
        "ordnance_category": "ordnance_category",
    }
    directness = forms.ChoiceField(label=_("Directness"))
    kind = forms.ChoiceField(label=_("Kind"))
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    information_source = forms.ChoiceField(label=_("Source"), required=False)
    ordnance_category = forms.ChoiceField(label=_("Ordnance"), required=False)
    ordnance_model = forms.CharField(label=_("Model"), max_length=60, required=False)
    field_order = ("directness", "kind", "position")

    def as_input(self, photo: StoredFile | None) -> EvidenceInput:
        names = (*self.LISTS, "ordnance_model")
        own = {name: self.cleaned_data[name] for name in names}
        return EvidenceInput(**self.shared(photo), **own)


class OrdnanceForm(FindForm):
    """One find of ordnance: what it is and where it was found."""

    LISTS = {
        "category": "ordnance_category",
        "subcategory": "ordnance_subcategory",
        "condition": "ordnance_condition",
    }
    category = forms.ChoiceField(label=_("Category"))
    subcategory = forms.ChoiceField(label=_("Sub-category"), required=False)
    model = forms.CharField(label=_("Model"), max_length=60, required=False)
    condition = forms.ChoiceField(label=_("Condition"), required=False)
    depth_cm = forms.IntegerField(
        label=_("Depth (cm)"), min_value=0, max_value=2_000, required=False
    )
    field_order = ("category", "subcategory", "model", "condition", "position")

    def as_input(self, photo: StoredFile | None) -> OrdnanceInput:
        names = (*self.LISTS, "model", "depth_cm")
        own = {name: self.cleaned_data[name] for name in names}
        return OrdnanceInput(**self.shared(photo), **own)


class PointForm(PackForm):
    """One row of the field table."""

    LISTS = {"kind": "geopoint_kind"}
    kind = forms.ChoiceField(label=_("Kind of point"))
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [row for row in kind.choices if row[0] in TRAVERSE_KINDS]

    def as_row(self) -> TraversePoint:
        facts = self.cleaned_data
        _text, point = facts["position"]
        return TraversePoint(
            kind=facts["kind"],
            label=facts["label"],
            lon=None if point is None else point.x,
            lat=None if point is None else point.y,
            bearing=facts["bearing"],
            magnetic=facts["magnetic"],
            distance_m=facts["distance_m"],
            from_label=facts["from_label"],
        )


def find_initial(row: Evidence | OrdnanceFound, form: type[FindForm]) -> dict[str, Any]:
    """Return the form's initial data of a saved find."""
    names = set(form.base_fields) - {"position", "photo", "kept_photo"}
    initial = {name: getattr(row, name) for name in names}
    initial["position"] = row.position_text or format_point(
        row.geometry.x, row.geometry.y
    )
    initial["kept_photo"] = row.photo.uid if row.photo else None
    return initial


def point_initial(row: GeoPoint) -> dict[str, Any]:
    """Return the form's initial data of a saved point: as it was measured."""
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


def row_formset(
    form: type[PackForm], extra: int = 0
) -> type[forms.BaseFormSet[PackForm]]:
    """Return the set of rows of one kind; rows may be taken out again."""
    return forms.formset_factory(
        form, extra=extra, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
    )
