"""Changing the weights of a ranking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safelane.risk.models import SurveyPrior
from safelane.risk.wording import layer_name

PREFIX = "weight_"
LARGEST = 100


class WeightsForm(forms.Form):
    """One weight per layer of a run, and why they change."""

    reason = forms.CharField(
        label=_("Why these weights?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        help_text=_("It stays with the new run, beside your name and the time."),
    )

    def __init__(self, prior: SurveyPrior, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layers = list(prior.weights)
        for layer, weight in prior.weights.items():
            self.fields[PREFIX + layer] = forms.FloatField(
                label=layer_name(prior.kind, layer),
                min_value=0,
                max_value=LARGEST,
                initial=round(100 * weight, 1),
                widget=forms.NumberInput(attrs={"step": "0.1"}),
            )
        self.order_fields([PREFIX + layer for layer in self.layers])

    def clean(self) -> dict[str, Any]:
        """Refuse weights that are all nothing."""
        cleaned = super().clean() or {}
        given = [cleaned.get(PREFIX + layer) for layer in self.layers]
        if None not in given and not any(given):
            raise forms.ValidationError(_("Give at least one layer a weight above 0."))
        return cleaned

    @property
    def weights(self) -> dict[str, float]:
        """Weight by layer, as typed."""
        return {
            layer: float(self.cleaned_data[PREFIX + layer]) for layer in self.layers
        }
