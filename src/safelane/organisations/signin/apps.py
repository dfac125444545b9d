from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils.translation import gettext_lazy as _


class SigninConfig(AppConfig):
    name = "safelane.organisations.signin"
    label = "signin"
    verbose_name = _("Sign-in")

    def ready(self) -> None:
        from safelane.core.jobs.actors import resolve_with
        from safelane.organisations.signin.queries import actor_of_account
        from safelane.organisations.signin.remembered import forget

        resolve_with(actor_of_account)
        for written in (post_save, post_delete, m2m_changed):
            written.connect(forget, dispatch_uid="safelane.signin.remembered")
        import_module("safelane.organisations.signin.receivers")
