"""What a page says about the language that it is in."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from safelane.core.i18n.languages import is_draft

register = template.Library()


@register.inclusion_tag("i18n/draft_notice.html")
def draft_notice() -> dict[str, Any]:
    """Say, in the language of the page, that its translation awaits a reviewer."""
    return {"is_draft": is_draft(get_language() or "en")}
