"""Forms about an enterprise."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from . import uscc
from .models import Enterprise, Industry, Region, Trait

SIGNATURES = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}


class UploadField(forms.FileField):
    """One picture or PDF up to `UPLOAD_MAX_BYTES`, known by its first bytes, not by its name."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("JPG、PNG 或 PDF，不超过 10 MB"))
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
        found = self.model.objects.filter(pk=code).first()
        matches = [found] if found else list(self.model.objects.filter(**{self.name_field: text})[:2])
        if not matches:
            matches = list(self.model.objects.filter(**{f"{self.name_field}__contains": text}).order_by("pk")[:6])
        if len(matches) == 1:
            return matches[0]
        if matches:
            names = "、".join(str(each) for each in matches[:5])
            raise ValidationError(_("有几个相近的：%(names)s。请填完整。") % {"names": names})
        raise ValidationError(_("没有找到“%(text)s”，请换个说法，或填代码。") % {"text": text})


class EnterpriseForm(forms.ModelForm):
    """Registration and later changes. Facts may stay unknown; size class follows from them."""

    region = CodeField(model=Region, name_field="full_name", source="/accounts/options/regions/", label=_("所在地"))
    industry = CodeField(
        model=Industry,
        name_field="name",
        source="/accounts/options/industries/",
        label=_("行业"),
        required=False,
        help_text=_("填主营业务即可，如：精制茶加工"),
    )
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
            "revenue": forms.NumberInput(attrs={"inputmode": "decimal", "min": 0, "step": "any"}),
            "assets": forms.NumberInput(attrs={"inputmode": "decimal", "min": 0, "step": "any"}),
        }
        help_texts = {"uscc": _("营业执照右上角的 18 位"), "employees": _("用来判断企业规模；不清楚可以不填")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].required = False
        self.fields["region"].help_text = _("不填则按统一社会信用代码里的登记地")
        if self.instance.pk:
            self.fields["uscc"].disabled = True
            self.initial["region"] = str(self.instance.region)
            self.initial["industry"] = str(self.instance.industry or "")
        said: dict[bool | None, str] = {True: "yes", False: "no"}
        for trait in Trait:
            known = (self.instance.traits or {}).get(trait.value)
            self.fields[f"trait_{trait.value}"] = forms.ChoiceField(
                label=trait.label,
                required=False,
                choices=[("", _("还不清楚")), ("yes", _("是")), ("no", _("否"))],
                initial=said.get(known, ""),
            )

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
