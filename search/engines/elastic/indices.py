"""Indices and aliases: made, filled beside the living one, swapped in one step."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from ...errors import RebuildOvertaken
from . import schema
from .client import translated

COPIES = "20s"  # at most that long a new index waits for its copies


class Indices:
    """All under one prefix; several sites share a cluster."""

    def __init__(self, client: Elasticsearch, names: schema.Names, shards: int, replicas: int) -> None:
        self.client = client
        self.names = names
        self.shards = shards
        self.replicas = replicas

    def create(self, kinds: Iterable[str]) -> None:
        """Empty ones for kinds that have none."""
        with translated():
            for kind in kinds:
                if not self.client.indices.exists_alias(name=self.names.read(kind)):
                    self._make(kind, self.names.read(kind), self.names.write(kind))

    def _make(self, kind: str, *aliases: str, filling: bool = False) -> str:
        """`filling`: without copies and refreshes, which would be made again and again; `_swap` brings them."""
        name = f"{self.names.read(kind)}-{schema.fingerprint(self.shards)}-{secrets.token_hex(4)}"
        body = schema.body(self.shards, 0 if filling else self.replicas)
        if filling:
            body = {**body, "settings": {**body["settings"], "refresh_interval": "-1"}}
        self.client.indices.create(
            index=name, settings=body["settings"], mappings=body["mappings"], aliases={alias: {} for alias in aliases}
        )
        return name

    def behind(self, alias: str) -> list[str]:
        try:
            return sorted(self.client.indices.get_alias(name=alias).body)
        except NotFoundError:
            return []

    def has_next(self, kind: str) -> bool:
        return bool(self.client.indices.exists_alias(name=self.names.next(kind)))

    def fits(self, kind: str) -> bool:
        """There is an index, and it has the mapping of now."""
        with translated():
            found = self.behind(self.names.read(kind))
        start = f"{self.names.read(kind)}-{schema.fingerprint(self.shards)}-"
        return len(found) == 1 and found[0].startswith(start)

    @contextmanager
    def rebuilding(self, kind: str) -> Iterator[str]:
        """Gives the alias of a new index, which everybody writes to as well from now on; at the end it takes the place
        of the old one. On an error the old one stays. A rebuild begun later takes over: RebuildOvertaken."""
        following = self.names.next(kind)
        with translated():
            self.drop(self.behind(following))
            fresh = self._make(kind, following, filling=True)
        try:
            yield following
            with translated():
                self._swap(kind, fresh)
        except BaseException:
            with translated():
                self.drop([fresh])
            raise

    def _swap(self, kind: str, fresh: str) -> None:
        read, write, following = self.names.read(kind), self.names.write(kind), self.names.next(kind)
        try:
            self._finish(fresh)
            actions: list[dict] = [{"remove": {"index": fresh, "alias": following, "must_exist": True}}]
            actions += [{"add": {"index": fresh, "alias": alias}} for alias in (read, write)]
            actions += [{"remove_index": {"index": each}} for each in self.behind(read)]
            self.client.indices.update_aliases(actions=actions)
        except (NotFoundError, BadRequestError) as error:
            raise RebuildOvertaken(kind) from error

    def _finish(self, fresh: str) -> None:
        """Whole and with its copies before anybody reads it; where a node is missing, with those that there can be."""
        settings = schema.body(self.shards, self.replicas)["settings"]
        living = {name: settings[name] for name in ("number_of_replicas", "refresh_interval")}
        self.client.indices.refresh(index=fresh)
        self.client.indices.put_settings(index=fresh, settings=living)
        self.client.options(ignore_status=408).cluster.health(
            index=fresh, wait_for_no_initializing_shards=True, wait_for_events="languid", timeout=COPIES
        )

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            self.client.options(ignore_status=404).indices.delete(index=name)
