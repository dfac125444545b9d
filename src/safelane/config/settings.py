"""Django settings; everything that an installation may change comes from ``env``."""

from __future__ import annotations

from pathlib import Path

from safelane.config.env import load_env
from safelane.core.i18n.languages import OFFERED

env = load_env()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = env.secret_key
SECRET_KEY_FALLBACKS = list(env.old_secrets)
SECRET_KEY_IS_GIVEN = env.secret_is_given
DEBUG = env.debug
ALLOWED_HOSTS = list(env.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(env.csrf_trusted_origins)
ROOT_URLCONF = "safelane.config.urls"
WSGI_APPLICATION = "safelane.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organisations.User"
DATABASES = {"default": env.database}

# Every part of the house, in the order of the navigation; each has its ``domain.py``.
PARTS = (
    "safelane.core.ui",
    "safelane.core.files",
    "safelane.core.pages",
    "safelane.hazards",
    "safelane.accidents",
    "safelane.risk",
    "safelane.exchange",
    "safelane.organisations",
    "safelane.core.jobs",
    "safelane.core.audit",
    "safelane.config",
    *env.parts,
)
INSTALLED_APPS = [
    "safelane.core.i18n",
    "safelane.core.ui",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "safelane.organisations.signin",  # before allauth: its templates stand in front
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "safelane.core.geo",
    "safelane.core.ogc",
    "safelane.core.history",
    "safelane.core.protect",
    *(part for part in PARTS if part != "safelane.core.ui"),
    *env.test_apps,
    "safelane.core.domain",  # reads what the parts declare once all models are known
]

MIDDLEWARE = [
    "safelane.core.health.middleware.RequestIdMiddleware",
    "safelane.core.protect.timelimit.TimeLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "safelane.core.ui.security.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "safelane.organisations.signin.middleware.ProgramMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "safelane.core.i18n.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "safelane.organisations.signin.middleware.LastSeenMiddleware",
    "safelane.organisations.signin.middleware.ActorMiddleware",
    "safelane.core.ui.errors.ErrorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "core" / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "safelane.core.ui.context.interface",
            ],
            "builtins": ["safelane.core.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "safelane.core.ui.forms.InterfaceRenderer"

LANGUAGE_CODE = env.language
LANGUAGE_NAMES = [
    ("en", "English"),
    ("az", "Azərbaycanca"),
    ("lo", "ລາວ"),
    ("km", "ភាសាខ្មែរ"),
    ("vi", "Tiếng Việt"),
    ("my", "မြန်မာ"),
    ("ru", "Русский"),
    ("th", "ไทย"),
]
LANGUAGES = [named for named in LANGUAGE_NAMES if named[0] in OFFERED]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["safelane.core.i18n.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATIC_ROOT = env.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "safelane.config.static.StaticStorage"},
}
WHITENOISE_USE_FINDERS = True
CSRF_FAILURE_VIEW = "safelane.core.ui.errors.csrf_failure"
BASEMAP_FILE = env.data_dir / env.basemap_file
MAP_TILE_URL = env.tile_url
OIDC_ISSUER = env.oidc_issuer
MAP_TILE_ATTRIBUTION = env.tile_attribution
MEDIA_ROOT = env.data_dir / "files"
FILE_UPLOAD_TEMP_DIR = str(env.upload_dir)
DATA_UPLOAD_MAX_MEMORY_SIZE = env.max_form_mb * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation."
        "UserAttributeSimilarityValidator"
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "safelane.organisations.signin.forms.OwnWordsValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = env.session_hours * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = env.https
if env.https:  # such cookies are for this very host only, and only over HTTPS
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if env.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.trust_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True

WORKSPACE_IS_DEMO = env.is_demo
DATA_DIR = env.data_dir
MAX_UPLOAD_MB = env.max_upload_mb
MAX_REQUEST_BYTES = env.max_request_bytes
TRUST_PROXY = env.trust_proxy
READ_SECONDS = env.read_seconds
# Codes that were used and counts of tries: the same for all serving processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "signin_sharedvalue",
    }
}
EXPORT_DAYS = env.export_days
INVITATION_DAYS = env.invitation_days
LOCKOUT_ATTEMPTS = env.lockout_attempts
LOCKOUT_MINUTES = env.lockout_minutes
REQUIRE_MFA = env.require_mfa
HEADS_FILE = env.heads_file
HEADS_EMAIL = env.heads_email
HEADS_HOURS = env.heads_hours
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": env.oidc_apps,
        "provider_class": "safelane.organisations.signin.oidc.Provider",
    }
}
globals().update(env.email)

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING_CONFIG = "safelane.config.logging.configure"
LOGGING = env.logging

from safelane.config.allauth import *  # noqa: E402,F403
