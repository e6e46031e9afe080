"""Where institutions serve, and what is done there."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceItem(models.Model):
    """服务事项 of a host institution."""

    class Group(models.TextChoices):
        HOST = "host", _("主办行服务")
        BASIC = "basic", _("基础事项")
        VALUE_ADDED = "value_added", _("增值事项")

    name = models.CharField(_("名称"), max_length=80)
    group = models.CharField(_("类别"), max_length=12, choices=Group)
    institution = models.ForeignKey(
        "accounts.Institution", models.CASCADE, related_name="service_items", verbose_name=_("机构")
    )
    description = models.CharField(_("说明"), max_length=200, blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("服务事项")
        ordering = ["group", "name"]
        constraints = [models.UniqueConstraint(fields=["institution", "name"], name="service_item_once")]

    def __str__(self) -> str:
        return self.name


class Outlet(models.Model):
    """网点: an address of an institution. Coordinates are WGS-84 degrees, null when not known."""

    institution = models.ForeignKey(
        "accounts.Institution", models.CASCADE, related_name="outlets", verbose_name=_("机构")
    )
    name = models.CharField(_("名称"), max_length=80)
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="outlets", verbose_name=_("所在地"))
    address = models.CharField(_("地址"), max_length=160, blank=True)
    latitude = models.DecimalField(_("纬度"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("经度"), max_digits=8, decimal_places=5, null=True, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    hours = models.CharField(_("营业时间"), max_length=120, blank=True)
    has_government_counter = models.BooleanField(_("设政银服务专区"), default=False)
    services = models.ManyToManyField(ServiceItem, blank=True, related_name="outlets", verbose_name=_("服务事项"))
    source = models.CharField(_("来源"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("网点")
        ordering = ["institution", "name"]
        constraints = [models.UniqueConstraint(fields=["institution", "name"], name="outlet_once")]

    def __str__(self) -> str:
        return self.name
