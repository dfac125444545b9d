"""Forms: classes, errors beside their field, and what screen readers hear."""

from __future__ import annotations

from django import forms


class Sample(forms.Form):
    name = forms.CharField(help_text="As on paper")
    kind = forms.ChoiceField(choices=[("a", "A")])
    sure = forms.BooleanField()
    several = forms.MultipleChoiceField(
        choices=[("a", "A")], widget=forms.CheckboxSelectMultiple
    )
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def test_fields_wear_their_class() -> None:
    html = str(Sample())
    assert 'class="form-control"' in html
    assert 'class="form-select"' in html
    assert 'class="form-check-input"' in html
    assert "style=" not in html


def test_a_fault_stands_beside_its_field_and_is_announced() -> None:
    html = str(Sample({"kind": "a"})["name"].as_field_group())
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert "This field is required." in html
    assert "is-invalid" in html


def test_a_group_of_choices_has_a_legend() -> None:
    html = str(Sample()["several"].as_field_group())
    assert "<fieldset" in html
    assert "<legend" in html


def test_hidden_fields_have_no_label() -> None:
    html = str(Sample())
    assert 'for="id_hidden"' not in html
    assert 'type="hidden"' in html
