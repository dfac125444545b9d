from __future__ import annotations

from django.apps import AppConfig

from safelane.core.i18n.languages import teach_django


class I18nConfig(AppConfig):
    """Languages and formats; it must stand first, before any page is made."""

    name = "safelane.core.i18n"
    label = "i18n"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from safelane.core.i18n import any_case
        from safelane.core.i18n.middleware import remember_language

        teach_django()
        any_case.register()
        user_logged_in.connect(remember_language, dispatch_uid="i18n.language")
