from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtectConfig(AppConfig):
    name = "safelane.core.protect"
    label = "protect"
    verbose_name = _("Keys and secrets")

    def ready(self) -> None:
        from django.db.models.signals import post_delete

        from safelane.core.protect.rowkeys import destroy, sealed_models

        def destroy_key(instance: object, **_facts: object) -> None:
            destroy(instance)  # type: ignore[arg-type]

        for model in sealed_models():
            post_delete.connect(destroy_key, sender=model, weak=False)
