"""What editors build pages from. Every figure carries its source and date; every picture says what is on it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from .picking import PickBlock, draw

VIDEO_TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
PLAIN = ["bold", "link", "ul", "ol", "document-link"]


class FigureBlock(blocks.StructBlock):
    """One number that somebody stated: without source and date it is not shown, so both are required."""

    label = blocks.CharBlock(label=_("说明"), max_length=80)
    value = blocks.CharBlock(label=_("数值"), max_length=20, help_text=_("照来源原样写，如 11.15"))
    unit = blocks.CharBlock(label=_("单位"), max_length=20, required=False)
    source = blocks.CharBlock(label=_("来源"), max_length=200)
    as_of = blocks.CharBlock(label=_("截至"), max_length=40, help_text=_("如 2024 年、2024-06-30"))
    note = blocks.CharBlock(label=_("注"), max_length=200, required=False)

    class Meta:
        icon = "order"
        label = _("数字")
        template = "content/blocks/figure.html"


class StepBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("做什么"), max_length=200)
    who = blocks.CharBlock(label=_("谁来做"), max_length=60, required=False)


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("问题"), max_length=120)
    answer = blocks.RichTextBlock(label=_("回答"), features=PLAIN)


class NoticeBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        label=_("语气"), choices=[("", _("说明")), ("warn", _("提醒")), ("ok", _("好消息"))], required=False
    )
    text = blocks.RichTextBlock(label=_("内容"), features=PLAIN)

    class Meta:
        icon = "info-circle"
        label = _("提示")
        template = "content/blocks/notice.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("原文"))
    who = blocks.CharBlock(label=_("出处"), max_length=200)

    class Meta:
        icon = "openquote"
        label = _("引文")
        template = "content/blocks/quote.html"


class PictureBlock(blocks.StructBlock):
    """Either the picture says something, then in words too, or it is decoration and a screen reader passes it by."""

    image = ImageChooserBlock(label=_("图片"))
    decorative = blocks.BooleanBlock(
        label=_("只是装饰"), required=False, help_text=_("没有内容的图案才勾选；勾选后不用写“图里有什么”")
    )
    alt = blocks.CharBlock(
        label=_("图里有什么"), max_length=200, required=False, help_text=_("读给看不见图片的人听；不是装饰就要写")
    )
    caption = blocks.CharBlock(label=_("图注"), max_length=200, required=False)

    class Meta:
        icon = "image"
        label = _("图片")
        template = "content/blocks/picture.html"

    def clean(self, value):
        """A draft may still lack the words."""
        found = super().clean(value)
        words = (found.get("alt") or "").strip()
        if not words and not found.get("decorative") and not self.is_deferred_validation:
            raise blocks.StructBlockValidationError(
                {"alt": ValidationError(_("请写图里有什么；如果只是装饰，请勾选“只是装饰”。"))}
            )
        if words and found.get("decorative"):
            raise blocks.StructBlockValidationError(
                {"alt": ValidationError(_("装饰图片不用写“图里有什么”：请去掉文字，或去掉“只是装饰”。"))}
            )
        return found


class VideoBlock(blocks.StructBlock):
    """A film of our own, or a link to one elsewhere; always with its words, so that nobody needs to hear or play it."""

    title = blocks.CharBlock(label=_("标题"), max_length=80)
    file = DocumentChooserBlock(label=_("视频文件"), required=False, help_text=_("mp4 或 webm；和“链接”二选一"))
    captions = DocumentChooserBlock(label=_("字幕文件"), required=False, help_text=_("vtt；上传视频文件时必填"))
    link = blocks.URLBlock(label=_("链接"), required=False, help_text=_("视频在别处时填；默认只给链接，不嵌入"))
    transcript = blocks.TextBlock(label=_("文字稿"), help_text=_("视频里说了什么，写成文字"))

    class Meta:
        icon = "media"
        label = _("视频")
        template = "content/blocks/video.html"

    def clean(self, value):
        """A draft may still lack film, link or captions; what is there must be right."""
        found = super().clean(value)
        errors = {}
        file, captions, link = found.get("file"), found.get("captions"), found.get("link")
        is_draft = self.is_deferred_validation
        if (file and link) or not (file or link or is_draft):
            errors["file"] = ValidationError(_("请选一个视频文件，或填一个链接，二选一。"))
        if file and file.file_extension.lower() not in VIDEO_TYPES:
            errors["file"] = ValidationError(_("视频请用 mp4 或 webm 文件。"))
        if file and not captions and not is_draft:
            errors["captions"] = ValidationError(_("请上传字幕文件（vtt），听不见的人才能看。"))
        if captions and captions.file_extension.lower() != "vtt":
            errors["captions"] = ValidationError(_("字幕请用 vtt 文件。"))
        if errors:
            raise blocks.StructBlockValidationError(errors)
        return found

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        host = urlsplit(value.get("link") or "").hostname or ""
        file = value.get("file")
        return context | {
            "host": host,
            "embed": bool(host) and host in settings.VIDEO_EMBED_HOSTS,
            "mime": VIDEO_TYPES.get(file.file_extension.lower(), "") if file else "",
        }


class EventListBlock(blocks.StructBlock):
    """Chosen events, or the next few."""

    chosen = PickBlock("events", label=_("活动"), required=False, help_text=_("不选就列出最近的几场"))
    limit = blocks.IntegerBlock(label=_("最多几场"), default=3, min_value=1, max_value=12)

    class Meta:
        icon = "date"
        label = _("活动")

    def render(self, value, context=None):
        return draw("events", value["chosen"], context, limit=value["limit"] or 3)


class TableBlock(TypedTableBlock):
    """A table whose cells know their column, so that a phone can show each row as a card."""

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        headings = [column["heading"] for column in value.columns]
        return context | {"rows": [list(zip(headings, row, strict=True)) for row in value.rows]}


class LinkBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("文字"), max_length=80)
    url = blocks.RegexBlock(
        label=_("网址"),
        regex=r"^(/[^/\s]\S*|/|https?://\S+)$",
        error_messages={"invalid": _("请填写站内路径（以 / 开头）或完整网址。")},
    )


class BodyBlock(blocks.StreamBlock):
    """The body of an article, a policy or a case."""

    heading = blocks.CharBlock(
        label=_("小标题"), icon="title", max_length=80, template="content/blocks/heading.html", form_classname="title"
    )
    paragraph = blocks.RichTextBlock(label=_("段落"), icon="pilcrow", features=["h3", *PLAIN])
    figures = blocks.ListBlock(
        FigureBlock(), label=_("数字"), icon="order", template="content/blocks/figures.html", min_num=1
    )
    steps = blocks.ListBlock(StepBlock(), label=_("步骤"), icon="list-ol", template="content/blocks/steps.html")
    faq = blocks.ListBlock(QuestionBlock(), label=_("问答"), icon="help", template="content/blocks/faq.html")
    notice = NoticeBlock()
    quote = QuoteBlock()
    image = PictureBlock()
    table = TableBlock(
        [
            ("text", blocks.CharBlock(label=_("文字"), required=False)),
            ("number", blocks.CharBlock(label=_("数字"), required=False)),
        ],
        label=_("表格"),
        icon="table",
        template="content/blocks/table.html",
    )
    products = PickBlock(
        "products", label=_("产品卡片"), icon="form", help_text=_("下架或需登录的产品，读者看不到就不显示")
    )
    comparison = PickBlock(
        "comparison", label=_("产品对比"), icon="list-ul", least=2, most=4, help_text=_("选两到四个")
    )
    calculator = PickBlock("calculators", label=_("算成本"), icon="decimal", most=2)
    events = EventListBlock()
    advisors = PickBlock("advisors", label=_("顾问卡片"), icon="user")
    video = VideoBlock()
    links = blocks.ListBlock(LinkBlock(), label=_("链接"), icon="link", template="content/blocks/links.html")

    class Meta:
        required = False


class FiguresBlock(blocks.StreamBlock):
    """The figures of the front page."""

    figure = FigureBlock()

    class Meta:
        required = False
