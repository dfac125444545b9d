"""Rows of survey boxes within a report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safelane.core.geo.entry.coordinates import parse_point
from safelane.core.geo.entry.grid import GridBox, box_holding, read_number
from safelane.core.geo.errors import InvalidCoordinates
from safelane.hazards.actions.boxes import MOST_PERCENT
from safelane.hazards.forms.finds import DATE, PackForm, optional
from safelane.hazards.inputs import BoxInput
from safelane.hazards.models import SurveyBox
from safelane.hazards.rules.boxes import usual_size


class BoxForm(PackForm):
    """One box: which one, how much of it was searched, and what came of it."""

    LISTS = {"result": "survey_box_result"}
    place = forms.CharField(
        label=_("Grid number, or a coordinate in the box"),
        help_text=_("Such as 48N-6412-43120; or degrees, UTM or MGRS"),
        max_length=200,
    )
    result = forms.ChoiceField(label=_("Result"))
    searched_percent = forms.IntegerField(
        label=_("Searched share (%)"),
        min_value=0,
        max_value=MOST_PERCENT,
        required=False,
    )
    searched_on = forms.DateField(label=_("Searched on"), required=False, widget=DATE)
    size_m = forms.IntegerField(
        label=_("Size of the box (m)"), min_value=1, max_value=10_000, required=False
    )
    description = forms.CharField(label=_("Description"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["size_m"].initial = usual_size(self.pack)
        result: Any = self.fields["result"]
        result.choices = optional(list(result.choices))  # nobody's result by default

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
        names = ("box", "result", "searched_percent", "searched_on", "description")
        is_number = read_number(facts["place"], facts["box"].size_m) is not None
        text = "" if is_number else facts["place"]
        return BoxInput(position_text=text, **{name: facts[name] for name in names})


def box_initial(row: SurveyBox) -> dict[str, Any]:
    """Return the form's initial data of a saved box."""
    names = ("result", "searched_percent", "searched_on", "size_m", "description")
    named = {name: getattr(row, name) for name in names}
    return named | {"place": row.position_text or row.grid_number}
