"""What the form of an editorial page checks over the whole body."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm

from accounts.forms import PlaceField

HEADING = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.DOTALL)


def headings(body: Any) -> Iterator[tuple[int, str]]:
    """(level, words) in reading order: heading blocks are level 2, those inside paragraphs as they are written."""
    for child in body:
        if child.block_type == "heading":
            yield 2, str(child.value)
        elif child.block_type == "paragraph":
            for level, words in HEADING.findall(child.value.source):
                yield int(level), strip_tags(words).strip()


def skipped(body: Any) -> list[str]:
    """What is wrong with the order of headings, in words; the page's own title is level 1."""
    problems, before = [], 1
    for level, words in headings(body):
        if not words:
            problems.append(_("有一个小标题没有文字，请填写或删去。"))
        elif level > before + 1:
            problems.append(
                _("小标题“%(words)s”是第 %(level)d 级，前面缺少第 %(missing)d 级标题；请在它前面加一个“小标题”块。")
                % {"words": words[:30], "level": level, "missing": before + 1}
            )
        before = level
    return problems


class EditorialForm(WagtailAdminPageForm):
    def clean(self):
        """A draft may be unfinished; what is published reads in order, also by ear."""
        found = super().clean()
        if not self.is_deferred_validation and found.get("body") is not None:
            for problem in skipped(found["body"]):
                self.add_error("body", problem)
        return found


class PolicyForm(EditorialForm):
    region = PlaceField(label=gettext_lazy("适用地区"), help_text=gettext_lazy("省、市或县，如“衢江区”"))

    class Media:
        js = ("js/options.js",)


class CaseForm(EditorialForm):
    region = PlaceField(label=gettext_lazy("地区"), help_text=gettext_lazy("省、市或县，如“衢江区”"))

    class Media:
        js = ("js/options.js",)
