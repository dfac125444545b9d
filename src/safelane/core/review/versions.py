"""Which state of a draft a page was opened on, so that no save hides another."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from safelane.core.history.models import Change
from safelane.core.history.queries import changes_of, differences, said
from safelane.core.review.errors import ChangedMeanwhile
from safelane.core.review.kind import ReportKind

Kind = ReportKind[Any, Any]


def version_of(kind: Kind, uid: object) -> str:
    """Return what tells the present state of a report from every other of it.

    Asked before the report is read: what is saved between the two is then noticed.
    """
    newest = changes_of(kind.name, [uid]).values_list("seq", flat=True).first()
    return "" if newest is None else str(newest)


def refuse_changed(kind: Kind, draft: Any, seen: str) -> None:
    """Raise unless a locked draft is as it was when its page was opened.

    Args:
        seen: ``version_of`` of then, as a browser sent it; what is no version counts
            as one before the draft.

    Raises:
        ChangedMeanwhile: Says who saved what; ``details`` hold the present version.
    """
    now = version_of(kind, draft.uid)
    if seen == now:
        return
    rows = changes_of(kind.name, [draft.uid])
    if seen.isascii() and seen.isdecimal() and len(seen) < len(str(2**63)):
        rows = rows.filter(seq__gt=int(seen))
    message = _(
        "The draft was saved after this page was opened: %(changes)s. Nothing of yours "
        "is saved now, and all that you typed stands below. Look at the draft before "
        "you save again: that replaces it with what stands here."
    )
    changes = "; ".join(_told(kind, change) for change in rows)
    raise ChangedMeanwhile(message % {"changes": changes}, version=now)


def _told(kind: Kind, change: Change) -> str:
    """Return who did what to a draft, and when."""
    moment = timezone.localtime(change.server_time)
    words = {
        "who": change.actor_name,
        "did": said(change.verb),
        "when": date_format(moment, "SHORT_DATETIME_FORMAT"),
        "what": ", ".join(kind.label_of(d.name) for d in differences(change)),
    }
    if not words["what"]:
        return _("%(who)s %(did)s on %(when)s") % words
    return _("%(who)s %(did)s on %(when)s (%(what)s)") % words
