from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils.translation import gettext_lazy as _


class SigninConfig(AppConfig):
    name = "safelane.organisations.signin"
    label = "signin"
    verbose_name = _("Sign-in")

    def ready(self) -> None:
        from safelane.core.jobs.runner import resolve_with
        from safelane.core.protect.installation import Sealed, also_reseal
        from safelane.organisations.signin.actions import reseal_second_factors
        from safelane.organisations.signin.queries import (
            actor_of_account,
            second_factors_of_old_secrets,
        )
        from safelane.organisations.signin.token_cache import deciding_models, forget

        resolve_with(actor_of_account)
        also_reseal(
            "mfa.authenticator",
            Sealed(
                left=lambda: len(list(second_factors_of_old_secrets())),
                reseal=reseal_second_factors,
            ),
        )
        for model in deciding_models():
            for written in (post_save, post_delete, m2m_changed):
                written.connect(forget, sender=model)
        import_module("safelane.organisations.signin.receivers")
