"""Sign-in: invitations, lock-out, sessions, API tokens, single sign-on."""
