"""Forms about an enterprise."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from . import uscc
from .models import Enterprise, Industry, Region, Trait
from .size_class import WAN
from .wording import plain

SIGNATURES = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
REGIONS = "/accounts/options/regions/"


class UploadField(forms.FileField):
    """One picture or PDF up to `UPLOAD_MAX_BYTES`, known by its first bytes, not by its name."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("JPG、PNG 或 PDF，不超过 10 MB"))
        kwargs.setdefault("widget", forms.FileInput)
        super().__init__(**kwargs)
        self.widget.attrs |= {
            "accept": "image/jpeg,image/png,application/pdf",
            "data-max-bytes": settings.UPLOAD_MAX_BYTES,
            "data-too-large": _("文件超过 10 MB，请换一个小一些的。"),
        }

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if not file or file is initial or not hasattr(file, "content_type"):
            return file
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise ValidationError(
                _("文件有 %(size)s，超过 10 MB。请换一个小一些的；其他内容已为您保留。")
                % {"size": filesizeformat(file.size)}
            )
        head = file.read(16)
        file.seek(0)
        kind = next((kind for signature, kind in SIGNATURES.items() if head.startswith(signature)), None)
        if kind is None:
            raise ValidationError(_("这个文件不是 JPG、PNG 或 PDF。请换一个；其他内容已为您保留。"))
        file.name = f"{settings.SITE_NAME}.{kind}"  # people's own file names may tell more than they mean to
        return file


class CodeField(forms.CharField):
    """A row of a code table, typed as its code or its name; with script, chosen from what matches."""

    def __init__(self, *, model, name_field: str, source: str, **kwargs) -> None:
        self.model, self.name_field = model, name_field
        attrs = {"data-options": source, "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=120, **kwargs)

    def prepare_value(self, value):
        return str(value) if isinstance(value, self.model) else value

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        code = text.rstrip("）)").replace("(", "（").split("（")[-1].strip()
        found = self._rows().filter(pk=code).first()
        matches = [found] if found else self._apart(self._rows().filter(**{self.name_field: text}))
        if not matches:
            matches = self._apart(self._rows().filter(**{f"{self.name_field}__contains": text}))
        if len(matches) == 1:
            return matches[0]
        if matches:
            names = "、".join(str(each) for each in matches[:5])
            if len(matches) > 5:
                raise ValidationError(
                    _("有 %(n)s 个相近的，如：%(names)s。请填得更完整，或填代码。")
                    % {"n": len(matches), "names": names}
                )
            raise ValidationError(_("有几个相近的：%(names)s。请填完整，或填括号里的代码。") % {"names": names})
        raise ValidationError(_("没有找到“%(text)s”，请换个说法，或填代码。") % {"text": text})

    def _rows(self) -> QuerySet:
        """What may be chosen: of the regions those that still are."""
        rows: QuerySet = self.model.objects.order_by("pk")
        return rows.filter(is_current=True) if self.model is Region else rows

    def _apart(self, rows: QuerySet) -> list[Any]:
        """The rows that differ in meaning: 舟山 is the city and not each of its counties; 精制茶加工 is the class
        (1530) and not also the group of the same name (153)."""
        found = list(rows)
        if self.model is Region:
            codes = {each.pk for each in found}
            return [each for each in found if not {f"{each.pk[:2]}0000", f"{each.pk[:4]}00"} & (codes - {each.pk})]
        repeated = {(each.parent_id, each.name) for each in found}
        return [each for each in found if (each.pk, each.name) not in repeated]


class PlaceField(CodeField):
    """One place, as a row."""

    def __init__(self, **kwargs) -> None:
        super().__init__(model=Region, name_field="full_name", source=REGIONS, **kwargs)

    def prepare_value(self, value):
        row = Region.objects.filter(pk=value).first() if value and not isinstance(value, Region) else value
        return str(row) if row else value


class WanField(forms.DecimalField):
    """Typed in 万元, kept in 元."""

    def __init__(self, **kwargs) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(
            required=False, min_value=0, max_digits=12, decimal_places=4, widget=forms.TextInput(attrs=attrs), **kwargs
        )

    def prepare_value(self, value):
        return plain(value / WAN) if isinstance(value, Decimal) else value

    def clean(self, value):
        wan = super().clean(value)
        return None if wan is None else (wan * WAN).quantize(Decimal("0.01"))


class EnterpriseForm(forms.ModelForm):
    """Registration and later changes. Facts may stay unknown; size class follows from them."""

    region = CodeField(model=Region, name_field="full_name", source=REGIONS, label=_("所在地"))
    industry = CodeField(
        model=Industry,
        name_field="name",
        source="/accounts/options/industries/",
        label=_("行业"),
        required=False,
        help_text=_("填主营业务即可，如：精制茶加工"),
    )
    revenue = WanField(label=_("年营业收入（万元）"))
    assets = WanField(label=_("资产总额（万元）"))
    licence = UploadField(label=_("营业执照照片"))

    class Meta:
        model = Enterprise
        fields = [
            "uscc", "name", "region", "address", "industry", "founded_on", "employees", "revenue", "assets", "licence",
        ]  # fmt: skip
        widgets = {
            "uscc": forms.TextInput(
                attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
            ),
            "founded_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "employees": forms.NumberInput(attrs={"inputmode": "numeric", "min": 0}),
        }
        labels = {"name": _("企业名称")}
        help_texts = {
            "uscc": _("营业执照右上角的 18 位"),
            "name": _("与营业执照一致"),
            "employees": _("与营业收入、资产总额一起用来判断企业规模；不清楚可以不填"),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].required = False
        self.fields["region"].help_text = _("不填则按统一社会信用代码里的登记地")
        if self.instance.pk:
            self.fields["uscc"].disabled = True
            self.initial["region"] = str(self.instance.region)
            self.initial["industry"] = str(self.instance.industry or "")
        if self.instance.pk and self.instance.licence:
            self.fields["licence"].help_text = format_html(
                '{} <a href="{}">{}</a>',
                _("已上传；要换就重新选一个（JPG、PNG 或 PDF，不超过 10 MB）。"),
                reverse("accounts:licence", args=[self.instance.pk]),
                _("下载看看"),
            )
        said: dict[bool | None, str] = {True: "yes", False: "no"}
        for trait in Trait:
            known = (self.instance.traits or {}).get(trait.value)
            self.fields[f"trait_{trait.value}"] = forms.ChoiceField(
                label=trait.label,
                required=False,
                choices=[("", _("还不清楚")), ("yes", _("是")), ("no", _("否"))],
                initial=said.get(known, ""),
            )

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.errors:
            self.ask_for_file_again()

    def ask_for_file_again(self) -> None:
        """A browser forgets the chosen file when the page comes back."""
        if self.files and "licence" not in self.errors:
            self.add_error("licence", _("其他内容已为您保留，这个文件请重新选择。"))

    def clean_founded_on(self):
        value = self.cleaned_data["founded_on"]
        if value and value > timezone.localdate():
            raise ValidationError(_("成立日期还没有到，请核对营业执照。"))
        return value

    def clean_uscc(self) -> str:
        return self.instance.uscc if self.instance.pk else uscc.clean(self.cleaned_data["uscc"])

    def _get_validation_exclusions(self) -> set[str]:
        """Whether the code is taken is the action's business: it says whom to ask."""
        return super()._get_validation_exclusions() | {"uscc"}  # type: ignore[misc]  # in Django, not in its stubs

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if not data.get("region") and data.get("uscc") and "region" not in self.errors:
            data["region"] = uscc.region_of(data["uscc"])
            if data["region"] is None:
                self.add_error("region", _("请填写所在地。"))
        data["traits"] = {
            trait.value: data.pop(f"trait_{trait.value}") == "yes"
            for trait in Trait
            if data.get(f"trait_{trait.value}")
        }
        return {name: value for name, value in data.items() if not name.startswith("trait_")}
