"""The report itself: what it is about, when it was true, and its facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from safelane.countries import CountryPack
from safelane.hazards.display import fact_label
from safelane.hazards.facts import FACT_LISTS
from safelane.hazards.forms.finds import DATE, optional
from safelane.hazards.models import HazardousArea, HazardReport

SEVERAL = ("contamination", "blockages")
MAIN = (
    "kind", "status", "status_reason", "name", "contamination", "information_source",
    "source_reliability", "information_grade", "stated_area_m2", "comment",
)  # fmt: skip
FURTHER = (
    "priority", "depth_cm", "people_affected", "land_use", "blockages", "marking",
    "terrain", "vegetation", "slope", "soil", "difficulty",
)  # fmt: skip
LONG = ("status_reason", "comment")


class ReportForm(forms.Form):
    """Reference, date of information and stated facts; empty means "not stated".

    Args:
        pack: Country pack with the code lists.
        hazard: The area that the report is about; None for a new one.
        on: Day whose codes are offered.
    """

    reference = forms.CharField(
        label=_("Reference of the new area"),
        help_text=_(
            "As your organisation numbers its areas. Leave it empty for a"
            " sheet of evidence or finds that is about no single area."
        ),
        max_length=80,
        required=False,
    )
    date_of_information = forms.DateField(
        label=_("Date of information"),
        help_text=_("The day on which this was true, not the day of entry."),
        widget=DATE,
    )
    retracts = forms.MultipleChoiceField(
        label=_("Known to be wrong, now unknown"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        pack: CountryPack,
        hazard: HazardousArea | None,
        on: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in (*MAIN, *FURTHER):
            self.fields[name] = _fact_field(name, pack, on)
        if hazard is None:
            del self.fields["retracts"]
        else:
            del self.fields["reference"]
            retracts: Any = self.fields["retracts"]
            retracts.choices = [
                (name, fact_label(name)) for name in _retractable(hazard)
            ]

    def main(self) -> Iterator[BoundField]:
        """Yield the fields that most reports need."""
        return (self[name] for name in MAIN)

    def further(self) -> Iterator[BoundField]:
        """Yield the fields that only some reports need."""
        return (self[name] for name in FURTHER)

    @property
    def has_further(self) -> bool:
        """Say whether one of the further fields has a value or a fault."""
        return any(field.value() or field.errors for field in self.further())

    def facts(self) -> dict[str, Any]:
        """Return the facts that are stated: name -> value."""
        names = (*MAIN, *FURTHER)
        stated = {name: self.cleaned_data.get(name) for name in names}
        return {n: v for n, v in stated.items() if v not in (None, "", [])}


def _retractable(hazard: HazardousArea) -> list[str]:
    offered = {*MAIN, *FURTHER, "geometry"}
    return [name for name in hazard.stated_facts() if name in offered]


def _fact_field(name: str, pack: CountryPack, on: date | None) -> forms.Field:
    label = fact_label(name)
    if name in SEVERAL:
        return forms.MultipleChoiceField(
            label=label,
            choices=pack.choices(FACT_LISTS[name], on),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    if name in FACT_LISTS:
        choices = optional(pack.choices(FACT_LISTS[name], on))
        return forms.ChoiceField(label=label, choices=choices, required=False)
    column: Any = HazardReport._meta.get_field(name)
    field: forms.Field = column.formfield(label=label, required=False)
    if name in LONG:
        field.widget.attrs["rows"] = 3
    return field
