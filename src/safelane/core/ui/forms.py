"""Form rendering: Bootstrap classes, errors beside their field, no inline style."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import BaseRenderer
from django.template.backends.django import DjangoTemplates

DJANGO_FORMS = Path(forms.__file__).parent / "templates"
OURS = Path(__file__).parent / "templates"


def widget_class(widget: forms.Widget) -> str:
    """Return the Bootstrap class of a widget; "" where the template sets it."""
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return ""
    if isinstance(widget, forms.Select):
        return "form-select"
    if isinstance(widget, forms.HiddenInput | forms.MultiWidget):
        return ""
    return "form-control"


class InterfaceBoundField(BoundField):
    """A field that wears Bootstrap's classes and marks itself when it is at fault."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        used = widget or self.field.widget
        fault = "is-invalid" if self.errors else ""
        own = attrs.get("class") or used.attrs.get("class", "")
        built["class"] = " ".join(filter(None, [widget_class(used), own, fault]))
        if not built["class"]:
            del built["class"]
        return built

    @property
    def is_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_group(self) -> bool:
        """Say whether the widget is a set of inputs, which needs a legend."""
        return bool(self.field.widget.use_fieldset)


class InterfaceRenderer(BaseRenderer):
    """Render forms by ``ui/forms/*.html``."""

    form_template_name = "ui/forms/form.html"
    formset_template_name = "ui/forms/formset.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = InterfaceBoundField

    @cached_property
    def engine(self) -> DjangoTemplates:
        options = {"builtins": ["safelane.core.ui.templatetags.ui"]}
        return DjangoTemplates(
            {
                "APP_DIRS": False,
                "DIRS": [OURS, DJANGO_FORMS],
                "NAME": "interface-forms",
                "OPTIONS": options,
            }
        )

    def get_template(self, template_name: str) -> Any:
        return self.engine.get_template(template_name)
