"""好差评: five levels for a visit or a request, once, by the enterprise it was for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.models import Rating as ReferralRating

Mark = ReferralRating.Level  # the same five everywhere


class Rating(models.Model):
    visit = models.OneToOneField(
        "advisors.Visit", models.PROTECT, null=True, blank=True, related_name="rating", verbose_name=_("走访")
    )
    request = models.OneToOneField(
        "advisors.ServiceRequest", models.PROTECT, null=True, blank=True, related_name="rating", verbose_name=_("诉求")
    )
    mark = models.PositiveSmallIntegerField(_("评价"), choices=Mark)
    comment = models.CharField(_("想说的话"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("评价人"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("评价")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="rating_of_one_thing",
                condition=models.Q(visit__isnull=False, request__isnull=True)
                | models.Q(visit__isnull=True, request__isnull=False),
            ),
            models.CheckConstraint(name="rating_has_five_levels", condition=models.Q(mark__range=(1, 5))),
        ]

    def __str__(self) -> str:
        return self.get_mark_display()

    @property
    def is_bad(self) -> bool:
        return self.mark <= Mark.BAD
