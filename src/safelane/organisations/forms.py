"""Forms on organisations, people, memberships, agreements and codes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from safelane.core.domain import house
from safelane.core.facts.forms import day_field
from safelane.core.scope import Actor
from safelane.organisations.models import AdminArea, Country, Organisation, Role
from safelane.organisations.queries import organisations_in_reach

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
