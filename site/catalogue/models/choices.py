"""The codes that products are described with. Needs use the same codes, so that both sides meet."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductKind(models.TextChoices):
    LOAN = "loan", _("贷款")
    GUARANTEE = "guarantee", _("担保")
    BRIDGING = "bridging", _("转贷")
    INSURANCE = "insurance", _("保险")
    EQUITY = "equity", _("股权投资")
    GRANT = "grant", _("拨投联动")
    SUBSIDY = "subsidy", _("补贴贴息")


class Purpose(models.TextChoices):
    WORKING_CAPITAL = "working_capital", _("经营周转")
    EQUIPMENT = "equipment", _("设备与厂房")
    RENEWAL = "renewal", _("到期续贷")
    RND = "rnd", _("研发与成果转化")
    STARTUP = "startup", _("创业起步")
    AGRICULTURE = "agriculture", _("种养与农产品")
    RISK = "risk", _("分散风险")
    EQUITY = "equity", _("引入股权资金")


class GuaranteeKind(models.TextChoices):
    CREDIT = "credit", _("信用（无抵押）")
    REAL_ESTATE = "real_estate", _("房产土地抵押")
    GUARANTOR = "guarantor", _("担保公司担保")
    PERSON = "person", _("自然人保证")
    INTELLECTUAL = "intellectual", _("知识产权质押")
    RECEIVABLE = "receivable", _("应收账款质押")
    WATER_RIGHT = "water_right", _("取水权质押")
    EQUIPMENT = "equipment", _("设备抵押")
    INVENTORY = "inventory", _("存货与农产品")
    ORDER = "order", _("订单与合同")


class RepaymentKind(models.TextChoices):
    REVOLVING = "revolving", _("随借随还")
    INTEREST_FIRST = "interest_first", _("按期付息到期还本")
    EQUAL_INSTALMENT = "equal_instalment", _("等额本息")
    EQUAL_PRINCIPAL = "equal_principal", _("等额本金")
    BULLET = "bullet", _("到期一次还本付息")
    NO_PRINCIPAL_RENEWAL = "no_principal_renewal", _("无还本续贷")
