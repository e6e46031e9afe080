"""The page cache's epoch: one number that every change of public content moves on."""

from django.db import models


class Epoch(models.Model):
    """The only row is number 1. It is moved on in the transaction of the change, so readers see both or neither."""

    value = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "页面版本"

    def __str__(self) -> str:
        return str(self.value)
