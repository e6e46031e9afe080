"""A product's values out of its latest draft, and the content of a draft made of values, as Wagtail keeps it.

Reading and making drafts one by one costs several queries each; here a chunk takes a handful."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet
from modelcluster.models import get_all_child_relations, get_serializable_data_for_fields

from accounts.models import Institution

from ...models import Product
from ...tabular.lines import write_policy, write_rule, write_tariff
from ...tabular.products import PARTS, PLAIN_FIELDS, row_of, with_relations
from . import register

LINES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "rules": write_rule,
    "tariffs": write_tariff,
    "policy_links": write_policy,
}


@dataclass(frozen=True)
class Names:
    """What drafts name by key."""

    institutions: dict[int, str]
    policies: dict[int, str]

    @classmethod
    def of(cls, contents: Iterable[dict[str, Any]]) -> "Names":
        contents = list(contents)
        partners = {key for each in contents for key in each.get("partners", [])}
        rows = [row for each in contents for name in PARTS for row in each.get(name, [])]
        return cls(
            dict(Institution.objects.filter(pk__in=partners).values_list("pk", "name")) if partners else {},
            register.names(row["policy"] for row in rows if row.get("policy")),
        )


@cache
def child_names() -> list[str]:
    """The tables whose rows are part of a product's draft: rules, tariffs and what else hangs on it."""
    return [relation.get_accessor_name() for relation in get_all_child_relations(Product)]


def current(products: "Any") -> dict[int, tuple[Product, dict[str, Any]]]:
    """Primary key → (product, what its editors see: the latest draft where there is one, else what is public)."""
    others = [name for name in child_names() if name not in PARTS]
    related = with_relations(products).select_related("latest_revision", "institution").prefetch_related(*others)
    found = list(related)
    drafted = [each for each in found if _has_draft(each)]
    names = Names.of(each.latest_revision.content for each in drafted)
    return {
        each.pk: (each, values_of(each.latest_revision.content, each, names) if _has_draft(each) else row_of(each))
        for each in found
    }


def stream(products: "QuerySet[Product]") -> Iterator[dict[str, Any]]:
    """As the sheet of products names them, in the order of `products`, a few hundred at a time: what editors see."""
    keys = iter(products.values_list("pk", flat=True).iterator(chunk_size=2000))
    while batch := list(islice(keys, 500)):
        found = current(Product.objects.filter(pk__in=batch))
        for key in batch:
            if key in found:
                _product, values = found[key]
                yield values


def tariff_stream(products: "QuerySet[Product]") -> Iterator[dict[str, Any]]:
    """As the sheet of tariffs names them: one row an item."""
    for values in stream(products):
        head = {"product": values["name"], "slug": values["slug"], "institution": values["institution"]}
        for tariff in values["tariffs"]:
            yield head | tariff


def _has_draft(product: Product) -> bool:
    return product.latest_revision_id is not None and product.has_unpublished_changes


def values_of(content: dict[str, Any], product: Product, names: Names) -> dict[str, Any]:
    """As the sheet of products names them."""
    fields = Product._meta
    values = {name: fields.get_field(name).to_python(content.get(name)) for name in PLAIN_FIELDS}
    values["institution"] = product.institution.name
    houses = names.institutions
    values["partners"] = [houses[key] for key in content.get("partners", []) if key in houses]
    values["regions"] = sorted(content.get("regions", []))
    for name in PARTS:
        rows = sorted(content.get(name, []), key=lambda row: row.get("sort_order") or 0)
        values[name] = [_said(name, row, names.policies) for row in rows]
    return values


def _said(name: str, row: dict[str, Any], policies: Mapping[int, str]) -> dict[str, Any]:
    """A row of a draft's rules, tariffs or policies as its sheet says it."""
    model, part_fields = PARTS[name]
    said = {each: _field(model, each).to_python(row.get(each)) for each in part_fields}
    return said | {"policy": policies.get(row.get("policy") or 0, "")}


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def python_values(values: dict[str, Any]) -> dict[str, Any]:
    """Values that were kept as JSON, as the model holds them."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name in PARTS:
            model, part_fields = PARTS[name]
            found[name] = [
                {each: _field(model, each).to_python(row.get(each, "")) for each in part_fields if each in row}
                | {"policy": row.get("policy", "")}
                for row in value
            ]
        elif name in PLAIN_FIELDS:
            found[name] = Product._meta.get_field(name).to_python(value)
        else:
            found[name] = value
    return found


@cache
def _blanks() -> dict[type, dict[str, Any]]:
    """What the content of a row says of fields that nobody filled in."""
    models: list[type[Model]] = [Product, *(model for model, _fields in PARTS.values())]
    return {model: get_serializable_data_for_fields(model()) for model in models}


def content(product: Product) -> dict[str, Any]:
    """What `product.serializable_data()` gives, of relations that are prefetched."""
    data = get_serializable_data_for_fields(product)
    for name in child_names():
        data[name] = [get_serializable_data_for_fields(row) for row in getattr(product, name).all()]
    data["partners"] = [each.pk for each in product.partners.all()]
    data["regions"] = [each.pk for each in product.regions.all()]
    return data


def latest(product: Product) -> dict[str, Any]:
    """What its editors see: the latest draft where there is one, else what is public, its relations prefetched."""
    return product.latest_revision.content if _has_draft(product) else content(product)


def first_content(
    fields: dict[str, Any],
    regions: Sequence[str],
    partners: Sequence[int],
    parts: Mapping[str, Sequence[dict[str, Any]]],
) -> dict[str, Any]:
    """The same for a new product that is no object: `fields` and `parts` as rows of the tables, by attribute."""
    blanks = _blanks()
    data = {**blanks[Product], **_named(fields)}
    for name in child_names():
        data[name] = [{**blanks[PARTS[name][0]], **_named(row)} for row in parts[name]] if name in parts else []
    data["partners"], data["regions"] = list(partners), list(regions)
    return data


@cache
def _defaults(model: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: model._meta.get_field(name).get_default() for name in names}


def blank_fields() -> dict[str, Any]:
    """The columns of the sheet as a product has them that says nothing."""
    return dict(_defaults(Product, PLAIN_FIELDS))


def blank_part(name: str) -> dict[str, Any]:
    return dict(_defaults(*PARTS[name]))


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """Keys of foreign tables by the field's name, the row's own as Wagtail calls it."""
    return {("pk" if name == "id" else name.removesuffix("_id")): value for name, value in row.items()}


def drafted(
    data: dict[str, Any],
    product: int,
    changed: dict[str, Any],
    partners: Sequence[int],
    said: Mapping[int, str],
    policies: Mapping[str, int | None],
) -> dict[str, Any]:
    """The content `data` with `changed` values.

    A line of rules, tariffs or policies that says the same as before stays the row it is. `said`: what the policies of
    `data` are called; `policies`: those that `changed` names."""
    data = dict(data)
    for name, value in changed.items():
        if name in PARTS:
            data[name] = _parts(name, data.get(name, []), value, product, said, policies)
        elif name == "partners":
            data["partners"] = list(partners)
        elif name == "regions":
            data["regions"] = list(value)
        elif name in PLAIN_FIELDS:
            data[name] = value
    return data


def _parts(
    name: str,
    old: list[dict],
    new: list[dict],
    product: int,
    said: Mapping[int, str],
    policies: Mapping[str, int | None],
) -> list[dict]:
    write, model = LINES[name], PARTS[name][0]
    known: dict[str, list[dict]] = {}
    there = {said[row["policy"]]: row["policy"] for row in old if row.get("policy") in said}
    for row in old:
        known.setdefault(write(_said(name, row, said)), []).append(row)
    made = []
    for number, values in enumerate(new):
        place = {"sort_order": number} if has_order(name) else {}
        same = known.get(write(values))
        if same:
            made.append(same.pop(0) | place)
        else:
            fields = {each: value for each, value in values.items() if each != "policy"}
            part = model(
                product_id=product,
                policy_id=there.get(values["policy"]) or policies.get(values["policy"]),
                **fields,
                **place,
            )
            made.append(get_serializable_data_for_fields(part))
    return made


@cache
def has_order(name: str) -> bool:
    return any(each.name == "sort_order" for each in PARTS[name][0]._meta.concrete_fields)
