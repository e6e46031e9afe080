"""`make messages`: collects every Chinese text of code and templates into site/locale/en, keeping what is translated.

Needs no gettext: Django turns templates into gettext calls, Babel reads and merges. Prints what still lacks English.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "site" / "locale" / "en" / "LC_MESSAGES" / "django.po"
SOURCES = ("site", "search", "matching", "advisors", "events")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def files() -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*")):
            if path.suffix in {".py", ".html", ".txt", ".xml"} and not {"migrations", "vendor", "demo", "data"} & set(
                path.parts
            ):
                yield path


def collected() -> Catalog:
    """Every text that code and templates ask a translation for, with the places that ask."""
    from django.utils.translation.template import templatize

    catalog = Catalog(fuzzy=False)
    for path in files():
        source = path.read_text(encoding="utf-8")
        name = str(path.relative_to(ROOT))
        if path.suffix != ".py":
            if "{%" not in source and "{{" not in source:
                continue
            source = templatize(source, origin=name)
        for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
            catalog.add(message, context=context, locations=[(name, 1)], flags=())
    return catalog


def current() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def untranslated() -> list[str]:
    """The texts in use that have no English yet."""
    known = current()
    missing: list[str] = []
    for message in collected():
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        found = known.get(key, message.context)
        done = found is not None and (all(found.string) if isinstance(found.string, tuple) else bool(found.string))
        if not done:
            missing.append(str(key))
    return missing


def main() -> int:
    catalog = current()
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, ignore_obsolete=True, no_location=True)
    missing = untranslated()
    print(f"{len(catalog)} texts, {len(missing)} without English", file=sys.stderr)
    for text in missing:
        print(text)
    return 0


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    sys.exit(main())
