"""What every shape of the site shares. Safe for production as it stands: other modules only relax it."""

from pathlib import Path

from csp.constants import NONE, SELF

from . import environment as env

ROOT = env.ROOT
SITE_ROOT = ROOT / "site"
DATA_DIR = env.data_dir()

DEBUG = False
DEMO = False  # demo accounts may exist and the demo inbox page is open
SECRET_KEY = env.secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS")  # keys before: still read, nothing new is signed with them
PUBLIC_URL = env.text("PUBLIC_URL", f"http://127.0.0.1:{env.text('PORT', '8000')}").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SITE_NAME = env.text("SITE_NAME", "银桥")
REGION = env.text("REGION", "330000")  # GB/T 2260 code of the place served
RATE_LIMITS = env.switch("RATE_LIMITS", default=True)
SEMANTIC = env.switch("SEMANTIC", default=False)  # whether what is meant counts in the matching: the extra `semantic`
SEMANTIC_WEIGHT = env.decimal("SEMANTIC_WEIGHT", 3) if SEMANTIC else 0.0
PRODUCT_CONFIRM_DAYS = env.number("PRODUCT_CONFIRM_DAYS", 180)  # how long a product stands without being confirmed

# Outlets: the map's tiles (none: a plain map of dots), and how an estimate of minutes is made from the straight line.
MAP_TILES_URL = env.text("MAP_TILES_URL")
MAP_TILES_DATUM = env.one_of("MAP_TILES_DATUM", ("wgs84", "gcj02"))
MAP_ATTRIBUTION = env.text("MAP_ATTRIBUTION")
MAP_SUBDOMAINS = env.text("MAP_SUBDOMAINS", "abc")
MAP_TILE_HOSTS = env.tile_hosts(MAP_TILES_URL, MAP_SUBDOMAINS)
ROAD_FACTOR = env.decimal("ROAD_FACTOR", 1.4)
WALKING_KMH = env.decimal("WALKING_KMH", 4.5)
DRIVING_KMH = env.decimal("DRIVING_KMH", 30)

INSTALLED_APPS = [
    "portal",
    "dashboard",
    "events",
    "advisors",
    "matching",
    "content",
    "catalogue",
    "accounts",
    "search",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "wagtail.contrib.forms",
    "wagtail.contrib.typed_table_block",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.cms_users.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_q",
    "django_htmx",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.audit.context.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.security.sessions.SeenMiddleware",
    "accounts.drafts.KeptDraftMiddleware",
    "catalogue.cms.kept.KeptProductMiddleware",
    "content.kept.KeptPageMiddleware",
    "accounts.security.staff.StaffFactorMiddleware",
    "portal.middleware.FriendlyErrorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
MESSAGE_TAGS = {10: "quiet", 20: "ok", 25: "ok", 30: "warn", 40: "error"}
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE_ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "django.template.context_processors.i18n",
                "portal.context_processors.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "portal.templatetags.yinqiao"],
        },
    },
]

DATABASES = {"default": env.database(env.text("DATABASE_URL"), DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
CACHES: dict[str, dict] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "portal_cache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},  # of 300, as Django has it, one busy hour pushes out what still counts
        }
    ),
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # balancers ask in plain http, from inside
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/cms/", "/admin/"),  # their own inline scripts; both need a staff login
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

# One login field: mainland phone, user name or e-mail.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/accounts/start/"
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms_sign_in.LoginForm",
    "request_login_code": "accounts.forms_sign_in.RequestLoginCodeForm",
    "confirm_login_code": "accounts.forms_sign_in.ConfirmLoginCodeForm",
    "signup": "accounts.forms_sign_in.SignupForm",
    "verify_phone": "accounts.forms_sign_in.VerifyPhoneForm",
    "reset_password": "accounts.forms_sign_in.ResetPasswordForm",
    "add_email": "accounts.forms_sign_in.AddEmailForm",
}
ACCOUNT_LOGIN_METHODS = {"phone", "username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "email", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 300  # as message and page say
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # the phone is what is verified
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before phone, e-mail and factors change; signing in just now counts
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{SITE_NAME}："
# Guesses and messages are counted by accounts.security.limits, exactly; allauth counts what remains, in the cache.
ACCOUNT_RATE_LIMITS: dict | bool = (
    {"login_failed": None, "verify_phone": None, "request_login_code": None, "reset_password": "20/m/ip,5/h/key"}
    if RATE_LIMITS
    else False
)
MFA_ADAPTER = "accounts.security.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the phone is what is verified
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # plain http is for one's own machine
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_FORMS = {
    "authenticate": "accounts.security.forms.AuthenticateForm",
    "reauthenticate": "accounts.security.forms.ReauthenticateForm",
    "activate_totp": "accounts.security.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.security.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.security.forms.EditPasskeyForm",
}
REQUIRE_STAFF_MFA = env.switch("REQUIRE_STAFF_MFA", default=True)  # staff pass only with a second factor
FACTOR_RECOVERY_HOURS = env.number("FACTOR_RECOVERY_HOURS", 72)

# A city's own sign-in, by OpenID Connect: docs/operators/oidc.md.
OIDC_NAME = env.text("OIDC_NAME", "统一身份认证")
SOCIALACCOUNT_ADAPTER = "accounts.security.oidc.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.security.oidc.SocialSignupForm"}
SOCIALACCOUNT_PROVIDERS = env.oidc(OIDC_NAME)
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 8
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", 0)  # else every visitor has the proxy's address
SMS_BACKEND = env.text("SMS_BACKEND", "accounts.sms.backends.DisabledBackend")

# Tasks are rows of django-q2's ORM broker, written in the caller's transaction: the queue is an outbox.
TASKS = {"default": {"BACKEND": "portal.task_backend.DjangoQBackend"}}
Q_CLUSTER = {
    "name": "yinqiao",
    "orm": "default",
    "workers": env.number("QUEUE_WORKERS", 1),
    "recycle": 500,
    "timeout": 600,
    "retry": 1800,
    "max_attempts": 3,
    "save_limit": 0,
    "queue_limit": 20,
    "bulk": 1,
    "poll": 0.5,
    "catch_up": False,
    "ack_failures": True,
    "label": "队列",
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [SITE_ROOT / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["portal.formats"]

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = DATA_DIR / "static"
STATICFILES_DIRS = [SITE_ROOT / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
UPLOAD_MAX_BYTES = 10 * 1024 * 1024  # one file; a form answers in its own words above this
REQUEST_MAX_BYTES = 64 * 1024 * 1024  # a whole request; refused unread above this

vars().update(env.email(env.text("EMAIL_URL"), DATA_DIR))
DEFAULT_FROM_EMAIL = f"{SITE_NAME} <no-reply@{PUBLIC_URL.split('//')[1].split(':')[0]}>"

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_I18N_ENABLED = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.backends.database"}}
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAILIMAGES_MAX_UPLOAD_SIZE = UPLOAD_MAX_BYTES
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "mp4", "pdf", "pptx", "txt", "vtt", "webm", "xlsx", "zip"]
VIDEO_EMBED_HOSTS = env.items("VIDEO_EMBED_HOSTS")  # whose players may stand in our pages; none: a link instead
LINK_CHECK_NETWORKS = env.items(
    "LINK_CHECK_NETWORKS"
)  # inner networks that the link check may ask; else only public ones
if VIDEO_EMBED_HOSTS:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["frame-src"] = [SELF, *(f"https://{host}" for host in VIDEO_EMBED_HOSTS)]  # type: ignore[index]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai"]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False

ELASTICSEARCH_URL = env.items("ELASTICSEARCH_URL")
ELASTICSEARCH_PREFIX = env.text("ELASTICSEARCH_PREFIX")  # of its indices; by default made of the database's name
ELASTICSEARCH_SHARDS = env.number("ELASTICSEARCH_SHARDS", 1)
ELASTICSEARCH_REPLICAS = env.number(
    "ELASTICSEARCH_REPLICAS", min(len(ELASTICSEARCH_URL) - 1, 1) if ELASTICSEARCH_URL else 0
)
ELASTICSEARCH_TIMEOUT = env.decimal("ELASTICSEARCH_TIMEOUT", 0.4)  # seconds until the embedded engine steps in
SILENCED_SYSTEM_CHECKS = [
    "wagtailsearch.W001",
    "wagtailadmin.W003",
    "security.W005",  # what HSTS says of other names under the domain, and its preload list (W021),
    "security.W021",  # are the domain owner's to decide
    "security.W019",  # the editors' preview is a frame of this site's own
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # They tell every task and every publish, several lines each; what fails they tell as an error.
    "loggers": {
        **{name: {"level": "WARNING"} for name in ("django-q", "wagtail")},
        "elastic_transport": {"level": "ERROR"},  # each failed request with its traceback; search.circuit says it once
    },
}
