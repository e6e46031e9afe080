"""What to say, to ask and to offer when a sentence alone is not enough."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Region
from search.analysis import normalise

from ..gazetteer.current import gazetteer
from ..models import Need
from .forms import MOST, NeedForm
from .parser import ParsedNeed, Reason, Status
from .reading import form_values, need_of, read

REQUEST = "/me/requests/new/"  # 诉求: taken up within a working day, followed until it is solved
# Questions that a yes or a no answers: the field of NeedFacts → the field of the form.
YES_NO_FIELDS = {"renewal_agreed", "revolving"}
# Questions about the firm itself: answered once, in its record.
RECORD_FIELDS = {"size_class", "industry_codes", "years", "revenue"}
FORM_FIELDS = {"amount_low": "amount_high", "regions": "region", "within_days": "needed_by"}
# What the parser asks → the fields of the form that answer it.
ANSWERED_BY = {
    "amount_low": ("amount_high",),
    "regions": ("region",),
    "renewal_agreed": ("matures_on", "renewal_agreed"),
    "traits": ("trait_first_loan", "trait_high_tech", "trait_agriculture", "trait_sole_trader"),
}


def understand(text: str, on: date) -> ParsedNeed:
    """What a sentence says; one that is longer than is kept is not read, so that nothing of it is dropped in silence."""
    if len(text) <= MOST:
        return read(text, on)
    reason = _("您写了 %(n)s 个字，一次最多读 %(most)s 个。请留下金额、用途、担保这几样；写的内容还在下面的框里。")
    return ParsedNeed(
        text=text, status=Status.ASK, reason=reason % {"n": len(text), "most": MOST}, reason_code=Reason.TOO_LONG
    )


def is_final(parsed: ParsedNeed, *, confirmed: bool) -> bool:
    """Whether the answer is the parser's sentence and not products. Too little said may be filled in on the form."""
    if parsed.status == Status.MATCHED:
        return False
    return not (confirmed and parsed.reason_code == Reason.TOO_LITTLE)


class AskForm(NeedForm):
    """The two or three questions that matter most, answered right there; all that was read travels along unseen."""

    def __init__(self, parsed: ParsedNeed, on: date) -> None:
        values = form_values(need_of(parsed, on))
        super().__init__(initial=values, parsed=parsed, on=on)
        self.asked = []
        for question in parsed.questions:
            names = [name for name in ANSWERED_BY.get(question.field, (question.field,)) if name in self.fields]
            if len(names) == 1:
                self.fields[names[0]].label = question.text
            self.asked += names
        if "amount_high" in self.asked:
            self.fields["amount_high"].help_text = _("单位是万元，大概数就可以")
        self.carried = [
            (name, each)
            for name, value in values.items()
            if name not in self.asked
            for each in (value if isinstance(value, list) else [value])
        ]

    def asked_fields(self) -> list:
        return [self[name] for name in self.asked]


@dataclass(frozen=True)
class Step:
    """Where to go from here."""

    label: str
    url: str
    needs_account: bool = False


def next_steps(parsed: ParsedNeed) -> list[Step]:
    """The way on for what is no need to be matched, the best first; what was typed goes along to where it is asked again."""
    return [step(parsed.text) for step in STEPS.get(parsed.reason_code, ())]


def _request(label: Callable[[], str], category: str, *, tells: bool = True) -> Callable[[str], Step]:
    def step(text: str) -> Step:
        query = {"category": category} | ({"text": text} if tells else {})
        return Step(label(), f"{REQUEST}?{urlencode(query)}", needs_account=True)

    return step


def _page(label: Callable[[], str], url: str) -> Callable[[str], Step]:
    return lambda text: Step(label(), url)


_advisor = _page(lambda: _("找金融顾问"), "/advisors/")
STEPS: dict[Reason, tuple[Callable[[str], Step], ...]] = {
    Reason.COMPLAINT: (_request(lambda: _("去提交投诉与建议"), "other"), _advisor),
    Reason.ABUSE: (_request(lambda: _("去提交投诉与建议"), "other", tells=False),),
    Reason.LISTING: (_advisor, _request(lambda: _("写下情况，请服务团联系我"), "equity")),
    Reason.ADVICE: (_advisor, _request(lambda: _("写下情况，请顾问联系我"), "other")),
    Reason.REPAYMENT_TROUBLE: (_advisor, _request(lambda: _("写下情况，请顾问联系我"), "financing")),
    Reason.ONLINE_LOAN: (_advisor,),
    Reason.FAVOUR: (
        _page(lambda: _("看产品正规要付哪些费用"), "/cost/"),
        _request(lambda: _("有人向您收钱？去反映"), "other", tells=False),
    ),
    Reason.PERSONAL: (_page(lambda: _("看看有哪些经营融资产品"), "/products/"),),
    Reason.SPECULATION: (_page(lambda: _("看看有哪些经营融资产品"), "/products/"),),
}


def which_place(need: Need, product: Any = None) -> dict[str, Any] | None:
    """The name in the sentence that may be several places, with the address of each answer."""
    if not need.text or need.region_id is not None:
        return None
    normal = normalise(need.text)
    for start, end, codes in gazetteer().unclear(normal.text):
        first, last = normal.span(start, end)
        values = _values(need, product)
        answers = [
            {"label": region.full_name, "url": f"?{urlencode(values | {'region': region.full_name}, doseq=True)}"}
            for region in Region.objects.filter(pk__in=codes).order_by("pk")
        ]
        return {"words": need.text[first:last], "answers": answers}
    return None


def one_question(question: Any, need: Need, product: Any = None) -> dict[str, Any] | None:
    """The one question worth asking, with the addresses of its answers (a visitor's need lives in the address only)."""
    if question is None:
        return None
    name = f"trait_{question.value}" if question.field == "traits" else FORM_FIELDS.get(question.field, question.field)
    answers = []
    if name.startswith("trait_") or name in YES_NO_FIELDS:
        values = _values(need, product)
        for code, label in (("yes", _("是")), ("no", _("否"))):
            answers.append({"code": code, "label": label, "url": f"?{urlencode(values | {name: code}, doseq=True)}"})
    return {"text": question.text, "name": name, "answers": answers, "in_record": name in RECORD_FIELDS}


def _values(need: Need, product: Any) -> dict[str, Any]:
    return form_values(need) | {"confirmed": "1"} | ({"product": product.slug} if product else {})


def address(values: list[tuple[str, str]], *, confirmed: bool) -> str:
    """The page of a need with all that was typed in its address."""
    kept = [*values, *([] if confirmed else [("confirmed", "1")])]
    return f"{reverse('matching:need_new')}?{urlencode(kept)}"
