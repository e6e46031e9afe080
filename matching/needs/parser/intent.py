"""Is it a financing need of a firm at all? If not, what it is, and what to say."""

import re
from dataclasses import dataclass

from .clauses import neutral
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

GAMBLING = re.compile(
    r"(?<!对)赌|博彩|买彩票|百家乐|梭哈|老虎机|牌桌上|打牌输|打麻将输|翻本|(?:打牌|麻将|牌局|牌桌)[^,。;!?]{0,4}[欠输]|输(?:了|光)[^,。;!?]{0,4}(?:钱|\d|[一二两三四五六七八九十百]+万)|把钱输"
)
SPECULATION = re.compile(
    r"炒股|股市|股票|打新股|[加补]仓(?!库|储|房|原|货|位|容)|抄底(?!原|钢|铜|货|收|囤|进|材)|炒币|比特币|虚拟币|虚拟货币|数字货币|币圈|以太坊|期货|炒外汇|炒汇|外汇保证金|配资(?!金|质|料|源|产)|炒房|炒黄金|买基金|买理财|炒鞋|杠杆(?:炒|买)|炒茶叶期|炒作|(?<![创风])投机(?!器|械|床|组|电)|炒楼|炒白银|买u盘?币|(?<![a-z])(?:usdt|btc|eth)(?![a-z])|炒[au](?![a-z])|美股|(?<!在)(?<!在上)纳斯达克(?!上市|挂牌)[^,。;!?]{0,4}[涨跌]|(?:a|港)股(?!份|上市|挂牌|权|东)[^,。;!?]{0,6}(?:买|涨|抄|进|赚)|(?:买|定投)(?:点|些)?基金|泰达币|狗狗币|囤房(?!源)|房价[^。;!?]{0,8}囤|囤[一二两三四五几\d]+套[^。;!?]{0,10}(?:涨|卖|转手)|(?:房|套)[^,。;!?]{0,6}等[^,。;!?]{0,4}涨[^。;!?]{0,4}(?:卖|出手|转手)"
    r"|(?:币|显卡|算力)[^,。;!?]{0,12}挖矿|挖矿[^,。;!?]{0,12}(?:币|显卡|算力)|(?:想|去|搞|借钱|贷款)挖矿(?:赚|$|[,。!?])"
)
SPECULATION_NOT = re.compile(
    r"(?:股市|炒股|币圈|期货)[^,。;!?]{0,2}(?:上|里)?(?:赚|亏|赔|退出|出来|离开)[^。;!?]{0,20}(?:开|办|买设备|进货|工厂|生意|实业)|股票质押|炒股的?(?:软件|书)|期货套保|套期保值|(?:股票|期货|证券)[^,。;!?]{0,4}(?:软件|系统|交割|仓库|仓储|培训)"
)
ONLINE_LOAN = re.compile(
    r"还(?!有|是|没|能|可以|想|用|差|缺|在)(?:掉|清|上|点|下|一下|了)?[^,。;!?]{0,8}(?:网贷|小贷平台|借呗|花呗|微粒贷|网商贷|白条(?!鸡|鸭|鹅|猪)|信用卡|套路贷|高利贷|金条|校园贷|现金贷|私人借款|民间借贷)"
    r"|(?:网贷|借呗|花呗|微粒贷|白条(?!鸡|鸭|鹅|猪)|信用卡|小额贷|小贷|现金贷|高利贷|校园贷)[^。;!?]{0,12}(?:还不上|还不起|还不出|逾期|要还|还款|催收|还上|还清|还掉|还一下|填(?!写|表|报)|平(?:掉|了|账|上)|爆|欠|到期|上岸|倒(?:来|账|着|不)|窟窿)"
    r"|以贷养贷|(?:撸|下款|找|有没有|什么|新|借款|网贷)[^,。;!?]{0,3}(?<![两小老])口子(?!窖|酒)|网贷.{0,6}(?:上岸|整合)|债务(?:整合|重组|优化)|代还|征信修复|洗白征信|(?:填|补|堵)[^,。]{0,4}(?:网贷|窟窿)|欠[^,。]{0,6}网贷|(?<!不搞)(?<!不碰)网贷[^,。]{0,6}借"
    r"|拆东墙[^。;!?]{0,16}(?:信用卡|网贷|花呗)|(?:信用卡|网贷|花呗)[^。;!?]{0,10}轮(?:着|流)|网上(?:借|贷)[了的过][^,。;!?]{0,6}(?:家|平台|口子)|(?:好?几|[两三四五六七八九十])[家个笔](?:平台|网上)?[^。;!?]{0,12}(?:盖住|凑到一起还|合到一起|并到一起)|(?:大的|一笔)[^,。;!?]{0,4}[把将]小的[^,。;!?]{0,4}(?:盖|还|结|清)"
)
DENIES_ONLINE = re.compile(
    r"(?:没有?|不是|无|从来?不|不[碰搞玩做借用]|没借过?|不想碰|不敢碰|没碰过?|别给我推|不要)[^,。]{0,4}(?:网贷|信用卡|小贷)"
)
# Who might be paid for a favour. A red packet for one's own workers, a gift shop's season and a supplier's rebate are none.
OFFICIAL = r"(?:你们?|您|行长|经理|主任|领导|银行|信贷员?|客户经理|介绍人|办事的?人?|帮忙的?人?)"
FAVOUR = re.compile(
    r"(?<![承外打面红])包过(?!年|节|冬)|包批(?!发)|包下(?:款|来款)|包放款|保证(?:能)?(?:批|下款|放款|通过|过)|百分百(?:下款|批|过|放款)|100%(?:下款|批|过|放款|通过)|好处费|塞钱|塞个?红包|红包(?:少不了|不会少|奉上|好说)|回扣"
    r"|(?:给|分)(?:你们?|您)[^,。;!?]{0,3}[一二两三四五六七八九十半几\d]+(?:个?(?:百分)?点|成|%)(?!钟|[^,。;!?]{0,3}(?:利|年化|息|股|首付|折|毛))|(?:事成|办成|批了?|下来|成了)[^,。;!?]{0,4}(?:以后|之后|后)?[^,。;!?]{0,4}(?:(?:好好|重重)(?:感谢|谢)|酬谢)"
    rf"|(?:给|送|请|塞|帮)[^,。;!?]{{0,2}}{OFFICIAL}[^,。;!?]{{0,8}}(?:好处|提成|辛苦费|茶水费|分成|返点|红包|送礼|打点|吃饭|吃个饭|送点)"
    rf"|{OFFICIAL}[^,。;!?]{{0,4}}送礼|(?:要不要|用不用|需不需要|是不是要)送礼|(?:要|得|需要|花钱|找人|帮)[^,。;!?]{{0,3}}打点(?!心|滴|折|底|杂|零工|工)"
    r"|走后门|走个?后门|开后门|托关系|找关系|走关系|打(?:个|声)招呼|重谢|亏待不了|不会亏待|少不了(?:你|您)|疏通(?:一下)?(?:关系|银行|行长|经理|人脉)|(?:找人|花钱)[^,。;!?]{0,2}疏通|内部(?:渠道|关系|人(?!员))|意思意思|行长.{0,6}(?:熟|搞定|关系)|潜规则|必过(?!节|年)|必下款|内部[^,。;!?]{0,2}(?:操作|走|搞定|通道|名额)|(?:事后|之后|到时候?|办成)[^,。;!?]{0,3}(?:(?<!谢)谢[你您](?!们)|分[你您])|(?:多给|加|多出)[^,。;!?]{0,3}(?:手续费|服务费|钱)[^,。;!?]{0,5}(?:保证|包|一定|肯定)|黑户.{0,4}(?:能|可以|也)"
)
# A favour that was asked of the firm is a complaint.
EXTORTED = re.compile(
    r"(?:索要|索取|(?:问|向|跟|找)我们?要|要我们?(?:给|出|塞|送)|暗示[^,。;!?]{0,6}|收了?我们?的?|收受?|吃|拿)(?:了|的|一点|点)?(?:好处费|红包|回扣|辛苦费|茶水费)"
)
PAPERS = r"(?:流水(?!线)|合同|报表|财报|证明|材料|发票|订单|营业执照|资料)"
ACCOUNTS = r"(?:流水(?!线)|报表|财报|发票|营业执照|资料)"
UNLAWFUL = re.compile(
    # False by the verb itself; then verbs that honest firms use, too, with what only a forger does to it.
    rf"(?:虚假|造假|伪造|做假|作假|粉饰|(?<![暑寒放休请节长病事年婚产真])假(?![期如日装肢发牙睫]))[^,。;!?]{{0,4}}{PAPERS}"
    rf"|(?:编造|编(?:个|点|些|几份|一?份|一?套))[^,。;!?]{{0,3}}{PAPERS}|(?:美化|包装|修饰)(?:一下|下|点|些|好)?[^,。;!?]{{0,2}}{ACCOUNTS}|(?:包装|美化)(?:一下|下)[^,。;!?]{{0,2}}材料"
    rf"|刷(?!卡)(?:点|些|一下|几笔|几个月)?(?:银行)?(?:流水(?!线)|订单|交易)|买(?!卖)(?:点|些|几张|几份|张|份|个)?{ACCOUNTS}|(?<![a-z])ps?(?![a-z])[^,。;!?]{{0,4}}{PAPERS}"
    rf"|改(?:一下|下|点|几个?|个)?{ACCOUNTS}|做(?:点|些|几份|份|个|套)?(?:漂亮|好看)的?[^,。;!?]{{0,2}}{PAPERS}|做(?:点|些|几份|一下|几个月|几笔)?(?:银行)?流水(?!线|单)"
    rf"|{PAPERS}[^,。;!?]{{0,4}}(?:造假|作假|做假|是假的|p一下)|{ACCOUNTS}[^,。;!?]{{0,2}}(?:包装|美化)(?:一下|下)|流水[^。;!?]{{0,10}}包装|流水[^,。;!?]{{0,3}}刷(?:出来|的|了)|(?:营业)?执照[^,。;!?]{{0,3}}(?:借|租|买)来?的|空壳(?!村)|(?:注册|开|搞|弄|用|借)[^,。;!?]{{0,3}}皮包公司"
    r"|(?:征信|资质)[^,。;!?]{0,4}(?:花|不好|差|烂|黑)[^。;!?]{0,8}(?:(?:包装|美化)(?:一下|下|包装|$|[,。!?能可])|洗白)|流水(?!线)[^。;!?]{0,10}(?:帮|替|代)[^,。;!?]{0,2}做|(?:帮|替|代)[^,。;!?]{0,2}做[^,。;!?]{0,3}流水(?!线)"
    r"|(?:用|借|拿)[^,。]{0,4}(?:别人|他人|亲戚|员工|身份证)[^,。]{0,4}(?:贷|借)|(?:用|借|拿|以)(?:了|一下)?(?:他们?|她|人家|别人|他人|亲戚|朋友|员工|工人|老乡|村民|我?老婆|我?[爸妈])的?(?:名义|名字|身份证?|户头)|冒名|顶名"
    r"|(?:流水(?!线)|合同|报表|财报|发票|订单)[^,。;!?]{0,3}(?:现做|现编|现造|(?:可以|能|会)(?:做(?:一?份|几份|出来|漂亮|好看)|弄(?!齐|全|好|清|丢|到)|造|编))"
    r"|(?:转贷|转借|放贷|借出去)给|(?:贷|借)[^,。;!?]{0,6}(?:再|转手|转|出来)[^,。;!?]{0,2}(?:借|放|贷)给(?!我)|放高利贷|(?:拿去|拿来|用来|去|自己|再)放(?:贷|水)|洗钱|套现|套(?:取)?(?:贴息|补贴|国家|贷款)|骗(?:贷|补|保|取)|虚开|吃利差|赚利差|赚差价利息|低息.{0,8}高息"
)
HARD_COMPLAINT = re.compile(
    r"投诉|举报|(?:冒充|假冒)[^,。;!?]{0,4}(?:你们|平台|银行|官方|客服)|骗我[^,。;!?]{0,3}(?:交|转|打|付|钱)|(?:提|反馈)(?:个|点|些|一下)?(?:意见|建议)|收了?钱[^,。;!?]{0,3}不(?:办|管|做)|意见箱|乱收|退钱|维权|讨个?说法|信访|曝光你|我要告|告你们|打?12345|乱收费|砍头息|捆绑(?:销售|保险|理财|搭|买|存|$|[,。])|搭售|强制(?:买|我|搭|要求)|强行(?:买|搭|要求|收|扣|让)|逼(?:我们?|着我?们?)(?:买|存|办|搭|签|交)|吃拿卡要|要(?:我|先)[^,。]{0,4}(?:买|存)[^,。]{0,6}(?:保险|理财|存款|基金)才|收了我[^。]{0,12}(?:费|钱)|多收(?:费|钱|利息|手续费|了?我|了[^,。;!?]{0,4}(?:费|钱|利息))|乱扣|多扣[^,。;!?]{0,8}(?:利息|钱|费|款)|找谁(?:管|评|说理|讲理|反映)|评评?理(?!财)|骗了|被骗|被坑|服务太差|索要|收回扣|刁难|坑人|坑我|(?:要|想|来)反映|没个?说法|给个?说法|不给说法|违规(?:收|操作|放|要求|搭|办)"
)
OPEN_COMPLAINT = re.compile(r"(?:我|要|想|去|来|:|,|^)[^,。;!?]{0,3}(?:投诉|举报)")
# Cheated by somebody else than a bank: why money is short, not what to complain of.
CHEATED = re.compile(r"(?:客户|供应商|合伙人|对方|中间商|同行|骗子|采购商|买家|包工头)[^,。;!?]{0,4}(?:骗|坑)")
# What happened elsewhere before, told by somebody who wants money now.
FORMERLY = re.compile(r"(?:之前|上次|以前|曾经|从前)[^。;!?]{0,16}(?:现在|这次|这回|如今)[^。;!?]*(?:借|贷|万|融资)")
SOFT_COMPLAINT = re.compile(
    r"(?:你们|平台|银行|经理|顾问|客服|专员)[^,。;!?]{0,10}(?:不回(?!本|款|购|收)|不负责|不专业|不耐烦|敷衍|骗)|问谁[^,。;!?]{0,4}(?:不知道|不清楚)|审批?[^,。;!?]{0,3}(?:拖|卡)了|太不负责|没人负责|态度(?:很|太|特别|非常|极其|真|好)?(?:差|恶劣|不好|傲慢)|推诿|踢皮球|没人(?:理|管|接|回|联系|处理)|不理人|不理我|不接电话|拖了?(?:很久|好久|几个月|半个月|[一二两三四五六七八九十\d]+(?:天|周|个月|个多月|个星期))|爱理不理|白跑|跑了[^,。]{0,4}趟|不作为|太慢了|差评|服务[^,。]{0,4}差|不给(?:办|我办|放款)|一直没(?:动静|消息|回音|回复|放款|结果)|说话不算|说好的[^。;!?]{0,14}(?:又[涨变改加]|变卦|反悔|不认账)"
)
LISTING = re.compile(
    r"(?:想|要|准备|计划|打算|筹备|谋划|启动|冲刺|申报|推进|考虑|争取|目标|冲|去|何时|怎么|如何|能不能|辅导|我们|公司|企业|奔着|完成|关于|咨询|年|内)[^,。;!?]{0,10}(?:ipo|上市(?!公司|的新品|新品)|挂牌|新三板|北交所|科创板|创业板|主板|港交所|港股|纳斯达克|股改|股份制改造)"
    r"|^(?:ipo|上市|挂牌|新三板|北交所|股改)|(?:上市|ipo|挂牌|股改)(?:辅导|流程|条件|服务|咨询|券商|保荐)|借壳|(?:懂|熟悉|会做|做过)[^,。;!?]{0,4}(?:ipo|上市|挂牌|新三板|北交所|港股|股改)|(?:上市|挂牌|ipo|股改)的?(?:顾问|专家|老师|团队|机构)(?![^,。;!?]{0,2}[借贷])"
)
LISTING_NOT = re.compile(
    r"(?:产品|新品|茶叶?|春茶|杨梅|水果|新茶|药|枇杷|葡萄|橘子|海鲜|新米|稻米|蔬菜|菜|草莓|新车|果)[^,。]{0,5}(?:要|快|马上|即将|准备|就)?上市|上市(?:公司|企业|季|期|前|许可)|摘牌|挂牌(?:价|出售|拍卖|租|转让)|(?:土地|地块)[^,。]{0,4}挂牌"
)
PERSONAL = re.compile(
    r"房贷|首付|(?:自己|自家|一家人?)住的|(?:去|到)[^,。;!?]{1,5}旅游(?!业|公司|企业|项目|景)|买[^,。;!?]{0,6}(?:苹果)?手机(?!店|配件|壳|膜|屏|零件)|婚房|学区房|商品房|买(?:一?套|个)?(?:房子?|新房|二手房|住房|公寓|别墅)(?!产|屋?抵)|购房|买楼|公积金|(?:自住|家里|家庭|新家|婚房|新房|自己家|老家|住房|房子)[^,。]{0,3}装修|装修[^,。]{0,3}(?:家|新房|房子|婚房|住房)|盖(?:个|一?栋)?(?:自住|老家)?(?:的)?房子(?:住|结婚)"
    r"|[买换提](?:一?[辆台部]|个)?(?:新|二手)?(?:小轿?车|轿车|私家车|宝马|奔驰|奥迪|特斯拉|代步车|新能源车|suv|车(?!间|床|库|跑|辆|运|拉|送|头))|(?<!押)(?<!卡)(?<!货)车贷|结婚|彩礼|婚礼|办酒席|蜜月|留学|学费|上大学|孩子(?:读书|上学)|读研|看病|治病|手术费?|住院|医药费|(?<!做)旅游(?:花|用|去|玩|钱|一趟|想?[借贷]|缺钱)|(?:去|全家|出国|想)旅游(?!业|公司|企业|景|项目|资源|民宿|客|区|局|开发|团|车|地产)|去旅游|出国玩|消费贷|买手机|买苹果|整容|美容贷|养老用|生孩子|坐月子|还人情|(?:带|陪|跟)(?:着)?(?:爸妈?|妈妈?|父母|老婆|老公|孩子|家人|全家|女朋友|男朋友|对象)[^,。;!?]{0,2}(?:去|出|玩)|(?<!发)工资[^,。;!?发]{0,3}(?:慢慢|分期|每月)?还(?!没|有|差|欠|是|要|得|不)|上下班(?:开|用|代步)|代步|考驾照|考研|考公|考编|考证|陪嫁|嫁妆|出嫁|嫁女儿|娶(?:老婆|媳妇|亲)|新家(?!具|电|政|禽|畜)|(?:买|换|添)[^,。;!?]{0,3}(?:家电|电视|冰箱|空调)[^。;!?]{0,6}(?:家里|家用)|[买换提](?:一?[辆台部]|个)?(?:新|二手)?(?:比亚迪|丰田|本田|大众|理想|蔚来|小鹏|问界|吉利|五菱宏光|路虎|保时捷)|毛坯|给(?:儿子|女儿|老婆|女朋友|爸妈|父母|孩子|家里)|个人消费|日常开销|生活费|吃饭的钱"
)
OWN_HOME = re.compile(
    r"(?:自己|自家|一家人?|家里人?|我们?)住的?(?:房|套|别墅|家)|(?:装|布置|添置)(?:修|个|一下)?(?:我们?的?)?新家(?!具|电|政)|(?:装修|翻新|翻修)[^,。;!?]{0,2}(?:自住|自己住|自家住)"
)
HOME_FITTING = re.compile(
    r"(?:毛坯|新房子?|新家(?!具|电)|家里|屋里|屋头|住的地方|套房)[^。;!?]{0,10}(?:装修|装潢|翻新)|(?:装修|装潢)[^,。;!?]{0,3}(?:毛坯|新房|新家|家里|屋里)"
)
PERSONAL_NOT = re.compile(
    r"(?:卖|收|倒)[^,。;!?]{0,3}车|车商|库存车|厂房|店面|商铺|民宿|酒店|公司|经营|生意|办公|门店|工厂|货车|冷链|运输|餐馆|饭店|店里|企业|进货|周转|设备|养殖|种植|茶|(?<!还)房贷(?:还|没|已|快|的房|未)|按揭|抵押|农场|客栈|旅行社|景区|医院|诊所|学校|培训|(?<![报考学])(?<!报个)(?<!报名)驾校|网约车|出租车|租车|车队|车行|物流|拉货|跑车|婚庆|婚纱|影楼|策划|养老院|教育|民营"
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
RESPITE = re.compile(r"缓一?缓|缓一下|缓几|缓些|宽限|延期还|晚点还|晚几天还|协商")
TROUBLE = re.compile(
    r"(?:银行)?(?:贷款|利息|月供)(?![^,。;!?]{0,3}[怕担])[^,。;!?]{0,6}(?:还不上|还不起|还不出|逾期了|逾期)|(?<!怕)(?<!担心)(?:还不上|还不起|还不出)[^,。]{0,4}(?:贷款|利息|月供|银行)|被(?:银行)?催收|失信|黑名单|被执行人"
)


def _affirmed(pattern: re.Pattern[str], text: str) -> bool:
    """Whether it is said and not denied: 不炒股 is no 炒股, 能不能炒股 is."""
    plain = neutral(text)
    return any(not DENIED.search(plain[max(0, found.start() - 6) : found.start()]) for found in pattern.finditer(text))


DENIED = re.compile(r"(?:不是|不|没|从不|不会|绝不|别)[^,。]{0,4}$")


def refusal(text: str, *, wants_money: bool, has_business: bool, has_trade: bool, has_renewal: bool) -> Answer | None:
    """`text`: normalised. `wants_money`: an amount or a kind of finance was asked for. `has_trade`: what the firm does was said."""
    plain = neutral(text)  # 要不要送礼 denies nothing
    if EXTORTED.search(text):
        return ANSWERS[Reason.COMPLAINT]
    if FAVOUR.search(text) and not re.search(
        r"(?:不|没|别|拒绝|不要|不想|不用)[^,。]{0,3}(?:送礼|红包|好处费|找关系|托关系|打点|走后门)", plain
    ):
        return ANSWERS[Reason.FAVOUR]
    if _affirmed(GAMBLING, text):
        return ANSWERS[Reason.GAMBLING]
    if UNLAWFUL.search(text) and not re.search(r"不(?:会|想|能|愿意|敢)?[^,。]{0,3}(?:造假|做假|虚假|套现|骗)", plain):
        return ANSWERS[Reason.UNLAWFUL]
    if OPEN_COMPLAINT.search(text) and not re.search(r"(?:不|没)[^,。]{0,2}(?:投诉|举报)", text):
        return ANSWERS[Reason.COMPLAINT]
    if _affirmed(SPECULATION, text) and not SPECULATION_NOT.search(text):
        return ANSWERS[Reason.SPECULATION]
    if (
        HARD_COMPLAINT.search(text)
        and not (wants_money and (CHEATED.search(text) or FORMERLY.search(text)))
        and not re.search(
            r"(?:不|没)[^,。]{0,2}(?:投诉|捆绑|搭售|乱收费|被骗|被坑|维权)|维权(?:险|费用|保险|成本)|知识产权维权|怕[^,。]{0,4}(?:被骗|被坑|捆绑|搭售)|保证不",
            text,
        )
    ):
        return ANSWERS[Reason.COMPLAINT]
    if ONLINE_LOAN.search(text) and not DENIES_ONLINE.search(text):
        return ANSWERS[Reason.ONLINE_LOAN]
    if LISTING.search(text) and not LISTING_NOT.search(text) and not wants_money:
        return ANSWERS[Reason.LISTING]
    if OWN_HOME.search(text) or (HOME_FITTING.search(text) and not PERSONAL_NOT.search(text) and not has_trade):
        return ANSWERS[Reason.PERSONAL]
    if PERSONAL.search(text) and not PERSONAL_NOT.search(text) and not has_business:
        return ANSWERS[Reason.PERSONAL]
    if SOFT_COMPLAINT.search(text) and not wants_money:
        return ANSWERS[Reason.COMPLAINT]
    if TROUBLE.search(text) and (not has_renewal or RESPITE.search(text)):
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
