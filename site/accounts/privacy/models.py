"""A wish to be erased, and what became of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ErasureRequest(models.Model):
    """Done at `due_at` unless undone before. The row stays, as proof that it was asked for and done: it holds no value."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="erasure_requests", verbose_name=_("申请人")
    )
    enterprise = models.ForeignKey(
        "accounts.Enterprise",
        models.PROTECT,
        null=True,
        related_name="erasure_requests",
        verbose_name=_("企业"),
        help_text=_("空：删除的是申请人自己的资料"),
    )
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    due_at = models.DateTimeField(_("执行时间"))
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("删除申请")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["due_at"], name="erasure_waiting", condition=models.Q(undone_at=None, done_at=None))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(enterprise=None, undone_at=None, done_at=None),
                name="one_open_erasure_per_person",
            ),
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(undone_at=None, done_at=None, enterprise__isnull=False),
                name="one_open_erasure_per_enterprise",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.undone_at is None and self.done_at is None
