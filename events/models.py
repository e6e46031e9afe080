"""Events, registrations and scans."""

import secrets
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """活动. `capacity` null means that nobody counts places."""

    class Kind(models.TextChoices):
        MATCHMAKING = "matchmaking", _("银企对接会")
        ROADSHOW = "roadshow", _("路演")
        BRIEFING = "briefing", _("宣讲")
        TRAINING = "training", _("培训")
        SALON = "salon", _("沙龙")

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        CLOSED = "closed", _("已结束")
        ARCHIVED = "archived", _("已归档")
        CANCELLED = "cancelled", _("已取消")

    title = models.CharField(_("名称"), max_length=80)
    slug = models.SlugField(_("网址名"), max_length=80, unique=True, help_text=_("网址的最后一段，用字母、数字和横线"))
    kind = models.CharField(_("类别"), max_length=12, choices=Kind, default=Kind.MATCHMAKING)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    summary = models.CharField(_("一句话介绍"), max_length=160)
    audience = models.CharField(_("邀请谁来"), max_length=160, blank=True)
    description = models.TextField(_("介绍"), blank=True)
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="events", verbose_name=_("地区"))
    venue = models.CharField(_("地点"), max_length=160, blank=True, help_text=_("只在线上举办可不填"))
    online_url = models.URLField(_("线上入口"), blank=True)
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"))
    registration_closes_at = models.DateTimeField(_("报名截止"), null=True, blank=True, help_text=_("不填则到活动开始"))
    capacity = models.PositiveIntegerField(_("名额（人）"), null=True, blank=True, help_text=_("不填表示不限"))
    is_full = models.BooleanField(_("已满"), default=False, editable=False)
    hosts = models.CharField(_("主办"), max_length=200, blank=True)
    contact = models.CharField(_("咨询方式"), max_length=120, blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)
    organisers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="organised_events", verbose_name=_("组织者")
    )
    door_staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="door_events", verbose_name=_("签到人员")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("活动")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["state", "starts_at"])]
        constraints = [
            models.CheckConstraint(name="event_ends_after_start", condition=models.Q(ends_at__gt=models.F("starts_at")))
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:event", args=[self.slug])

    def clean(self) -> None:
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("结束时间要晚于开始时间。")})
        if self.registration_closes_at and self.ends_at and self.registration_closes_at > self.ends_at:
            raise ValidationError({"registration_closes_at": _("报名截止不能晚于活动结束。")})
        if not self.venue and not self.online_url:
            raise ValidationError({"venue": _("请填写地点，或填写线上入口。")})

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def closes_at(self):
        return self.registration_closes_at or self.starts_at

    def refusal(self, now=None) -> str:
        """Why nobody can register now; "" when they can (a full event still takes the waitlist)."""
        if self.state == self.State.CANCELLED:
            return str(_("活动已取消。"))
        if self.state != self.State.PUBLISHED:
            return str(_("活动没有在接受报名。"))
        if (now or timezone.now()) >= self.closes_at:
            return str(_("报名已经截止。"))
        return ""


class EventSession(models.Model):
    """A line of the programme."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions", verbose_name=_("活动"))
    starts_at = models.TimeField(_("时间"))
    title = models.CharField(_("内容"), max_length=120)
    speaker = models.CharField(_("主讲"), max_length=80, blank=True)
    room = models.CharField(_("会场"), max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("议程")
        ordering = ["starts_at", "pk"]

    def __str__(self) -> str:
        return self.title


def ticket_token() -> str:
    return secrets.token_urlsafe(16)


class Registration(models.Model):
    """报名. The ticket's address is its token; the code of six digits is for the door."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("已报名")
        WAITLISTED = "waitlisted", _("候补")
        CANCELLED = "cancelled", _("已取消")

    class AttendeeType(models.TextChoices):
        ENTERPRISE = "enterprise", _("企业")
        INSTITUTION = "institution", _("机构")
        ADVISOR = "advisor", _("顾问")
        MEDIA = "media", _("媒体")
        GUEST = "guest", _("嘉宾")

    event = models.ForeignKey(Event, models.PROTECT, related_name="registrations", verbose_name=_("活动"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="registrations"
    )
    name = models.CharField(_("姓名"), max_length=60)
    phone = models.CharField(_("手机号"), max_length=16)
    email = models.EmailField(_("邮箱"), blank=True)
    organisation = models.CharField(_("单位"), max_length=120, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    attendee_type = models.CharField(_("身份"), max_length=12, choices=AttendeeType, default=AttendeeType.ENTERPRISE)
    consented_at = models.DateTimeField(_("同意个人信息处理的时间"))
    state = models.CharField(_("状态"), max_length=10, choices=State)
    client_key = models.UUIDField(_("提交键"), unique=True, default=uuid.uuid4, editable=False)
    token = models.CharField(_("门票"), max_length=32, unique=True, default=ticket_token, editable=False)
    code = models.CharField(_("签到码"), max_length=6, editable=False)
    created_at = models.DateTimeField(_("报名时间"), auto_now_add=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("报名")
        ordering = ["pk"]
        indexes = [models.Index(fields=["event", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "phone"], condition=~models.Q(state="cancelled"), name="one_registration_per_phone"
            ),
            models.UniqueConstraint(fields=["event", "code"], name="door_code_once_per_event"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.event}"

    def get_absolute_url(self) -> str:
        return reverse("events:ticket", args=[self.token])

    @property
    def plain_phone(self) -> str:
        """As people here write it: 13800000000."""
        return self.phone.removeprefix("+86")


class CheckIn(models.Model):
    """签到 or its undoing: one scan, never changed. The last one of a registration says whether the person is in."""

    class Kind(models.TextChoices):
        IN = "in", _("签到")
        UNDO = "undo", _("撤销")

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="check_ins", verbose_name=_("报名"))
    scan_id = models.UUIDField(_("扫描键"), unique=True)
    kind = models.CharField(_("动作"), max_length=4, choices=Kind, default=Kind.IN)
    device = models.CharField(_("设备"), max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("操作人"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("签到")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.registration.name}"
