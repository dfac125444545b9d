"""Labels of organisations and roles in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from safelane.organisations.forms import organisation_kinds
from safelane.organisations.models import Organisation, Role

register = template.Library()


@register.filter
def kind_label(organisation: Organisation) -> str:
    """Return the kind of an organisation as people say it."""
    return dict(organisation_kinds()).get(organisation.kind, organisation.kind)


@register.filter
def local_name(role: Role) -> str:
    """Return a role's name in the reader's language."""
    return str(role.names.get(get_language() or "en") or role.name)
