"""`parse`: the one entry of the parser."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from matching.places import covers
from search.analysis.normalise import Normalised, normalise

from . import intent
from .amounts import Amount, amounts, asked
from .clauses import JOINED, clause, denied, neutral
from .dates import dates
from .gazetteer import Gazetteer
from .lexicon import Hit, Lexicon
from .numbers import Duration, durations, plain, rates
from .result import Mark, OtherAmount, ParsedNeed, Question, Reason, Route, Span, Status

READ = 1_000  # characters that are read; nobody says a need in more
ENOUGH = Decimal("1.5")

QUESTIONS = {
    "amount_low": "大概需要多少资金？",
    "purposes": "这笔钱打算用来做什么（如周转、买设备、续贷）？",
    "guarantee_kinds": "有没有可以抵押、质押的东西（如厂房、专利、应收账款），或者需要信用方式？",
    "regions": "企业在哪个县（市、区）？",
    "renewal_agreed": "原贷款什么时候到期，银行是否同意续贷？",
    "traits": "企业有没有这些身份：首次贷款、高新技术企业、农业经营主体、个体工商户？",
}


def parse(text: str, *, today: date, gazetteer: Gazetteer | None = None) -> ParsedNeed:
    """`text` as it was typed. Never raises on any text; a long one ends in bounded time.

    `today` resolves 下个月20号. `gazetteer`: names of places; the built-in one unless given.
    """
    if len(text) > READ * 1.5:
        return _answer(text, intent.ANSWERS[Reason.TOO_LONG], {}, ())
    return _Reader(text, today, gazetteer or Gazetteer.built_in(), Lexicon.built_in()).read()


def _answer(
    text: str, answer: intent.Answer, values: dict[str, Any], marks: tuple[Mark, ...], route: Route | None = None
) -> ParsedNeed:
    questions = _questions(values) if answer.status is Status.ASK else ()
    return ParsedNeed(
        text=text,
        status=answer.status,
        reason=answer.reason,
        reason_code=answer.code,
        route=route or answer.route,
        questions=questions,
        marks=marks,
        **values,
    )


def _questions(values: dict[str, Any]) -> tuple[Question, ...]:
    """The two or three things that matter most and were not said."""
    order = ["amount_low", "purposes", "guarantee_kinds", "regions"]
    if "renewal" in values.get("purposes", ()) and values.get("renewal_agreed") is None:
        order.insert(1, "renewal_agreed")
    missing = [name for name in order if values.get(name) in (None, (), {})]
    return tuple(Question(name, QUESTIONS[name]) for name in missing[:3])


class _Reader:
    """Reads one sentence; collects values and the words that they came from."""

    def __init__(self, text: str, today: date, gazetteer: Gazetteer, lexicon: Lexicon) -> None:
        self.original, self.today, self.gazetteer, self.lexicon = text, today, gazetteer, lexicon
        self.normal: Normalised = normalise(text)
        self.text = plain(self.normal.text)
        self.neutral = neutral(self.text)
        self.marks: list[Mark] = []
        self.values: dict[str, Any] = {}
        self.hits = lexicon.find(self.text)
        self.denials = self._denials()

    def read(self) -> ParsedNeed:
        self._kinds()
        self._purposes()
        self._renewal()
        self._guarantees()
        self._traits()
        self._amounts()
        self._simple_lists()
        self._places()
        self._rates()
        self._times()
        self._follow_on()
        marks = tuple(sorted(self.marks, key=lambda mark: (mark.span.start, mark.span.end, mark.field)))
        wants_money = bool(self.values.get("amount_low") is not None or self._asks_for_money())
        answer = intent.refusal(
            self.text,
            wants_money=wants_money,
            has_business=bool(
                {"equipment", "startup", "agriculture", "working_capital"} & set(self.values.get("purposes", ()))
                or self.values.get("industry_codes")
                or "sole_trader" in self.values.get("traits", {})
            ),
            has_renewal="renewal" in self.values.get("purposes", ()),
        )
        if answer:
            return _answer(self.original, answer, self.values, marks)
        weight = self._weight()
        if weight < ENOUGH:
            if weight == 0 and not wants_money:
                answer = intent.idle(self.text)
            else:
                answer = intent.ANSWERS[Reason.TOO_LITTLE]
            return _answer(self.original, answer, self.values, marks)
        return ParsedNeed(text=self.original, status=Status.MATCHED, marks=marks, **self.values)

    # Small tools

    def _mark(self, field: str, value: Any, start: int, end: int) -> None:
        first, last = self.normal.span(start, end)
        self.marks.append(Mark(field, value, Span(first, last, self.original[first:last])))

    def _span(self, start: int, end: int) -> Span:
        first, last = self.normal.span(start, end)
        return Span(first, last, self.original[first:last])

    def _of(self, table: str) -> Iterator[Hit]:
        return (hit for hit in self.hits if hit.table == table)

    def _denials(self) -> set[Hit]:
        """Hits that are denied, also through a list: 没有抵押和担保."""
        result: set[Hit] = set()
        previous: Hit | None = None
        for hit in self.hits:
            if hit.table in {"hide", "cheap", "speed"}:
                continue
            joined = (
                previous is not None
                and previous.end <= hit.start
                and JOINED.match(self.text[previous.end : hit.start])
                and (previous in result or previous.table in {"nothing"})
            )
            if joined or denied(self.neutral, hit.start, hit.end):
                result.add(hit)
            previous = hit
        return result

    def _affirmed(self, table: str) -> list[Hit]:
        return [hit for hit in self._of(table) if hit not in self.denials]

    def _set_codes(self, field: str, hits: list[Hit]) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(hit.code for hit in hits))
        if codes:
            self.values[field] = codes
            for hit in hits:
                self._mark(field, hit.code, hit.start, hit.end)
        return codes

    # Fields

    def _kinds(self) -> None:
        refused = list(self._of("kinds_refused")) + [
            hit for hit in self._of("kinds") if hit in self.denials and len(self.text[hit.start : hit.end]) > 1
        ]
        refused = [hit for hit in refused if not self._is_past(hit)]
        wanted = [hit for hit in self._affirmed("kinds") if not self._is_past(hit)]
        codes = {hit.code for hit in wanted}
        if "loan" in codes and {"equity", "insurance", "bridging", "guarantee", "subsidy", "grant"} & codes:
            # 不想背债，找股权: the plain word 贷 or 借 beside a more telling one says little.
            wanted = [hit for hit in wanted if hit.code != "loan" or hit.end - hit.start > 2]
        denied_kinds = {hit.code for hit in refused}
        wanted = [hit for hit in wanted if hit.code not in denied_kinds or hit.code != "loan"]
        wanted = [hit for hit in wanted if not (hit.code in denied_kinds and hit.code == "equity")]
        self._set_codes("kinds", wanted)
        self._set_codes(
            "kinds_refused", [hit for hit in refused if hit.code in {"loan", "equity", "guarantee", "insurance"}]
        )

    def _is_past(self, hit: Hit) -> bool:
        """没贷过款, 贷款下个月到期, 之前贷了: speaks of another loan than the one wanted."""
        around = self.text[hit.end : hit.end + 10]
        before = self.text[max(0, hit.start - 6) : hit.start]
        return (
            bool(
                re.match(r"(?:款)?(?:过|了\d|快?到期|[^,。]{0,6}到期|余额|还没|没还|利息高)", around)
                or re.search(
                    r"(?:没|原来的?|之前|以前|现有|老|旧|笔|还|上次|去年|第一次|头一次|头一回|从来没|从没)(?:的|在银行|跟银行|向银行)?$",
                    before,
                )
            )
            and hit.code == "loan"
        )

    def _purposes(self) -> None:
        hits = self._affirmed("purposes")
        codes = {hit.code for hit in hits}
        # 保障 or 台风 beside a wish for money names a circumstance, 保险 names the wish.
        if (
            len(codes) > 1
            and "risk" in codes
            and "insurance" not in self.values.get("kinds", ())
            and re.search(r"借|贷|融资|资金|周转|额度|缺", self.text)
        ):
            hits = [hit for hit in hits if hit.code != "risk"]
        self._set_codes("purposes", hits)

    def _renewal(self) -> None:
        agreed = [hit for hit in self._of("renewal") if hit.code == "agreed"]
        refused = [hit for hit in self._of("renewal") if hit.code == "refused"]
        if refused:
            self.values["renewal_agreed"] = False
            self._mark("renewal_agreed", False, refused[0].start, refused[0].end)
            return
        for hit in agreed:
            around = self.neutral[max(0, hit.start - 5) : hit.start]
            # A wish or a question is no promise: 银行能续吗, 希望能续.
            asks = re.match(r"[^,。;!]{0,4}(?:吗|么|\?|不知|没$)", self.neutral[hit.end :]) or re.search(
                r"(?:希望|想|能不能|可不可以|是否|○○○|不|没|还没|未)[^,。]{0,2}$", around
            )
            if not asks:
                self.values["renewal_agreed"] = True
                self._mark("renewal_agreed", True, hit.start, hit.end)
                return

    def _guarantees(self) -> None:
        nothing = [hit for hit in self._of("nothing") if hit.code == "collateral"]
        no_guarantor = [hit for hit in self._of("nothing") if hit.code == "guarantor"]
        offered, refused = [], []
        for hit in self._of("guarantees"):
            if hit in self.denials:
                refused.append(hit)
            elif hit.code == "real_estate" and self._is_rented_or_wanted(hit):
                continue
            else:
                offered.append(hit)
        generic = {"抵押", "有抵押", "能抵押", "抵押物", "可以抵押", "抵押贷款", "有抵押物", "担保", "担保贷款"}
        specific = {hit.code for hit in offered if self.text[hit.start : hit.end] not in generic}
        if specific or nothing:
            # 专利抵押: the bare word 抵押 says how, not what.
            offered = [hit for hit in offered if self.text[hit.start : hit.end] not in generic]
        if nothing and any(hit.start < hit.end for hit in nothing):
            rented = {hit for hit in offered if hit.code == "real_estate" and self._inside(hit, nothing)}
            offered = [hit for hit in offered if hit not in rented]
        codes = list(dict.fromkeys(hit.code for hit in offered))
        for hit in offered:
            self._mark("guarantee_kinds", hit.code, hit.start, hit.end)
        denied_codes = [code for code in dict.fromkeys(hit.code for hit in refused) if code not in codes]
        for hit in refused:
            if hit.code in denied_codes:
                self._mark("guarantee_refused", hit.code, hit.start, hit.end)
        if nothing:
            for hit in nothing:
                self._mark("guarantee_kinds", "credit", hit.start, hit.end)
            if "credit" not in codes:
                codes.append("credit")
            denied_codes += [code for code in ("real_estate",) if code not in codes and code not in denied_codes]
        if no_guarantor:
            for hit in no_guarantor:
                self._mark("guarantee_refused", "person", hit.start, hit.end)
            # 没有担保人 is a lack, which a guarantee company makes up for; 不找担保 turns it down, too.
            lacks = all(self.text[hit.start] not in "不无免" for hit in no_guarantor)
            extra = ("person",) if lacks else ("person", "guarantor")
            denied_codes += [code for code in extra if code not in codes and code not in denied_codes]
        if set(denied_codes) >= {"real_estate"} and "credit" not in codes and not codes:
            codes.append("credit")
        if codes:
            self.values["guarantee_kinds"] = tuple(codes)
        if denied_codes:
            self.values["guarantee_refused"] = tuple(denied_codes)

    def _is_asked_about(self, hit: Hit) -> bool:
        """什么是首贷户, 首贷户是什么意思: a question about the word says nothing of the firm."""
        return bool(
            re.search(r"(?:什么|啥)(?:是|叫|样的?(?:算|才算)?)$", self.text[max(0, hit.start - 6) : hit.start])
            or re.match(
                r"(?:企业)?(?:是|指|算)?(?:什么|啥)(?:意思|$|[,。;!?啊呀呢])|(?:企业)?(?:怎么|如何)(?:认定|评|申报|申请认定)",
                self.text[hit.end :],
            )
        )

    def _inside(self, hit: Hit, others: list[Hit]) -> bool:
        return any(other.start <= hit.start and hit.end <= other.end for other in others)

    def _is_rented_or_wanted(self, hit: Hit) -> bool:
        """租厂房, 买厂房, 扩厂房: not something one has to pledge."""
        left, right = clause(self.text, hit.start, hit.end)
        before, after = self.text[max(left, hit.start - 5) : hit.start], self.text[hit.end : right]
        return bool(
            re.search(r"(?:租|买|建|盖|造|扩|新|装修|改造|翻新|搬|上|拿|投)[^,。]{0,3}$", before)
            or re.match(r"[^,。]{0,3}(?:租|改造|装修|扩建|翻新|扩|还没(?:证|办)|没证|没有证|租金)", after)
        ) and not re.search(r"抵押", before + after[:6])

    def _traits(self) -> None:
        traits: dict[str, bool] = {}
        for hit in self._of("traits"):
            if self._is_asked_about(hit):
                continue
            if hit.code == "first_loan":
                # 没贷过款 holds its own 没.
                yes = not re.search(r"(?:不是|并非|早就不是)$", self.text[max(0, hit.start - 3) : hit.start])
            else:
                yes = hit not in self.denials
            if (
                yes
                and hit.code in {"tech_sme", "talent"}
                and re.match(r"局|部|厅|市场|招聘|短缺|难招", self.text[hit.end :])
            ):
                continue
            if yes and re.search(
                r"(?:想|准备|打算|正在|计划|争取)(?:评|申报|申请|认定|成为|搞|拿)[^,。]{0,3}$",
                self.text[max(0, hit.start - 8) : hit.start],
            ):
                yes = False  # still to come
            if traits.get(hit.code) is not None and traits[hit.code] != yes and not yes:
                continue
            traits[hit.code] = yes
            self._mark("traits", (hit.code, yes), hit.start, hit.end)
        for hit in self._of("traits_no"):
            if traits.get(hit.code) is None:
                traits[hit.code] = False
                self._mark("traits", (hit.code, False), hit.start, hit.end)
        if traits:
            self.values["traits"] = traits

    def _amounts(self) -> None:
        found = amounts(self.text, self.lexicon)
        renews = "renewal" in self.values.get("purposes", ()) or "bridging" in self.values.get("kinds", ())
        renews = renews or self.values.get("renewal_agreed") is not None
        chosen = asked(found, self.text, has_renewal=renews)
        used: list[Amount] = []
        if chosen:
            low, high, used = chosen
            self.values["amount_low"], self.values["amount_high"] = _tidy(low), _tidy(high)
            for each in used:
                self._mark("amount_low", (_tidy(low), _tidy(high)), each.money.start, each.money.end)
        others = []
        for each in found:
            if each not in used or each.role == "own_funds":
                role = each.role if each.role not in {"", "ask", "wrong", "cost"} else "other"
                others.append(
                    OtherAmount(
                        role,
                        _tidy(each.money.low),
                        _tidy(each.money.high),
                        self._span(each.money.start, each.money.end),
                    )
                )
                if role in {"revenue", "valuation"}:
                    self.values[role] = _tidy(each.money.high)
                    self._mark(role, _tidy(each.money.high), each.money.start, each.money.end)
        if others:
            self.values["other_amounts"] = tuple(others)

    def _simple_lists(self) -> None:
        self._set_codes("industry_codes", self._affirmed("industries"))
        self._set_codes(
            "repayment_kinds",
            [hit for hit in self._of("repayments") if hit not in self.denials or hit.code == "no_principal_renewal"],
        )
        for hit in self._affirmed("sizes"):
            if self.values.get("size_class") is None:
                self.values["size_class"] = hit.code
                self._mark("size_class", hit.code, hit.start, hit.end)
        revolving = None
        for hit in self._of("revolving"):
            wanted = hit.code == "wanted" and hit not in self.denials
            if revolving is None or not wanted:
                revolving = wanted
            self._mark("revolving", wanted, hit.start, hit.end)
        if revolving is not None:
            self.values["revolving"] = revolving

    def _places(self) -> None:
        found = []
        for start, end, code in self.gazetteer.find(self.normal.text):
            if denied(self.neutral, start, end):
                continue
            left = self.text[max(0, start - 3) : start]
            right = self.text[end : end + 4]
            if re.search(r"(?:卖到|发往|销往|运到|出口|发到)$", left) or re.match(
                r"的?(?:客户|市场|老板|银行|农商|供应商|订单)", right
            ):
                continue
            found.append((start, end, code))
        codes = [code for _start, _end, code in found]
        # 舟山定海: the county says more than its city.
        kept = [
            (start, end, code)
            for start, end, code in found
            if not any(other != code and covers(code, other) for other in codes)
        ]
        if kept:
            self.values["regions"] = tuple(dict.fromkeys(code for _start, _end, code in kept))
            for start, end, code in kept:
                self._mark("regions", code, start, end)

    def _rates(self) -> None:
        for rate in rates(self.text):
            left_at, right_at = clause(self.text, rate.start, rate.end)
            left, right = self.text[max(left_at, rate.start - 12) : rate.start], self.text[rate.end : right_at]
            about = left + right[:8]
            if re.search(
                r"股|增长|涨|毛利|利润率|占|首付|折|补贴|保费|比例|回报|下降|降了|税率|出让|概率|成功率|产能|返点|抵押率|担保费|手续费|服务费|分红|完成|退税|提成|成色|市场|复购|含",
                about,
            ):
                continue
            if (
                rate.unit == "%"
                and not re.search(r"利|息|年化|成本|点", about)
                and not re.match(r"(?:以内|以下|左右)", right)
            ):
                continue
            wish = re.search(
                r"不超过|不高于|别超|低于|小于|不能超|不要超|以内|以下|最好|希望|想|能不能|控制|不到|左右|承受|接受|封顶|别高过|内|最多|要|能",
                left,
            ) or re.match(
                r"[^,。]{0,3}(?:以内|以下|之内|左右|封顶|能接受|可以接受|以里|就行|行吗|有没有|能做|就好|的贷款|的有吗|吗|的?产品)",
                right,
            )
            now = re.search(r"现在|目前|原来|之前|以前|给我的?|当前|手上|在付|上一家|这边银行", left)
            too_high = re.search(r"太高|太贵|高了|吃不消|想降|贵|压力|有点高|受不了|降", self.text[rate.end :][:14])
            if (wish and not now) or too_high or not now:
                self.values["rate_ceiling"] = _tidy(rate.percent)
                self._mark("rate_ceiling", _tidy(rate.percent), rate.start, rate.end)
                return

    def _times(self) -> None:
        days_named = list(dates(self.text, self.today))
        due = self._due(days_named)
        for each in durations(self.text):
            if any(day.start < each.end and each.start < day.end for day in days_named):
                continue
            self._duration(each)
        if "within_days" not in self.values:
            for day in days_named:
                if day.start == due:
                    continue
                after = self.text[day.end : day.end + 6]
                if (
                    re.match(r"(?:之?前|就?要|必须|得|内|要用|前后|交|付)", after)
                    and 0 <= (day.day - self.today).days <= 90
                ):
                    self.values["within_days"] = (day.day - self.today).days
                    self._mark("within_days", self.values["within_days"], day.start, day.end)
                    break
        if "within_days" not in self.values:
            hits = [
                hit
                for hit in self._affirmed("speed")
                if not any(day.start <= hit.start < day.end for day in days_named if day.start == due)
            ]
            hits = [
                hit
                for hit in hits
                if not re.match(r"[^,。]{0,4}到期", self.text[hit.end :])
                and not self.text[hit.start - 1 : hit.end + 1].startswith(("应", "不"))
            ]
            if hits:
                fastest = min(hits, key=lambda hit: int(hit.code))
                self.values["within_days"] = int(fastest.code)
                self._mark("within_days", int(fastest.code), fastest.start, fastest.end)

    def _due(self, days_named: list[Any]) -> int | None:
        """Reads when the existing loan falls due; returns where that was said."""
        ends = list(re.finditer(r"到期|到日子|还款日|要还|就到了|到期日|要还银行|得还|得先还|要先还", self.text))
        for day in days_named:
            for word in ends:
                if -14 <= word.start() - day.end <= 12 and not re.search(
                    r"[。;!?]", self.text[min(day.end, word.end()) : max(day.start, word.start())]
                ):
                    self.values["matures_on"] = day.day
                    self._mark("matures_on", day.day, day.start, day.end)
                    return int(day.start)
        return None

    def _duration(self, each: Duration) -> None:
        left_at, right_at = clause(self.text, each.start, each.end)
        left, right = self.text[max(left_at, each.start - 8) : each.start], self.text[each.end : right_at]
        founded = re.search(
            r"(?:成立|开|办|做|干|经营|注册|创业|从业|开业|营业|种|养|干了|做了|开了|建厂|跑|搞|入行|运营)(?:了|才|刚|还)?(?:也|都|已经|不到|才|刚|有|将近|快|差不多|大概|整|满|了){0,2}$",
            left,
        )
        old = re.match(r"多?(?:的?老(?:厂|店|企业)|历史|的?经验)", right)
        if each.unit != "day" and (founded or old) and not re.search(r"贷|借", left):
            years = each.count if each.unit == "year" else (each.count / 12).quantize(Decimal("0.1"))
            self.values["years"] = years
            self._mark("years", years, each.start, each.end)
            return
        if re.match(
            r"(?:之?内|里|以内)?[^,。]{0,3}(?:要?到账|放款|下款|就要|要用|拿到钱|办好|办下来|批下来|要钱|搞定|到位|必须)",
            right,
        ) or (each.unit == "day" and re.match(r"(?:之|以)?内", right) and not re.search(r"用|借|周转", left)):
            self.values["within_days"] = int(each.days)
            self._mark("within_days", int(each.days), each.start, each.end)
            return
        if re.match(
            r"(?:多)?(?:前|来|以前|之前|没|的?营|的?流水|的?销售|的?产值|做|卖|能卖|能做|收入|前后|下来|的?利润|到头|多没|开票|的?税|有个?[\d一二三四五六七八九])",
            right,
        ) or re.search(r"(?:近|过去|前|最近|连续|账期|压了?|拖了?|等了?|欠了?|已经|每|去|一|营业|头|近|上)$", left):
            return
        due_soon = re.match(r"(?:之?后|以后|就|就要|快)?[^,。]{0,2}到期", right)
        if due_soon:
            return
        cue = re.search(
            r"借|用|贷|周转|期限|期|还|桥|转|垫|拿|要|撑|顶|缓|给我|分|最长|最多|左右|大概|先|上个", left
        ) or re.match(
            r"(?:期|左右|的?期限|就?能?还|还清|周转|的?贷|的?就|以内|上下|内还|后还|之内还|够|的过桥|过桥|的短期|的长期|的转贷|的时间|够了|吧)",
            right,
        )
        if not cue and not (right == "" and len(left) < 3):
            return
        if "几" in self.text[each.start : each.end] and each.unit == "day":
            return  # 用几天: a manner, not a number
        if each.unit == "day" or (each.count < 1 and each.unit == "month"):
            self.values["days"] = int(each.days)
            self._mark("days", int(each.days), each.start, each.end)
        else:
            months = each.count * 12 if each.unit == "year" else each.count
            self.values["term_months"] = max(1, int(months))
            self._mark("term_months", int(months), each.start, each.end)

    def _follow_on(self) -> None:
        """What follows from what was said."""
        purposes = list(self.values.get("purposes", ()))
        kinds = list(self.values.get("kinds", ()))
        if "equity" in kinds and "equity" not in purposes:
            purposes.append("equity")
        if "insurance" in kinds and "risk" not in purposes:
            purposes.append("risk")
        if "bridging" in kinds and "renewal" not in purposes:
            purposes.append("renewal")
        if self.values.get("matures_on") and "renewal" not in purposes:
            purposes.append("renewal")
        if (
            "loan" in self.values.get("kinds_refused", ())
            and not kinds
            and {"equity", "rnd", "startup"} & set(purposes)
        ):
            kinds.append("equity")
        if purposes:
            self.values["purposes"] = tuple(purposes)
        if kinds:
            self.values["kinds"] = tuple(kinds)

    # How much was said

    def _asks_for_money(self) -> bool:
        return bool(self.values.get("kinds") or re.search(r"借|贷|融资|资金|钱|周转|额度", self.text))

    def _weight(self) -> Decimal:
        """How much was said about a need: matching starts at `ENOUGH`."""
        values = self.values
        half, one, more, two = Decimal("0.5"), Decimal(1), Decimal("1.5"), Decimal(2)
        weight = Decimal(0)
        weight += one if values.get("amount_low") is not None else 0
        for purpose in values.get("purposes", ()):
            weight += half if purpose == "working_capital" else two if purpose in {"risk", "equity"} else more
        for code in values.get("guarantee_kinds", ()):
            weight += one if code == "credit" else two
        for code, yes in values.get("traits", {}).items():
            if yes:
                weight += (
                    more
                    if code == "first_loan"
                    else one
                    if code in {"sole_trader", "private", "agriculture", "startup", "growth", "exporter"}
                    else two
                )
        for kind in values.get("kinds", ()):
            weight += 0 if kind == "loan" else one if kind == "subsidy" else two
        weight += more if values.get("revolving") else 0
        weight += more if values.get("repayment_kinds") else 0
        weight += one if values.get("matures_on") else 0
        for name in (
            "industry_codes",
            "term_months",
            "days",
            "rate_ceiling",
            "size_class",
            "within_days",
            "years",
            "revenue",
        ):
            weight += half if values.get(name) is not None else 0
        weight += Decimal("0.25") if values.get("regions") else 0
        if not self._asks_for_money() and weight < 2 and values.get("amount_low") is None:
            weight = min(weight, one)  # words of a trade, but nothing that asks for anything
        return weight


def _tidy(number: Decimal) -> Decimal:
    """120000000.0 → 120000000, in plain digits."""
    whole = number.to_integral_value()
    return Decimal(int(whole)) if number == whole else number.normalize()
