"""Forms of events."""

import uuid
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts import uscc as uscc_rules
from accounts.forms import CodeField
from accounts.models import Region

from .models import Event, EventSession, Registration


class RegistrationForm(forms.ModelForm):
    """Public registration; field names are fixed, leaflets and other programs post to them."""

    consent = forms.BooleanField(
        label=_("同意主办方为本次活动使用以上信息"),
        help_text=_("只用于报名、通知和签到；活动结束后可申请删除。"),
        error_messages={"required": _("请勾选同意，否则无法为您登记。")},
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Registration
        fields = ["name", "phone", "organisation", "attendee_type", "email", "uscc"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
        }
        help_texts = {
            "phone": _("门票和提醒会发到这个手机"),
            "email": _("填写后也会收到邮件"),
            "uscc": _("企业填写，18 位，在营业执照右上角"),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        phone = cast(forms.CharField, self.fields["phone"])
        phone.max_length = None
        phone.validators = []
        self.fields["attendee_type"].required = False
        if not self.is_bound:
            self.initial.setdefault("client_key", uuid.uuid4())

    def clean_phone(self) -> str:
        return phones.clean(self.cleaned_data["phone"])

    def clean_uscc(self) -> str:
        text = self.cleaned_data["uscc"]
        return uscc_rules.clean(text) if text else ""

    def clean_attendee_type(self) -> str:
        return self.cleaned_data["attendee_type"] or Registration.AttendeeType.ENTERPRISE

    def clean_client_key(self) -> uuid.UUID:
        return self.cleaned_data["client_key"] or uuid.uuid4()

    def validate_unique(self) -> None:
        """Whether the phone is known is the action's business: it must not tell strangers."""

    def facts(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"consent", "client_key"}}


class EditRegistrationForm(forms.ModelForm):
    class Meta:
        model = Registration
        fields = ["name", "email", "organisation"]


class MomentInput(forms.DateTimeInput):
    """The browser's own picker, to the minute."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class EventForm(forms.ModelForm):
    """`slug` may stay empty: then the day makes it. Once people know the address it is no longer asked for."""

    region = CodeField(model=Region, name_field="full_name", source="/accounts/options/regions/", label=_("地区"))

    class Meta:
        model = Event
        fields = [
            "title", "slug", "kind", "summary", "audience", "description", "region", "venue", "online_url",
            "starts_at", "ends_at", "registration_closes_at", "capacity", "hosts", "contact",
        ]  # fmt: skip
        widgets = {
            "starts_at": MomentInput(),
            "ends_at": MomentInput(),
            "registration_closes_at": MomentInput(),
            "description": forms.Textarea(attrs={"rows": 6}),
            "capacity": forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["region"] = str(self.instance.region)
        self.fields["capacity"].validators.append(MinValueValidator(1, _("名额至少是 1 人；不限人数请留空。")))
        slug = self.fields["slug"]
        slug.required = False
        slug.help_text = _("网址的最后一段，用字母、数字和横线；不填按日期自动取")
        if self.instance.state != Event.State.DRAFT:
            slug.disabled = True
            slug.help_text = _("活动已公开，网址不能再改")

    def clean_slug(self) -> str:
        if self.cleaned_data["slug"] == "new":
            raise ValidationError(_("“new”不能用作网址名，请换一个。"))
        return self.cleaned_data["slug"]

    def clean(self) -> dict:
        data = super().clean() or {}
        if not data.get("slug") and data.get("starts_at"):
            day = f"{timezone.localtime(data['starts_at']):%Y%m%d}"
            data["slug"] = f"{day}-{uuid.uuid4().hex[:4]}"
        return data


class SessionForm(forms.ModelForm):
    class Meta:
        model = EventSession
        fields = ["starts_at", "title", "speaker", "room"]
        widgets = {"starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}


SessionFormSet = forms.formset_factory(SessionForm, extra=3, can_delete=True)


class DoorForm(forms.Form):
    """A scan, a code, or somebody picked by name."""

    ticket = forms.CharField(label=_("签到码"), max_length=300, required=False)
    registration = forms.IntegerField(widget=forms.HiddenInput, required=False)
    scan_id = forms.UUIDField(widget=forms.HiddenInput)
    undo = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if not data.get("ticket") and not data.get("registration"):
            raise ValidationError(_("请输入六位签到码，或扫描门票。"))
        return data
