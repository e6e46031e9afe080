"""What a product is found by in the public list, as tokens and numbers of the index, and how a choice reads them.

A choice means "would do for me": a place lies within what a product serves, an amount and a term within what it gives, a
size among those it is for. What its source does not state is kept, as everywhere: 以机构为准.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from django.conf import settings
from django.utils import translation

from accounts.models import Region
from search import words
from search.analysis import normalise
from search.analysis.pinyin import place_in_alphabet

from .models import EligibilityRule, Product

AMOUNTS = (10, 30, 50, 100, 300, 500, 1000, 3000)  # 万元
TERMS = (6, 12, 24, 36, 60, 120)  # months
ANY = "any"  # nothing said: wherever, whoever
WITHIN = "+"  # 330900+ is somewhere in 330900, not all of it
LEVELS = ((2, "0000"), (4, "00"))  # digits of a province's and of a city's code that count


@cache
def names_of(field: str) -> dict[str, str]:
    """Code → name of a field with choices, in the site's own language: documents are written in no other."""
    found = Product._meta.get_field(field)
    choices = getattr(found, "item_choices", None) or found.choices
    with translation.override(settings.LANGUAGE_CODE):
        return {code: str(label) for code, label in getattr(choices, "choices", choices)}


def traits(product: Product) -> list[str]:
    kinds = {EligibilityRule.Kind.TRAITS_ALL, EligibilityRule.Kind.TRAITS_ANY}
    return sorted({trait for rule in product.rules.all() if rule.kind in kinds for trait in rule.values})


def above(code: str) -> list[str]:
    """Codes of the places that a place lies in, the province first."""
    found = [code[:digits] + rest for digits, rest in LEVELS]
    return [each for each in dict.fromkeys(found) if each != code]


def places(product: Product) -> list[str]:
    """The widest places served, and for each place above them that something in it is. For any place, the tokens of
    `place_choice` are such that a product has at most one of them, so that counts of tokens add up to counts of products."""
    codes = {region.code for region in product.regions.all()}
    widest = {code for code in codes if not codes.intersection(above(code))}
    return sorted(widest | {wider + WITHIN for code in widest for wider in above(code)}) or [ANY]


def place_choice(code: str) -> tuple[str, ...]:
    return (code, *above(code), ANY, code + WITHIN)


def size_choice(code: str) -> tuple[str, ...]:
    return (code, ANY)


def sizes(product: Product) -> list[str]:
    return product.size_classes or [ANY]


def amounts(product: Product) -> list[str]:
    """Those of AMOUNTS that it gives."""
    low, high = product.amount_min or 0, product.amount_max
    return [str(each) for each in AMOUNTS if low <= each * 10_000 and (high is None or each * 10_000 <= high)]


def terms(product: Product) -> list[str]:
    """Those of TERMS that it runs for at least."""
    return [str(each) for each in TERMS if product.term_max is None or each <= product.term_max]


def stated(product: Product) -> int:
    """How much of what people compare is stated: the standing order of the list begins with the well described ones."""
    facts = (
        product.amount_max is not None,
        product.rate_min is not None or bool(product.rate_basis) or bool(product.tariffs.all()),
        product.term_max is not None,
        bool(product.guarantee_kinds),
        product.promised_days is not None,
        bool(product.audience),
        bool(product.not_for),
        bool(product.materials),
        bool(product.steps),
        bool(product.contact),
    )
    return sum(facts)


def by_name(product: Product) -> float:
    return place_in_alphabet(normalise(product.name).text, words.current().reader)


def place_counts(counts: Mapping[str, int], chosen: Iterable[str]) -> dict[str, int]:
    """Count of tokens → count of products for each place that is served by name, lies above one, or is `chosen`."""
    codes = {token.removesuffix(WITHIN) for token in counts if token != ANY} | set(chosen)
    return {code: sum(counts.get(token, 0) for token in place_choice(code)) for code in codes}


def place_names(codes: Iterable[str]) -> dict[str, str]:
    return dict(Region.objects.filter(pk__in=list(codes)).values_list("pk", "full_name"))
