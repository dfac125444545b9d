"""What a verb of the history says in words, to stand after the name of a person.

Parts say their own verbs in ``domain.py``; the steps of a review are the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.domain import house

REPORT_STEPS: Mapping[str, str | Promise] = {
    "create": gettext_lazy("wrote the report"),
    "update": gettext_lazy("changed the draft"),
    "register": gettext_lazy("registered the report from an earlier register"),
    "submit": gettext_lazy("submitted the report"),
    "check_operator": gettext_lazy("checked the report for the operator"),
    "check_operations": gettext_lazy("checked the report for operations"),
    "approve": gettext_lazy("approved the report"),
    "reject": gettext_lazy("rejected the report"),
    "rework": gettext_lazy("took the report up again"),
    "withdraw": gettext_lazy("withdrew the report"),
    "withdraw_approved": gettext_lazy("withdrew the approved report"),
}


def said(verb: str) -> str:
    """Return what a verb of the history says, in the reader's language.

    Exports are named after what they hold; a verb from a newer version of the program
    stands as it is written.
    """
    name, _dot, step = verb.rpartition(".")
    words = house().said.get(verb)
    if words is None and name in house().reports:
        words = REPORT_STEPS.get(step)
    if words is not None:
        return str(words)
    return _("exported records") if step == "export" else verb
