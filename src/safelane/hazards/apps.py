from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HazardsConfig(AppConfig):
    name = "safelane.hazards"
    verbose_name = _("Hazards")

    def ready(self) -> None:
        from safelane.core.files.policies import open_through
        from safelane.core.ui.attention import register_panels
        from safelane.hazards import attention, collections, navigation, photos

        navigation.register_items()
        collections.register_collections()
        register_panels("hazards", attention.panels)
        open_through("hazards", photos.photos_of)
