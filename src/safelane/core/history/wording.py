"""What each verb of the history says in words, to stand after the name of a person."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_REPORTS: Mapping[str, str | Promise] = {
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
_OTHERS: Mapping[str, str | Promise] = {
    "admin.sync_role": gettext_lazy("brought a role up to date"),
    "agreement.make": gettext_lazy("made an agreement"),
    "agreement.revoke": gettext_lazy("revoked an agreement"),
    "area.create_country": gettext_lazy("set up a country"),
    "area.import": gettext_lazy("imported admin areas or places"),
    "codes.add": gettext_lazy("added a code"),
    "codes.retire": gettext_lazy("retired a code"),
    "import.begin": gettext_lazy("uploaded a file to import"),
    "import.import": gettext_lazy("imported a file"),
    "import.keep_mapping": gettext_lazy("kept a mapping of columns"),
    "membership.grant": gettext_lazy("gave a role"),
    "membership.end": gettext_lazy("ended a role"),
    "organisation.create": gettext_lazy("added an organisation"),
    "organisation.update": gettext_lazy("changed an organisation"),
    "person.accept_invitation": gettext_lazy("accepted the invitation"),
    "person.create": gettext_lazy("added a person"),
    "person.create_token": gettext_lazy("made an API token"),
    "person.create_user": gettext_lazy("opened an account"),
    "person.disable_user": gettext_lazy("closed an account"),
    "person.invite": gettext_lazy("made an invitation link"),
    "person.link_provider": gettext_lazy("linked a sign-in provider"),
    "person.revoke_sessions": gettext_lazy("ended sessions"),
    "person.revoke_token": gettext_lazy("revoked an API token"),
    "person.update": gettext_lazy("changed a person"),
    "prior.export": gettext_lazy("exported a survey ranking"),
    "prior.run": gettext_lazy("made a survey ranking"),
    "secret.reseal": gettext_lazy("sealed a secret anew"),
    "statistics.publish": gettext_lazy("published counts of victims"),
    "victim.reveal": gettext_lazy("opened the identity of a victim"),
}
REPORT_CLASSES = ("hazard_report", "accident_report")
SAID: Mapping[str, str | Promise] = {
    **{
        f"{name}.{verb}": text
        for name in REPORT_CLASSES
        for verb, text in _REPORTS.items()
    },
    **_OTHERS,
}


def said(verb: str) -> str:
    """Return what a verb of the history says, in the reader's language.

    Exports are named after what they hold; a verb from a newer version of the program
    stands as it is written.
    """
    if verb in SAID:
        return str(SAID[verb])
    return _("exported records") if verb.endswith(".export") else verb
