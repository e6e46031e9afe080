"""What a page of 需求空白 shows, as a workbook."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.spreadsheets import xlsx

from .queries import Page


def workbook(page: Page) -> bytes:
    as_of = page.report.as_of
    facts: list[Sequence[Any]] = [
        (_("数据截至"), f"{timezone.localtime(as_of):%Y-%m-%d %H:%M}" if as_of else ""),
        (_("范围"), page.part_name or _("全部")),
        (_("说明"), _("不足 5 家企业的数字不显示，能由相减得出的也不显示")),
    ]
    for label, cell in ((_("进行中的需求"), page.open), (_("没有合适产品的需求"), page.unmet)):
        if cell is not None:
            facts += [(_("%s（个）") % label, cell["needs"]), (_("%s（家企业）") % label, cell["enterprises"])]
    sheets: list[tuple[str, Sequence[str], list[Sequence[Any]]]] = [
        (_("概况"), (_("项目"), _("内容")), facts),
        (
            _("卡在哪一条"),
            (_("条件"), _("企业（家）"), _("需求（个）")),
            [(line.label, line.enterprises, line.needs) for line in page.rules],
        ),
        (
            _("放宽什么"),
            (_("放宽"), _("企业（家）"), _("需求（个）"), _("平均金额（元）"), _("合计金额（元）"), _("可受益的产品")),
            [
                (
                    line.label,
                    line.enterprises,
                    line.needs,
                    line.average,
                    line.total,
                    "、".join(f"{product.name}（{count}）" for product, count in line.products),
                )
                for line in page.bends
            ],
        ),
    ]
    if page.gains:
        rows: list[Sequence[Any]] = [(gain.product.name, gain.label, gain.enterprises) for gain in page.gains]
        sheets.append((_("本机构的产品"), (_("产品"), _("若"), _("至少可多满足（家）")), rows))
    return xlsx(sheets)
