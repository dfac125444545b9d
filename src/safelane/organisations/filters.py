"""The filters of a list of records as a form: all that the address takes."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import classproperty
from django.utils.translation import gettext_lazy as _

from safelane.core.facts.forms import choice_field, day_field, day_input
from safelane.core.filters import RecordFilter
from safelane.core.filters.reading import number_of
from safelane.core.scope import Actor
from safelane.organisations.models import Country, Organisation
from safelane.organisations.packs import merged_choices
from safelane.organisations.queries import offered_areas


def home_countries(actor: Actor, verb: str) -> QuerySet[Country]:
    """Return the countries that the actor works in: all, for roles without borders."""
    ids = {grant.country_id for grant in actor.grants_for(verb)}
    rows = Country.objects.all()
    if actor.is_system or None in ids:
        return rows
    return rows.filter(pk__in=[pk for pk in ids if pk is not None])


class FilterForm(forms.Form):
    """What a :class:`RecordFilter` reads, as a form; it shows, the filter validates.

    Attributes:
        asks: The filter.
        usual: The filters that most people use.
        dates: What the two dates are called.

    Args:
        actor: Whose organisations, countries and admin areas are offered.
    """

    asks: ClassVar[type[RecordFilter]]
    usual: ClassVar[tuple[str, ...]]
    dates: ClassVar[tuple[Any, Any]] = (_("From"), _("Until"))

    use_required_attribute = False

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter-%s")
        model: Any = self.asks.model
        countries = list(home_countries(actor, model.policy.verb("view")))
        labels = self.labels
        self.fields["q"] = forms.CharField(label=labels["q"], required=False)
        for fact in self.asks.asked():
            codes = merged_choices(countries, fact.codes)
            self._choose(fact.filter, list(codes.items()))
        areas, is_whole = offered_areas(countries, number_of(data, "area"))
        self._choose("area", [(str(a.pk), a.full_name) for a in areas])
        if not is_whole:
            self.fields["area"].help_text = _("Show an area to be offered those in it.")
        organisations = Organisation.objects.visible_to(actor)
        self._choose("organisation", [(str(o.pk), str(o)) for o in organisations])
        if len(countries) > 1:
            self._choose("country", [(c.code, str(c)) for c in countries])
        for name in ("date_from", "date_to", "as_of", "known_at"):
            self.fields[name] = day_field(labels[name], required=False)
        self.fields["known_at"] = forms.CharField(
            label=labels["known_at"], required=False, widget=day_input()
        )
        self.fields["bbox"] = forms.CharField(
            required=False, widget=forms.HiddenInput()
        )

    @classproperty
    def labels(cls) -> dict[str, Any]:
        """Return what each filter is called, in the order of the form."""
        coded = {f.filter: cls.asks.facts().label(f.name) for f in cls.asks.asked()}
        return {
            "q": _("Words"),
            **coded,
            "organisation": _("Organisation"),
            "country": _("Country"),
            "area": _("Admin area"),
            "bbox": _("Map extent"),
            "date_from": cls.dates[0],
            "date_to": cls.dates[1],
            "as_of": _("What was true on"),
            "known_at": _("As known on"),
        }

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name] = choice_field(self.labels[name], choices)

    def first(self) -> list[Any]:
        """Return the filters that most people use."""
        return [self[name] for name in self.usual]

    def more(self) -> list[Any]:
        """Return the other filters."""
        return [f for f in self.visible_fields() if f.name not in self.usual]

    def has_more(self) -> bool:
        """Say whether one of the other filters narrows the list."""
        return any(field.value() for field in self.more())
