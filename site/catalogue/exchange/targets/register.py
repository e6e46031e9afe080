"""The policies that rows name, by the words people write: the name, the number, or both."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property

from accounts.models import Policy

WRITTEN: tuple[Callable[[Policy], str], ...] = (str, lambda each: each.number, lambda each: each.title)


def _folded(text: str) -> str:
    return re.sub(r"[\s《》|｜]", "", text).translate(str.maketrans("()[]〔〕", "（）【】【】")).lower()


class Register:
    """Read once, when the first name is looked up."""

    @cached_property
    def _by_words(self) -> dict[str, list[int]]:
        """Name and number together say more than the number, the number more than the name; one that is published more
        than one that was taken down."""
        policies = list(Policy.objects.order_by("pk"))
        published = {each.pk for each in policies if each.is_published}
        found: dict[str, list[int]] = {}
        for write in WRITTEN:
            called: dict[str, list[int]] = {}
            for each in policies:
                if words := _folded(write(each)):
                    called.setdefault(words, []).append(each.pk)
            found = called | found
        return {words: [key for key in keys if key in published] or keys for words, keys in found.items()}

    def keys(self, words: str) -> list[int]:
        """Those that are meant: none, one, or several that are called the same."""
        return self._by_words.get(_folded(words), [])

    def key(self, words: str) -> int | None:
        found = self.keys(words)
        return found[0] if len(found) == 1 else None

    def wrong(self, words: str) -> str:
        """What is wrong with this name; ""."""
        found = self.keys(words)
        if len(found) == 1:
            return ""
        return f"有 {len(found)} 个政策都叫“{words}”，请写文号" if found else f"没有找到政策“{words}”"


def names(keys: Iterable[int]) -> dict[int, str]:
    """As the cells of a sheet call them."""
    wanted = set(keys)
    return {each.pk: str(each) for each in Policy.objects.filter(pk__in=wanted)} if wanted else {}
