from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SigninConfig(AppConfig):
    name = "safelane.organisations.signin"
    label = "signin"
    verbose_name = _("Sign-in")

    def ready(self) -> None:
        from safelane.core.jobs.actors import resolve_with
        from safelane.organisations.signin.queries import actor_of_account

        resolve_with(actor_of_account)
        import_module("safelane.organisations.signin.receivers")
