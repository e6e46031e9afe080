"""What an institution has many of, each of its own name: outlets and service items."""

from collections.abc import Iterable, Sequence
from typing import Any

from search import outbox
from search.events import answers_changed

from ...models import ImportRow, Outlet, ServiceItem
from ...places.datum import Datum, stored
from ...tabular.places import OUTLETS, SERVICES, outlet_row, service_row
from .base import Draft, Found
from .plain import PlacedTarget, PlainTarget


class OwnedTarget(PlainTarget):
    """Found by institution and name; written in bulk, so that the index and kept pages are told here."""

    foreign = frozenset({"institution"})
    document = ""  # what search calls it

    def rows(self) -> Any:
        """A queryset with all that `row_of` reads."""
        raise NotImplementedError

    def row_of(self, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    def find(self, drafts: list[Draft]) -> None:
        owners = {draft.resolved["institution"] for draft in drafts if "institution" in draft.resolved}
        names = {draft.row.values["name"] for draft in drafts}
        rows = self.rows().filter(institution__in=owners, name__in=names)
        found = {(each.institution_id, each.name): each for each in rows}
        for draft in drafts:
            there = found.get((draft.resolved.get("institution", 0), draft.row.values["name"]))
            if there is not None:
                draft.found = Found(there.pk, self.row_of(there))
                draft.resolved.pop("institution")

    def key(self, draft: Draft) -> Any:
        if draft.found:
            return draft.found.key
        return (draft.resolved.get("institution"), draft.row.values["name"]) if draft.row.values["name"] else None

    def validate(self, draft: Draft, values: dict[str, Any]) -> Iterable[tuple[str, str]]:
        return self.check({**values, "institution": None})

    def present(self, keys: Sequence[int]) -> dict[int, tuple[Any, dict[str, Any]]]:
        manager = self.model._default_manager
        locked = list(manager.select_for_update().filter(pk__in=keys).values_list("pk", flat=True))
        return {each.pk: (each, self.row_of(each)) for each in self.rows().filter(pk__in=locked)}

    def taken(self, rows: Sequence[ImportRow]) -> set[int]:
        owners, names = ({row.values[name] for row in rows} for name in ("institution", "name"))
        found = self.model._default_manager.filter(institution__in=owners, name__in=names)
        there = set(found.values_list("institution", "name"))
        return {row.pk for row in rows if (row.values["institution"], row.values["name"]) in there}

    def touched(self, keys: Sequence[int]) -> None:
        super().touched(keys)
        if keys:
            outbox.changes((self.document, key) for key in keys)
            answers_changed.send(self.model)


class ServiceItemTarget(OwnedTarget):
    description = SERVICES
    model = ServiceItem
    document = "service"

    def rows(self) -> Any:
        return ServiceItem.objects.select_related("institution")

    def row_of(self, row: Any) -> dict[str, Any]:
        return service_row(row)


class OutletTarget(OwnedTarget, PlacedTarget):
    description = OUTLETS
    model = Outlet
    document = "outlet"
    foreign = frozenset({"region", "institution"})
    loose = frozenset({"services", "datum"})

    def rows(self) -> Any:
        return Outlet.objects.select_related("institution").prefetch_related("services")

    def row_of(self, row: Any) -> dict[str, Any]:
        return outlet_row(row)

    def resolve(self, drafts: list[Draft]) -> None:
        super().resolve(drafts)
        for draft in drafts:
            self._place(draft.row.values)
        names = {name for draft in drafts for name in draft.row.values["services"]}
        known = set(ServiceItem.objects.filter(name__in=names).values_list("institution", "name")) if names else set()
        column = OUTLETS.by_name["services"]
        for draft in drafts:
            for name in draft.row.values["services"]:
                if (draft.resolved.get("institution"), name) not in known:
                    draft.wrong(column, f"机构没有服务事项“{name}”", "请先在内容管理里添加，或核对名称")

    @staticmethod
    def _place(values: dict[str, Any]) -> None:
        """From here on a point is WGS-84, whatever the file gave."""
        if values["latitude"] is not None and values["longitude"] is not None:
            values["latitude"], values["longitude"] = stored(values["latitude"], values["longitude"], values["datum"])
        values["datum"] = Datum.WGS84.value

    def attach(self, made: Sequence[tuple[ImportRow, Any]]) -> None:
        self._services([(outlet, row.values["services"]) for row, outlet in made if "services" in row.values])

    def reattach(self, restored: Sequence[tuple[ImportRow, Any]]) -> None:
        self._services(
            [
                (outlet, row.before["values"]["services"])
                for row, outlet in restored
                if "services" in row.before["values"]
            ]
        )

    def _services(self, wanted: Sequence[tuple[Outlet, list[str]]]) -> None:
        if not wanted:
            return
        through = Outlet.services.through
        owners = {outlet.institution_id for outlet, _names in wanted}
        keys = {
            (each.institution_id, each.name): each.pk for each in ServiceItem.objects.filter(institution__in=owners)
        }
        through.objects.filter(outlet__in=[outlet.pk for outlet, _names in wanted]).delete()
        through.objects.bulk_create(
            through(outlet_id=outlet.pk, serviceitem_id=keys[outlet.institution_id, name])
            for outlet, names in wanted
            for name in names
            if (outlet.institution_id, name) in keys
        )
