"""New products for open needs: what waits to be looked through, who was told of what, and the nightly look at all needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FreshProduct(models.Model):
    """A product that was published or changed and that the open needs have not been held against yet."""

    product = models.OneToOneField("catalogue.Product", models.CASCADE, related_name="+", verbose_name=_("产品"))
    noted_at = models.DateTimeField(_("发布时间"))
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)  # when a worker took it

    class Meta:
        verbose_name = verbose_name_plural = _("待告知的产品")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.product)


class ProductAlert(models.Model):
    """The enterprise of this need was told of this product. Once, whoever publishes whatever how often."""

    need = models.ForeignKey("matching.Need", models.CASCADE, related_name="alerts", verbose_name=_("需求"))
    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="+", verbose_name=_("产品"))
    place = models.PositiveSmallIntegerField(_("名次"))
    created_at = models.DateTimeField(_("告知时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("新产品提醒")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["need", "product"], name="need_told_once_of_a_product")]

    def __str__(self) -> str:
        return f"{self.need_id} · {self.product}"


class NightlyMatch(models.Model):
    """One look at all open needs, at night: what fits them today. `cursor`: the last need that was looked at.

    `lease` names the worker at it and `leased_until` how long it may be silent."""

    on = models.DateField(_("日期"), unique=True)
    started_at = models.DateTimeField(_("开始时间"), auto_now_add=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    total = models.PositiveIntegerField(_("需求（个）"), default=0)
    done = models.PositiveIntegerField(_("已看（个）"), default=0)
    changed = models.PositiveIntegerField(_("结果有变（个）"), default=0)
    cursor = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=36, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("夜间重新匹配")
        ordering = ["-on"]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}"
