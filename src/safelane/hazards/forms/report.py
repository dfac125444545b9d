"""The report itself: what it is about, when it was true, and its facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safelane.core.facts import facts_of
from safelane.core.facts.forms import FactForm, day_field, on_forms
from safelane.countries import CountryPack
from safelane.hazards.models import HazardousArea, HazardReport


class ReportForm(FactForm):
    """Reference, date of information and stated facts; empty means "not stated".

    Args:
        hazard: The area that the report is about; None for a new one.
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
    date_of_information = day_field(
        _("Date of information"),
        help_text=_("The day on which this was true, not the day of entry."),
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
        super().__init__(*args, pack=pack, on=on, **kwargs)
        if hazard is None:
            del self.fields["retracts"]
        else:
            del self.fields["reference"]
            retracts: Any = self.fields["retracts"]
            facts = facts_of(HazardReport)
            retracts.choices = [(n, facts.label(n)) for n in _retractable(hazard)]


def _retractable(hazard: HazardousArea) -> list[str]:
    offered = {*on_forms(HazardReport), "geometry"}
    return [name for name in hazard.stated_facts() if name in offered]
