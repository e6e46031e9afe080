"""The upload."""

import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..models import Import
from .queries import kinds_for

ACCEPTED = ".xlsx,.csv,.txt,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/csv"


class TableField(forms.FileField):
    """A table up to `UPLOAD_MAX_BYTES`. What it holds is looked at when it is read, not by its name."""

    widget = forms.FileInput

    def __init__(self) -> None:
        super().__init__(
            label=_("表格文件"),
            help_text=_(".xlsx 或 .csv，不超过 10 MB、2 万行"),
            allow_empty_file=True,  # said in words of our own
            error_messages={"required": _("请选择要导入的文件。")},
        )
        self.widget.attrs |= {
            "accept": ACCEPTED,
            "data-max-bytes": settings.UPLOAD_MAX_BYTES,
            "data-too-large": _("文件超过 10 MB，请分成几个文件。"),
        }

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise ValidationError(_("文件超过 10 MB，请分成几个文件。"))
        return file


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("导入什么"), widget=forms.RadioSelect)
    mode = forms.ChoiceField(
        label=_("文件里有问题的行怎么办"),
        choices=Import.Mode.choices,
        widget=forms.RadioSelect,
        initial=Import.Mode.ALL,
    )
    file = TableField()
    client_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds_for(user)]  # type: ignore[attr-defined]
        self.initial.setdefault("client_key", uuid.uuid4())

    def clean_client_key(self) -> uuid.UUID:
        return self.cleaned_data["client_key"] or uuid.uuid4()
