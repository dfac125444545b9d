from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtectConfig(AppConfig):
    name = "safelane.core.protect"
    label = "protect"
    verbose_name = _("Keys and secrets")
