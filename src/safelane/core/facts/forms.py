"""Form fields of facts: codes become choices, limits and labels come along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from shapely.geometry import Point

from safelane.core.facts.fact import Choices, Facts, Group, Pack, facts_of
from safelane.core.facts.words import ShownFact
from safelane.core.geo.entry.coordinates import ParsedPoint, parse_point
from safelane.core.geo.errors import InvalidCoordinates

ROWS = 3
EMPTY = ("", "–")


def day_input() -> forms.DateInput:
    """Return the widget of a day; what it sends is never mixed up with a month."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=day_input(), **options)


def choice_field(
    label: Any, choices: Choices, *, required: bool = False, **options: Any
) -> forms.ChoiceField:
    """Return a choice; nothing is chosen beforehand."""
    return forms.ChoiceField(
        label=label, choices=[EMPTY, *choices], required=required, **options
    )


def fact_field(
    facts: Facts, name: str, pack: Pack | None, on: date | None = None
) -> forms.Field:
    """Return the form field of one fact.

    Args:
        pack: None where no country says the codes: they are typed.
        on: Day whose codes are offered; today when None.
    """
    fact, column = facts[name], facts.field(name)
    label, help_text = facts.label(name), fact.help
    if fact.several and pack:
        return forms.MultipleChoiceField(
            label=label,
            choices=pack.choices(fact.codes, on),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    if fact.words or (fact.codes and pack):
        words = [(value, str(word)) for value, word in fact.words]
        choices = words or (pack.choices(fact.codes, on) if pack else [])
        required = not column.blank
        return choice_field(label, choices, required=required, help_text=help_text)
    options: dict[str, Any] = {"label": label, "help_text": help_text}
    if isinstance(column, models.IntegerField | models.FloatField):
        options |= {"min_value": fact.least, "max_value": fact.most}
    field: Any = column.formfield(**options)
    if fact.long:
        field.widget = forms.Textarea(attrs={"rows": ROWS})
    elif isinstance(field, forms.DateField):
        field.widget = day_input()
    elif isinstance(field, forms.TimeField):
        field.widget = forms.TimeInput(attrs={"type": "time"})
    elif isinstance(column, models.TextField):
        field.widget = forms.TextInput()
    found: forms.Field = field
    return found


def fact_fields(
    model: type[models.Model],
    names: Iterable[str],
    pack: Pack | None,
    on: date | None = None,
) -> dict[str, forms.Field]:
    """Return name -> form field of some facts of a model."""
    facts = facts_of(model)
    return {name: fact_field(facts, name, pack, on) for name in names}


def on_forms(model: type[models.Model], *groups: Group) -> tuple[str, ...]:
    """Return the facts that stand on the form of a report, in their order."""
    wanted = groups or ("main", "further")
    return tuple(f.name for f in facts_of(model).values() if f.group in wanted)


def say_known(form: forms.BaseForm, name: str, value: Any) -> None:
    """Let a field of a form, where it has such a one, say what is known today."""
    field: Any = form.fields.get(name)
    if field is not None:
        field.known = str(value or "")


class FactForm(forms.Form):
    """A report: when it was true, and the facts; empty means "not stated".

    Args:
        pack: Country pack with the code lists and the country's box.
        draft: The report that is changed: what it says, with the codes of its day.
    """

    model: ClassVar[type[models.Model]]
    date_of_information = day_field(
        _("Date of information"),
        help_text=_("The day on which this was true, not the day of entry."),
    )

    def __init__(
        self, *args: Any, pack: Pack, draft: Any = None, **kwargs: Any
    ) -> None:
        self.on: date | None = None
        initial = {}
        if draft is not None:
            named = ("reference", "date_of_information", "retracts")
            initial = {n: getattr(draft, n) for n in named} | draft.stated_facts()
            self.on = draft.date_of_information
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.pack = pack
        self.fields |= fact_fields(self.model, on_forms(self.model), pack, self.on)

    def tell_known(self, facts: Iterable[ShownFact]) -> None:
        """Let the fields say what is known today."""
        for fact in facts:
            say_known(self, fact.name, fact.value)

    def main(self) -> Iterator[BoundField]:
        """Yield the facts that most reports need."""
        return (self[name] for name in on_forms(self.model, "main"))

    def further(self) -> Iterator[BoundField]:
        """Yield the facts that only some reports need."""
        return (self[name] for name in on_forms(self.model, "further"))

    @property
    def has_further(self) -> bool:
        """Say whether one of the further facts has a value or a fault."""
        return any(field.value() or field.errors for field in self.further())

    def facts(self) -> dict[str, Any]:
        """Return the facts that are stated: name -> value."""
        stated = {name: self.cleaned_data.get(name) for name in on_forms(self.model)}
        return {n: v for n, v in stated.items() if v not in (None, "", [])}


def position_field(label: Any, help_text: Any = "", **options: Any) -> forms.CharField:
    """Return the field in which a coordinate is typed as somebody has it."""
    said = help_text or _("Degrees, UTM or MGRS")
    return forms.CharField(label=label, help_text=said, max_length=200, **options)


def typed_point(text: str, pack: Pack) -> tuple[Point, ParsedPoint] | None:
    """Return the place that a typed coordinate names, and how it was read.

    Raises:
        ValidationError: It names none, or one outside the country.
    """
    if not text.strip():
        return None
    try:
        found = parse_point(text.strip(), bounds=pack.bounds)
    except InvalidCoordinates as error:
        raise ValidationError(error.message, code="coordinates") from error
    return Point(found.lon, found.lat), found
