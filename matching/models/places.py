"""地名: what people call a place, as editors keep it; names that needs used and that are not there yet."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from search.analysis import normalise

APART = "、，,;；|="


def one_name(name: str) -> str:
    """As the parser meets it: simplified, half-width, without blanks."""
    return "".join(normalise(name).text.split())


class Place(models.Model):
    """A place and what people call it. The same name may stand in several rows: the parser then asks which one is meant."""

    class Kind(models.TextChoices):
        REGION = "region", _("省、市、区县")
        TOWN = "town", _("乡镇、街道")
        PARK = "park", _("园区")
        SIGHT = "sight", _("景区")
        OTHER = "other", _("其他")

    name = models.CharField(_("名称"), max_length=40)
    aliases = models.CharField(
        _("别的叫法"), max_length=200, blank=True, help_text=_("用顿号或空格隔开，如：遂昌金矿、金矿国家矿山公园")
    )
    region = models.ForeignKey(
        "accounts.Region", models.PROTECT, related_name="+", verbose_name=_("在哪个区县"), help_text=_("GB/T 2260 代码")
    )
    kind = models.CharField(_("类别"), max_length=8, choices=Kind, default=Kind.OTHER)
    is_active = models.BooleanField(_("使用"), default=True)
    note = models.CharField(_("备注"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("地名")
        ordering = ["region", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "region"],
                name="place_once_in_a_region",
                violation_error_message=_("这里已有这个地名。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> list[str]:
        """Its name and all aliases."""
        text = self.aliases
        for mark in APART:
            text = text.replace(mark, " ")
        return list(dict.fromkeys([self.name, *text.split()]))

    def clean(self) -> None:
        from ..gazetteer.words import everyday

        self.name = one_name(self.name)
        self.aliases = "、".join(one_name(each) for each in self.names[1:])
        for field, names in (("name", self.names[:1]), ("aliases", self.names[1:])):
            for name in names:
                if len(name) < 2:
                    raise ValidationError({field: _("一个地名至少两个字。")})
                if everyday(name):
                    raise ValidationError(
                        {field: _("“%s”也是平常说话用的词，会被误读成地名；请写全称，如加上“县”“镇”。") % name}
                    )


class UnheardPlace(models.Model):
    """A name of a town, street or park that a need used and that the table lacks: for editors to add, or to wave off."""

    name = models.CharField(_("名称"), max_length=20, unique=True)
    count = models.PositiveIntegerField(_("次数"), default=0)
    region = models.ForeignKey(
        "accounts.Region",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("说的企业在"),
        help_text=_("最近一次说到它的企业登记的所在地，供参考"),
    )
    last_said_at = models.DateTimeField(_("最近一次"))
    dismissed_at = models.DateTimeField(_("何时略过"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("没收录的地名")
        ordering = ["-count", "name"]
        indexes = [
            models.Index(fields=["-count"], name="unheard_place_waiting", condition=Q(dismissed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.name


class GazetteerState(models.Model):
    """One row: a number that is another one after each change of the table, so that every process notices it; and what was
    ever loaded from the built-in names, so that what editors delete does not come back."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.PositiveBigIntegerField(default=0)
    loaded = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("地名表的版本")

    def __str__(self) -> str:
        return str(self.version)
