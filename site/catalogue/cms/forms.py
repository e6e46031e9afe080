"""What the product form of the CMS needs beyond Wagtail's own fields."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from accounts.forms import REGIONS, CodeField, PlaceField
from accounts.models import Industry, Institution, Region

from ..models import Product, ServiceItem
from ..queries import editable_by
from ..slugs import free_slug

INDUSTRIES = "/accounts/options/industries/"


class CodeListWidget(forms.Textarea):
    """One name a line. With script: search, pick, remove; without: type names or codes."""

    def __init__(self, source: str) -> None:
        super().__init__({"rows": 3, "data-code-list": source})

    def build_attrs(self, base_attrs, extra_attrs=None):
        words = {
            "data-add": _("输入名称查找，回车添加"),
            "data-remove": _("移除"),
            "data-none": _("没有找到，请换个说法"),
        }
        return super().build_attrs(base_attrs, {**words, **(extra_attrs or {})})

    class Media:
        js = ("js/code-list.js",)
        css = {"all": ("css/code-list.css",)}


class CodeListField(forms.Field):
    """Rows of a code table, one a line, each by name or code."""

    separators = r"[\r\n、；;]+"
    one: forms.Field  # reads one line

    def __init__(self, *, model, name_field: str, source: str, as_codes: bool = False, **kwargs) -> None:
        self.model, self.as_codes = model, as_codes
        self.one = CodeField(model=model, name_field=name_field, source=source, required=False)
        super().__init__(required=False, widget=CodeListWidget(source), **kwargs)

    def prepare_value(self, value):
        if value is None or isinstance(value, str):
            return value
        keys = [each.pk if isinstance(each, self.model) else each for each in value]
        rows = self.model.objects.in_bulk(keys)
        return "\n".join(str(rows[key]) for key in keys if key in rows)

    def to_python(self, value) -> list:
        rows, errors = {}, []
        for line in re.split(self.separators, value or ""):
            try:
                row = self.one.clean(line.strip())
            except ValidationError as error:
                errors += error.messages
            else:
                if row is not None:
                    rows[row.pk] = row
        if errors:
            raise ValidationError(errors)
        return list(rows) if self.as_codes else list(rows.values())

    def has_changed(self, initial, data) -> bool:
        try:
            now = self.to_python(data)
        except ValidationError:
            return True
        return {getattr(each, "pk", each) for each in now} != {getattr(each, "pk", each) for each in initial or []}


class PartnerField(CodeListField):
    """Institutions that the public sees, each by its name."""

    separators = r"[\r\n]+"  # names may hold 、

    def __init__(self, **kwargs) -> None:
        super().__init__(model=Institution, name_field="name", source="/cms/catalogue/partners/", **kwargs)
        self.one = forms.ModelChoiceField(
            Institution.objects.filter(is_active=True),
            to_field_name="name",
            required=False,
            error_messages={"invalid_choice": gettext_lazy("没有找到机构“%(value)s”，请写全称。")},
        )

    def prepare_value(self, value):
        if value is None or isinstance(value, str):
            return value
        keys = [each.pk if isinstance(each, Institution) else each for each in value]
        return "\n".join(Institution.objects.filter(pk__in=keys).values_list("name", flat=True))


class OwnForm(WagtailAdminModelForm):
    """Offers the institutions that the editor works for, and their service items; others are refused in a post."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, model in (("institution", Institution), ("services", ServiceItem)):
            if name in self.fields and self.for_user is not None:
                self.fields[name].queryset = editable_by(self.for_user, model)
        if "institution" in self.fields and self.instance.pk is None:
            own = list(self.fields["institution"].queryset[:2])
            if len(own) == 1:
                self.initial.setdefault("institution", own[0].pk)


class PlaceForm(OwnForm):
    """For rows that lie somewhere."""

    region = PlaceField(label=gettext_lazy("所在地"), help_text=gettext_lazy("省、市或县，如“衢江区”"))

    class Media:
        js = ("js/options.js",)


class ProductForm(OwnForm):
    regions = CodeListField(
        model=Region,
        name_field="full_name",
        source=REGIONS,
        label=gettext_lazy("适用地区"),
        help_text=gettext_lazy("可以有几个，省、市、县都行；一个也没有表示不限"),
    )
    partners = PartnerField(
        label=gettext_lazy("合作机构"), help_text=gettext_lazy("一起办理的担保、保险、基金等机构；没有就空着")
    )
    industry_codes = CodeListField(
        model=Industry,
        name_field="name",
        source=INDUSTRIES,
        as_codes=True,
        label=gettext_lazy("适用行业"),
        help_text=gettext_lazy("可以有几个，门类到小类都行，如“制造业”“精制茶加工”；一个也没有表示不限"),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        if self.instance.pk is None:
            self.initial.setdefault("as_of", timezone.localdate())

    def clean_slug(self) -> str:
        """As typed, else as it was, else the name in pinyin, with a number where another product has that."""
        typed = self.cleaned_data["slug"] or self.instance.slug
        return typed or free_slug(Product, self.cleaned_data.get("name", ""))

    def clean(self):
        """Contradictions that no single field shows. A draft may still lack what is required."""
        found = super().clean()
        if self.is_deferred_validation:
            return found
        known = found.get("rate_min") is not None or found.get("rate_max") is not None
        if not known and not found.get("rate_note") and found.get("kind") in {"loan", "bridging"}:
            self.add_error("rate_note", _("没有填利率数字时，请写明利率以谁为准，如“以机构为准”。"))
        return found
