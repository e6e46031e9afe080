"""Forms of visits and requests. Rules are in `actions`; here is only what was typed and what it means."""

import uuid
from datetime import date, datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.forms import UploadField
from accounts.models import Enterprise, Institution, User
from catalogue.models import Product

from . import queries
from .models import Advisor, Mark, RequestCategory, ServiceRequest, Visit
from .slots import Slot

DURATIONS = [(30, _("半小时")), (60, _("1 小时")), (90, _("1 个半小时")), (120, _("2 小时")), (180, _("3 小时"))]
PURPOSES = [_("一对一融资服务"), _("政策与产品宣讲"), _("诉求办理回访"), _("贷款到期前沟通")]
MORE_PRODUCTS = 3  # empty lines for products; script adds further ones


class PoliteForm(forms.Form):
    """Says what is missing in the field's own words."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.label and not isinstance(field, forms.BooleanField | SlotField):
                word = _now("请选择：%s。") if isinstance(field, forms.ChoiceField) else _now("请填写：%s。")
                field.error_messages["required"] = word % field.label


class ClientKeyForm(PoliteForm):
    """A post sent twice is one record."""

    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class EnterpriseField(forms.CharField):
    """An enterprise typed as its name, part of it, or its 统一社会信用代码; with script, chosen from what matches."""

    def __init__(self, **kwargs) -> None:
        attrs = {"data-options": "/desk/visits/options/enterprises/", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=160, **kwargs)
        self.user: User | None = None  # set by the form: what it finds depends on who asks

    def prepare_value(self, value):
        return value.name if isinstance(value, Enterprise) else value

    def clean(self, value) -> Enterprise | None:
        text = super().clean(value)
        if not text or self.user is None:
            return None
        found = queries.find_enterprises(self.user, text)
        exact = [each for each in found if text in {each.name, each.uscc}] or found
        if len(exact) == 1:
            return exact[0]
        if not exact:
            raise ValidationError(_now("没有找到“%s”。请核对名称或统一社会信用代码；未登记的企业请先登记。") % text)
        names = "、".join(each.name for each in exact[:5])
        raise ValidationError(_now("有几家相近的企业：%s。请填完整名称。") % names)


class LinesWidget(forms.Widget):
    """Several short texts of one name, each with suggestions; some empty lines to add more."""

    template_name = "advisors/widgets/lines.html"

    def value_from_datadict(self, data, files, name) -> list[str]:
        return [text.strip() for text in data.getlist(name) if text.strip()] if hasattr(data, "getlist") else []

    def get_context(self, name, value, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        lines = [str(each) for each in value or []]
        context["is_invalid"] = "aria-invalid" in context["widget"]["attrs"]
        context["lines"] = [*lines, *[""] * max(1, MORE_PRODUCTS - len(lines))]
        return context

    def id_for_label(self, id_, index=None) -> str:
        return f"{id_}_0" if id_ else ""


class ProductsField(forms.Field):
    """Products typed by name, one a line."""

    widget = LinesWidget

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self.user: User | None = None

    def clean(self, value) -> list[Product]:
        found, wrong = [], []
        for text in value or []:
            near = queries.find_products(self.user, text, limit=6) if self.user is not None else []
            exact = [each for each in near if each.name == text] or near
            if len(exact) == 1:
                found.append(exact[0])
            elif exact:
                wrong.append(_now("“%(text)s”有几个相近的：%(names)s。") % {
                    "text": text,
                    "names": "、".join(each.name for each in exact[:5]),
                })  # fmt: skip
            else:
                wrong.append(_now("没有找到产品“%s”，可以写在记录里。") % text)
        if wrong:
            raise ValidationError(wrong)
        return found


def _moment(day: date, clock) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


class TimeForm(PoliteForm):
    """A day, an hour and a length → `starts_at`, `ends_at`."""

    on = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    at = forms.TimeField(label=_("时间"), widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"))
    minutes = forms.TypedChoiceField(label=_("多久"), coerce=int, choices=DURATIONS, initial=60)

    def clean(self) -> dict:
        data = super().clean() or {}
        if {"on", "at", "minutes"} <= data.keys():
            data["starts_at"] = _moment(data["on"], data["at"])
            data["ends_at"] = data["starts_at"] + timedelta(minutes=data["minutes"])
        return data

    def times(self) -> dict[str, datetime]:
        return {name: self.cleaned_data[name] for name in ("starts_at", "ends_at")}


class PlanForm(TimeForm, ClientKeyForm):
    """计划走访."""

    enterprise = EnterpriseField(label=_("走访哪家企业"), help_text=_("填名称的一部分或统一社会信用代码"))
    advisor = forms.ModelChoiceField(label=_("由谁走访"), queryset=Advisor.objects.none(), empty_label=None)
    purpose = forms.CharField(label=_("事由"), max_length=200, initial=PURPOSES[0])
    place = forms.CharField(label=_("地点"), max_length=200, required=False, help_text=_("不填则用企业登记的地址"))
    contact_name = forms.CharField(label=_("联系人"), max_length=60, required=False)
    contact_phone = forms.CharField(
        label=_("联系电话"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    field_order = ["enterprise", "advisor", "on", "at", "minutes", "purpose", "place", "contact_name", "contact_phone"]

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise"].user = user  # type: ignore[attr-defined]
        self.advisors = queries.advisors_planned_by(user)
        self.fields["advisor"].queryset = self.advisors  # type: ignore[attr-defined]

    def visit(self) -> dict:
        """Keyword arguments of `actions.plan_visit`."""
        names = ("enterprise", "advisor", "purpose", "place", "contact_name", "contact_phone", "client_key")
        return {name: self.cleaned_data[name] for name in names} | self.times()


class MoveForm(TimeForm):
    reason = forms.CharField(label=_("改约原因"), max_length=200)

    def __init__(self, data=None, *, visit: Visit) -> None:
        start = timezone.localtime(visit.starts_at)
        minutes = int((visit.ends_at - visit.starts_at).total_seconds() // 60)
        super().__init__(data, initial={"on": start.date(), "at": start.time(), "minutes": minutes})
        if minutes not in dict(DURATIONS):
            self.fields["minutes"].choices = [  # type: ignore[attr-defined]
                (minutes, _now("%s 分钟") % minutes),
                *DURATIONS,
            ]


class ReasonForm(PoliteForm):
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("对方会看到"))


class SlotField(forms.ChoiceField):
    """One of the free slots, by its local start."""

    widget = forms.RadioSelect

    def clean(self, value) -> datetime:
        text = super().clean(value)
        return timezone.make_aware(datetime.fromisoformat(text))

    def valid_value(self, value) -> bool:
        """Any well-formed time: that it was taken meanwhile is the action's answer."""
        try:
            datetime.strptime(value, "%Y-%m-%dT%H:%M")
        except ValueError:
            return False
        return True


class SlotForm(PoliteForm):
    starts_at = SlotField(label=_("选一个时间"), error_messages={"required": _("请选一个时间。")})

    def __init__(self, *args, slots: list[Slot], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].choices = [  # type: ignore[attr-defined]
            (slot.value, f"{timezone.localtime(slot.starts_at):%H:%M}") for slot in slots
        ]


class BookForm(SlotForm, ClientKeyForm):
    """约顾问上门, by the enterprise."""

    purpose = forms.CharField(
        label=_("想谈什么"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("一两句话就好，如：想借 50 万收鲜叶，不知道哪种产品合适"),
    )  # fmt: skip
    place = forms.CharField(label=_("见面地点"), max_length=200)
    contact_name = forms.CharField(label=_("联系人"), max_length=60)
    contact_phone = forms.CharField(
        label=_("联系电话"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )
    consent = forms.BooleanField(
        label=_("同意把企业登记信息、地点和联系人提供给这位顾问及所在机构，仅用于本次走访"),
        error_messages={"required": _("需要您同意后才能约见。")},
    )


class MySlotMoveForm(SlotForm):
    reason = forms.CharField(label=_("改约原因"), max_length=200)


class RequestLineForm(PoliteForm):
    """A request raised while a visit is logged; left empty it is none."""

    text = forms.CharField(label=_("诉求"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    category = forms.ChoiceField(label=_("类别"), choices=RequestCategory, required=False)

    def request(self) -> dict[str, str] | None:
        text = self.cleaned_data.get("text", "")
        category = self.cleaned_data.get("category") or RequestCategory.OTHER
        return {"text": text, "category": category} if text else None


REQUEST_LINES = 3


class LogForm(ClientKeyForm):
    """走访记录, made for a phone: what was said comes first."""

    notes = forms.CharField(
        label=_("谈了什么"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("现状、需要、答应了什么；企业也能看到"),
    )  # fmt: skip
    attendees = forms.CharField(label=_("在场的人"), max_length=200, required=False)
    products = ProductsField(label=_("谈到的产品"), required=False, help_text=_("填产品名，如：惠担贷"))
    next_step = forms.CharField(label=_("下一步"), max_length=200, required=False)
    next_step_on = forms.DateField(
        label=_("什么时候办"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data=None, *args, user: User, **kwargs) -> None:
        super().__init__(data, *args, **kwargs)
        self.fields["products"].user = user  # type: ignore[attr-defined]
        self.request_forms = [RequestLineForm(data, prefix=f"request{number}") for number in range(REQUEST_LINES)]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(form.is_valid() for form in self.request_forms)])

    def log(self) -> dict:
        """Keyword arguments of `actions.log_visit`."""
        raised = [form.request() for form in self.request_forms]
        return self.cleaned_data | {"requests": [each for each in raised if each is not None]}


class RequestForm(ClientKeyForm):
    """提出诉求."""

    category = forms.ChoiceField(label=_("是哪方面的问题"), choices=RequestCategory)
    text = forms.CharField(
        label=_("说说您的诉求"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("遇到了什么、希望怎样解决；不必写公文"),
    )  # fmt: skip
    attachment = UploadField(label=_("附件"))


class DispatchForm(PoliteForm):
    unit = forms.ModelChoiceField(label=_("承办单位"), queryset=Institution.objects.none(), required=False)
    owner = forms.ModelChoiceField(label=_("承办人"), queryset=User.objects.none(), required=False)
    note = forms.CharField(label=_("交代一句"), max_length=300, required=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = queries.units_to_dispatch_to()  # type: ignore[attr-defined]
        self.fields["owner"].queryset = queries.people_to_dispatch_to(user)  # type: ignore[attr-defined]
        for name in ("unit", "owner"):
            self.fields[name].empty_label = _now("不指定")  # type: ignore[attr-defined]


class AnswerForm(PoliteForm):
    text = forms.CharField(
        label=_("答复"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("企业会看到；写清办了什么、找谁、什么时候"),
    )  # fmt: skip


class RatingForm(PoliteForm):
    mark = forms.TypedChoiceField(label=_("您满意吗"), coerce=int, choices=Mark, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("想说的话"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


def log_initial(visit: Visit) -> dict:
    return {"attendees": visit.contact_name}


def booking_initial(user: User, request: ServiceRequest | None = None) -> dict:
    enterprise = user.enterprise
    return {
        "place": enterprise.address or enterprise.region.full_name,
        "contact_name": user.name,
        "contact_phone": (user.phone or "").removeprefix("+86"),
    }
