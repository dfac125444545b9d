from django.utils.translation import gettext_lazy as _

from safelane.core.ui.navigation import NavItem, register

register(NavItem(_("Jobs"), "jobs:list", "progress", verb="job.view", order=800))
