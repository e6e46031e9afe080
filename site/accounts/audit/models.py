"""The audit trail: entries that are only ever appended, and one row a day that says where the day's chain stands."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..append_only import AppendOnly


class AuditEntry(AppendOnly):
    """One write, or one showing of personal data.

    Private values are kept masked, so that an entry outlives the erasure of the person it tells about. `sequence`,
    `day`, `previous_hash` and `hash` are empty until the entry is chained, moments after its commit; the database
    lets them be set once and refuses every other change (`database`).
    """

    at = models.DateTimeField(_("时间"))
    # No constraint and no cascade: an entry stands whatever becomes of the rows it names.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("谁"),
    )
    actor_roles = models.CharField(_("身份"), max_length=200, blank=True, help_text=_("当时的角色和机构"))
    verb = models.CharField(_("做了什么"), max_length=40)
    model = models.CharField(_("表"), max_length=80, blank=True)
    object_id = models.CharField(_("编号"), max_length=64, blank=True)
    label = models.CharField(_("名称"), max_length=200, blank=True, help_text=_("公开的名称；个人和企业只记编号"))
    enterprise = models.ForeignKey(
        "accounts.Enterprise",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("涉及企业"),
    )
    institution = models.ForeignKey(
        "accounts.Institution",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("涉及机构"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("涉及的人"),
    )
    changes = models.JSONField(_("改动"), default=dict, help_text=_("{字段: [原值, 新值]}；个人信息已隐去"))
    detail = models.JSONField(_("说明"), default=dict)
    address = models.GenericIPAddressField(_("网络地址"), null=True)
    path = models.CharField(_("页面"), max_length=200, blank=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)

    sequence = models.BigIntegerField(_("序号"), null=True, unique=True)
    day = models.DateField(_("入链日期"), null=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = _("审计记录")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(sequence__isnull=True), name="audit_unchained"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["actor", "id"], name="audit_actor"),
            models.Index(fields=["enterprise", "id"], name="audit_enterprise"),
            models.Index(fields=["person", "id"], name="audit_person"),
            models.Index(fields=["model", "object_id"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.verb} {self.model} {self.object_id}"


class AuditDay(models.Model):
    """One day's chain: what it opened with (which seals the day before), how many entries, and the last hash."""

    day = models.DateField(primary_key=True)
    previous_day = models.DateField(null=True)
    opening_hash = models.CharField(max_length=64)
    first_sequence = models.BigIntegerField()
    entries = models.PositiveIntegerField(default=0)
    last_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("审计日")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} ({self.entries})"
