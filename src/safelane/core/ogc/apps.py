from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OgcConfig(AppConfig):
    name = "safelane.core.ogc"
    label = "ogc"
    verbose_name = _("OGC API Features")

    def ready(self) -> None:
        from safelane.core.ogc.cql2 import lookups

        lookups.register()
