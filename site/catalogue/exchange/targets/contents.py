"""A product's values out of its latest draft, and the content of a draft made of values, as Wagtail keeps it.

Reading and making drafts one by one costs several queries each; here a chunk takes a handful."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from modelcluster.models import get_all_child_relations, get_serializable_data_for_fields

from accounts.models import Institution

from ...models import EligibilityRule, Product, Tariff
from ...tabular.products import PLAIN_FIELDS, RULE_FIELDS, TARIFF_FIELDS, row_of, with_relations

PARTS: dict[str, tuple[type, tuple[str, ...]]] = {
    "rules": (EligibilityRule, RULE_FIELDS),
    "tariffs": (Tariff, TARIFF_FIELDS),
}


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
    names = _names(drafted)
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


def _names(products: Iterable[Product]) -> dict[int, str]:
    keys = {key for each in products for key in each.latest_revision.content.get("partners", [])}
    return dict(Institution.objects.filter(pk__in=keys).values_list("pk", "name"))


def values_of(content: dict[str, Any], product: Product, names: dict[int, str]) -> dict[str, Any]:
    """As the sheet of products names them."""
    fields = Product._meta
    values = {name: fields.get_field(name).to_python(content.get(name)) for name in PLAIN_FIELDS}
    values["institution"] = product.institution.name
    values["partners"] = [names[key] for key in content.get("partners", []) if key in names]
    values["regions"] = sorted(content.get("regions", []))
    for name, (model, part_fields) in PARTS.items():
        rows = sorted(content.get(name, []), key=lambda row: row.get("sort_order") or 0)
        values[name] = [
            {each: model._meta.get_field(each).to_python(row.get(each)) for each in part_fields}  # type: ignore[attr-defined]
            for row in rows
        ]
    return values


def python_values(values: dict[str, Any]) -> dict[str, Any]:
    """Values that were kept as JSON, as the model holds them."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name in PARTS:
            model, part_fields = PARTS[name]
            found[name] = [
                {each: model._meta.get_field(each).to_python(row.get(each, "")) for each in part_fields if each in row}  # type: ignore[attr-defined]
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
    return {model: get_serializable_data_for_fields(model()) for model in (Product, EligibilityRule, Tariff)}


def content(product: Product) -> dict[str, Any]:
    """What `product.serializable_data()` gives, of relations that are prefetched."""
    data = get_serializable_data_for_fields(product)
    for name in child_names():
        data[name] = [get_serializable_data_for_fields(row) for row in getattr(product, name).all()]
    data["partners"] = [each.pk for each in product.partners.all()]
    data["regions"] = [each.pk for each in product.regions.all()]
    return data


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
    product: Product, base: dict[str, Any] | None, changed: dict[str, Any], partners: Sequence[int]
) -> dict[str, Any]:
    """The content of the draft `base` (None: of the public product, its relations prefetched) with `changed` values.

    A line of rules or tariffs that says the same as before keeps what the sheet does not show of it."""
    if base is None:
        data = content(product)
    else:
        data = dict(base)
    for name, value in changed.items():
        if name in PARTS:
            data[name] = _parts(name, data.get(name, []), value, product.pk)
        elif name == "partners":
            data["partners"] = list(partners)
        elif name == "regions":
            data["regions"] = list(value)
        elif name in PLAIN_FIELDS:
            data[name] = value
    return data


def _parts(name: str, old: list[dict], new: list[dict], product: int) -> list[dict]:
    from ...tabular.lines import write_rule, write_tariff

    write = write_rule if name == "rules" else write_tariff
    model, part_fields = PARTS[name]
    fields = {each: model._meta.get_field(each) for each in part_fields}  # type: ignore[attr-defined]
    known: dict[str, list[dict]] = {}
    for row in old:
        said = write({each: field.to_python(row.get(each)) for each, field in fields.items()})
        known.setdefault(said, []).append(row)
    made = []
    for number, values in enumerate(new):
        same = known.get(write(values))
        if same:
            made.append(same.pop(0) | {"sort_order": number})
        else:
            row = model(product_id=product, sort_order=number, **values)
            made.append(get_serializable_data_for_fields(row))
    return made
