"""Every setting, read from the environment. Two roles share it: the portal and the e-ID provider.

``ONESTOP_ROLE=portal`` (the default) is the portal with its worker; ``ONESTOP_ROLE=eid`` is the embedded
e-ID provider, a process of its own with its own origin, database, secret and cookies.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from onestop.lib import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("ONESTOP_DATA_DIR", str(BASE_DIR / "var")))
ROLE = env.text("ONESTOP_ROLE", "portal")
if ROLE not in {"portal", "eid"}:
    raise env.SettingError("ONESTOP_ROLE", f"is {ROLE!r}; say portal or eid")
IS_PORTAL = ROLE == "portal"

# Development values are refused by the system checks of a deployment (`onestop check --deploy`).
DEBUG = env.flag("ONESTOP_DEBUG", False)
DEMO = env.flag("ONESTOP_DEMO", False)
SECRET_KEY = env.text("ONESTOP_SECRET_KEY", f"insecure-development-key-of-the-{ROLE}")
ONESTOP_SEALING_KEYS = env.words("ONESTOP_SEALING_KEYS", "insecure-development-sealing-key")
ONESTOP_INDEX_KEY = env.text("ONESTOP_INDEX_KEY", "insecure-development-index-key")

RECORD_SECRET = env.text("ONESTOP_RECORD_SECRET", "insecure-development-secret-of-the-record")
# Who runs jobs: `embedded` is `onestop worker` on the database alone, `celery` has RabbitMQ carry their keys.
DISPATCH = env.text("ONESTOP_DISPATCH", "embedded")
if DISPATCH not in {"embedded", "celery"}:
    raise env.SettingError("ONESTOP_DISPATCH", f"is {DISPATCH!r}; say embedded or celery")
BROKER_URL = env.text("ONESTOP_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672//")
BROKER_QUEUE = env.text("ONESTOP_BROKER_QUEUE", "onestop")
CLAMD = env.text("ONESTOP_CLAMD", "")  # host:port or a socket's path; "": files are not scanned
RECORD_ANCHOR_FILE = env.text("ONESTOP_AUDIT_ANCHOR_FILE", str(DATA_DIR / f"audit-anchors-{ROLE}.jsonl"))

# Where each part answers. Loopback by default.
PORTAL_URL = env.text("ONESTOP_PORTAL_URL", "http://127.0.0.1:8000").rstrip("/")
EID_URL = env.text("ONESTOP_EID_URL", "http://127.0.0.1:8001").rstrip("/")
# Private networks in which e-IDs and their clients may lie; loopback where our own e-ID is there.
_LOOPBACK = "127.0.0.0/8,::1/128" if urlsplit(EID_URL).hostname in {"127.0.0.1", "localhost", "::1"} else ""
EID_NETWORKS = env.networks("ONESTOP_EID_NETWORKS", _LOOPBACK)
# Whose word is taken for the certificate that a caller proved itself with (RFC 9440): proxies of our own.
CLIENT_CERT_PROXIES = env.networks("ONESTOP_CLIENT_CERT_PROXIES")
CLIENT_CERT_HEADER = env.text("ONESTOP_CLIENT_CERT_HEADER", "Client-Cert")
ALLOWED_HOSTS = env.words("ONESTOP_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = [PORTAL_URL if IS_PORTAL else EID_URL]

_DJANGO = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
_IDENTITY = ["oauth2_provider", "identity"]
_PORTAL = ["django_htmx", "adapters", "onestop.catalogue", "workflows", "onestop.portal", "onestop.agency"]
INSTALLED_APPS = [*_DJANGO, *_IDENTITY, *(_PORTAL if IS_PORTAL else [])]

_PORTAL_MIDDLEWARE = [
    "django_htmx.middleware.HtmxMiddleware",
    "identity.sign_ins.AbsoluteLimit",
    "identity.access.StepUp",
]
MIDDLEWARE = [
    "onestop.lib.client_certificate.ClientCertificateMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "onestop.lib.headers.HeadersMiddleware",
    "identity.session_end.IdleSessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *(_PORTAL_MIDDLEWARE if IS_PORTAL else []),
]
ROOT_URLCONF = "onestop.urls" if IS_PORTAL else "identity.provider.urls"
WSGI_APPLICATION = "onestop.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "onestop.lib.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "onestop.lib.site.site",
                *(["identity.session_end.context"] if IS_PORTAL else []),
            ],
        },
    },
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}},
]

# --- storage ---------------------------------------------------------------------------------------------
_DATABASE_VARIABLE = "ONESTOP_DATABASE_URL" if IS_PORTAL else "ONESTOP_EID_DATABASE_URL"
_database = dj_database_url.parse(
    env.text(_DATABASE_VARIABLE, f"sqlite:///{DATA_DIR / f'{ROLE}.sqlite3'}"), conn_max_age=60
)
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;"
        " PRAGMA wal_autocheckpoint=4000; PRAGMA secure_delete=ON;",
    }
    DATA_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- identity --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.User"
OAUTH2_PROVIDER_APPLICATION_MODEL = "identity.Application"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "identity.AccessToken"  # noqa: S105 - a model's name
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "identity.IDToken"  # noqa: S105 - a model's name
OAUTH2_PROVIDER_GRANT_MODEL = "identity.Grant"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "identity.RefreshToken"  # noqa: S105 - a model's name
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "identity.DeviceGrant"
_RFC9700 = "IMPLICIT_GRANT PASSWORD_GRANT PKCE_METHOD ACCESS_TOKEN_TRANSPORT AUTHZ_RESPONSE_ISS TOKEN_STORAGE"
_RFC9700 += " REFRESH_TOKEN REDIRECT_URI_SCHEME REDIRECT_URI_MATCHING PKCE_REQUIRED"
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": f"identity.oauth.server.{'AgencyServer' if IS_PORTAL else 'EIDServer'}",
    "OAUTH2_VALIDATOR_CLASS": "identity.oauth.validator.Validator",
    "OAUTH2_BACKEND_CLASS": "identity.oauth.core.Core",
    "OIDC_ENABLED": not IS_PORTAL,
    "OIDC_ISS_ENDPOINT": PORTAL_URL if IS_PORTAL else EID_URL,
    "PKCE_REQUIRED": True,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "ID_TOKEN_EXPIRE_SECONDS": 600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": env.whole("ONESTOP_REFRESH_LONGEST_SECONDS", 12 * 3600, low=60),
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"] if EID_URL.startswith("https://") else ["https", "http"],
    **{f"COMPLIANT_BCP_RFC9700_{name}": True for name in _RFC9700.split()},
}
# The demo's people, one click a level. A deployment has none: people prove themselves by their factors.
EID_TEST_PEOPLE = env.flag("ONESTOP_EID_TEST_PEOPLE", DEMO)
BREACHED_PASSWORDS = env.text("ONESTOP_BREACHED_PASSWORDS", "")  # SHA-1 digests in order, one a line
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("given_name", "family_name", "email", "date_of_birth")},
    },
    {"NAME": "identity.provider.factors.breached.BreachedPasswordValidator"},
]
EID_CLIENT_SECRET = env.text("ONESTOP_EID_CLIENT_SECRET", "insecure-development-secret-of-the-portal")
ONESTOP_CLIENT_CALLS = env.whole("ONESTOP_CLIENT_CALLS", 600, low=1)  # a minute, of one client and address
ONESTOP_CLIENT_FAILURES = env.whole("ONESTOP_CLIENT_FAILURES", 30, low=1)  # of these, before it must wait
ONESTOP_PROXIES = env.whole("ONESTOP_PROXIES", 0, low=0)  # in front, each adding to X-Forwarded-For
LOGIN_URL = "/sign-in" if IS_PORTAL else "/login"
_SECURE = (PORTAL_URL if IS_PORTAL else EID_URL).startswith("https://")
_HOST = "__Host-" if _SECURE else ""  # browsers take it over https alone, for this host and path /
SESSION_ENGINE = "identity.browser_sessions"
SESSION_COOKIE_NAME = f"{_HOST}onestop_{ROLE}_session"
CSRF_COOKIE_NAME = f"{_HOST}onestop_{ROLE}_csrf"
SESSION_COOKIE_AGE = env.whole("ONESTOP_SESSION_SECONDS", 1800, low=60)
SESSION_LONGEST_SECONDS = env.whole("ONESTOP_SESSION_LONGEST_SECONDS", 8 * 3600, low=60)
STEP_UP_SECONDS = env.whole("ONESTOP_STEP_UP_SECONDS", 900, low=60)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = _SECURE
SECURE_HSTS_SECONDS = 31536000 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        # A sign-in form of the portal may end at the e-ID: browsers apply this to redirects too.
        "form-action": [SELF, *([EID_URL] if IS_PORTAL else [])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "onestop.lib.errors.csrf_failure"

# --- languages -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LANGUAGE_COOKIE_NAME = "onestop_language"
LOCALE_PATHS = [BASE_DIR / "onestop" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("ONESTOP_TIME_ZONE", "Europe/Stockholm")

# The links on top of every page: label (translated), URL name, who sees it (all, citizen, or an audience).
SITE_REPRESENTED = "identity.mandates.acting.represented"
SITE_AUDIENCES = {
    "staff": "identity.policies.is_staff",
    "administrator": "identity.policies.is_administrator",
}
SITE_NAVIGATION: list[tuple[Any, str, str]] = (
    [
        (_("Services"), "catalogue:home", "all"),
        (_("Agencies"), "catalogue:agencies", "all"),
        (_("My cases"), "portal:my", "citizen"),
        (_("Staff"), "agency:home", "staff"),
        (_("Manage"), "manage:home", "administrator"),
    ]
    if IS_PORTAL
    else [(_("My e-ID"), "own", "citizen")]
)

# --- static files ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "onestop" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 30 * 86400  # addresses carry a digest of the content

# --- how messages leave ----------------------------------------------------------------------------------
CONNECTIONS_DIRS = [one for one in env.text("ONESTOP_CONNECTIONS_DIR", "").split(":") if one]
CALENDARS_DIRS = [one for one in env.text("ONESTOP_CALENDARS_DIR", "").split(":") if one]
# name=module:function of who takes fees and who books times; without one, people of the unit do
PAYMENT_PROVIDERS = env.pairs("ONESTOP_PAYMENT_PROVIDERS")
APPOINTMENT_PROVIDERS = env.pairs("ONESTOP_APPOINTMENT_PROVIDERS")
EXCHANGE_CONNECT_SECONDS = 3.0
EXCHANGE_READ_SECONDS = 10.0
PREFILL_SECONDS = 2.5  # a page does not wait longer than this for a register
RETRY_LONGEST_SECONDS = env.whole("ONESTOP_RETRY_LONGEST_SECONDS", 300, low=1)  # between two tries of a call
HEALTH_SECONDS = env.whole("ONESTOP_HEALTH_SECONDS", 300, low=0)  # between two looks; 0: never
DIGEST_TO = env.words("ONESTOP_DIGEST_TO", "")  # who gets the daily digest of every connection
EMAIL_HOST = env.text("ONESTOP_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.whole("ONESTOP_SMTP_PORT", 25, low=1)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("ONESTOP_MAIL_FROM", "onestop@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"paramiko": {"level": "WARNING"}},  # it tells of every session
    "root": {"handlers": ["stderr"], "level": env.text("ONESTOP_LOG_LEVEL", "INFO")},
}
