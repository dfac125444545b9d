"""Forms of import and export; the mapping's fields follow the file's columns."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import partial
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from safelane.core.scope import Actor
from safelane.exchange.files import formats
from safelane.exchange.files.reading import Batch, SourceInfo
from safelane.exchange.kinds import exportable, importable
from safelane.exchange.mapping.apply import unknown_words
from safelane.exchange.mapping.dates import FORMATS
from safelane.exchange.mapping.model import (
    ROLES,
    FieldMapping,
    GeometryMapping,
    Mapping,
    TargetField,
    roles_of,
)
from safelane.exchange.models import ImportRun, SavedMapping
from safelane.exchange.readers.delimited import EIGHT_BIT, SEPARATORS
from safelane.organisations.models import Country, Organisation
from safelane.organisations.queries import countries_in_reach, organisations_in_reach

MOST_WORDS = 60
LEAVE_OUT = "-"  # no code is written so
ENCODINGS = ("utf-8", "utf-16", *EIGHT_BIT)
FORMAT_CHOICES = [(name, form.label) for name, form in formats.FORMATS.items()]
POSITIONS = {
    "none": _("No position"),
    "source": _("The file's own geometries"),
    "lonlat": _("Longitude and latitude in columns"),
    "point": _("Latitude and longitude together in a column"),
    "utm": _("Easting and northing in columns (UTM or another grid)"),
    "mgrs": _("MGRS in a column"),
    "wkt": _("WKT, GeoJSON, WKB, geoshape or geotrace in a column"),
}
# What stands on the page beside a field -> what it is in the field's mapping.
_BESIDE = {
    "column": "column",
    "constant": "constant",
    "format": "date_format",
    "comma": "decimal_comma",
    "unit": "unit_column",
}


class UploadForm(forms.Form):
    """The file, what it holds, and who answers for it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, XLSX, GeoJSON, GeoPackage, zipped Shapefile, KML, KMZ or zipped "
            "File Geodatabase."
        ),
    )
    target = forms.ChoiceField(label=_("What it holds"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation that answers for it")
    )
    country = forms.ModelChoiceField(
        Country.objects.none(),
        label=_("Country"),
        help_text=_("For an organisation that belongs to no country."),
        required=False,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = importable(actor)
        reach = {k for one in kinds for k in organisations_in_reach(actor, one.verb)}
        homes = Organisation.objects.filter(pk__in=reach)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = homes
        fields["target"].choices = [(kind.name, kind.label) for kind in kinds]
        if homes.filter(country=None).exists():
            lands = {k for one in kinds for k in countries_in_reach(actor, one.verb)}
            fields["country"].queryset = Country.objects.filter(pk__in=lands)
        else:
            del fields["country"]

    def clean(self) -> dict[str, Any]:
        """Ask for the country where the organisation has none, and only there."""
        said = super().clean() or self.cleaned_data
        home, chosen = said.get("organisation"), said.get("country")
        if home is None or "country" not in said:
            return said
        if home.country is None and chosen is None:
            self.add_error("country", self._where())
        elif home.country is not None and chosen not in (None, home.country):
            message = _("%(name)s belongs to %(country)s: leave this empty.")
            names = {"name": home.short_name, "country": home.country}
            self.add_error("country", message % names)
        return said

    def _where(self) -> str:
        countries: Any = self.fields["country"]
        if countries.queryset.exists():
            return gettext("Say in which country this is.")
        return gettext(
            "No country is open to you here. Whoever runs this installation adds one "
            "with the command “safelane init --country”."
        )


class ReadingForm(forms.Form):
    """How the file is read, when the guess was wrong."""

    layer = forms.ChoiceField(label=_("Layer or sheet"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding of the text"), required=False)
    separator = forms.ChoiceField(
        label=_("Separator of the cells of a CSV"),
        choices=[("", _("as found")), *((n, n) for n in SEPARATORS)],
        required=False,
    )
    crs = forms.CharField(
        label=_("Coordinate system"),
        required=False,
        max_length=80,
        help_text=_("Such as EPSG:4326 or EPSG:32648; empty: as the file says."),
    )
    saved = forms.ModelChoiceField(
        SavedMapping.objects.none(), label=_("Use a saved mapping"), required=False
    )

    def __init__(self, *args: Any, info: SourceInfo, saved: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        layers = info.layers or [info.layer]
        fields["layer"].choices = [(name, name) for name in layers]
        found = _("as found: %(encoding)s") % {"encoding": info.encoding or "-"}
        fields["encoding"].choices = [("", found), *((n, n) for n in ENCODINGS)]
        fields["saved"].queryset = saved


class MappingForm(forms.Form):
    """A column for every field, a code for every word, and where the position is."""

    position = forms.ChoiceField(label=_("Position"), choices=list(POSITIONS.items()))
    position_crs = forms.CharField(
        label=_("Coordinate system of the columns"), required=False, max_length=80
    )
    zone = forms.CharField(
        label=_("UTM zone"), required=False, max_length=8, help_text=_("Such as 48N.")
    )
    mode = forms.ChoiceField(
        label=_("Faulty rows"), choices=ImportRun.Mode.choices, widget=forms.RadioSelect
    )
    may_move = forms.BooleanField(
        label=_("Known references may have another place or day"),
        required=False,
        help_text=_("Otherwise such rows are at fault: they may tell of another one."),
    )
    reason = forms.CharField(
        label=_("Why these rows need no review"),
        required=False,
        max_length=300,
        help_text=_("Such as “legacy register of 2023”; it is kept in the history."),
    )

    def __init__(
        self, *args: Any, run: ImportRun, sample: Batch, **kwargs: Any
    ) -> None:
        self.mapping = Mapping.from_json(run.mapping)
        self.target, self.info = run.layout, SourceInfo.from_wire(run.info)
        kwargs["initial"] = self._initial(run)
        super().__init__(*args, **kwargs)
        chosen = [f for f in self.target.fields if f.choices]
        self.words = {f.name: self._words(f, sample) for f in chosen}
        self._add_fields()

    def _words(self, field: TargetField, sample: Batch) -> list[str]:
        """Return words to translate: those not understood, and those guessed or chosen.

        They are those of the column that the form names.
        """
        mapped = self.mapping.fields.get(field.name, FieldMapping())
        column = self.data.get(f"column-{field.name}", mapped.column)
        if column != mapped.column:
            mapped = FieldMapping(column=column)
        if column in self.mapping.withheld:
            return []
        return [*mapped.values, *unknown_words(mapped, field, sample)][:MOST_WORDS]

    def _initial(self, run: ImportRun) -> dict[str, Any]:
        place = self.mapping.geometry
        initial: dict[str, Any] = {"position": place.kind, "position_crs": place.crs}
        initial |= {"zone": place.zone, "mode": run.mode, "reason": run.reason}
        initial["may_move"] = self.mapping.may_move
        initial |= {f"role-{role}": column for role, column in place.columns.items()}
        for name, mapped in self.mapping.fields.items():
            for beside, kept in _BESIDE.items():
                initial[f"{beside}-{name}"] = getattr(mapped, kept)
            for word, code in mapped.values.items():
                initial[f"word-{name}-{word}"] = code or LEAVE_OUT
        return initial

    def _add_fields(self) -> None:
        choice, ask = partial(forms.ChoiceField, required=False), self.fields
        columns = [("", "–"), *((c.name, c.name) for c in self.info.columns)]
        for role in sorted({r for kind in ROLES for r in roles_of(kind)}):
            ask[f"role-{role}"] = choice(label=role, choices=columns)
        for field in self.target.fields:
            key, label = field.name, capfirst(str(field.label))
            # A change of the column brings the words of the new one.
            renewing = forms.Select(
                attrs={
                    "hx-post": "",
                    "hx-vals": json.dumps({"step": "row", "row": key}),
                    "hx-target": "closest tr",
                    "hx-swap": "outerHTML",
                }
            )
            ask[f"column-{key}"] = choice(label=label, choices=columns, widget=renewing)
            ask[f"constant-{key}"] = forms.CharField(
                label=_("or the same for all rows"), required=False, max_length=200
            )
            if field.kind == "date":
                days = [(f, dt.date(2024, 12, 31).strftime(f)) for f in FORMATS]
                ask[f"format-{key}"] = choice(
                    label=_("Date format"), choices=[("", "2024-12-31"), *days]
                )
            if field.kind in ("number", "integer"):
                ask[f"comma-{key}"] = forms.BooleanField(
                    label=_("decimal comma"), required=False
                )
            if field.unit:
                said = _("unit from column")
                ask[f"unit-{key}"] = choice(label=said, choices=columns)
            named = ((c.code, str((*c.names, c.code)[0])) for c in field.choices)
            # A word that nobody has decided on keeps its rows out.
            codes = [("", _("not decided")), (LEAVE_OUT, _("leave empty")), *named]
            for word in self.words.get(key, []):
                ask[f"word-{key}-{word}"] = choice(label=word, choices=codes)

    def rows(self) -> list[dict[str, Any]]:
        """Return, per field of the target, what the page shows in one row."""
        return [self.row(field) for field in self.target.fields]

    def row(self, field: TargetField) -> dict[str, Any]:
        name, mapped = field.name, self.mapping.fields.get(field.name)
        extra = (f"format-{name}", f"comma-{name}", f"unit-{name}")
        return {
            "column": self[f"column-{name}"],
            "constant": self[f"constant-{name}"],
            "extra": [self[key] for key in extra if key in self.fields],
            "words": [self[f"word-{name}-{w}"] for w in self.words.get(name, [])],
            "required": field.required,
            "confidence": round(100 * mapped.confidence) if mapped else None,
        }

    def roles(self) -> list[Any]:
        """Return the fields that say which column holds which coordinate."""
        return [self[name] for name in self.fields if name.startswith("role-")]

    def chosen(self) -> Mapping:
        """Return the mapping that the person chose."""
        data = self.cleaned_data
        kind = data["position"]
        chosen = {role: data.get(f"role-{role}") for role in roles_of(kind)}
        columns = {role: column for role, column in chosen.items() if column}
        place = GeometryMapping(kind, columns, data["position_crs"], data["zone"])
        if columns == self.mapping.geometry.columns:
            place.again = self.mapping.geometry.again
        fields = {f.name: self._chosen_field(f.name) for f in self.target.fields}
        filled = {n: m for n, m in fields.items() if m.column or m.constant}
        said: dict[str, Any] = {"fields": filled, "geometry": place}
        said["may_move"] = data["may_move"]
        return replace(self.mapping, target=self.target.name, **said)

    def _chosen_field(self, name: str) -> FieldMapping:
        data = self.cleaned_data
        before = self.mapping.fields.get(name, FieldMapping())
        filled = data[f"column-{name}"], data[f"constant-{name}"]
        if filled != (before.column, before.constant):
            before = FieldMapping(confidence=1.0, reason="person")
        asked = [w for w in self.words.get(name, []) if f"word-{name}-{w}" in self.data]
        said = {w: data[f"word-{name}-{w}"] for w in asked}
        known = {w: c for w, c in before.values.items() if w not in said}
        words = {w: "" if c == LEAVE_OUT else c for w, c in said.items() if c}
        beside = {
            kept: data[f"{key}-{name}"]
            for key, kept in _BESIDE.items()
            if f"{key}-{name}" in data
        }
        return replace(before, values=known | words, **beside)


class ExportForm(forms.Form):
    """What goes out, in which format."""

    target = forms.ChoiceField(label=_("Records"))
    format = forms.ChoiceField(
        label=_("Format"),
        choices=FORMAT_CHOICES,
        help_text=_(
            "A Shapefile cuts texts after 254 bytes, and with them the further fields; "
            "Excel leaves out texts of more than 32,767 characters."
        ),
    )
    flat = forms.BooleanField(
        label=_("Words instead of codes"),
        required=False,
        help_text=_("The flat view for reports and spreadsheets."),
    )
    filter = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target: Any = self.fields["target"]
        target.choices = [(kind.name, kind.label) for kind in exportable(actor)]
