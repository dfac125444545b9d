"""The WSGI application: a short way for reading programs, and Django for everything."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safelane.config.settings")
django_application = get_wsgi_application()

# These need Django set up.
from safelane.core.health.middleware import SizeLimit  # noqa: E402
from safelane.core.ogc.shortway import ShortWay  # noqa: E402
from safelane.organisations.signin.tokens import actor_of_reader  # noqa: E402

application = SizeLimit(
    ShortWay(django_application, actor_of_reader), settings.MAX_REQUEST_BYTES
)
