"""Facts that records of every part carry: whose they are, and in which country."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.facts import Fact

ORGANISATION = Fact(
    "organisation",
    "show",
    path="organisation__short_name",
    label=_("organisation"),
    published=True,
    files="out",
)
COUNTRY = Fact(
    "country",
    "show",
    path="country__code",
    label=_("country"),
    published=True,
    files="out",
)
