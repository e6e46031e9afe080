"""The newest report as a page shows it, for those who supervise and for institutions; the needs behind a figure."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import INSTITUTION_ROLES, Role
from catalogue.models import Product

from ..models import GapReport, Need, NightlyMatch, UnmetNeed
from ..needs.queries import needs_visible_to
from ..ranking.gaps import LEAST
from . import labels

SUPERVISING = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
MAY_READ = (*sorted(SUPERVISING), *sorted(INSTITUTION_ROLES))


def _wan(yuan: Decimal | None) -> str:
    """万元; — where nothing may be told of sums."""
    return "—" if yuan is None else f"{round(yuan / 10_000):,}"


@dataclass(frozen=True)
class Line:
    """One figure: a rule that keeps needs out, or a bend and what it brings."""

    figure: str
    label: str
    needs: int
    enterprises: int
    average: Decimal | None = None
    total: Decimal | None = None
    products: list[tuple[Product, int]] = field(default_factory=list)  # with how many enterprises each would gain
    share: int = 0  # % of the largest, for the bar

    @property
    def average_wan(self) -> str:
        return _wan(self.average)

    @property
    def total_wan(self) -> str:
        return _wan(self.total)


@dataclass(frozen=True)
class Gain:
    """One of the institution's own products, and what bending it would bring: at least so many enterprises."""

    product: Product
    label: str
    enterprises: int


@dataclass(frozen=True)
class Page:
    report: GapReport
    open: dict[str, int] | None
    unmet: dict[str, Any] | None
    rules: list[Line]
    bends: list[Line]
    gains: list[Gain]
    parts: list[tuple[str, str, list[tuple[str, str]]]]  # (view, its name, [(view:value, name)])
    part: str = ""
    part_name: str = ""


def supervises(user: User) -> bool:
    return bool(user.roles & SUPERVISING)


def newest() -> GapReport | None:
    return GapReport.objects.filter(state=GapReport.State.DONE).first()


def running() -> GapReport | None:
    return GapReport.objects.filter(finished_at=None).select_related("by").first()


def last_night() -> NightlyMatch | None:
    return NightlyMatch.objects.first()


def page_for(user: User, part: str = "") -> Page | None:
    """None: nothing has been worked out yet. `part`: "region:330902"; one that nothing is told of is the whole."""
    report = newest()
    if report is None:
        return None
    figures, names = report.figures, labels.Names(report.figures)
    view, _colon, value = part.partition(":")
    cut = figures["views"].get(view, {}).get(value)
    bends = {bend["key"]: bend for bend in figures["bends"]}
    lines = figures["bends"] if cut is None else [bends[each["key"]] | _counts(each) for each in cut["bends"]]
    products = _products(user, figures, in_lines=cut is None)
    return Page(
        report=report,
        open=figures["open"] if cut is None else None,
        unmet=_rounded(figures["unmet"]) if cut is None else _counts(cut),
        rules=_with_bars(
            [
                Line(f"rule:{each['rule']}", labels.rule(each["rule"]), each["needs"], each["enterprises"])
                for each in (figures if cut is None else cut)["rules"]
            ]
        ),
        bends=_with_bars([_bend_line(each, names, products, exact=supervises(user)) for each in lines]),
        gains=[] if supervises(user) else _gains(figures, names, products, bends),
        parts=[
            (each, str(labels.VIEWS[each]), [(f"{each}:{code}", names.part(each, code)) for code in sorted(values)])
            for each, values in figures["views"].items()
            if values
        ],
        part=part if cut is not None else "",
        part_name=names.part(view, value) if cut is not None else "",
    )


def _counts(each: dict[str, Any]) -> dict[str, Any]:
    """Of a part no sums are told, and not which products would gain."""
    return {"needs": each["needs"], "enterprises": each["enterprises"], "average": None, "total": None, "products": []}


def _rounded(cell: dict[str, Any] | None) -> dict[str, Any] | None:
    """Sums to 1,000 元: 49.3 万元 and not 49.3333."""
    return cell and cell | {name: round(cell[name], -3) for name in ("average", "total") if name in cell}


def _about(enterprises: int) -> int:
    """For institutions, down to a whole five: of two products of one institution the exact difference could be a small one."""
    return enterprises // LEAST * LEAST


def _bend_line(bend: dict[str, Any], names: labels.Names, products: dict[int, Product], *, exact: bool) -> Line:
    return Line(
        f"bend:{bend['key']}",
        names.bend(bend),
        bend["needs"],
        bend["enterprises"],
        _decimal(bend.get("average")),
        _decimal(bend.get("total")),
        products=[
            (products[each["product"]], each["enterprises"] if exact else _about(each["enterprises"]))
            for each in bend["products"]
            if each["product"] in products
        ],
    )


def _decimal(yuan: int | None) -> Decimal | None:
    return None if yuan is None else Decimal(yuan)


def _with_bars(lines: list[Line]) -> list[Line]:
    most = max((line.enterprises for line in lines), default=0)
    found = [Line(**{**line.__dict__, "share": round(100 * line.enterprises / most)}) for line in lines]
    return sorted(found, key=lambda line: -line.enterprises)


def _products(user: User, figures: dict[str, Any], *, in_lines: bool) -> dict[int, Product]:
    """Those that may be named to this person: an institution sees its own."""
    keys = {int(key) for key in figures["products"]}
    live = Product.objects.filter(live=True).select_related("institution")
    if not supervises(user):
        own = live.filter(institution__in=user.institutions_as(*INSTITUTION_ROLES))
        return {product.pk: product for product in own if product.pk in keys}
    told = {each["product"] for bend in figures["bends"] for each in bend["products"]} if in_lines else set()
    return live.in_bulk(told)


def _gains(
    figures: dict[str, Any], names: labels.Names, products: dict[int, Product], bends: dict[str, dict]
) -> list[Gain]:
    found = [
        Gain(product, names.bend(bends[each["bend"]]), _about(each["enterprises"]))
        for key, product in products.items()
        for each in figures["products"].get(str(key), ())
    ]
    return sorted(found, key=lambda gain: (-gain.enterprises, gain.product.pk))


def is_told(figures: dict[str, Any], figure: str, part: str = "") -> bool:
    """Whether the page shows this figure; behind others nobody looks."""
    view, _colon, value = part.partition(":")
    cut = figures["views"].get(view, {}).get(value) if part else figures
    if cut is None:
        return False
    sort, _colon, key = figure.partition(":")
    if sort == "rule":
        return any(each["rule"] == key for each in cut["rules"])
    if sort == "bend":
        return any(each["key"] == key for each in cut["bends"])
    return figure == "unmet" and (bool(part) or cut["unmet"] is not None)


def needs_behind(user: User, report: GapReport, figure: str, part: str = "") -> QuerySet[Need]:
    """The needs of a told figure that this person may see."""
    if not is_told(report.figures, figure, part):
        return Need.objects.none()
    behind = UnmetNeed.objects.filter(report=report, figure=figure)
    if part:
        view, _colon, value = part.partition(":")
        behind = behind.filter(**{view: value})
    return needs_visible_to(user).filter(pk__in=behind.values("need"))
