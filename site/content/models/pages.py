"""Editorial pages: home, articles, policies, cases. Whatever is looked up or matched lives in other apps."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from accounts.models import Policy, PolicyState, Region
from accounts.models.policies import state_of

from .. import panels, sections
from ..blocks import BodyBlock, FiguresBlock
from ..forms import CaseForm, EditorialForm, PolicyForm
from ..structured import faq_json

PER_PAGE = 20


def lapsed_days() -> Q:
    return Q(valid_to__isnull=False, valid_to__lt=timezone.localdate())


STATES = {  # of policies, as `state_of` tells them of one
    "current": lambda: ~lapsed_days() & ~Q(valid_from__gt=timezone.localdate()),
    "not_yet": lambda: ~lapsed_days() & Q(valid_from__gt=timezone.localdate()),
    "expired": lapsed_days,
}


class HomePage(Page):
    """The front page: one box for one sentence, then the sections that apps register, then figures with their source."""

    question = models.CharField(_("提问"), max_length=40, default="用一句话说说您的需要")
    lead = models.CharField(_("引导语"), max_length=120, blank=True)
    examples = models.TextField(
        _("例子"), blank=True, help_text=_("每行一句，最多三句；点一下就能用，请写真能匹配到产品的话。")
    )
    figures = StreamField(FiguresBlock(), verbose_name=_("数字"), blank=True)

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["content.ArticleIndexPage", "content.PolicyIndexPage", "content.CaseIndexPage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("question"),
        FieldPanel("lead"),
        FieldPanel("examples"),
        FieldPanel("figures"),
    ]

    class Meta:
        verbose_name = verbose_name_plural = _("首页")

    @property
    def example_list(self) -> list[str]:
        return [line.strip() for line in self.examples.splitlines() if line.strip()][:3]

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {"sections": sections.build(request)}


class AddressMixin:
    """Addresses below the site's root, told from the row alone."""

    url_path: str

    def get_absolute_url(self) -> str:
        """The path in the tree without its first part, the home page: /policies/<slug>/. No query."""
        return "/" + self.url_path.split("/", 2)[2]


class IndexPage(AddressMixin, Page):
    """A section's first page: its children, page by page."""

    intro = models.CharField(_("引言"), max_length=200, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    max_count = 1
    parent_page_types = ["content.HomePage"]

    class Meta:
        abstract = True

    def entries(self) -> models.QuerySet:
        """What is listed, in order; each kind of index has its own."""
        raise NotImplementedError

    def asked_for(self, request: HttpRequest) -> models.QuerySet:
        """The entries that the address narrows them to."""
        return self.entries()

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        page_of_entries = Paginator(self.asked_for(request), PER_PAGE).get_page(request.GET.get("page"))
        return context | {"entries": page_of_entries}


class EditorialPage(AddressMixin, Page):
    """What articles, policies and cases share: a line that says what it is about, a body, and where it comes from."""

    summary = models.CharField(_("一句话"), max_length=200)
    body = StreamField(BodyBlock(), verbose_name=_("正文"), blank=True)
    source = models.CharField(_("来源"), max_length=200, help_text=_("文件、网站或“本站编写”"))
    source_url = models.URLField(_("来源网址"), blank=True)
    as_of = models.DateField(_("资料日期"), help_text=_("资料截至哪一天"))

    base_form_class = EditorialForm
    subpage_types: list[str] = []
    origin_panels = MultiFieldPanel(
        [FieldPanel("source"), FieldRowPanel([FieldPanel("source_url"), FieldPanel("as_of")])], heading=_("来源")
    )
    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body"), origin_panels]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {"faq": faq_json(self.body)}

    def body_text(self) -> list[str]:
        """The words of the body, block by block, for search."""
        return [text for child in self.body for text in child.block.get_searchable_content(child.value)]


class ArticleIndexPage(IndexPage):
    subpage_types = ["content.ArticlePage"]
    template = "content/article_index.html"

    class Meta:
        verbose_name = verbose_name_plural = _("文章栏目")

    def entries(self) -> models.QuerySet:
        return ArticlePage.objects.child_of(self).live().public().order_by("-as_of", "-pk")


class ArticlePage(EditorialPage):
    parent_page_types = ["content.ArticleIndexPage"]
    template = "content/article.html"

    class Meta:
        verbose_name = verbose_name_plural = _("文章")


class PolicyIndexPage(IndexPage):
    subpage_types = ["content.PolicyPage"]
    template = "content/policy_index.html"

    class Meta:
        verbose_name = verbose_name_plural = _("政策栏目")

    def entries(self) -> models.QuerySet:
        found = PolicyPage.objects.child_of(self).live().public()
        return found.select_related("region").order_by(models.F("issued_on").desc(nulls_last=True), "-as_of", "pk")

    def asked_for(self, request: HttpRequest) -> models.QuerySet:
        """`?region=` narrows to one place, `?state=` to what holds or does not; an unknown code lists everything."""
        found, region = self.entries(), request.GET.get("region", "")
        if (condition := STATES.get(request.GET.get("state", ""))) is not None:
            found = found.filter(condition())
        narrowed = found.filter(region=region)
        return narrowed if region and self.entries().filter(region=region).exists() else found

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict[str, Any]:
        entries = self.entries()
        codes = entries.order_by().values("region").distinct()
        places = list(Region.objects.filter(pk__in=codes).order_by("pk"))
        state = request.GET.get("state", "")
        return super().get_context(request, *args, **kwargs) | {
            "places": places,
            "place": next((place for place in places if place.pk == request.GET.get("region")), None),
            "states": [(code, PolicyState(code).label) for code in STATES] if self._differ(entries, state) else [],
            "state": state if state in STATES else "",
        }

    @staticmethod
    def _differ(entries: models.QuerySet, state: str) -> bool:
        """Whether there is anything to choose between: while every policy holds, states are left out."""
        return state in STATES or entries.exclude(STATES["current"]()).exists()


class PolicyPage(EditorialPage):
    """A policy as its source states it. What the source leaves out stays empty and is said to be missing."""

    number = models.CharField(_("文号"), max_length=80, blank=True)
    issuer = models.CharField(_("发布单位"), max_length=120, blank=True)
    issued_on = models.DateField(_("发布日期"), null=True, blank=True)
    valid_from = models.DateField(_("施行日期"), null=True, blank=True)
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("适用地区"), related_name="+")
    audience = models.CharField(_("适用对象"), max_length=200, blank=True)

    base_form_class = PolicyForm
    parent_page_types = ["content.PolicyIndexPage"]
    template = "content/policy.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("number"), FieldPanel("issuer")]),
                FieldRowPanel([FieldPanel("issued_on"), FieldPanel("valid_from"), FieldPanel("valid_to")]),
                FieldPanel("region"),
                FieldPanel("audience"),
            ],
            heading=_("文件"),
            help_text=_("来源没有写明的就留空，页面会照实说明。"),
        ),
        FieldPanel("body"),
        EditorialPage.origin_panels,
    ]

    class Meta:
        verbose_name = verbose_name_plural = _("政策")

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("有效期至不能早于施行日期，请核对。")})

    @property
    def state(self) -> PolicyState:
        return state_of(self.valid_from, self.valid_to)

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict[str, Any]:
        """With what other apps say beside it: the products that rest on it."""
        entered = Policy.objects.filter(page_key=self.pk).first() if self.pk else None
        return super().get_context(request, *args, **kwargs) | {"panels": panels.render(request, entered)}


class CaseIndexPage(IndexPage):
    subpage_types = ["content.CasePage"]
    template = "content/case_index.html"

    class Meta:
        verbose_name = verbose_name_plural = _("案例栏目")

    def entries(self) -> models.QuerySet:
        return CasePage.objects.child_of(self).live().public().select_related("region").order_by("number", "pk")


class CasePage(EditorialPage):
    number = models.PositiveSmallIntegerField(_("案例编号"), help_text=_("来源里的编号"))
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("地区"), related_name="+")
    figures = StreamField(FiguresBlock(), verbose_name=_("数字"), blank=True)

    base_form_class = CaseForm
    parent_page_types = ["content.CaseIndexPage"]
    template = "content/case.html"
    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("number"), FieldPanel("region")]),
        FieldPanel("summary"),
        FieldPanel("figures"),
        FieldPanel("body"),
        EditorialPage.origin_panels,
    ]

    class Meta:
        verbose_name = verbose_name_plural = _("案例")
