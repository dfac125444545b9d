"""Words of the sign-in library's pages, so that our catalogues translate them too.

django-allauth has no Lao and an incomplete Azerbaijani catalogue; ours come first.
"""

from django.utils.translation import gettext_noop as _

ACCOUNT_PAGES = (
    _("Activate"),
    _("Activate Authenticator App"),
    _("An authenticator app is not active."),
    _("Authentication using an authenticator app is active."),
    _("Authenticator App"),
    _("Authenticator secret"),
    _("Change Password"),
    _("Confirm"),
    _("Confirm Access"),
    _("Deactivate"),
    _("Deactivate Authenticator App"),
    _("Download codes"),
    _("Generate"),
    _("Generate new codes"),
    _("I have saved my recovery codes"),
    _("Manage"),
    _("No recovery codes set up."),
    _("Recovery Codes"),
    _("Set Password"),
    _("Sign In"),
    _("Sign Out"),
    _("Two-Factor Authentication"),
    _("Unused codes"),
    _("View"),
)
