"""The report itself: what it is about, when it was true, and its facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safelane.core.facts import facts_of
from safelane.core.facts.forms import FactForm, day_field, on_forms
from safelane.countries import CountryPack
from safelane.hazards.models import HazardReport


class ReportForm(FactForm):
    """Reference, date of information and stated facts; empty means "not stated".

    Args:
        retractable: Facts of the area that can be taken back; None for a new area.
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
        retractable: list[str] | None,
        on: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, pack=pack, on=on, **kwargs)
        if retractable is None:
            del self.fields["retracts"]
        else:
            del self.fields["reference"]
            retracts: Any = self.fields["retracts"]
            facts, offered = (
                facts_of(HazardReport),
                {*on_forms(HazardReport), "geometry"},
            )
            names = [name for name in retractable if name in offered]
            retracts.choices = [(n, facts.label(n)) for n in names]
