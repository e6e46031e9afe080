"""Forms of the audit pages: the search, and reasons."""

from django import forms
from django.utils.translation import gettext_lazy as _

from . import policy
from .verbs import VERBS

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SearchForm(forms.Form):
    """Filters of the audit page; all of them stand in the address. What cannot be read is left out and said."""

    who = forms.CharField(label=_("谁"), required=False, max_length=60, help_text=_("姓名、用户名或完整手机号"))
    whom = forms.CharField(label=_("涉及谁"), required=False, max_length=60, help_text=_("企业名称、信用代码或姓名"))
    verb = forms.ChoiceField(label=_("做了什么"), required=False)
    model = forms.ChoiceField(label=_("什么资料"), required=False)
    since = forms.DateField(label=_("从"), required=False, widget=DAY)
    until = forms.DateField(label=_("到"), required=False, widget=DAY)
    enterprise = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [  # type: ignore[attr-defined]
            ("", _("不限")),
            ("looks", _("看了个人信息（查看、显示、导出）")),
            *VERBS.items(),
        ]
        names = sorted(
            ((each._meta.label_lower, str(each._meta.verbose_name)) for each in policy.recorded_models()),
            key=lambda pair: pair[1],
        )
        self.fields["model"].choices = [("", _("不限")), *names]  # type: ignore[attr-defined]

    def chosen(self) -> dict:
        """The filters that can be read."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("会写进审计记录。"),
    )
