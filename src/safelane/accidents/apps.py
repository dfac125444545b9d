from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccidentsConfig(AppConfig):
    name = "safelane.accidents"
    verbose_name = _("Accidents")

    def ready(self) -> None:
        from safelane.accidents import attention, collections, navigation
        from safelane.core.ui.attention import register_panels

        navigation.register_items()
        register_panels("accidents", attention.panels)
        collections.register_collections()
