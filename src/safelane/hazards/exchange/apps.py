from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "safelane.hazards.exchange"
    label = "exchange"
    verbose_name = _("Import and export")

    def ready(self) -> None:
        from safelane.core.files.policies import open_through
        from safelane.hazards.exchange import jobs, navigation, policies

        navigation.register_items()
        open_through("exchange", policies.files_of)
        jobs.register_jobs()
