from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccidentsConfig(AppConfig):
    name = "safelane.accidents"
    verbose_name = _("Accidents")

    def ready(self) -> None:
        from safelane.accidents import collections, imports, navigation

        navigation.register_items()
        collections.register_collections()
        imports.offer_accidents()
