"""Which state of a draft a page was opened on, so that no save hides another."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from safelane.core.errors import ChangedMeanwhile
from safelane.core.history.models import Change
from safelane.core.history.queries import changes_of, differences, said
from safelane.core.review.kind import ReportKind

Kind = ReportKind[Any, Any]


def version_of(kind: Kind, uid: object) -> str:
    """Return what tells the present state of a report from every other of it.

    It tells nothing else, such as how much was written in between. Asked before the
    report is read: what is saved between the two is then noticed.
    """
    newest = changes_of(kind.name, [uid]).first()
    return "" if newest is None else _version(newest)


def _version(change: Change) -> str:
    told = salted_hmac("state of a draft", str(change.seq), algorithm="sha256")
    return told.hexdigest()


def refuse_changed(kind: Kind, draft: Any, seen: str) -> None:
    """Raise unless a locked draft is as it was when it was read.

    Args:
        seen: ``version_of`` of then, as a browser or a program sent it; what is no
            version counts as one before the draft.

    Raises:
        ChangedMeanwhile: Says who saved what; ``details`` hold the present version.
    """
    now = version_of(kind, draft.uid)
    if seen == now:
        return
    since = takewhile(
        lambda change: _version(change) != seen, changes_of(kind.name, [draft.uid])
    )
    message = _(
        "The draft was saved after you opened it: %(changes)s. Nothing of yours is"
        " saved now, and nothing that you wrote is lost. Look at the draft before you"
        " save again: that replaces it with yours."
    )
    changes = "; ".join(_told(kind, change) for change in since)
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
