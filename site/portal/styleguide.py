"""What the gallery of components shows: one real form with errors, one timeline, one page of many."""

from datetime import timedelta

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ICONS = [
    "search",
    "menu",
    "person",
    "people",
    "bell",
    "phone",
    "calendar",
    "clock",
    "pin",
    "check",
    "cross",
    "question",
    "alert",
    "info",
    "arrow",
    "plus",
    "download",
    "upload",
    "print",
    "document",
    "camera",
    "scan",
    "text-size",
    "globe",
    "bank",
    "chart",
    "filter",
]


class ExampleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("企业名称"), help_text=gettext_lazy("与营业执照一致"))
    phone = forms.RegexField(
        r"1\d{10}",
        label=gettext_lazy("手机号"),
        error_messages={"invalid": gettext_lazy("请填写 11 位手机号，例如 13800000000。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "tel"}),
    )
    guarantee = forms.ChoiceField(
        label=gettext_lazy("能提供什么担保"),
        choices=[
            ("none", gettext_lazy("没有抵押")),
            ("house", gettext_lazy("房产")),
            ("right", gettext_lazy("知识产权")),
        ],
    )
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("用途"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("stock", gettext_lazy("进货")),
            ("wage", gettext_lazy("发工资")),
            ("machine", gettext_lazy("买设备")),
        ],
    )
    speed = forms.ChoiceField(
        label=gettext_lazy("多久要用"),
        widget=forms.RadioSelect,
        choices=[("day", gettext_lazy("三天内")), ("month", gettext_lazy("一个月内"))],
    )
    licence = forms.FileField(
        label=gettext_lazy("营业执照"), required=False, help_text=gettext_lazy("JPG、PNG 或 PDF，不超过 10 MB")
    )
    note = forms.CharField(label=gettext_lazy("还想说的"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agree = forms.BooleanField(label=gettext_lazy("同意把以上资料交给所选机构，仅用于这一次对接"))


def context() -> dict[str, object]:
    now = timezone.now()
    return {
        "icons": ICONS,
        "source": _("浙里改《浙江省优化营商环境之获得金融服务优秀案例（二）》"),
        "form": ExampleForm({"name": "云雾茶坊", "phone": "1380000", "guarantee": "none", "purposes": ["stock"]}),
        "timeline": [
            {"when": now, "who": _("客户经理"), "what": _("已联系企业"), "against": _("用了 0.5 个工作日，承诺 1 个")},
            {
                "when": now - timedelta(hours=4),
                "who": _("企业"),
                "what": _("提交需求"),
                "note": _("想借 50 万元收鲜叶"),
            },
        ],
        "steps": [_("说需要"), _("看合适的产品和理由"), _("选定机构并授权"), _("客户经理 1 个工作日内联系")],
        "sections": [
            {"label": _("待处理"), "url": "?part=open", "current": True, "count": 3},
            {"label": _("已完成"), "url": "?part=done", "current": False, "count": 12},
        ],
        "page": Paginator(range(50), 10).page(2),
    }
