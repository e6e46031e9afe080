"""Public code tables that everything refers to: regions and industries."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """行政区划, GB/T 2260: six digits; province `330000`, city `330100`, county `330102`. Abolished codes stay."""

    code = models.CharField(_("代码"), max_length=6, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    full_name = models.CharField(_("全称"), max_length=120, help_text=_("如：浙江省舟山市定海区"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    level = models.PositiveSmallIntegerField(_("级别"), help_text=_("1 省，2 市，3 县"))
    is_current = models.BooleanField(_("现行"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("行政区划")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.full_name

    def covers(self, code: str) -> bool:
        """Whether `code` is this place or lies in it, by the digits that count at this level."""
        return code.startswith(self.code[: 2 * self.level])


class Industry(models.Model):
    """行业, GB/T 4754-2017: section letter `C`, division `13`, group `131`, class `1311`."""

    code = models.CharField(_("代码"), max_length=4, primary_key=True)
    name = models.CharField(_("名称"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    section = models.CharField(_("门类"), max_length=1, db_index=True)
    level = models.PositiveSmallIntegerField(_("级别"), help_text=_("1 门类，2 大类，3 中类，4 小类"))

    class Meta:
        verbose_name = verbose_name_plural = _("行业")
        ordering = ["section", "code"]

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"


class HolidayOverride(models.Model):
    """A day that is worked or not, against what the calendar library knows."""

    day = models.DateField(_("日期"), primary_key=True)
    is_workday = models.BooleanField(_("上班"))
    reason = models.CharField(
        _("依据"), max_length=120, help_text=_("如：国务院办公厅关于 2027 年部分节假日安排的通知")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("节假日调整")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"
