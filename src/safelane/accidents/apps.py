from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccidentsConfig(AppConfig):
    name = "safelane.accidents"
    verbose_name = _("Accidents")

    def ready(self) -> None:
        from datetime import timedelta

        from safelane.accidents import collections, imports, navigation
        from safelane.accidents.actions.counts import publish_due
        from safelane.core.jobs.recurring import Recurring, register_recurring

        navigation.register_items()
        collections.register_collections()
        imports.offer_accidents()
        register_recurring(
            Recurring("accidents.publish_counts", timedelta(hours=1), publish_due)
        )
