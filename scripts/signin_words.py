"""Words of the sign-in library's pages, so that our catalogues translate them too.

django-allauth has no Lao and an incomplete Azerbaijani catalogue; ours come first.
"""

ACCOUNT_PAGES = (
    "Activate",
    "Activate Authenticator App",
    "An authenticator app is not active.",
    "Authentication using an authenticator app is active.",
    "Authenticator App",
    "Authenticator secret",
    "Change Password",
    "Confirm",
    "Confirm Access",
    "Deactivate",
    "Deactivate Authenticator App",
    "Download codes",
    "Generate",
    "Generate new codes",
    "I have saved my recovery codes",
    "Manage",
    "No recovery codes set up.",
    "Recovery Codes",
    "Set Password",
    "Sign In",
    "Sign Out",
    "Two-Factor Authentication",
    "Unused codes",
    "View",
)
