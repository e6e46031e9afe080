"""What editors build pages from. Every figure carries its source and date; every picture says what is on it."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageChooserBlock

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
    image = ImageChooserBlock(label=_("图片"))
    alt = blocks.CharBlock(label=_("图里有什么"), max_length=200, help_text=_("读给看不见图片的人听"))
    caption = blocks.CharBlock(label=_("图注"), max_length=200, required=False)

    class Meta:
        icon = "image"
        label = _("图片")
        template = "content/blocks/picture.html"


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
    links = blocks.ListBlock(LinkBlock(), label=_("链接"), icon="link", template="content/blocks/links.html")

    class Meta:
        required = False


class FiguresBlock(blocks.StreamBlock):
    """The figures of the front page."""

    figure = FigureBlock()

    class Meta:
        required = False
