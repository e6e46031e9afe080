"""One decision of a reviewer on many changes, carried out by the queue."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BulkDecision(models.Model):
    """`items` are [product, revision] as they were read; `done` of them are decided. `refused`: [[name, reason]]."""

    class Do(models.TextChoices):
        APPROVE = "approve", _("通过")
        SEND_BACK = "send_back", _("退回")

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="bulk_decisions", verbose_name=_("审核人")
    )
    do = models.CharField(_("决定"), max_length=9, choices=Do)
    comment = models.CharField(_("意见"), max_length=500, blank=True)
    client_key = models.UUIDField(unique=True, editable=False)
    items = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)
    told = models.JSONField(default=dict)  # who is to be told of how many, at the end
    attempts = models.PositiveSmallIntegerField(default=0)  # at the next items, without getting further
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)
    touched_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("批量审核")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_do_display()} {self.total}"

    @property
    def decided(self) -> int:
        """How many were decided as `by` wanted."""
        return self.done - len(self.refused)
