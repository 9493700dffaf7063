"""Settings, all from the environment. `.env.example` lists every variable with its default.

One module serves development and production: what differs is a variable. `crm.checks` refuses to start
in production (DEBUG off) with a default secret, a wildcard host, or no field keys.
"""

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from environs import Env

from crm.account_settings import *  # noqa: F403

django_stubs_ext.monkeypatch()

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
env.read_env(str(BASE_DIR / ".env"), recurse=False)

# The installation

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
TESTING = False  # tests.settings alone says otherwise: its servers may be careless
PROCESS = env.str("CAUCE_PROCESS", "manage")  # web, live, now, bulk, beat, manage: sets the time-outs below
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
INSECURE_SECRET_KEY = "insecure-only-for-tests-and-development"  # noqa: S105 (refused by crm.checks)
SECRET_KEY = env.str("SECRET_KEY", INSECURE_SECRET_KEY)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
FIELD_KEYS: list[str] = env.list("FIELD_KEYS", [])  # Fernet keys, newest first; see crm.encryption
HASH_KEY = env.str("HASH_KEY", "")  # for keyed hashes; never changed once in use
BASE_URL = env.str("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
OPEN_SIGNUP = env.bool("OPEN_SIGNUP", False)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)  # how many proxies in front append to X-Forwarded-For

# Applications: higher floors first, so that their templates and commands win

INSTALLED_APPS = [
    "inbox",
    "funnels",
    "directory",
    "workspaces",
    "crm.jobs",
    "crm.push",
    "crm.mail",
    "crm.work",
    "crm.live",
    "crm.feed",
    "crm.health",
    "crm.limits",
    "crm.backup",
    "crm.encryption",
    "crm.tenancy",
    "crm.ui",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "crm.ui.collecting.StaticFiles",
    "django.contrib.postgres",
    "django_htmx",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
]

MIDDLEWARE = [
    "crm.middleware.RequestId",
    "crm.origin.Middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.middleware.CleanInput",
    "crm.headers.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "workspaces.accounts.middleware.LastSeen",
    "workspaces.middleware.Locale",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.middleware.HtmxResponses",
    "workspaces.middleware.WorkspaceScope",
    "workspaces.middleware.Refusals",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "crm.ui.jinja.environment",
            "auto_reload": DEBUG,
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "crm.ui.frame.context",
            ],
        },
    },
    {
        # Only for what libraries bring (allauth's e-mails and fragments).
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# PostgreSQL: the truth. Time-outs by kind of process, in milliseconds (statement, lock, idle in transaction).

TIMEOUTS = {
    "web": (10_000, 3_000, 15_000),
    "live": (5_000, 2_000, 10_000),
    "now": (30_000, 5_000, 30_000),
    "bulk": (600_000, 30_000, 120_000),
    "beat": (10_000, 3_000, 15_000),
    "manage": (0, 0, 0),
}
_statement, _lock, _idle = TIMEOUTS[PROCESS]
DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", "postgres:///cauce"),
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["options"] = (
    f"-c statement_timeout={_statement} -c lock_timeout={_lock}"
    f" -c idle_in_transaction_session_timeout={_idle} -c timezone=UTC"
    " -c plan_cache_mode=force_generic_plan"  # of kept statements only, which are such: crm.prepared.cursors
)
DATABASES["default"]["OPTIONS"]["application_name"] = f"cauce-{PROCESS}"
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)  # seconds, for a host that does not answer
DATABASES["default"]["CONN_MAX_AGE"] = None if PROCESS != "live" else 0
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Statements of every page are planned once for each connection (crm.prepared); not behind a pooler that hands
# connections on between transactions and does not know of it.
DATABASE_KEEPS_STATEMENTS = env.bool("DATABASE_KEEPS_STATEMENTS", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: nudges, cache and live signals; it may vanish at any moment

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
REDIS_TIMEOUT = 0.2  # seconds: what a request may lose to a Redis that is down
CACHES = {
    "default": {"BACKEND": "crm.cache.ForgivingRedisCache", "LOCATION": REDIS_URL},
    "limits": {"BACKEND": "crm.limits.cache.PostgresCache"},  # rate limits and used codes: they outlive Redis
}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": REDIS_TIMEOUT if PROCESS == "web" else 5,
    "socket_connect_timeout": REDIS_TIMEOUT if PROCESS == "web" else 5,
    "retry_on_timeout": PROCESS != "web",
    "socket_keepalive": True,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "now"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# Durable work and feeds: rows in PostgreSQL, which sweeps find even if no nudge tells of them

SWEEP_SECONDS = env.float("SWEEP_SECONDS", 2)  # how often beat has them look
WORK_KEEP_DAYS = env.int("WORK_KEEP_DAYS", 30)  # what was delivered; bodies of mail go after MAIL_KEEP_DAYS

# People

AUTH_USER_MODEL = "workspaces.User"
TENANT_MODEL = "workspaces.Workspace"
AUTHENTICATION_BACKENDS = [
    "workspaces.accounts.backends.Permissions",
    "workspaces.accounts.backends.Accounts",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
# scrypt is memory-hard and comes with Python's OpenSSL: no dependency, where argon2 would ask for one
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspaces:home"
LOGOUT_REDIRECT_URL = "account_login"

# Accounts: what is fixed stands in crm.account_settings

ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

SESSION_ENGINE = "crm.sessions"  # a cached session would outlive "log out elsewhere"
SESSION_COOKIE_NAME = "cauce_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = SECURE_COOKIES = BASE_URL.startswith("https://")
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_NAME = "cauce_csrf"
CSRF_FAILURE_VIEW = "crm.views.csrf_failure"

# Words and time

LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]  # each under its own name, so that everyone finds theirs
LANGUAGE_COOKIE_NAME = "cauce_language"
THEME_COOKIE_NAME = "cauce_theme"  # also in static/js/theme.js
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "build" / "assets"]
WHITENOISE_MAX_AGE = 60 if DEBUG else 31_536_000
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
S3_BUCKET = env.str("S3_BUCKET", "")
STORAGES = {
    "default": (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET,
                "endpoint_url": env.str("S3_ENDPOINT_URL", None),
                "region_name": env.str("S3_REGION", None),
                "access_key": env.str("S3_ACCESS_KEY", None),
                "secret_key": env.str("S3_SECRET_KEY", None),
                "default_acl": "private",
                "file_overwrite": False,
            },
        }
        if S3_BUCKET
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "crm.ui.storage.ManifestStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 26_214_400)  # a multipart body, where a view sets no limit
AVATAR_MAX_BYTES = 4_194_304

# Mail: every message is a row of durable work first; the transport below is what its worker speaks

EMAIL_BACKEND = "crm.mail.backend.QueuedBackend"
# smtp://user:password@host:587/?tls=True, or file:// for a file each in VAR_DIR/mail
EMAIL_TRANSPORT_URL = env.str("EMAIL_URL", "file://")
EMAIL_TIMEOUT = 10  # seconds, of each word with the mail server
MAIL_LEASE_SECONDS = env.int(
    "MAIL_LEASE_SECONDS", 180
)  # after which an attempt without an answer is given up
MAIL_BACKOFF_SECONDS = env.float("MAIL_BACKOFF_SECONDS", 15)  # the first pause; doubles up to an hour
MAIL_KEEP_DAYS = env.int("MAIL_KEEP_DAYS", 14)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Cauce <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Push to browsers: who we are to their services. Empty: derived from HASH_KEY, see crm.push.vapid

VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", "")

# Live: its own small process. Behind a proxy it is on our origin at /live/; with a port, on our hostname.

LIVE_PORT = env.int("LIVE_PORT", 0)
LIVE_PATH = "/live/"
LIVE_ORIGINS = [f"http://{host}:{LIVE_PORT}" for host in ("127.0.0.1", "localhost")] if LIVE_PORT else []

# Security

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", False)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if SECURE_COOKIES else 0)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, *LIVE_ORIGINS],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF, "blob:"],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Channels: where providers are reached; the simulator's address in the demo and in tests

WHATSAPP_API_URL = env.str("WHATSAPP_API_URL", "https://graph.facebook.com/v26.0").rstrip("/")
META_API_URL = env.str("META_API_URL", "https://graph.facebook.com/v26.0").rstrip("/")
INSTAGRAM_API_URL = env.str("INSTAGRAM_API_URL", "https://graph.instagram.com/v26.0").rstrip("/")
TELEGRAM_API_URL = env.str("TELEGRAM_API_URL", "https://api.telegram.org").rstrip("/")
INTAKE_LEASE_SECONDS = env.int(
    "INTAKE_LEASE_SECONDS", 30
)  # after which what a worker took in without a report is taken in again
MESSAGE_LEASE_SECONDS = env.int(
    "MESSAGE_LEASE_SECONDS", 180
)  # after which a send without an answer is given up
MESSAGE_BACKOFF_SECONDS = env.float(
    "MESSAGE_BACKOFF_SECONDS", 2
)  # the first pause; doubles up to five minutes
WEBHOOK_MAX_BYTES = 4 * 1024 * 1024  # of one request; the largest that a provider announces has 3 MB
JOURNAL_KEEP_DAYS = env.int("JOURNAL_KEEP_DAYS", 30)  # webhooks as they came, for replay

# host:port, exactly, of what may be reached though it is not public: simulators
OUTBOUND_ALLOW: list[str] = env.list("OUTBOUND_ALLOW", [])

HEARTBEAT_FILE = env.str(
    "HEARTBEAT_FILE", ""
)  # touched by a worker or beat, for its container's health check

# Logs: one JSON object a line, with the request's id; no secret and no message body (crm.logs)

LOGGING_CONFIG = "crm.logs.configure"
LOGGING = {"level": env.str("LOG_LEVEL", "INFO"), "format": env.str("LOG_FORMAT", "json")}

SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # no backend of guardian: grants are read once a request, by workspaces.grants
]
