"""The filter bar of the register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from safelane.core.facts.forms import choice_field, day_field, day_input
from safelane.core.scope import Actor
from safelane.hazards.filters import HazardFilter
from safelane.hazards.maps import home_countries
from safelane.organisations.models import AdminArea, Country, Organisation
from safelane.organisations.packs import merged_choices

MOST_AREAS = 400
CODES = {fact.filter: fact.codes for fact in HazardFilter.asked()}
NAMED: dict[str, Any] = {"area": AdminArea, "organisation": Organisation}
LABELS = {
    "q": _("Words"),
    "kind": _("Type"),
    "status": _("Status"),
    "priority": _("Priority"),
    "grade": _("Grade"),
    "organisation": _("Organisation"),
    "country": _("Country"),
    "area": _("Admin area"),
    "bbox": _("Map extent"),
    "date_from": _("Information from"),
    "date_to": _("Information until"),
    "as_of": _("As of"),
    "known_at": _("As known on"),
}


class FilterForm(forms.Form):
    """What :class:`HazardFilter` reads, as a form; it shows, the filter validates.

    Args:
        actor: Whose organisations and admin areas are offered.
    """

    use_required_attribute = False
    q = forms.CharField(label=LABELS["q"], required=False)
    date_from = day_field(LABELS["date_from"], required=False)
    date_to = day_field(LABELS["date_to"], required=False)
    as_of = day_field(LABELS["as_of"], required=False)
    known_at = forms.CharField(
        label=LABELS["known_at"], required=False, widget=day_input()
    )
    bbox = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter-%s")
        countries = list(home_countries(actor))
        for name in ("kind", "status", "grade"):
            codes = merged_choices(countries, CODES[name])
            self._choose(name, list(codes.items()))
        areas = AdminArea.objects.filter(country__in=countries, level__lte=2)
        self._choose("area", [(str(a.pk), str(a)) for a in areas[:MOST_AREAS]])
        organisations = Organisation.objects.visible_to(actor)
        self._choose("organisation", [(str(o.pk), str(o)) for o in organisations])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name] = choice_field(LABELS[name], choices)

    @property
    def first(self) -> list[Any]:
        """Return the filters that most people use."""
        return [self[name] for name in ("q", "kind", "status", "area")]

    @property
    def more(self) -> list[Any]:
        """Return the other filters."""
        names = ("organisation", "grade", "date_from", "date_to", "as_of", "known_at")
        return [self[name] for name in names]


def shown_filters(filters: HazardFilter, data: QueryDict) -> list[dict[str, str]]:
    """Return the active filters with the address that takes each one away."""
    shown = []
    for name, label in LABELS.items():
        value = getattr(filters, name)
        if value in ("", (), None):
            continue
        rest = data.copy()
        for key in (name, "after", "before"):
            rest.pop(key, None)
        text = "" if name == "bbox" else _value_text(name, value)
        shown.append(
            {"label": str(label), "value": text, "url": f"?{rest.urlencode()}"}
        )
    return shown


def _value_text(name: str, value: Any) -> str:
    if name in CODES:
        labels = merged_choices(Country.objects.all(), CODES[name])
        return ", ".join(labels.get(code, code) for code in value)
    if name in NAMED:
        return str(NAMED[name].objects.filter(pk=value).first() or value)
    return str(value)
