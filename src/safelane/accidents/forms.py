"""Forms of accident reports and their victims, and for opening an identity."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from safelane.accidents.actions import AccidentInput, VictimInput
from safelane.accidents.facts import IDENTITY_FIELDS, VICTIM_FORM
from safelane.accidents.models import AccidentReport, Victim, VictimIdentity
from safelane.accidents.queries import victims_in, victims_of
from safelane.core.facts.forms import (
    FactForm,
    choice_field,
    fact_fields,
    position_field,
    say_known,
    typed_point,
)
from safelane.core.pages.subjects import Subject, rows_asked, seen_record, wants_more
from safelane.core.scope import Actor
from safelane.core.scope.precision import is_exact, own_area
from safelane.countries import CountryPack
from safelane.hazards.queries import area_called, area_seen_exactly
from safelane.organisations.forms import named_area_field
from safelane.organisations.packs import pack_of
from safelane.organisations.queries import offered_areas
from safelane.organisations.whereabouts import area_named

# More than the most come in by a file: a form has at most 5,000 fields.
SPARE_VICTIMS, MOST_VICTIMS = 2, 100
POSITION = ("geometry", "position_text", "position_crs", "position_accuracy")


class AccidentReportForm(FactForm):
    """Reference, date of information, position and stated facts.

    Args:
        is_new: The report proposes a new accident.
    """

    model, numbers = AccidentReport, ""  # of the victims known today
    reference = forms.CharField(label=_("Reference of the accident"), max_length=80)
    position_text = position_field(
        _("Position"),
        _("Degrees, UTM or MGRS as you have it. Leave it empty when it is not safe to "
          "take one."),
        required=False,
    )  # fmt: skip
    admin_area = named_area_field()
    hazard = forms.CharField(
        label=_("Hazardous area in which it happened"), max_length=200, required=False,
        help_text=_("Its reference, where it is known."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, pack: CountryPack, is_new: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, pack=pack, **kwargs)
        if not is_new:
            del self.fields["reference"]
        self.fields |= fact_fields(self.model, ("position_accuracy",), pack, self.on)

    def clean_position_text(self) -> str:
        text = str(self.cleaned_data["position_text"]).strip()
        if (found := typed_point(text, self.pack)) is not None:
            self.cleaned_data["geometry"] = found[0]
            self.cleaned_data["position_crs"] = found[1].crs
        return text

    def clean_admin_area(self) -> str:
        text = str(self.cleaned_data["admin_area"]).strip()
        is_new = "admin_area" in self.changed_data
        if text and is_new and "geometry" in self.cleaned_data:
            raise forms.ValidationError(_("The position says it: leave this empty."))
        return text

    def facts(self) -> dict[str, Any]:
        """Return the facts that are stated; a position with how it was found."""
        data, stated = self.cleaned_data, super().facts()
        if data.get("geometry") is not None:
            stated |= {name: data[name] for name in POSITION if data.get(name)}
            for code in self.pack.codes("position_accuracy", self.on):
                if code.code == data.get("position_accuracy") and "metres" in code.data:
                    stated["accuracy_m"] = float(code.data["metres"])
        return stated


class VictimForm(forms.Form):
    """One victim. Identity fields are never filled in from what is kept."""

    number = forms.IntegerField(
        label=_("Number"), min_value=1, max_value=999, required=False,
        help_text=_("Which victim of the accident this is, from 1."),
    )  # fmt: skip
    leave_out = forms.BooleanField(
        label=_("Leave this victim out of the report"), required=False
    )
    forget = forms.BooleanField(
        label=_("Remove what is kept of who it is"), required=False
    )

    def __init__(self, *args: Any, told: AccidentReportForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack, on = told.pack, told.on
        self.is_kept = bool(self.initial)
        say_known(self, "number", told.numbers)
        # The number ties a kept victim to the sealed identity, which is not shown.
        self.fields["number"].widget.attrs["readonly"] = self.is_kept
        if not self.is_kept:
            del self.fields["leave_out"], self.fields["forget"]
        self.questions = [c.code for c in pack.codes("wgss_question", on)]
        self.fields |= fact_fields(Victim, VICTIM_FORM, pack, on)
        for code in self.questions:
            label = pack.label("wgss_question", code)
            answers = pack.choices("wgss_answer", on)
            self.fields[f"wgss_{code}"] = choice_field(label, answers)
        sealed = fact_fields(VictimIdentity, IDENTITY_FIELDS, pack)
        for name, field in sealed.items():
            field.widget.attrs["autocomplete"] = "off"
            self.fields[f"identity_{name}"] = field

    def groups(self) -> dict[str, list[Any]]:
        """Return the fields: what is told, difficulties, and the sealed ones."""
        told = [n for n in ("number", "leave_out", *VICTIM_FORM) if n in self.fields]
        names = {
            "plain": [name for name in told if name != "injuries"],
            "functioning": [f"wgss_{code}" for code in self.questions],
            "identity": [f"identity_{name}" for name in IDENTITY_FIELDS],
        }
        names["identity"] += ["forget"] * self.is_kept
        return {group: [self[n] for n in names[group]] for group in names}

    def clean(self) -> dict[str, Any]:
        """Refuse a block in which something is written of a victim without number."""
        data = super().clean() or self.cleaned_data
        if self.is_kept and data.get("number") != self.initial["number"]:
            said = _(
                "The victims have changed since the page was opened: open it again."
            )
            self.add_error(None, said)
        elif self.is_stated and "number" in data and data["number"] is None:
            said = _("Give this victim a number, or empty the block to leave it out.")
            self.add_error("number", said)
        return data

    @property
    def is_stated(self) -> bool:
        """Say whether the block tells of a victim: whatever is written in it counts."""
        is_out = self.is_kept and self.cleaned_data["leave_out"]
        return not is_out and (self.is_kept or self.has_changed())

    def victim(self) -> VictimInput:
        """Return what the form says."""
        data = self.cleaned_data
        facts = {name: data[name] for name in VICTIM_FORM}
        facts["wgss"] = {c: v for c in self.questions if (v := data[f"wgss_{c}"])}
        known = {n: data[f"identity_{n}"] for n in IDENTITY_FIELDS}
        if not data.get("forget"):  # what is left empty stays as it is
            known = {name: text for name, text in known.items() if text}
        return VictimInput(number=data["number"], facts=facts, identity=known)


class AccidentEditor:
    """The forms of a report on one page: the accident, and one per victim."""

    def __init__(self, request: HttpRequest, subject: Subject, actor: Actor) -> None:
        self.subject, self.actor, data = subject, actor, request.POST or None
        pack: CountryPack = pack_of(subject.country)
        report, is_new = subject.report, subject.record is None
        self.form = AccidentReportForm(data, pack=pack, is_new=is_new, draft=report)
        self.form.initial.update(_linked(report, actor))
        if (seen := seen_record(subject, actor)) is not None and is_exact(seen):
            say_known(self.form, "hazard", area_seen_exactly(actor, seen.hazard_id))
            self.form.numbers = ", ".join(
                str(v.number) for v in victims_of(seen, actor)
            )
        known = list(victims_in(report, actor)) if report else []
        asked = rows_asked(request, "victim")
        count = min(max(len(known) + SPARE_VICTIMS, asked), MOST_VICTIMS)
        initial = [_kept(row) for row in known] + [{}] * (count - len(known))
        self.victims = [
            VictimForm(data, prefix=f"victim-{n}", initial=facts, told=self.form)
            for n, facts in enumerate(initial)
        ]
        if wants_more(request):  # what is still being written is at no fault yet
            for form in (self.form, *self.victims):
                form.errors.clear()

    def is_valid(self) -> bool:
        if not all([form.is_valid() for form in (self.form, *self.victims)]):
            return False
        # A number is the tie to a sealed identity: nobody else gets it at once.
        out = [form for form in self.victims if form.is_kept and not form.is_stated]
        left = {form.initial["number"] for form in out}
        for form in self.victims:
            if not form.is_kept and form.cleaned_data["number"] in left:
                said = _("The victim who is left out had this number: take another.")
                form.add_error("number", said)
        return all(form.is_valid() for form in self.victims)

    def claims(self) -> AccidentInput:
        """Return what the report says."""
        data = self.form.cleaned_data
        return AccidentInput(
            date_of_information=data["date_of_information"],
            accident=self.subject.record,
            reference=data.get("reference", ""),
            facts=self.form.facts(),
            victims=tuple(form.victim() for form in self.victims if form.is_stated),
            **self._links(),
        )

    def spot(self, finding: dict[str, Any]) -> tuple[Any, str]:
        """Return where a finding stands: a fact, a victim by number, or the place."""
        values = finding["values"]
        for form in self.victims:
            if form.is_kept and form.initial["number"] == values.get("number"):
                return form, "age" if "age" in values else "number"
        where = str(finding["where"])
        return self.form, where if where in self.form.fields else "position_text"

    def _links(self) -> dict[str, Any]:
        """Return area and hazardous area as claims say them; None where untouched."""
        form, country = self.form, self.subject.country
        said = {n: form.cleaned_data[n] for n in {*form.changed_data} & {*form.data}}
        area, hazard = said.get("admin_area"), said.get("hazard")
        return {
            "admin_area": area and area_named(country, area),
            "hazard_uid": hazard and area_called(self.actor, country.pk, hazard).uid,
        }

    def context(self) -> dict[str, Any]:
        return {
            "form": self.form,
            "victim_forms": self.victims,
            "new_victim": VictimForm(prefix="victim-__prefix__", told=self.form),
            "most_victims": MOST_VICTIMS,
            "accident": self.subject.record,
            "areas": offered_areas([self.subject.country], None)[0],
        }


def _linked(report: AccidentReport | None, actor: Actor) -> dict[str, Any]:
    """Return what a draft names and the actor may know: area, and hazardous area."""
    if report is None:
        return {}
    area = None if report.geometry else own_area(report, "accident")
    hazard = area_seen_exactly(actor, report.hazard_id)
    return {"admin_area": area.full_name if area else "", "hazard": str(hazard or "")}


def _kept(row: Victim) -> dict[str, Any]:
    """Return what is kept of a victim, without the identity."""
    facts = {name: getattr(row, name) for name in ("number", *VICTIM_FORM)}
    return facts | {f"wgss_{code}": answer for code, answer in row.wgss.items()}


class RevealForm(forms.Form):
    """Why somebody opens a victim's identity."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For instance the referral it is for. It goes into the history."),
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
