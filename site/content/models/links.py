"""Links that pages carry, and whether they lead anywhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LinkState(models.TextChoices):
    NEW = "new", _("还没查过")
    GOOD = "good", _("正常")
    BROKEN = "broken", _("打不开")
    UNSURE = "unsure", _("没能查清")  # the other side refuses programs, or robots.txt asks not to come
    REFUSED = "refused", _("不查")  # leads into an inner network


class Link(models.Model):
    """One address, however many pages carry it."""

    url = models.CharField(_("网址"), max_length=1000, unique=True)
    state = models.CharField(_("结果"), max_length=8, choices=LinkState, default=LinkState.NEW)
    detail = models.CharField(_("说明"), max_length=200, blank=True)
    checked_at = models.DateTimeField(_("检查时间"), null=True, blank=True)
    broken_since = models.DateTimeField(_("从何时起"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("链接")
        ordering = ["-broken_since", "url"]
        indexes = [models.Index(fields=["state", "checked_at"], name="link_state")]

    def __str__(self) -> str:
        return self.url

    @property
    def shown_url(self) -> str:
        return self.url if len(self.url) <= 90 else f"{self.url[:87]}…"


class LinkUse(models.Model):
    """Where a link stands: words and an address to edit it, as its app told them when the links were last gathered."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="uses", verbose_name=_("链接"))
    title = models.CharField(_("在哪里"), max_length=255)
    edit_url = models.CharField(_("编辑"), max_length=255, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("链接出现的地方")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title
