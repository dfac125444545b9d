from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccidentsConfig(AppConfig):
    name = "safelane.accidents"
    verbose_name = _("Accidents")
