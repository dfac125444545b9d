"""The filter bar of the register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from safelane.core.scope import Actor
from safelane.hazards.filters import HazardFilter
from safelane.hazards.forms.finds import DATE, optional
from safelane.hazards.maps import home_countries
from safelane.organisations.models import AdminArea, Country, Organisation
from safelane.organisations.packs import merged_choices

MOST_AREAS = 400
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
    kind = forms.ChoiceField(label=LABELS["kind"], required=False)
    status = forms.ChoiceField(label=LABELS["status"], required=False)
    area = forms.ChoiceField(label=LABELS["area"], required=False)
    organisation = forms.ChoiceField(label=LABELS["organisation"], required=False)
    grade = forms.ChoiceField(label=LABELS["grade"], required=False)
    date_from = forms.DateField(label=LABELS["date_from"], required=False, widget=DATE)
    date_to = forms.DateField(label=LABELS["date_to"], required=False, widget=DATE)
    as_of = forms.DateField(label=LABELS["as_of"], required=False, widget=DATE)
    known_at = forms.CharField(label=LABELS["known_at"], required=False, widget=DATE)
    bbox = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter-%s")
        countries = list(home_countries(actor))
        for name, list_name in (
            ("kind", "hazard_kind"),
            ("status", "hazard_status"),
            ("grade", "information_grade"),
        ):
            self._choose(name, list(merged_choices(countries, list_name).items()))
        areas = AdminArea.objects.filter(country__in=countries, level__lte=2)
        self._choose("area", [(str(a.pk), str(a)) for a in areas[:MOST_AREAS]])
        organisations = Organisation.objects.visible_to(actor)
        self._choose("organisation", [(str(o.pk), str(o)) for o in organisations])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.choices = optional(choices)  # type: ignore[attr-defined]

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
    lists = {"kind": "hazard_kind", "status": "hazard_status"}
    lists |= {"grade": "information_grade", "priority": "priority"}
    if name in lists:
        labels = merged_choices(Country.objects.all(), lists[name])
        return ", ".join(labels.get(code, code) for code in value)
    if name == "area":
        return str(AdminArea.objects.filter(pk=value).first() or value)
    if name == "organisation":
        return str(Organisation.objects.filter(pk=value).first() or value)
    return str(value)
