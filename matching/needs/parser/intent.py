"""Is it a financing need of a firm at all? If not, what it is, and what to say."""

import re
from dataclasses import dataclass

from .result import Reason, Route, Status


@dataclass(frozen=True, slots=True)
class Answer:
    status: Status
    code: Reason
    reason: str
    route: Route = Route.NONE


ANSWERS = {
    Reason.TOO_LITTLE: Answer(Status.ASK, Reason.TOO_LITTLE, "信息还不够，请再补充一两句，才好为您找到合适的产品。"),
    Reason.NOT_CHINESE: Answer(
        Status.ASK,
        Reason.NOT_CHINESE,
        "目前只能读懂中文，请用中文说说您的融资需求。Please describe what your business needs in Chinese.",
    ),
    Reason.INSTRUCTION: Answer(
        Status.ASK, Reason.INSTRUCTION, "没有读到融资需求。请直接说说企业需要多少资金、用来做什么。"
    ),
    Reason.ABUSE: Answer(
        Status.ASK, Reason.ABUSE, "抱歉没能帮上忙。如果有融资需求，请说说需要多少资金、用来做什么；要投诉请走投诉渠道。"
    ),
    Reason.TOO_LONG: Answer(
        Status.ASK, Reason.TOO_LONG, "内容太长，没有读完。请用一两句话说说需要多少资金、用来做什么。"
    ),
    Reason.OFF_TOPIC: Answer(
        Status.ASK, Reason.OFF_TOPIC, "没有读到融资需求。请说说企业需要多少资金、用来做什么、有什么可以作担保。"
    ),
    Reason.PERSONAL: Answer(
        Status.DECLINED,
        Reason.PERSONAL,
        "这里只服务企业、个体工商户和农业经营主体的经营融资；个人购房、购车和消费贷款请直接咨询银行网点。",
    ),
    Reason.SPECULATION: Answer(
        Status.DECLINED,
        Reason.SPECULATION,
        "信贷资金不得用于炒股、炒币、期货、理财等投资，因此不能为您匹配。如有经营方面的资金需求，请另外说明。",
    ),
    Reason.ONLINE_LOAN: Answer(
        Status.DECLINED,
        Reason.ONLINE_LOAN,
        "这里的产品只用于生产经营，不能用来偿还网贷、信用卡等个人债务。还款有困难的，请先与原放款机构协商，谨防“代还”“洗白征信”骗局。",
    ),
    Reason.GAMBLING: Answer(
        Status.DECLINED, Reason.GAMBLING, "赌博是违法行为，资金不得用于赌博或偿还赌债，因此不能为您匹配。"
    ),
    Reason.FAVOUR: Answer(
        Status.DECLINED,
        Reason.FAVOUR,
        "没有“包过”的贷款：是否放款由机构按规定审批，本平台不收费。请勿向任何人支付“包过费”“好处费”，谨防诈骗。",
    ),
    Reason.UNLAWFUL: Answer(
        Status.DECLINED,
        Reason.UNLAWFUL,
        "提供虚假材料、冒用他人名义或改变用途骗取贷款是违法行为，不能为您匹配。请按真实情况说明需求。",
    ),
    Reason.COMPLAINT: Answer(
        Status.ROUTED,
        Reason.COMPLAINT,
        "听起来您要反映问题。请从“投诉与建议”提交，会有专人核实并答复您。",
        Route.COMPLAINT,
    ),
    Reason.LISTING: Answer(
        Status.ROUTED,
        Reason.LISTING,
        "上市、挂牌需要专业辅导，不是一笔贷款能解决的。请预约金融顾问（上市服务团）一对一对接。",
        Route.ADVISOR,
    ),
    Reason.ADVICE: Answer(
        Status.ROUTED, Reason.ADVICE, "这件事适合请金融顾问一对一帮您看看。请预约顾问，说明情况即可。", Route.ADVISOR
    ),
    Reason.REPAYMENT_TROUBLE: Answer(
        Status.ROUTED,
        Reason.REPAYMENT_TROUBLE,
        "还款遇到困难，请尽早与贷款机构协商，也可以预约金融顾问帮您一起想办法。",
        Route.ADVISOR,
    ),
}

GAMBLING = re.compile(r"赌|博彩|买彩票|百家乐|梭哈|老虎机|牌桌|打牌输|打麻将输")
SPECULATION = re.compile(
    r"炒股|股市|股票|打新股|加仓|补仓|抄底|炒币|比特币|虚拟币|虚拟货币|数字货币|币圈|以太坊|期货|炒外汇|炒汇|外汇保证金|配资|炒房|炒黄金|买基金|买理财|炒鞋|杠杆(?:炒|买)|炒茶叶期|炒作|投机|炒楼|买u盘?币|挖矿"
)
SPECULATION_NOT = re.compile(r"股票质押|炒股的?(?:软件|书)|期货套保|套期保值|股票账户(?:软件|系统)")
ONLINE_LOAN = re.compile(
    r"还(?:掉|清|上|点|下|一下|了)?[^,。;!?]{0,8}(?:网贷|小贷平台|借呗|花呗|微粒贷|网商贷|白条|信用卡|套路贷|高利贷|金条|校园贷|现金贷|私人借款|民间借贷)"
    r"|(?:网贷|借呗|花呗|微粒贷|白条|信用卡|小额贷|小贷|现金贷|高利贷|校园贷)[^。;!?]{0,12}(?:还不上|还不起|还不出|逾期|要还|还款|催收|还上|还清|还掉|还一下|填|平|爆|欠|到期|上岸|倒|窟窿)"
    r"|以贷养贷|撸口子|下款口子|口子|网贷.{0,6}(?:上岸|整合)|债务(?:整合|重组|优化)|代还|征信修复|洗白征信|(?:填|补|堵)[^,。]{0,4}(?:网贷|窟窿)|欠[^,。]{0,6}网贷|网贷[^,。]{0,6}借"
)
DENIES_ONLINE = re.compile(
    r"(?:没有?|不是|无|从不|不碰|没借过?|不想碰|不敢碰|没碰过?|别给我推|不要)[^,。]{0,4}(?:网贷|信用卡|小贷)"
)
FAVOUR = re.compile(
    r"包过|包批|包下|包放款|保证(?:能)?(?:批|下款|放款|通过|过)|百分百(?:下款|批|过|放款)|100%(?:下款|批|过|放款|通过)|好处费|红包|打点|塞钱|送礼|回扣|返点|走后门|走个?后门|开后门|托关系|找关系|走关系|疏通|内部(?:渠道|关系|人)|请[^,。]{0,4}吃饭|意思意思|给[^,。]{0,6}(?:好处|提成|辛苦费|茶水费|分成)|塞个?红包|行长.{0,6}(?:熟|搞定|关系)|潜规则|必过|必下|黑户.{0,4}(?:能|可以|也)"
)
UNLAWFUL = re.compile(
    r"(?:假|虚假|造假|伪造|做假|编|包装|美化|刷|买|p|ps|改|做(?:点|些|几份)?(?:漂亮|好看)?的?)[^,。;!?]{0,4}(?:流水|合同|报表|财报|证明|材料|发票|订单|营业执照|资料)"
    r"|(?:流水|合同|报表|材料|发票|执照)[^,。;!?]{0,4}(?:造假|作假|做假|是假的|p一下|包装)|空壳|皮包公司|(?:用|借|拿)[^,。]{0,4}(?:别人|他人|亲戚|员工|身份证)[^,。]{0,4}(?:名义|名字|身份|身份证)[^,。]{0,4}(?:贷|借)|冒名|顶名|"
    r"(?:转贷|转借|放|借出去|借)给(?:别人|他人|朋友|人)(?:吃|赚|收)?|放(?:高利贷|贷|水)(?:$|[,。赚吃])|洗钱|套现|套(?:取)?(?:贴息|补贴|国家|贷款)|骗(?:贷|补|保|取)|虚开|吃利差|赚利差|赚差价利息|低息.{0,8}高息"
)
HARD_COMPLAINT = re.compile(
    r"投诉|举报|维权|讨个?说法|信访|曝光你|我要告|告你们|打?12345|乱收费|砍头息|捆绑|搭售|强制(?:买|我|搭|要求)|强行|逼(?:我|着)|吃拿卡要|要(?:我|先)[^,。]{0,4}(?:买|存)[^,。]{0,6}(?:保险|理财|存款|基金)才|收了我[^。]{0,12}(?:费|钱)|多收|乱扣|骗了|被骗|被坑|服务太差|索要|收回扣|刁难|违规"
)
SOFT_COMPLAINT = re.compile(
    r"态度(?:很|太|特别|非常|极其|真|好)?(?:差|恶劣|不好|傲慢)|推诿|踢皮球|没人(?:理|管|接|回|联系|处理)|不理人|不理我|不接电话|拖了?(?:很久|好久|几个月|半个月|[一二两三四五六七八九十\d]+(?:天|周|个月|个多月|个星期))|爱理不理|白跑|跑了[^,。]{0,4}趟|不作为|太慢了|差评|服务[^,。]{0,4}差|不给(?:办|我办|放款)|一直没(?:动静|消息|回音|回复|放款|结果)|说话不算"
)
LISTING = re.compile(
    r"(?:想|要|准备|计划|打算|筹备|谋划|启动|冲刺|申报|推进|考虑|争取|目标|冲|去|何时|怎么|如何|能不能|辅导|我们|公司|企业|奔着|完成|关于|咨询|年|内)[^,。;!?]{0,10}(?:ipo|上市(?!公司|的新品|新品)|挂牌|新三板|北交所|科创板|创业板|主板|港交所|港股|纳斯达克|股改|股份制改造)"
    r"|^(?:ipo|上市|挂牌|新三板|北交所|股改)|(?:上市|ipo|挂牌|股改)(?:辅导|流程|条件|服务|咨询|券商|保荐)|借壳"
)
LISTING_NOT = re.compile(
    r"(?:产品|新品|茶叶?|春茶|杨梅|水果|新茶|药|枇杷|葡萄|橘子|海鲜|新米|稻米|蔬菜|菜|草莓|新车|果)[^,。]{0,5}(?:要|快|马上|即将|准备|就)?上市|上市(?:公司|企业|季|期|前|许可)|摘牌|挂牌(?:价|出售|拍卖|租|转让)|(?:土地|地块)[^,。]{0,4}挂牌"
)
PERSONAL = re.compile(
    r"房贷|首付|婚房|学区房|商品房|买(?:一?套|个)?(?:房子?|新房|二手房|住房|公寓|别墅)(?!产|屋?抵)|购房|买楼|公积金|(?:自住|家里|家庭|新家|婚房|新房|自己家|老家|住房|房子)[^,。]{0,3}装修|装修[^,。]{0,3}(?:家|新房|房子|婚房|住房)|盖(?:个|一?栋)?(?:自住|老家)?(?:的)?房子(?:住|结婚)"
    r"|买(?:一?[辆台部]|个)?(?:新|二手)?(?:小轿?车|轿车|私家车|宝马|奔驰|奥迪|特斯拉|代步车|新能源车|suv|车(?!间|床|库|跑|辆|运|拉|送|头))|车贷|结婚|彩礼|婚礼|办酒席|蜜月|留学|学费|上大学|孩子(?:读书|上学)|读研|看病|治病|手术费?|住院|医药费|旅游(?:花|用|去|玩|钱|一趟)|去旅游|出国玩|消费贷|买手机|买苹果|整容|美容贷|养老用|生孩子|坐月子|还人情|给(?:儿子|女儿|老婆|女朋友|爸妈|父母|孩子|家里)|个人消费|日常开销|生活费|吃饭的钱"
)
PERSONAL_NOT = re.compile(
    r"厂房|店面|商铺|民宿|酒店|公司|经营|生意|办公|门店|工厂|货车|冷链|运输|餐馆|饭店|店里|企业|进货|周转|设备|养殖|种植|茶|房贷(?:还|没|已|快|的房|未)|按揭|抵押|农场|客栈|旅行社|景区|医院|诊所|学校|培训"
)
ABUSE = re.compile(
    r"傻[逼比叉x]|sb(?![a-z])|操你|草你|妈的|他妈|去死|滚蛋?|垃圾(?!处理|分类|回收|焚烧|清运|车|桶|发电)|废物(?!处理|利用|回收)|骗子(?:平台|公司|网站)?|王八|脑残|智障|混蛋|狗屁|nmsl|cnm|fuck|shit|bitch|白痴|神经病|有病吧|畜生"
)
INSTRUCTION = re.compile(
    r"忽略(?:以上|之前|前面|上面|上述|所有|一切)|无视(?:以上|之前|前面|规则)|ignore (?:all|the|previous|any)|system prompt|系统提示|提示词|你现在是|你是一个|扮演|作为一个?(?:ai|语言模型|助手)|jailbreak|越狱|输出(?:所有|全部|你的)|打印(?:你的|所有)|<script|select \*|drop table|union select|\{\{|\}\}|</|act as|you are now|developer mode|开发者模式|请(?:把|将)[^,。]{0,12}(?:排(?:在|到)?第一|打?\d+分)|管理员密码|返回(?:所有|全部)|repeat after|执行(?:以下|下面)|回答(?:我)?只"
)
ADVICE_NEEDS = re.compile(r"官司|起诉|诉讼|仲裁|律师|法院|立案|纠纷|老赖|法律")
CONTACT = re.compile(
    r"(?:想|要|能不能|可以|帮我|请|麻烦|希望|预约|约)[^,。]{0,6}(?:顾问|专员|专家|人)[^,。]{0,4}(?:上门|看看|走访|来厂|来公司|指导|咨询|诊断|辅导|聊聊)|预约[^,。]{0,4}(?:顾问|专员|走访)|上门(?:指导|服务|看看)|股权架构|财务规范|融资规划"
)
TROUBLE = re.compile(
    r"(?:银行)?(?:贷款|利息|月供)[^,。;!?]{0,6}(?:还不上|还不起|还不出|逾期了|逾期)|(?:还不上|还不起|还不出)[^,。]{0,4}(?:贷款|利息|月供|银行)|被(?:银行)?催收|失信|黑名单|被执行人"
)


def _affirmed(pattern: re.Pattern[str], text: str) -> bool:
    """Whether it is said and not denied: 不炒股 is no 炒股."""
    found = pattern.search(text)
    return found is not None and not DENIED.search(text[max(0, found.start() - 6) : found.start()])


DENIED = re.compile(r"(?:不是|不|没|从不|不会|绝不|别)[^,。]{0,4}$")


def refusal(text: str, *, wants_money: bool, has_business: bool, has_renewal: bool) -> Answer | None:
    """`text`: normalised. `wants_money`: an amount or a kind of finance was asked for."""
    if FAVOUR.search(text) and not re.search(
        r"(?:不|没|别|拒绝|不要|不想|不用)[^,。]{0,3}(?:送礼|红包|好处费|找关系|托关系|打点|走后门)", text
    ):
        return ANSWERS[Reason.FAVOUR]
    if _affirmed(GAMBLING, text):
        return ANSWERS[Reason.GAMBLING]
    if UNLAWFUL.search(text) and not re.search(r"不(?:会|想|能|愿意|敢)?[^,。]{0,3}(?:造假|做假|虚假|套现|骗)", text):
        return ANSWERS[Reason.UNLAWFUL]
    if _affirmed(SPECULATION, text) and not SPECULATION_NOT.search(text):
        return ANSWERS[Reason.SPECULATION]
    if HARD_COMPLAINT.search(text) and not re.search(
        r"(?:不|没)[^,。]{0,2}(?:投诉|捆绑|搭售|乱收费|被骗|被坑|维权)|维权(?:险|费用|保险|成本)|知识产权维权|怕[^,。]{0,4}(?:被骗|被坑|捆绑|搭售)|保证不",
        text,
    ):
        return ANSWERS[Reason.COMPLAINT]
    if ONLINE_LOAN.search(text) and not DENIES_ONLINE.search(text):
        return ANSWERS[Reason.ONLINE_LOAN]
    if LISTING.search(text) and not LISTING_NOT.search(text) and not wants_money:
        return ANSWERS[Reason.LISTING]
    if PERSONAL.search(text) and not PERSONAL_NOT.search(text) and not has_business:
        return ANSWERS[Reason.PERSONAL]
    if SOFT_COMPLAINT.search(text) and not wants_money:
        return ANSWERS[Reason.COMPLAINT]
    if TROUBLE.search(text) and not has_renewal:
        return ANSWERS[Reason.REPAYMENT_TROUBLE]
    if ADVICE_NEEDS.search(text) and not wants_money:
        return ANSWERS[Reason.ADVICE]
    if CONTACT.search(text) and not wants_money:
        return ANSWERS[Reason.ADVICE]
    return None


HAN = re.compile(r"[㐀-鿿]")
FINANCE = re.compile(r"贷|借|钱|款|资金|融资|利息|利率|额度|银行|担保|抵押|保险|投资|补贴|贴息|周转|产品|资助|股权")


def idle(text: str) -> Answer:
    """What to say when nothing of a need was read."""
    if ABUSE.search(text):
        return ANSWERS[Reason.ABUSE]
    if INSTRUCTION.search(text):
        return ANSWERS[Reason.INSTRUCTION]
    letters = sum(character.isalpha() for character in text)
    han = len(HAN.findall(text))
    if letters > 3 and han * 3 < letters:
        return ANSWERS[Reason.NOT_CHINESE]
    return ANSWERS[Reason.TOO_LITTLE if FINANCE.search(text) else Reason.OFF_TOPIC]
