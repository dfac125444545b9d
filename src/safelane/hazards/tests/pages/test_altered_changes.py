"""A change that was altered outside Safelane takes no page away."""

import pytest
from django.urls import reverse

from safelane.core.history.models import Change
from safelane.hazards.testing import register_area

pytestmark = pytest.mark.django_db
FACTS = "kind", "status", "stage", "stated_area_m2", "name", "priority"
ODD = '{"a": [1]}', '["x"]', '"\\ud800"', '"\\ud83d\\ude00"', "NaN", "1e999", "7" * 400


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_odd_values_are_shown_as_they_are(cast, clients, value):
    hazard = register_area(cast, "laos", "LA-1", owner="laa")
    report = hazard.reports.get()
    change = Change.objects.get(verb="hazard_report.register")
    told = ", ".join(f'"{name}": {value}' for name in FACTS)
    Change.objects.filter(pk=change.pk).update(after=f"{{{told}}}")
    for url in (
        reverse("hazards:detail", args=[hazard.uid]),
        reverse("hazards:report", args=[report.uid]),
        reverse("organisations:change", args=[change.pk]),
    ):
        assert clients["noy"].get(url).status_code == 200, url
