"""`find`: one walk over all open needs, and what of it may be shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..catalogue import Catalogue
from ..facts import NeedFacts
from ..rules import BY_NAME
from .bends import BENT, Bend, Side, dropping, too_much
from .disclosure import LEAST, Ints, Mask, Told, enterprises, hidden, hidden_in_grid
from .tables import ORDER, Bits, Table, merged, packed, readings, unpacked, width

BLOCK = 512  # needs whose bits are held at once
PAIRS = 4096  # rows of a table of two rules together
PRODUCTS_EACH = 5  # told of a bend
BENDS_EACH = 3  # told of a product
SEVERAL = ""  # no rule alone
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One open need. `places`: what it is counted under ("region" → 330902); the same names for every need."""

    key: Any
    enterprise: int
    need: NeedFacts
    places: Mapping[str, str]


class Found:
    """What was found, in full. Only `shown` is fit for other eyes."""

    def __init__(self, open_owners: Ints, met_owners: Ints, unmet: list[Asked], catalogue: Catalogue) -> None:
        self.open_owners, self.met_owners = open_owners, met_owners  # one for each need
        self.unmet = unmet
        self.catalogue = catalogue
        self.owners: Ints = np.array([each.enterprise for each in unmet], dtype=np.int64)
        self.side = Side([each.need for each in unmet])
        self.binding: Ints = np.zeros(len(unmet), dtype=np.int64)  # place in ORDER; len(ORDER): several at once
        self.bends: list[tuple[Bend, Mask]] = []
        self.told: list[tuple[Bend, Mask]] = []
        self.gains: npt.NDArray[np.int32] = np.zeros((0, len(catalogue)), dtype=np.int32)

    def choose(self) -> None:
        """The bends that may be told, the most helpful first."""
        self._shown = Told(self.owners)
        self._sums = Told(self.owners)
        everything = np.ones(len(self.unmet), dtype=bool)
        self.cells: list[tuple[Mask, dict[str, Any] | None]] = [(everything, self._tell(everything))]
        parts = [self.binding == place for place in range(len(ORDER) + 1)]
        untold = hidden(parts, self.owners)
        self.rules = {
            place: cell
            for place, part in enumerate(parts)
            if place not in untold and (cell := self._tell(part)) is not None
        }
        self.parts = {name: self._parts(name) for name in (self.unmet[0].places if self.cells[0][1] else ())}
        sized = [(enterprises(self.owners, mask), bend, mask) for bend, mask in self.bends]
        best = sorted(
            (each for each in sized if each[0] >= LEAST),
            key=lambda each: (-each[0], BENT.index(each[1].rule), each[1].key),
        )
        self.told_cells = []
        seen: set[bytes] = set()
        for _count, bend, mask in best:
            if bend.rule == "region" and mask.tobytes() in seen:
                continue  # the city of one county's needs
            cell = self._tell(mask)
            if cell is not None:
                seen.add(mask.tobytes())
                self.told.append((bend, mask))
                self.told_cells.append(cell)

    def _parts(self, name: str) -> tuple[list[str], Ints, list[int]]:
        """One way of cutting the whole: its values, the value of each need, the values of which something is told."""
        codes, column = np.unique([each.places[name] for each in self.unmet], return_inverse=True)
        parts = [column == place for place in range(len(codes))]
        untold = hidden(parts, self.owners)
        refused = {place for place in range(len(codes)) if place not in untold and not self._shown.may(parts[place])}
        untold = hidden(parts, self.owners, also=refused)
        shown = [place for place in range(len(codes)) if place not in untold and self._shown.tell(parts[place])]
        return [str(code) for code in codes], column, shown

    def _tell(self, mask: Mask) -> dict[str, Any] | None:
        if not self._shown.tell(mask):
            return None
        cell: dict[str, Any] = {"needs": int(mask.sum()), "enterprises": enterprises(self.owners, mask)}
        known = mask & ~np.isnan(self.side.high)
        if self._sums.tell(known):
            total = float(self.side.high[known].sum())
            cell |= {"average": round(total / int(known.sum())), "total": round(total)}
        return cell

    def members(self) -> dict[str, list[Any]]:
        """Key of a told figure → keys of its needs, for those who may see the needs themselves."""
        keys = [each.key for each in self.unmet]
        found = {"unmet": keys} if self.cells[0][1] else {}
        for place in self.rules:
            found[f"rule:{_rule(place)}"] = [keys[row] for row in np.flatnonzero(self.binding == place)]
        for bend, mask in self.told:
            found[f"bend:{bend.key}"] = [keys[row] for row in np.flatnonzero(mask)]
        return found

    def shown(self) -> dict[str, Any]:
        """Plain data. Every figure stands for five enterprises or more, and so does every difference of two."""
        all_open = {"needs": len(self.open_owners), "enterprises": enterprises(self.open_owners)}
        is_told = all_open["enterprises"] >= LEAST and not 0 < enterprises(self.met_owners) < LEAST
        return {
            "open": all_open if is_told else None,
            "unmet": self.cells[0][1],
            "rules": [{"rule": _rule(place)} | cell for place, cell in self.rules.items()],
            "bends": [
                _bend(bend) | cell | {"products": self._gaining(place)}
                for place, ((bend, _mask), cell) in enumerate(zip(self.told, self.told_cells, strict=True))
            ],
            "views": self._views(),
            "products": self._products(),
        }

    # Products

    def _may_gain(self, place: int) -> npt.NDArray[np.bool_]:
        """Products whose gain from a bend may be told; the narrower steps of a ladder tell of none."""
        bend, mask = self.told[place]
        if any(
            other.rule == bend.rule and other.code == bend.code and (wider & ~mask).any() and not (mask & ~wider).any()
            for other, wider in self.told
            if other.limit is not None and other is not bend
        ):
            return np.zeros(len(self.catalogue), dtype=bool)
        rest = enterprises(self.owners, mask) - self.gains[place]
        return (self.gains[place] >= LEAST) & ((rest == 0) | (rest >= LEAST))

    def _gaining(self, place: int) -> list[dict[str, Any]]:
        rows = np.flatnonzero(self._may_gain(place))
        best = rows[np.lexsort((rows, -self.gains[place][rows]))][:PRODUCTS_EACH]
        return [
            {"product": self.catalogue.products[row].key, "enterprises": int(self.gains[place][row])} for row in best
        ]

    def _products(self) -> dict[str, list[dict[str, Any]]]:
        """Key of a product → what it would gain by which bends."""
        if not self.told:
            return {}
        gains = np.where([self._may_gain(place) for place in range(len(self.told))], self.gains, 0)
        best = np.argsort(-gains, axis=0, kind="stable")[:BENDS_EACH]
        keys = [bend.key for bend, _mask in self.told]
        return {
            str(self.catalogue.products[row].key): [
                {"bend": keys[place], "enterprises": int(gains[place, row])}
                for place in best[:, row]
                if gains[place, row]
            ]
            for row in np.flatnonzero(gains.any(axis=0)).tolist()
        }

    # Parts of the whole, one way of cutting at a time

    def _views(self) -> dict[str, dict[str, Any]]:
        return {name: self._view(*cut) for name, cut in self.parts.items()}

    def _view(self, codes: list[str], column: Ints, shown: list[int]) -> dict[str, Any]:
        parts = [column == place for place in range(len(codes))]
        grid = hidden_in_grid(self.binding, column, self.owners, self.rules, shown)
        told = {}
        for place in shown:
            told[place] = Told(self.owners)
            told[place].tell(parts[place])
            for rule in self.rules:
                if (rule, place) not in grid:
                    told[place].tell(parts[place] & (self.binding == rule))
        bends = [self._bend_by(mask, parts, told) for _bend, mask in self.told]
        return {
            codes[place]: self._count(parts[place])
            | {
                "rules": [
                    {"rule": _rule(rule)} | self._count(parts[place] & (self.binding == rule))
                    for rule in self.rules
                    if (rule, place) not in grid and (parts[place] & (self.binding == rule)).any()
                ],
                "bends": [
                    {"key": bend.key} | self._count(parts[place] & mask)
                    for (bend, mask), visible in zip(self.told, bends, strict=True)
                    if place in visible
                ],
            }
            for place in shown
        }

    def _bend_by(self, mask: Mask, parts: list[Mask], told: dict[int, Told]) -> set[int]:
        """The parts of which it may be said how many needs this bend would help."""
        own = [mask & part for part in parts]
        refused = {place for place in range(len(parts)) if place not in told or not told[place].may(own[place])}
        untold = hidden(own, self.owners, also=refused)
        visible = {place for place in range(len(parts)) if own[place].any()} - untold
        for place in visible:
            told[place].tell(own[place])
        return visible

    def _count(self, mask: Mask) -> dict[str, int]:
        return {"needs": int(mask.sum()), "enterprises": enterprises(self.owners, mask)}


def find(asked: Sequence[Asked], catalogue: Catalogue, progress: Progress = lambda done, total: None) -> Found:
    """`progress(done, total)` is called after each block of needs."""
    owners: Ints = np.array([each.enterprise for each in asked], dtype=np.int64)
    if not asked:
        return _chosen(Found(owners, owners, [], catalogue))
    tables = _tables(asked, catalogue)
    closed = packed(
        np.concatenate([BY_NAME["open"].over_all(asked[0].need, catalogue) < 0, np.ones(-len(catalogue) % 64, bool)])
    )
    rows = _unmet(tables, closed, len(asked), progress)
    rows = rows[np.argsort(owners[rows], kind="stable")]
    found = Found(owners, np.delete(owners, rows), [asked[row] for row in rows], catalogue)
    walk = _Alone(tables, closed, rows, catalogue)
    found.binding, helped = walk.binding()
    found.bends = [(bend, mask) for bend, mask in found.side.bends(helped) if mask.any()]
    _chosen(found)
    found.gains = walk.gains(found.told, found.owners)
    return found


def _chosen(found: Found) -> Found:
    found.choose()
    return found


def _tables(asked: Sequence[Asked], catalogue: Catalogue) -> list[Table]:
    reads = readings(catalogue)
    tables = [Table(name, reads[name]) for name in ORDER]
    for each in asked:
        for table in tables:
            table.add(each.need)
    return [table.close(catalogue) for table in tables]


def _unmet(tables: list[Table], closed: Bits, count: int, progress: Progress) -> Ints:
    """Needs for which every product fails."""
    few = merged(tables, PAIRS)
    unmet = np.zeros(count, dtype=bool)
    for start in range(0, count, BLOCK):
        block = slice(start, start + BLOCK)
        fails = np.repeat(closed[None, :], len(unmet[block]), axis=0)
        for codes, bits in few:
            fails |= bits[codes[block]]
        unmet[block] = (fails == np.uint64(2**64 - 1)).all(axis=1)
        progress(min(start + BLOCK, count), count)
    return np.flatnonzero(unmet)


class _Alone:
    """For unmet needs: the products that one rule alone keeps out, rule by rule, a block of needs at a time."""

    def __init__(self, tables: list[Table], closed: Bits, rows: Ints, catalogue: Catalogue) -> None:
        self.tables, self.closed, self.rows, self.catalogue = tables, closed, rows, catalogue
        self.by_name = {table.name: table for table in tables}
        self.could = {name: self._could(self.by_name[name]) for name in ("amount", "term")}
        self.dropped = self._dropped(self.by_name["traits"])

    def _used(self, table: Table) -> list[int]:
        return np.unique(table.codes[self.rows]).tolist()

    def _could(self, table: Table) -> Bits:
        found = np.zeros_like(table.fails)
        for code in self._used(table):
            found[code] = too_much(table.name, table.examples[code], self.catalogue)
        return found

    def _dropped(self, table: Table) -> dict[str, Bits]:
        """Trait → for each distinct value the products that would do without it."""
        found: dict[str, Bits] = {}
        for code in self._used(table):
            need = table.examples[code]
            for trait in sorted(trait for trait, yes in need.traits.items() if yes is False):
                bits = dropping(trait, need, self.catalogue)
                if bits.any():
                    found.setdefault(trait, np.zeros_like(table.fails))[code] = bits
        return found

    def blocks(self):
        """(block of rows, {rule: products that it alone keeps out})."""
        for start in range(0, len(self.rows), BLOCK):
            rows = self.rows[start : start + BLOCK]
            once = np.repeat(self.closed[None, :], len(rows), axis=0)
            twice = once.copy()  # what is closed is not let in by any bend
            fails = {}
            for table in self.tables:
                if table.fails.any():
                    fails[table.name] = table.fails[table.codes[rows]]
                    twice |= once & fails[table.name]
                    once |= fails[table.name]
            alone = once & ~twice
            yield slice(start, start + len(rows)), rows, {name: bits & alone for name, bits in fails.items()}

    def bent(self, rule: str, rows: Ints, alone: Bits) -> Bits:
        """Those that the bend of a rule could let in; `rule` may be "traits:code"."""
        name, _colon, trait = rule.partition(":")
        codes = self.by_name[name].codes[rows]
        if trait:
            return alone & self.dropped[trait][codes]
        return alone & self.could[name][codes] if name in self.could else alone

    def binding(self) -> tuple[Ints, dict[str, Mask]]:
        """For each unmet need the rule that alone keeps most products out; for each bend's rule whether it could help."""
        rules = [name for name in BENT if name != "traits"] + [f"traits:{trait}" for trait in sorted(self.dropped)]
        helped = {rule: np.zeros(len(self.rows), dtype=bool) for rule in rules}
        binding = np.full(len(self.rows), len(ORDER), dtype=np.int64)
        for block, rows, alone in self.blocks():
            counts = np.zeros((len(rows), len(ORDER)), dtype=np.int64)
            for name, bits in alone.items():
                counts[:, ORDER.index(name)] = np.bitwise_count(bits).sum(axis=1)
            # Another kind of product is only the answer where nothing of the wanted kind is near.
            nearer = counts[:, 1:].any(axis=1)
            counts[nearer, 0] = 0
            binding[block] = np.where(counts.any(axis=1), counts.argmax(axis=1), len(ORDER))
            for rule in rules:
                bits = alone.get(rule.partition(":")[0])
                if bits is not None:
                    helped[rule][block] = self.bent(rule, rows, bits).any(axis=1)
        return binding, helped

    def gains(self, told: list[tuple[Bend, Mask]], owners: Ints) -> npt.NDArray[np.int32]:
        """For each bend and product, how many enterprises it would let in. `rows` are in the order of their enterprises."""
        found = np.zeros((len(told), len(self.catalogue)), dtype=np.int32)
        kept: dict[int, tuple[int, Bits]] = {}  # an enterprise's needs may lie in two blocks
        empty = np.zeros(width(self.catalogue), dtype=np.uint64)
        for block, rows, alone in self.blocks():
            bent: dict[str, Bits] = {}
            for place, (bend, mask) in enumerate(told):
                here = mask[block]
                if bend.rule not in alone or not here.any():
                    continue
                rule = f"traits:{bend.code}" if bend.rule == "traits" else bend.rule
                if rule not in bent:
                    bent[rule] = self.bent(rule, rows, alone[bend.rule])
                bits, firms = bent[rule][here], owners[block][here]
                begins = np.flatnonzero(np.diff(firms, prepend=-1))
                each = np.bitwise_or.reduceat(bits, begins, axis=0)
                last, before = kept.get(place, (-1, empty))
                again = before & each[0] if last == firms[0] else empty
                found[place] += _sum(each, len(self.catalogue)) - unpacked(again, len(self.catalogue))
                whole = each[-1] | before if last == firms[-1] else each[-1]
                kept[place] = (int(firms[-1]), whole)
        return found


def _sum(bits: Bits, count: int) -> npt.NDArray[np.int32]:
    """How often each bit is set; bytes are added as bytes, of which 255 cannot overflow."""
    total = np.zeros(count, dtype=np.int32)
    for start in range(0, len(bits), 255):
        total += unpacked(bits[start : start + 255], count).sum(axis=0, dtype=np.uint8)
    return total


def _rule(place: int) -> str:
    return ORDER[place] if place < len(ORDER) else SEVERAL


def _bend(bend: Bend) -> dict[str, Any]:
    return {"key": bend.key, "rule": bend.rule, "code": bend.code, "limit": bend.limit}
