"""Forms on organisations, people, memberships and codes; filters of records."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.functional import classproperty
from django.utils.translation import gettext_lazy as _

from safelane.core.domain import house
from safelane.core.facts.forms import choice_field, day_field, day_input
from safelane.core.filters import RecordFilter
from safelane.core.filters.reading import number_of
from safelane.core.scope import Actor
from safelane.organisations.models import AdminArea, Country, Organisation, Role
from safelane.organisations.packs import merged_choices
from safelane.organisations.queries import (
    home_countries,
    offered_areas,
    organisations_in_reach,
)

PRECISIONS = (
    ("exact", _("Exact")),
    ("cell", _("1 km cell")),
    ("district", _("District only")),
)


def data_class_choices() -> list[tuple[str, Any]]:
    """Return the data classes that agreements may open, with their labels."""
    known = house().data_classes
    return [(name, known[name].label) for name in house().shareable]


class AreaField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of admin areas: those of one name are told apart by what is around."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


def named_area_field() -> forms.CharField:
    """Return the field in which a place without position is named; see ``area_named``.

    The page lists the names that are offered under the id ``areas``.
    """
    return forms.CharField(
        label=_("Village, district or province"),
        max_length=200,
        required=False,
        help_text=_(
            "Where there is no position: its name or official code. Of several of one "
            "name, write “Village, District”."
        ),
        widget=forms.TextInput(attrs={"list": "areas"}),
    )


class AccountForm(forms.Form):
    """An account for somebody, with a first role."""

    username = forms.SlugField(label=_("User name"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=150)
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, required=False
    )
    role = forms.ModelChoiceField(Role.objects.exclude(code="public"), label=_("Role"))
    country = forms.ModelChoiceField(
        Country.objects.order_by("name"), label=_("Country"), required=False
    )
    area = AreaField(
        AdminArea.objects.none(),
        label=_("Only in this area"),
        required=False,
        help_text=_("Leave empty for the whole reach of the role."),
    )
    starts = day_field(_("From"), required=False)
    ends = day_field(_("Until"), required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organisation.country_id is not None:
            del self.fields["country"]
        areas = AdminArea.objects.filter(country=organisation.country_id, level__lte=2)
        areas = areas.select_related("parent").defer("geometry", "parent__geometry")
        area: Any = self.fields["area"]
        area.queryset = areas


class MembershipForm(AccountForm):
    """A further role for an account that exists."""

    name = None  # type: ignore[assignment]
    language = None  # type: ignore[assignment]


class AgreementForm(forms.Form):
    """What one organisation opens to another, and until when."""

    owner = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Owner of the data")
    )
    partner = forms.ModelChoiceField(
        Organisation.objects.filter(is_active=True), label=_("Partner")
    )
    data_classes = forms.MultipleChoiceField(
        label=_("Data opened"),
        choices=data_class_choices,
        widget=forms.CheckboxSelectMultiple,
    )
    precision = forms.ChoiceField(
        label=_("Precision of places"), choices=PRECISIONS, initial="cell"
    )
    starts = day_field(_("From"), initial=date.today)
    ends = day_field(_("Until"))
    purpose = forms.CharField(
        label=_("Purpose"), widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = organisations_in_reach(actor.for_whole_reach(), "agreement.manage")
        owner: Any = self.fields["owner"]
        owner.queryset = Organisation.objects.filter(pk__in=reach)


class LocalCodeForm(forms.Form):
    """A code that the pack's list lacks."""

    code = forms.SlugField(label=_("Code"), max_length=60)
    label_en = forms.CharField(label=_("Label in English"), max_length=120)
    label_local = forms.CharField(
        label=_("Label in the national language"), max_length=120, required=False
    )
    source = forms.CharField(label=_("Decided by"), max_length=200)
    valid_from = day_field(_("From"), initial=date.today)


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
