"""Reads the environment variables that docs/operators/settings.md lists; nothing else in the project reads them."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[3]


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def items(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def switch(name: str, *, default: bool) -> bool:
    value = text(name, "on" if default else "off").lower()
    if value not in {"on", "off"}:
        raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}")
    return value == "on"


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """One of `choices`; the first when nothing is set."""
    value = text(name, choices[0]).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(choices)}, not {value!r}")
    return value


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}")
    return int(value)


def decimal(name: str, default: float) -> float:
    """A number above zero."""
    value = text(name, str(default))
    try:
        found = float(value)
    except ValueError:
        found = 0.0
    if not 0 < found < 1000:
        raise ImproperlyConfigured(f"{name} must be a number above 0, not {value!r}")
    return found


def tile_hosts(url: str, subdomains: str) -> list[str]:
    """The origins that a tile address like https://{s}.tile.example/{z}/{x}/{y}.png loads from: exactly these."""
    if not url:
        return []
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or "{z}" not in url:
        raise ImproperlyConfigured(f"MAP_TILES_URL must be like https://host/{{z}}/{{x}}/{{y}}.png, not {url!r}")
    return [f"{parts.scheme}://{parts.netloc.replace('{s}', each)}" for each in (subdomains if "{s}" in url else "-")]


def data_dir() -> Path:
    path = Path(text("DATA_DIR", str(ROOT / "var"))).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_key(directory: Path) -> str:
    """SECRET_KEY, or one made once and kept (mode 600) in the data folder: a single host needs to be told nothing."""
    if key := text("SECRET_KEY"):
        return key
    file = directory / "secret_key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secrets.token_urlsafe(64))
    return file.read_text().strip()


def database(url: str, directory: Path) -> dict:
    """A Django DATABASES entry for `sqlite:///path` or `postgres://user:password@host:port/name?option=value`."""
    if not url:
        return _sqlite(directory / "yinqiao.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path.removeprefix("/"))))
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": parts.port or "",
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ImproperlyConfigured(f"DATABASE_URL has an unknown scheme: {parts.scheme!r}; use sqlite or postgres")


def _sqlite(path: Path) -> dict:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000;"
                " PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            ),
        },
    }


def email(url: str, directory: Path) -> dict[str, object]:
    """Django's e-mail settings for `smtp://user:password@host:port?tls=on` or, unset, files in the data folder."""
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(directory / "mail"),
        }
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ImproperlyConfigured(f"EMAIL_URL has an unknown scheme: {parts.scheme!r}; use smtp or smtps")
    options = dict(parse_qsl(parts.query))
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": options.get("tls") == "on",
        "EMAIL_TIMEOUT": 10,
    }


def oidc(name: str) -> dict[str, dict]:
    """The provider of OIDC_SERVER_URL, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET as allauth wants it; none of them: none."""
    wanted = {each: text(each) for each in ("OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")}
    if not any(wanted.values()):
        return {}
    missing = [each for each, value in wanted.items() if not value]
    if missing:
        raise ImproperlyConfigured(f"{', '.join(missing)} must be set as well, for signing in by OpenID Connect")
    app = {
        "provider_id": "city",
        "name": name,
        "client_id": wanted["OIDC_CLIENT_ID"],
        "secret": wanted["OIDC_CLIENT_SECRET"],
        "settings": {"server_url": wanted["OIDC_SERVER_URL"], "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app], "SCOPE": ["openid", "profile", "email", "phone"]}}
