"""Django's settings: one file, everything that differs between offices comes from `ijm.env`."""

from pathlib import Path

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from ijm.env import database, env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = env.var
FILES = VAR / "files"  # where sealed files lie
MODE = env.mode
DEBUG = False
DEMO = MODE == "demo"
PRODUCT_NAME = "Daybook"
SECRET_KEY = env.secret_key()
ALLOWED_HOSTS = [env.host] if env.is_production else ["localhost", "127.0.0.1", "[::1]", "testserver"]
FILES_HOST = env.files_host  # files that leave have a host of their own, where it is set
ALLOWED_HOSTS += [FILES_HOST.partition(":")[0]] if FILES_HOST else []
SCANNER = env.scanner  # a program that looks through attached files, where it is set
CSRF_TRUSTED_ORIGINS = [f"https://{env.host}"] if env.is_production else []

ROOT, TRANSIT = env.root, env.transit
ROOT_KEY_FILE = env.root_key_file
ROOT_PASSPHRASE_FILE = env.root_passphrase_file
LOG = env.log
CONTEXT_KEY = env.context_key() if env.database_url else b""
COMPARTMENTS = env.compartments

INSTALLED_APPS = [
    "ijm.trail",
    "ijm.guard",
    "ijm.vault",
    "ijm.embedded",
    "ijm.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ijm.web",
    "ijm.reference",
    "ijm.approvals",
    "ijm.casefiles",
    "ijm.notices",
    "ijm.budgets",
    "ijm.jobs",
    "ijm.people",
    "ijm.documents",
    "ijm.erasures",
    "ijm.reports",
    "ijm.desk",
    "ijm.help",
    "investigations",
    "aftercare",
    "prosecutions",
    "audit",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ijm.web.filehost.FilesHost",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "ijm.web.csp.ContentSecurityPolicyMiddleware",
    "ijm.accounts.sessions.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ijm.accounts.choices.HerChoices",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "ijm.urls"
WSGI_APPLICATION = "ijm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ijm.web.shell.shell",
            ],
            "string_if_invalid": "",
        },
    }
]
FORM_RENDERER = "ijm.web.renderer.DaybookRenderer"
SHELL_FACTS = "ijm.desk.counts.facts"
REMEMBER = "ijm.accounts.choices.remember"
STILL_HER = "ijm.accounts.fresh.turned_away"

# Databases: `default` serves, `trail` is the same role in autocommit, `auditor` reads the log, `keys` holds the keys;
# `rotor` moves sealed values to new keys, and only the worker is given its login; `log` is the log's own process alone.
_SERVING = database(env.database_url)
_KEPT = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}  # a database that came back is found by the next request
DATABASES = {
    "default": {**_SERVING, **_KEPT, "ATOMIC_REQUESTS": False, "DISABLE_SERVER_SIDE_CURSORS": True},
    "trail": {**database(env.database_url), **_KEPT},
    "auditor": {**database(env.audit_url), **_KEPT},
    "keys": {**database(env.keys_url), **_KEPT},
    "rotor": database(env.rotor_url),
    "log": {**database(env.log_url), **_KEPT},
}
if env.has_binary_cursor:
    from ijm.vault.binary import Cursor

    DATABASES["default"]["OPTIONS"] = {**_SERVING["OPTIONS"], "cursor_factory": Cursor}
OWNERS = {"default": database(env.owner_url), "keys": database(env.keys_owner_url)}
BACKUPS = {"data": database(env.backup_url), "keys": database(env.backup_keys_url)}
KEY_BACKUP_DAYS = 35  # a destroyed key is gone for good when the last back-up that holds it is: certificates name that day
DATA_BACKUP_DAYS = FILE_BACKUP_DAYS = 366
DATABASE_ROUTERS = ["ijm.vault.router.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"  # outside packages only: every model of ours has its own key
CACHES = {"default": {"BACKEND": "ijm.web.cache.PlainCache", "LOCATION": "ijm_cache"}}

SIMPLE_HISTORY_ENABLED = False

# Signing in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["ijm.accounts.backends.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "ijm.accounts.passwords.KnownPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
BREACHED_PASSWORDS = env.breached_file  # a whole list of breaches, where an office keeps one
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:work"
LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_ADAPTER = "ijm.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Kept in the database, so a restart forgives nothing: by source, and by account wherever it is tried from.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,100/h/ip,5/300s/key", "reauthenticate": "10/m/user",
                       "change_password": "5/m/user"}  # nosec B105: how often, not a password
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
MFA_ADAPTER = "ijm.accounts.adapters.MFAAdapter"
MFA_FORMS = {"authenticate": "ijm.accounts.code_forms.AuthenticateForm",
             "reauthenticate": "ijm.accounts.code_forms.ReauthenticateForm",
             "activate_totp": "ijm.accounts.code_forms.ActivateForm",
             "authenticate_webauthn": "ijm.accounts.key_forms.AuthenticateForm",
             "reauthenticate_webauthn": "ijm.accounts.key_forms.ReauthenticateForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
MFA_TOTP_ISSUER = PRODUCT_NAME
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_USER_VERIFICATION = "required"
PASSKEYS_REQUIRED = env.is_production  # of everybody but partner guests
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.is_production

SESSION_ENGINE = "ijm.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-sid"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 15 * 60
SESSION_RENEWED_AFTER = 20  # seconds of use that may be missing from a session's end: not every page costs a write
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_ABSOLUTE_AGE = 8 * 60 * 60
SESSION_COOKIE_AGE_SHORT, SESSION_ABSOLUTE_AGE_SHORT = 10 * 60, 4 * 60 * 60  # of who runs the system
SESSIONS_AT_ONCE, SESSIONS_AT_ONCE_SHORT = 2, 1
NETWORK_BITS = {4: 16, 6: 32}  # what one provider hands out: telephones change their address within it all day
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "ijm.web.views.csrf_failure"

# What the browser is told
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.is_production
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.is_production else None
SECURE_HSTS_SECONDS = 63_072_000 if env.is_production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.is_production
SECURE_HSTS_PRELOAD = env.is_production
X_FRAME_OPTIONS = "DENY"

# Languages, time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("km", _("Khmer"))]
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = True
LOCALE_PATHS = [BASE_DIR / "ijm" / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Phnom_Penh"
USE_TZ = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if MODE == "test":
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FILE_UPLOAD_HANDLERS = ["ijm.web.uploads.MemoryOnly"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# Mail
MAIL_IS_ON = env.mail.way != "off"
MAIL_DOMAIN = env.host
SITE_URL = f"https://{env.host}" if env.is_production else f"http://{env.host}:{env.port}"
EMAIL_BACKEND = "django.core.mail.backends.{}.EmailBackend".format(
    {"smtp": "smtp", "console": "console", "file": "filebased", "off": "dummy"}[env.mail.way])
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_HOST, EMAIL_PORT = env.mail.host, env.mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.mail.user, env.mail.password()
EMAIL_USE_TLS, EMAIL_USE_SSL = env.mail.tls == "starttls", env.mail.tls == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.mail.sender

# The worker
CELERY_BROKER_URL = env.broker_url
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its queue however long that is away
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}  # a page does not: the sweeper sends later
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Valkey or Redis. A message whose worker died comes back after the hour; before that the sweeper sends another.
    "visibility_timeout": 3600, "global_keyprefix": "ijm:", "socket_connect_timeout": 2, "socket_keepalive": True,
    "max_retries": 1, "interval_start": 0.1,
}
if env.broker_url.startswith("rediss"):  # left alone, Celery would trust any certificate
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
if env.broker_url.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "queue" / "in"),
        "data_folder_out": str(VAR / "queue" / "in"),
        "control_folder": str(VAR / "queue" / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "ijm.jobs.sweep", "schedule": 60.0},
    "reminders": {"task": "ijm.notices.remind", "schedule": 60.0},
    "post": {"task": "ijm.notices.post", "schedule": 60.0},
    "search": {"task": "ijm.people.search", "schedule": 300.0},
    "keys": {"task": "ijm.vault.keys", "schedule": 6 * 3600.0},
    "forget": {"task": "ijm.web.forget", "schedule": 6 * 3600.0},
    "approvals": {"task": "ijm.approvals.lapse", "schedule": 900.0},
    "lapse": {"task": "ijm.reports.lapse", "schedule": 6 * 3600.0},
    "verify": {"task": "audit.verify", "schedule": crontab(hour="2", minute="30")},
    "day": {"task": "ijm.desk.day", "schedule": crontab(hour="17", minute="30")},  # while people are still there
    "places": {"task": "ijm.desk.places", "schedule": crontab(hour="3", minute="30")},
    "flags": {"task": "audit.flags", "schedule": 6 * 3600.0},
    "accounts": {"task": "ijm.accounts.lapse", "schedule": 3600.0},
}
CELERY_TIMEZONE = TIME_ZONE

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"addresses": {"()": "ijm.web.reports.NoAddresses"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["addresses"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "ijm.web.reports.NothingShown"
SILENCED_SYSTEM_CHECKS = ["models.W042"]
