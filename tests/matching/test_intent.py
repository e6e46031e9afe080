"""What is no need is told from what merely sounds like it: a decline for an honest sentence is the worst mistake here."""

from datetime import date

import pytest

from matching.needs.parser import ParsedNeed, Status, parse

DAY = date(2026, 11, 25)
# Each holds words that also stand in what is declined or routed: 买材料, 包下茶园, 两口子, 对赌, 疏通 …
HONEST = [
    "贷50万买材料",
    "买原材料缺30万",
    "做包装材料的厂，想贷100万买机器",
    "做新材料的企业要融500万搞研发",
    "暑假订单多，要周转30万",
    "我们接了个改造合同，要垫资80万",
    "编织袋材料进货20万",
    "做pvc材料的，进货要40万",
    "有买卖合同，缺货款80万",
    "刷卡流水好，想凭流水借20万进货",
    "装配流水线，做流水线设备的贷100万买设备",
    "包下200亩茶园种茶，要借30万",
    "承包过鱼塘，今年再养虾借20万",
    "面包批发店进货借10万",
    "我们两口子开面馆，想借10万装修",
    "口子窖经销商要进货50万",
    "我还有信用卡，想贷20万进货",
    "信用卡额度不够用，平时进货周转要20万",
    "对赌协议签不签都行，想要股权融资500万",
    "想再投机器，贷50万买设备",
    "想加仓库，扩建要100万",
    "银行配资金不到位，项目设备款缺200万",
    "给员工发红包年底发工资要20万",
    "印刷厂做红包的，过年前订单多，要50万周转",
    "礼品公司送礼旺季备货要40万",
    "管道疏通公司买设备借20万",
    "今年多收了几万斤茶叶，收购款周转缺50万",
    "被客户骗了货款200万，周转不开要贷100万",
    "银行一直不放贷，急用50万周转进货",
    "矿山设备厂，贷300万买设备",
    "做麻将牌桌的厂，贷50万买材料",
    "婚庆公司办婚礼，想贷20万买设备",
    "海宁一家皮包公司进货要30万",
    "钱借给朋友收不回来，现在进货周转要20万",
    "供应商返点要年底才给，现在进货缺20万",
    "白条鸭加工厂收购鸭子，贷款到期要还100万，银行同意续",
    "给你们五个点年化能接受，开厂贷一百万",
    "合同可以做质押吗，中标合同三百万，贷一百万",
    "毛坯厂房要装修，贷50万",
    "酒店毛坯交付，装修要两百万",
    "卖比亚迪的4S店，进车要三百万",
    "带着爸妈开个面馆，缺十万",
    "新家具厂买木料缺三十万",
    "家电卖场旺季进空调冰箱备货五十万",
    "我不搞网贷也不借花呗，开五金店进货差三十万",
    "拆东墙补西墙发工资，面馆想贷二十万正经周转",
    "在股市上赚了点，现在想正经开个厂，差一百万买设备",
    "A股上市公司的供应商，应收两百万想变现",
    "之前银行乱收费就没办成，现在开超市想贷二十万",
    "有厂房抵押，资质差一点的包装厂贷一百万",
    "征信花了一点点，包装材料要进三十万",
    "食品厂贷五十万买原料，事后谢谢你们",
    "卖A4纸的，贷10万进货",
    "厂里做usb接口的，进料三十万",
    "手机店进一批iphone，二十万",
    "合伙人跟我三七分，开火锅店缺二十万",
    "房子月供快还完了，五金厂拿它抵押贷五十万",
]
# (what it is, what was said)
NO_NEED = [
    ("unlawful", "帮我做点流水贷100万"),
    ("unlawful", "流水包装一下能贷多少"),
    ("unlawful", "用假合同贷50万行不行"),
    ("unlawful", "P几张流水去贷款"),
    ("unlawful", "材料造假会不会被发现，想贷100万"),
    ("unlawful", "想买几张发票贷点款"),
    ("unlawful", "我家亲戚开厂的，想用他的名义贷出来给我用"),
    ("unlawful", "用员工身份证贷款20万"),
    ("unlawful", "贷出来再转借给别人吃利差"),
    ("unlawful", "低息贷出来放给别人赚高息"),
    ("unlawful", "找个空壳公司套点贴息"),
    ("unlawful", "把报表改漂亮点，做个好看的报表贷200万"),
    ("speculation", "能不能借点钱炒币，保证还"),
    ("speculation", "能不能贷款炒股"),
    ("speculation", "想贷款买比特币"),
    ("speculation", "贷20万补仓，基金亏了"),
    ("speculation", "借钱挖矿，买显卡"),
    ("gambling", "赌博输了想借10万"),
    ("gambling", "打牌输了20万"),
    ("favour", "给你5个点好处费，能不能包过"),
    ("favour", "有没有内部渠道，保证下款"),
    ("favour", "给行长送点东西能多贷点吗"),
    ("favour", "请你们经理吃饭能批吗"),
    ("favour", "要不要送礼才批"),
    ("favour", "我可以给你红包，贷50万"),
    ("online_loan", "花呗借呗加起来欠了八万，想贷款一次还清"),
    ("online_loan", "有没有下款口子"),
    ("online_loan", "想贷款还信用卡"),
    ("online_loan", "网贷逾期了想借点周转"),
    ("complaint", "客户经理问我要好处费，要投诉"),
    ("complaint", "客户经理索要回扣"),
    ("complaint", "贷款要我先买保险才放款，乱收费"),
    ("complaint", "银行多收了我利息"),
    ("personal", "我要买房子首付差三十万"),
    ("personal", "想买辆车自己开，贷10万"),
    ("favour", "要不要送礼才批"),
    ("favour", "批下来给你三个点，你看能不能操作一下"),
    ("favour", "事成以后好好感谢您，能贷吗"),
    ("favour", "多给点手续费能不能保证下来"),
    ("unlawful", "合同可以现做一份，贷两百万能下吗"),
    ("unlawful", "征信花了，找人包装一下能贷吗"),
    ("unlawful", "银行流水不够，能帮做点吗"),
    ("speculation", "跟着大哥搞USDT搬砖，缺本金十万"),
    ("speculation", "趁房价低囤两套等涨了再卖，能贷多少"),
    ("speculation", "贷点款买美股"),
    ("speculation", "亏在股市里了，借二十万补回来"),
    ("online_loan", "网上借了好几家，有没有一笔大的能把小的全盖住"),
    ("online_loan", "拆东墙补西墙，好几张信用卡轮着刷，想一次还完"),
    ("complaint", "银行多扣了我三个月利息，找谁管这个事"),
    ("complaint", "请你们领导出面评评理"),
    ("complaint", "有人冒充你们平台骗我交保证金"),
    ("complaint", "你们那个顾问一直不回我消息，太不负责了"),
    ("complaint", "想知道在哪里可以提意见"),
    ("listing", "有没有懂港股上市的顾问给我们讲讲"),
    ("personal", "提一台比亚迪自己上下班开，贷八万"),
    ("personal", "新房子是毛坯，屋里装修要十五万"),
    ("personal", "带爸妈去趟欧洲，借五万，工资慢慢还"),
    ("personal", "女儿要出嫁，陪嫁差二十万"),
    ("personal", "报个驾校再考个研究生，学费不够，借三万"),
    ("personal", "装个新家，家电家具要八万"),
    ("personal", "装修自己家的房子要二十万"),
    ("personal", "想买套小产权房自住，差四十万"),
    ("speculation", "借点钱做合约，十倍杠杆"),
    ("online_loan", "之前借了好多平台，现在利息滚不动了"),
    ("favour", "贷款下来咱俩三七分"),
    ("unlawful", "我朋友当法人，实际是我贷，行不"),
    ("complaint", "客户经理说要请他喝茶才给办"),
]


def said(text: str) -> ParsedNeed:
    return parse(text, today=DAY)


@pytest.mark.parametrize("text", HONEST)
def test_honest_sentence_is_not_declined(text):
    assert said(text).status is Status.MATCHED


@pytest.mark.parametrize(("code", "text"), NO_NEED)
def test_no_need_is_answered_for_what_it_is(code, text):
    assert said(text).reason_code == code


def test_buying_cars_for_lessons_is_matched_not_declined():
    assert said("驾校买车贷款60万").status is Status.MATCHED


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("没有抵押物也没有担保人，刚开的公司要50万", ("person", "real_estate")),
        ("没抵押没担保，要50万周转", ("real_estate", "person")),
        ("借50万周转，不想找担保", ("person", "guarantor")),
        ("无担保的贷款50万周转", ("person", "guarantor")),
    ],
)
def test_lacking_a_guarantor_does_not_turn_down_a_guarantee_company(text, refused):
    assert said(text).guarantee_refused == refused


def test_wish_to_insure_research_is_read_without_the_word():
    need = said("我研发投入太大怕打水漂，有没有保这个的")
    assert (need.status, need.kinds, need.purposes) == (Status.MATCHED, ("insurance",), ("rnd", "risk"))


def test_grant_that_becomes_equity_is_read_without_its_name():
    assert said("科技公司刚成立两年，想要政府那种先给钱后转股的支持").kinds == ("grant",)


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("台州和遂昌都有厂，借50万周转", ("331000", "331123")),  # 331000 is no part of 331123's name for its city
        ("丽水遂昌的厂，借50万周转", ("331123",)),
    ],
)
def test_place_inside_another_is_the_one_meant(text, regions):
    assert said(text).regions == regions


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("下个月五号要还工行800万，行里说还上就能再放，自己凑了300万", 5_000_000),
        ("投了500万的生产线，已经付了350万，剩下的想贷款分五年还", 1_500_000),
        ("总共要80万买冷库设备，自己有30万", 500_000),
        ("添两台机床一共150万，首付30万我有，剩下的想租着用", 1_200_000),
        ("开始想借100万，老婆讲太多了，50万就够了", 500_000),
        ("服装店，房东要一次收一年房租20万，能分期不", 200_000),
    ],
)
def test_amount_asked_is_what_is_missing(text, amount):
    need = said(text)
    assert (need.amount_low, need.amount_high) == (amount, amount)


def test_question_about_a_word_says_nothing_of_the_firm():
    for text in ("想问下什么是首贷户", "专精特新怎么认定", "高新技术企业是什么意思"):
        need = said(text)
        assert (need.status, need.traits) == (Status.ASK, {}), text
    assert said("首贷户，想贷50万").traits == {"first_loan": True}


def test_bank_that_will_lend_again_has_agreed():
    assert said("还上就能再放，差500万过桥").renewal_agreed is True
    assert said("还上能再放吗，差500万过桥").renewal_agreed is None


def test_price_of_a_pound_is_no_amount_asked_for():
    assert said("猪价跌到六块多了，有没有保价格的").amount_low is None


def test_bill_that_falls_due_is_no_loan_to_renew():
    assert "renewal" not in said("手上有张八十万的银行承兑，还有五个月才到期，想贴现").purposes
    assert "renewal" in said("手上有张银行承兑，贷款八十万五个月后到期").purposes


def test_back_payment_of_insurance_contributions_is_a_subsidy_not_an_insurance():
    assert said("一个人都没裁，失业保险能不能退一部分给公司").kinds == ("subsidy",)
