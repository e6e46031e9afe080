"""Compiles site/locale/*/LC_MESSAGES/*.po. The Chinese catalogue also says every text of ours in its own words.

The site is written in Chinese, so its texts have no Chinese translation to be found: each look-up would fall through the
catalogues of Django, Wagtail and every other app, one after another, and end at the text itself.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HAN = re.compile(r"[\u4e00-\u9fff]")
LOCALE = Path(__file__).resolve().parents[1] / "site" / "locale"


def read(language: str, domain: str = "django") -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=language)


def write(catalog: Catalog, language: str, domain: str = "django") -> None:
    with (LOCALE / language / "LC_MESSAGES" / f"{domain}.mo").open("wb") as file:
        write_mo(file, catalog)


def add_own_words(catalog: Catalog, texts: Catalog) -> None:
    """Adds to the Chinese `catalog` each Chinese text of `texts` that it lacks, said by itself. Where one and several are
    worded differently, Django chooses between them, since Chinese has one form only."""
    for message in texts:
        forms = {message.id} if isinstance(message.id, str) else set(message.id)
        words = next(iter(forms))
        if len(forms) == 1 and HAN.search(words) and catalog.get(message.id, message.context) is None:
            catalog.add(message.id, words if isinstance(message.id, str) else (words,), context=message.context)


def main() -> None:
    english, chinese = read("en"), read("zh_Hans")
    add_own_words(chinese, english)
    write(english, "en")
    write(chinese, "zh_Hans")
    write(read("zh_Hans", "djangojs"), "zh_Hans", "djangojs")


if __name__ == "__main__":
    main()
