"""Where institutions serve, when, what is done there, and the numbers that they state about it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..places import hours as written

MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
LATITUDES = [MinValueValidator(-90), MaxValueValidator(90)]
LONGITUDES = [MinValueValidator(-180), MaxValueValidator(180)]


class WrittenFormField(forms.CharField):
    """Text on the page, data in the table; what can not be read is said in the form's own words."""

    def __init__(self, *, read, write, **kwargs) -> None:
        self.read, self.write = read, write
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else self.write(value or type(self.read(""))())

    def to_python(self, value: Any) -> Any:
        try:
            return self.read(super().to_python(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or self.read(""))
        except ValidationError:
            return True


class WrittenField(models.JSONField):
    """JSON that people type as text: `read` makes data of it, `write` text again."""

    def __init__(self, *args, read=None, write=None, rows: int = 2, **kwargs) -> None:
        self.read, self.write, self.rows = read, write, rows
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def formfield(self, **kwargs):
        return WrittenFormField(
            read=self.read,
            write=self.write,
            widget=forms.Textarea({"rows": self.rows}),
            required=False,
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
        )


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
    how_to_apply = models.TextField(
        _("怎么办"), blank=True, help_text=_("每行一步；不知道就留空，页面会请人向机构确认")
    )
    apply_url = models.URLField(_("网上办理地址"), blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("服务事项")
        ordering = ["group", "name"]
        constraints = [models.UniqueConstraint(fields=["institution", "name"], name="service_item_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('catalogue:services')}#item-{self.pk}"

    @property
    def step_list(self) -> list[str]:
        return [line.strip() for line in self.how_to_apply.splitlines() if line.strip()]


class Outlet(models.Model):
    """网点: an address of an institution. Coordinates are WGS-84 degrees, null when not known."""

    class HolidayRule(models.TextChoices):
        UNKNOWN = "", _("没有说明")
        CLOSED = "closed", _("法定节假日休息")
        WEEKEND = "weekend", _("法定节假日按周日时间")
        USUAL = "usual", _("法定节假日照常")

    institution = models.ForeignKey(
        "accounts.Institution", models.CASCADE, related_name="outlets", verbose_name=_("机构")
    )
    name = models.CharField(_("名称"), max_length=80)
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="outlets", verbose_name=_("所在地"))
    address = models.CharField(_("地址"), max_length=160, blank=True)
    latitude = models.DecimalField(
        _("纬度（WGS-84）"), max_digits=8, decimal_places=5, null=True, blank=True, validators=LATITUDES
    )
    longitude = models.DecimalField(
        _("经度（WGS-84）"), max_digits=8, decimal_places=5, null=True, blank=True, validators=LONGITUDES
    )
    phone = models.CharField(_("公开电话"), max_length=40, blank=True, help_text=_("座机或客服电话，不填个人手机号"))
    hours = WrittenField(
        _("营业时间"),
        default=dict,
        blank=True,
        read=written.read,
        write=written.write,
        help_text=_("如“周一至周五 09:00-17:00；周六、周日 09:30-16:00”；不知道就留空"),
    )
    holiday_rule = models.CharField(_("法定节假日"), max_length=8, choices=HolidayRule, blank=True)
    exceptions = WrittenField(
        _("特别安排"),
        default=list,
        blank=True,
        read=written.read_exceptions,
        write=written.write_exceptions,
        rows=3,
        help_text=_("每行一天或一段，如“2027-02-15至2027-02-21 休息 春节”“2027-02-22 09:00-12:00”"),
    )
    duty = WrittenField(
        _("谁在"),
        default=dict,
        blank=True,
        read=written.read_duty,
        write=written.write_duty,
        rows=3,
        help_text=_("每行一个岗位，不写姓名和电话，如“金融顾问：周一、周三 09:00-12:00”“客户经理：工作日”"),
    )
    has_government_counter = models.BooleanField(_("设政银服务专区"), default=False)
    services = models.ManyToManyField(ServiceItem, blank=True, related_name="outlets", verbose_name=_("服务事项"))
    source = models.CharField(_("来源"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("虚构示例"), default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("网点")
        ordering = ["institution", "name"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "name"], name="outlet_once"),
            models.CheckConstraint(
                name="outlet_point_whole",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalogue:outlet", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError({"longitude": gettext("经纬度要么都填，要么都不填。")})
        if MOBILE.search(re.sub(r"[\s-]", "", self.phone or "")):
            raise ValidationError({"phone": gettext("这像是个人手机号。请填网点的座机或客服电话。")})

    @property
    def point(self) -> tuple[float, float] | None:
        if self.latitude is None or self.longitude is None:
            return None
        return float(self.latitude), float(self.longitude)

    @property
    def full_address(self) -> str:
        """With the place's name, unless the address itself begins with a part of it; "" when not known."""
        if not self.address:
            return ""
        place = self.region.full_name
        return self.address if self.address.startswith((place[:2], self.region.name)) else place + self.address

    @property
    def hours_text(self) -> str:
        return written.write(self.hours)


class Landmark(models.Model):
    """地点: a place that people start from when they look for an outlet: an industrial park, a township. WGS-84 degrees."""

    name = models.CharField(_("名称"), max_length=60)
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("所在地"))
    latitude = models.DecimalField(_("纬度（WGS-84）"), max_digits=8, decimal_places=5, validators=LATITUDES)
    longitude = models.DecimalField(_("经度（WGS-84）"), max_digits=8, decimal_places=5, validators=LONGITUDES)
    source = models.CharField(_("来源"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("出发地点")
        ordering = ["region", "name"]
        constraints = [models.UniqueConstraint(fields=["region", "name"], name="landmark_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> tuple[float, float]:
        return float(self.latitude), float(self.longitude)


class StatedCount(models.Model):
    """How many an institution's source says there are. The rows of a list may be fewer: a source names only some."""

    class Subject(models.TextChoices):
        OUTLETS = "outlets", _("网点")
        GOVERNMENT = "government", _("可办的政务事项")
        HOST = "host", _("主办行服务")
        BASIC = "basic", _("基础事项")
        VALUE_ADDED = "value_added", _("增值事项")

    institution = models.ForeignKey(
        "accounts.Institution", models.CASCADE, related_name="stated_counts", verbose_name=_("机构")
    )
    subject = models.CharField(_("数的是什么"), max_length=12, choices=Subject)
    count = models.PositiveIntegerField(_("数量"))
    unit = models.CharField(_("单位"), max_length=8, help_text=_("如：个、项"))
    source = models.CharField(_("来源"), max_length=200)
    as_of = models.DateField(_("截至"), help_text=_("只知道年份时填该年 12 月 31 日"))

    class Meta:
        verbose_name = verbose_name_plural = _("公布的数量")
        ordering = ["institution", "subject"]
        constraints = [models.UniqueConstraint(fields=["institution", "subject"], name="stated_count_once")]

    def __str__(self) -> str:
        return f"{self.institution} {self.get_subject_display()} {self.count}"

    @property
    def as_of_text(self) -> str:
        """The day, or the year alone where the source names no day."""
        if (self.as_of.month, self.as_of.day) == (12, 31):
            return gettext("%s 年") % self.as_of.year
        return f"{self.as_of:%Y-%m-%d}"
