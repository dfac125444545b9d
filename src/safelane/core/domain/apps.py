from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DomainConfig(AppConfig):
    name = "safelane.core.domain"
    label = "domain"
    verbose_name = _("Parts")

    def ready(self) -> None:
        from django.conf import settings

        from safelane.core.domain.house import move_in, read_parts

        move_in(read_parts(settings.PARTS))
