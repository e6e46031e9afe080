"""The product in the CMS: one tab for each question that a reader of the product asks."""

from django import forms
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
)
from wagtail.admin.ui.tables import LiveStatusTagColumn, UpdatedAtColumn
from wagtail.models import WorkflowState

from .. import queries
from ..models import Product
from .figures import FiguresPanel
from .forms import ProductForm
from .publishing import ProductCreateView, ProductEditView
from .scope import OwnViewSet

PRODUCT = ObjectList(
    [
        FieldPanel("institution", widget=forms.Select, help_text=_("产品由这家机构的审核人员发布")),
        FieldRowPanel(
            [
                FieldPanel("name", help_text=_("对外名称，如“惠担贷”")),
                FieldPanel("slug", help_text=_("网址的最后一段，如 huidandai；不填就用名称的拼音，发布后不要再改")),
            ]
        ),
        FieldPanel("kind", help_text=_("决定页面问哪些数字、放在哪一类里")),
        FieldPanel("summary", help_text=_("列表里的一句话：是什么、最大的特点。不写“最低”“秒批”“包过”")),
        FieldPanel("audience", help_text=_("一句话：谁来办最合适")),
        FieldPanel("not_for", help_text=_("一句话：谁不用来，省得白跑")),
        FieldPanel("purposes", help_text=_("企业说出用途时，凭这里找到这个产品")),
        FieldPanel("description", help_text=_("上面几项写不下的，一行一段；没有就空着")),
        FieldPanel("partners"),
        FieldPanel("login_required"),
    ],
    heading=_("产品"),
)
TERMS = ObjectList(
    [
        HelpPanel(content=_("不知道的数字请留空，页面会写“以机构为准”；0 表示真的是零。")),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("amount_min", help_text=_("没有起点就空着")),
                        FieldPanel("amount_max", help_text=_("500 万元写 5000000")),
                    ]
                ),
                FieldRowPanel(
                    [
                        FieldPanel("rate_min", help_text=_("3.45 表示 3.45%")),
                        FieldPanel("rate_max", help_text=_("只有一个利率时，与最低利率填一样的数")),
                    ]
                ),
                FieldRowPanel(
                    [
                        FieldPanel("rate_basis", help_text=_("浮动利率选它依据的 LPR；固定利率不选")),
                        FieldPanel("spread_min", help_text=_("在 LPR 上加多少，50 表示 +0.50%；减点写负数")),
                        FieldPanel("spread_max", help_text=_("只有一个加点就不填")),
                    ]
                ),
                FieldPanel("rate_note", help_text=_("对利率的补充说明；没有数字时写清以谁为准")),
                FieldRowPanel(
                    [
                        FieldPanel("term_min", help_text=_("一年写 12；没有起点就空着")),
                        FieldPanel("term_max", help_text=_("三年写 36")),
                    ]
                ),
                FieldPanel("promised_days", help_text=_("从材料齐全到办结的工作日")),
            ],
            heading=_("额度、利率、期限"),
        ),
        FieldPanel("guarantee_kinds", help_text=_("接受哪几种就选哪几种；一个也不选，页面写“以机构为准”")),
        FieldPanel("repayment_kinds", help_text=_("能选哪几种就选哪几种；一个也不选，页面写“以机构为准”")),
        InlinePanel(
            "tariffs",
            [
                FieldRowPanel(
                    [
                        FieldPanel("kind", help_text=_("企业付的，或补给企业的")),
                        FieldPanel("basis", help_text=_("右边的数值按什么算")),
                        FieldPanel("rate", help_text=_("6‰ 写 0.6")),
                    ]
                ),
                FieldPanel("steps"),
                FieldPanel("text", help_text=_("照抄原文，页面按这句话展示")),
                FieldRowPanel(
                    [
                        FieldPanel("trait", help_text=_("只给有这个特征（或处在这个阶段）的企业；不选表示都给")),
                        FieldPanel("cap_amount", help_text=_("借款超过这个数的部分不算；没有就空着")),
                        FieldPanel("cap_total", help_text=_("这一项本身最多多少元；没有就空着")),
                    ]
                ),
                FieldRowPanel(
                    [
                        FieldPanel("valid_from", help_text=_("从这天起计入成本；一直有效就空着")),
                        FieldPanel("valid_to", help_text=_("过了这天不再计入成本；长期有效就空着")),
                    ]
                ),
                FieldRowPanel(
                    [
                        FieldPanel(
                            "regions",
                            heading=_("适用地区"),
                            help_text=_("名称或代码，用顿号隔开，如“衢江区、遂昌县”；不填表示全部适用地区"),
                        ),
                        FieldPanel("source", help_text=_("不填则同产品来源")),
                    ]
                ),
                FieldPanel("policy"),
            ],
            heading=_("费用与补贴"),
            label=_("资费"),
            help_text=_("利息、每项费用、每项补贴各一行；综合成本由这些行算出。"),
        ),
        FiguresPanel(heading=_("按现在填的算一个例子")),
    ],
    heading=_("能借多少、要花多少"),
)
RULES = ObjectList(
    [
        FieldPanel("regions"),
        FieldPanel("industry_codes"),
        FieldPanel("size_classes", help_text=_("工信部联企业〔2011〕300 号的划分；一个也不选表示不限")),
        InlinePanel(
            "rules",
            [
                FieldPanel("kind", help_text=_("系统按哪一项判断；判断不了的选“其他”")),
                FieldPanel("text", help_text=_("照抄原文，页面和匹配理由都用这句话")),
                FieldPanel("values"),
                FieldRowPanel(
                    [
                        FieldPanel("minimum", help_text=_("年数以年为单位，金额以元为单位；没有下限就空着")),
                        FieldPanel("maximum", help_text=_("没有上限就空着")),
                    ]
                ),
                FieldRowPanel([FieldPanel("source"), FieldPanel("policy")]),
            ],
            heading=_("准入条件"),
            label=_("条件"),
            help_text=_("每个条件一行。写成数据的条件，匹配时自动判断；只有文字的，会提醒企业自己核对。"),
        ),
    ],
    heading=_("谁能办"),
)
HOW = ObjectList(
    [
        FieldPanel("materials"),
        FieldPanel("steps"),
        FieldPanel("contact", help_text=_("向哪个部门或谁咨询；机构电话会另外显示")),
    ],
    heading=_("怎么办"),
)
SOURCE = ObjectList(
    [
        FieldPanel("source", help_text=_("这些内容出自哪份文件或公告")),
        FieldPanel("source_url", help_text=_("公众点得开的网址；没有就空着")),
        InlinePanel(
            "policy_links",
            [
                FieldPanel("policy", help_text=_("政策先由内容编辑发布，才能在这里选")),
                FieldPanel("note", help_text=_("如“第三条，贴息 50%”")),
            ],
            heading=_("依据的政策"),
            label=_("政策"),
            help_text=_("整个产品依据的政策。政策失效或撤下时，产品标为待复核，并通知本机构。"),
        ),
        FieldPanel("as_of"),
        FieldRowPanel(
            [
                FieldPanel("valid_from", help_text=_("从这天起出现在页面和匹配里；不限就空着")),
                FieldPanel("valid_to", help_text=_("过了这天，页面和匹配里自动不再出现")),
            ]
        ),
        PublishingPanel(),
    ],
    heading=_("来源与发布"),
)


class ProductViewSet(OwnViewSet):
    model = Product
    exchange_kind = "products"
    add_view_class = ProductCreateView
    edit_view_class = ProductEditView
    list_related = ("institution",)
    icon = "form"
    menu_label = _("金融产品")
    menu_order = 100
    add_to_admin_menu = True
    list_display = ["name", "institution", "kind", UpdatedAtColumn(), LiveStatusTagColumn()]
    list_filter = ["kind", "live"]
    search_fields = ["name", "summary", "slug"]
    edit_handler = TabbedInterface([PRODUCT, TERMS, RULES, HOW, SOURCE], base_form_class=ProductForm)

    def get_queryset(self, request):
        """With what the column of the status asks of each row: is its publication scheduled, is it under review."""
        states = WorkflowState.objects.active().select_related("current_task_state__task").order_by()
        return queries.with_schedule(super().get_queryset(request)).prefetch_related(
            Prefetch("_workflow_states", queryset=states, to_attr="_current_workflow_states")
        )
