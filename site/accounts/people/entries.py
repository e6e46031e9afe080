"""Entries and panels of people. Called once, by `AppConfig.ready`."""

from django.utils.translation import gettext_lazy as _

from .. import audit, navigation
from . import panels, queries, revealing, stranded


def register() -> None:
    revealing.register()
    audit.name_verb("handed_over", _("移交工作"))
    navigation.register("me", _("成员"), "accounts:members", order=72, count=queries.waiting_requests_count)
    navigation.register(
        "desk",
        _("企业认领"),
        "accounts:claims",
        roles=queries.REVIEWERS,
        order=70,
        count=queries.claims_to_review_count,
    )
    navigation.register("desk", _("合并企业"), "accounts:merge", roles=queries.REVIEWERS, order=71)
    navigation.register("desk", _("人员"), "accounts:staff", roles=queries.KEEPERS, order=80)
    navigation.register_panel("desk", "stranded", stranded.panel, roles=stranded.WATCHERS, order=15)
    navigation.register_panel("me", "join_requests", panels.join_requests, order=5)
    navigation.register_panel("desk", "claims", panels.claims, roles=queries.REVIEWERS, order=40)
