"""收藏: a product that a person keeps. Nothing is derived from it and nobody else is shown it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .products import Product


class Favourite(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="favourites", verbose_name=_("用户"), db_index=False
    )
    product = models.ForeignKey(Product, models.CASCADE, related_name="favourites", verbose_name=_("产品"))
    created_at = models.DateTimeField(_("收藏时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("收藏")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "product"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.product}"
