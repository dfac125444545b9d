from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    name = "safelane.organisations"
    verbose_name = _("Organisations")

    def ready(self) -> None:
        from safelane.countries.local import read_local_codes_by
        from safelane.organisations import navigation
        from safelane.organisations.queries import local_codes

        read_local_codes_by(local_codes)
        navigation.register_items()
