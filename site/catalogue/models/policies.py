"""Which policies a product rests on."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey


class ProductPolicy(models.Model):
    """依据: a policy that the product, as a whole, rests on. A single rule or tariff names its own."""

    product = ParentalKey("catalogue.Product", on_delete=models.CASCADE, related_name="policy_links")
    policy = models.ForeignKey("accounts.Policy", models.PROTECT, related_name="product_links", verbose_name=_("政策"))
    note = models.CharField(_("依据哪一条"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("依据的政策")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["product", "policy"], name="product_policy_once")]

    def __str__(self) -> str:
        return str(self.policy)
