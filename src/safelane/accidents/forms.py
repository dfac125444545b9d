"""Forms for accident reports, their victims, and opening a record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from shapely.geometry import Point

from safelane.accidents.facts import (
    FACT_LISTS,
    IDENTITY_FIELDS,
    VICTIM_FACTS,
    VICTIM_LISTS,
)
from safelane.accidents.inputs import IdentityInput, VictimInput
from safelane.accidents.models import (
    AccidentReport,
    Victim,
    VictimIdentity,
)
from safelane.core.geo.entry.coordinates import parse_point
from safelane.core.geo.errors import InvalidCoordinates
from safelane.countries import CountryPack

NOT_STATED = ("", _("not stated"))
LONG = ("corrective_action", "description", "damage", "notes")
MAIN = (
    "kind", "occurred_on", "occurred_time", "stated_killed", "stated_injured",
    "ordnance_category", "cause", "activity", "description", "information_source",
    "information_grade",
)  # fmt: skip
FURTHER = (
    "moved_before", "area_marked", "ordnance_model", "depth_cm", "animals_killed",
    "damage", "terrain", "vegetation", "slope", "soil", "weather", "demining_asset",
    "corrective_action",
)  # fmt: skip
FORM_FACTS = (*VICTIM_FACTS, "wgss_respondent")


def _field(
    model: type[Any], name: str, lists: dict[str, str], pack: CountryPack
) -> Any:
    """Return a form field for a model field; codes become a choice."""
    source: Any = model._meta.get_field(name)
    if name in lists:
        choices = [NOT_STATED, *pack.choices(lists[name])]
        label = capfirst(str(source.verbose_name))
        return forms.ChoiceField(label=label, choices=choices, required=False)
    field = source.formfield(required=False)
    if name in LONG:
        field.widget = forms.Textarea(attrs={"rows": 3})
    elif isinstance(field, forms.DateField):
        field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, forms.TimeField):
        field.widget = forms.TimeInput(attrs={"type": "time"})
    elif isinstance(field.widget, forms.Textarea):
        field.widget = forms.TextInput()
    return field


class AccidentReportForm(forms.Form):
    """Reference, date of information, position and stated facts.

    Args:
        pack: Country pack with the code lists and the country's box.
        is_new: The report proposes a new accident.
    """

    reference = forms.CharField(label=_("Reference of the accident"), max_length=80)
    date_of_information = forms.DateField(
        label=_("Date of information"),
        help_text=_("The day on which this was true, not the day of entry."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    position_text = forms.CharField(
        label=_("Position"),
        help_text=_(
            "Degrees, UTM or MGRS as you have it. Leave it empty when it is not safe "
            "to take one."
        ),
        max_length=200,
        required=False,
    )
    position_accuracy = forms.ChoiceField(
        label=_("How the position was found"), required=False
    )

    def __init__(
        self, *args: Any, pack: CountryPack, is_new: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pack = pack
        if not is_new:
            del self.fields["reference"]
        accuracy: Any = self.fields["position_accuracy"]
        accuracy.choices = [NOT_STATED, *pack.choices("position_accuracy")]
        for name in (*MAIN, *FURTHER):
            self.fields[name] = _field(AccidentReport, name, FACT_LISTS, pack)
        self.fields["description"].help_text = _(
            "Without names: who the victims are belongs into their own fields."
        )

    def main(self) -> list[Any]:
        """Return the fields that most reports need."""
        return [self[name] for name in MAIN]

    def further(self) -> list[Any]:
        """Return the fields that only some reports need."""
        return [self[name] for name in FURTHER]

    def clean_position_text(self) -> str:
        text = str(self.cleaned_data["position_text"]).strip()
        if text:
            try:
                parsed = parse_point(text, bounds=self.pack.bounds)
            except InvalidCoordinates as error:
                raise ValidationError(error.message) from error
            self.cleaned_data["geometry"] = Point(parsed.lon, parsed.lat)
            self.cleaned_data["position_crs"] = parsed.crs
        return text

    def facts(self) -> dict[str, Any]:
        """Return the facts that are stated: name -> value."""
        data = self.cleaned_data
        stated = {name: data.get(name) for name in (*MAIN, *FURTHER)}
        if data.get("geometry") is not None:
            names = ("geometry", "position_text", "position_crs", "position_accuracy")
            stated |= {name: data.get(name) for name in names}
            stated["accuracy_m"] = self._metres(data.get("position_accuracy"))
        return {name: v for name, v in stated.items() if v not in (None, "")}

    def _metres(self, code: str | None) -> float | None:
        known = self.pack.code_of("position_accuracy", code) if code else None
        return float(known.data["metres"]) if known else None


class VictimForm(forms.Form):
    """One victim. Identity fields are never filled in from what is kept."""

    number = forms.IntegerField(
        label=_("Number"),
        min_value=1,
        max_value=999,
        required=False,
        help_text=_("Leave it empty to skip this victim."),
    )
    injuries = forms.MultipleChoiceField(
        label=_("Injuries"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, pack: CountryPack, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = [c.code for c in pack.codes("wgss_question")]
        injuries: Any = self.fields["injuries"]
        injuries.choices = pack.choices("injury")
        for name in FORM_FACTS:
            self.fields[name] = _field(Victim, name, VICTIM_LISTS, pack)
        answers = [NOT_STATED, *pack.choices("wgss_answer")]
        for code in self.questions:
            label = pack.label("wgss_question", code)
            self.fields[f"wgss_{code}"] = forms.ChoiceField(
                label=label, choices=answers, required=False
            )
        for name in IDENTITY_FIELDS:
            field = _field(VictimIdentity, name, {}, pack)
            field.widget.attrs["autocomplete"] = "off"
            self.fields[f"identity_{name}"] = field

    def plain(self) -> list[Any]:
        """Return the fields that say nothing about who it is."""
        return [self["number"], *(self[name] for name in FORM_FACTS)]

    def functioning(self) -> list[Any]:
        """Return the questions of the Washington Group Short Set."""
        return [self[f"wgss_{code}"] for code in self.questions]

    def identity(self) -> list[Any]:
        """Return the sealed fields."""
        return [self[f"identity_{name}"] for name in IDENTITY_FIELDS]

    @property
    def is_stated(self) -> bool:
        return bool(self.cleaned_data.get("number"))

    def victim(self) -> VictimInput:
        """Return what the form says."""
        data = self.cleaned_data
        known = {n: data[f"identity_{n}"] for n in IDENTITY_FIELDS}
        answers = {c: data[f"wgss_{c}"] for c in self.questions if data[f"wgss_{c}"]}
        return VictimInput(
            number=data["number"],
            wgss=answers,
            injuries=tuple(data["injuries"]),
            identity=IdentityInput(**known) if any(known.values()) else None,
            **{name: data[name] for name in FORM_FACTS},
        )


class RevealForm(forms.Form):
    """Why somebody opens a victim's identity."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For instance the referral it is for. It goes into the history."),
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def victim_forms(
    data: Any, rows: list[Victim], pack: CountryPack, spare: int
) -> list[VictimForm]:
    """Return one form per known victim and some empty ones, by prefix ``victim-n``."""
    initial = [initial_of(row) for row in rows] + [{} for _n in range(spare)]
    return [
        VictimForm(data, prefix=f"victim-{n}", initial=facts, pack=pack)
        for n, facts in enumerate(initial)
    ]


def initial_of(row: Victim) -> dict[str, Any]:
    """Return what is kept of a victim, without the identity."""
    facts = {name: getattr(row, name) for name in (*FORM_FACTS, "number", "injuries")}
    return facts | {f"wgss_{code}": answer for code, answer in row.wgss.items()}
