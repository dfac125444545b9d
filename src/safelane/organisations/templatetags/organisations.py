"""Labels of organisations and roles in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from safelane.core.domain import house
from safelane.organisations.forms import PRECISIONS
from safelane.organisations.models import Agreement, Organisation, Role
from safelane.organisations.packs import common_pack

register = template.Library()


@register.filter
def kind_label(organisation: Organisation) -> str:
    """Return the kind of an organisation as people say it."""
    return common_pack().label("organisation_kind", organisation.kind)


@register.filter
def local_name(role: Role) -> str:
    """Return a role's name in the reader's language."""
    return str(role.names.get(get_language() or "en") or role.name)


@register.filter
def precision_label(agreement: Agreement) -> str:
    """Return how exactly an agreement shows places, as people say it."""
    return str(dict(PRECISIONS).get(agreement.place_precision, ""))


@register.filter
def data_labels(agreement: Agreement) -> str:
    """Return the data classes that an agreement opens, as people say them."""
    known = house().data_classes
    return ", ".join(str(known[name].label) for name in agreement.data_classes)
