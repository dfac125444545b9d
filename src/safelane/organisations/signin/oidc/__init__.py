"""Sign-in with OpenID Connect: django-allauth's client with every check on."""
