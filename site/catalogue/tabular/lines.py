"""Rules and tariffs of a product, one line each."""

import re
from collections.abc import Mapping
from typing import Any

from ..fields import read_steps, write_steps
from ..models import EligibilityRule, Tariff
from .cells import amount_of, date_of, escaped, plain, rate_of, shortened, text_of
from .codes import (
    SIZES,
    TRAITS,
    read_industries,
    read_places,
    write_industries,
    write_places,
)
from .description import Cell, bare, squeezed

RULES = {bare(str(label)): code for code, label in EligibilityRule.Kind.choices}
TARIFFS = {str(label): code for code, label in Tariff.Kind.choices}
BASES = {squeezed(str(label)): code for code, label in Tariff.Basis.choices}
RULE_LINE = re.compile(
    rf"(?P<kind>{'|'.join(sorted(RULES, key=len, reverse=True))})(?:[：:]\s*(?P<rest>[^｜]*))?(?=｜|$)"
)
TARIFF_LINE = re.compile(
    rf"(?P<kind>{'|'.join(sorted(TARIFFS, key=len, reverse=True))})[：:]\s*(?P<rate>[\d.]+)\s*(?P<rest>[%‰][^｜]*)(?=｜|$)"
)


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text).replace("｜", "|")


def _tail(row: Mapping[str, Any]) -> str:
    """｜text｜source｜policy, as far as there is one."""
    parts = [_one_line(row.get(name) or "") for name in ("text", "source", "policy")]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return "".join(f"｜{part}" for part in parts)


def _read_tail(parts: list[str]) -> dict[str, str]:
    parts = [*map(str.strip, parts), "", "", ""]
    return dict(zip(("text", "source", "policy"), parts, strict=False))


def write_rule(rule: Mapping[str, Any]) -> str:
    parts = []
    if rule.get("values"):
        parts.append("、".join(_rule_word(rule["kind"], str(value)) for value in rule["values"]))
    for name, word in (("minimum", "不低于"), ("maximum", "不高于")):
        if rule.get(name) is not None:
            parts.append(f"{word} {plain(rule[name])}")
    label = next(label for label, code in RULES.items() if code == rule["kind"])
    return f"{label}{'：' + '；'.join(parts) if parts else ''}{_tail(rule)}"


def _rule_word(kind: str, value: str) -> str:
    if kind == "region":
        return write_places([value])
    if kind == "industry":
        return write_industries([value])
    return (SIZES if kind == "size_class" else TRAITS).names().get(value, value)


HALF = str.maketrans("０１２３４５６７８９．％:", "0123456789.%：")


def _head_folded(line: str) -> str:
    """Full width digits → half before the first ｜; what follows is prose. Where nobody wrote ｜, | stands for it."""
    if "｜" not in line:
        line = line.replace("|", "｜")
    head, mark, tail = line.partition("｜")
    return head.translate(HALF) + mark + tail


def read_rule(line: str) -> tuple[dict[str, Any], list[str]]:
    """(fields, words that were not understood). A line in free words is a rule for people to read."""
    line = _head_folded(line)
    found = RULE_LINE.match(line)
    if not found:
        free = {"text": line[:200], "source": "", "policy": ""}
        return {"kind": "other", "values": [], "minimum": None, "maximum": None, **free}, []
    head, *tail = line.split("｜")
    kind = RULES[found["kind"]]
    rule: dict[str, Any] = {"kind": kind, "values": [], "minimum": None, "maximum": None, **_read_tail(tail)}
    wrong: list[str] = []
    for part in filter(None, map(str.strip, re.split(r"[；;]", found["rest"] or ""))):
        if limit := re.fullmatch(r"(不低于|不少于|不高于|不超过|至少|最高|最低)\s*(.+)", part):
            try:
                rule["minimum" if limit[1] in {"不低于", "不少于", "至少", "最低"} else "maximum"] = amount_of(
                    limit[2], 16
                )
            except ValueError:
                wrong.append(part)
            continue
        read = {
            "region": read_places,
            "industry": read_industries,
            "size_class": SIZES.read,
            "traits_all": TRAITS.read,
            "traits_any": TRAITS.read,
        }.get(kind)
        if read is None:
            rule["text"] = rule["text"] or part
            continue
        codes, unknown = read(part)
        rule["values"] += codes
        wrong += unknown
    rule["text"] = (rule["text"] or head)[:200]
    return rule, wrong


def write_tariff(tariff: Mapping[str, Any]) -> str:
    names = {code: label for label, code in TARIFFS.items()}
    bases = {code: str(label) for code, label in Tariff.Basis.choices}
    parts = [f"{plain(tariff['rate'])} {bases[tariff['basis']]}"]
    if tariff.get("trait"):
        parts.append(f"仅限{TRAITS.names().get(tariff['trait'], tariff['trait'])}")
    if tariff.get("steps"):
        parts.append(write_steps(tariff["steps"]))
    if tariff.get("cap_amount") is not None:
        parts.append(f"上限 {plain(tariff['cap_amount'])}")
    if tariff.get("cap_total") is not None:
        parts.append(f"最多 {plain(tariff['cap_total'])}")
    if tariff.get("regions"):
        parts.append("地区 " + write_places(tariff["regions"]))
    for name, word in (("valid_from", "自"), ("valid_to", "至")):
        if tariff.get(name):
            parts.append(f"{word} {tariff[name]:%Y-%m-%d}")
    return f"{names[tariff['kind']]}：{'；'.join(parts)}{_tail(tariff)}"


def read_tariff(line: str) -> dict[str, Any]:
    """Raises ValueError, saying what is wrong."""
    line = _head_folded(line)
    found = TARIFF_LINE.match(line)
    if not found:
        raise ValueError(f"“{line[:30]}”读不懂，请写成“利息：4.35 % / 年，按借款金额｜原文”")
    basis, *parts = (part.strip() for part in re.split(r"[；;]", found["rest"]))
    rate = rate_of(f"{found['rate']}‰" if basis.startswith("‰") else found["rate"], 9, 5)
    if basis.startswith("‰"):
        basis = "%" + basis[1:]
    code = BASES.get(squeezed(basis)) or _basis(basis)
    if code is None:
        raise ValueError(f"“{basis}”不是计算方式，请从“填写说明”里选")
    tail = _read_tail(line.split("｜")[1:])
    tariff: dict[str, Any] = {
        "kind": TARIFFS[found["kind"]], "basis": code, "rate": rate, "trait": "", "cap_amount": None, "cap_total": None,
        "steps": [], "regions": [],
        "valid_from": None, "valid_to": None, **tail, "text": (tail["text"] or line)[:200],
    }  # fmt: skip
    for part in filter(None, parts):
        if part.startswith("仅限"):
            trait = TRAITS.code(part.removeprefix("仅限").strip())
            if trait is None:
                raise ValueError(f"“{part}”里没有已知的特征")
            tariff["trait"] = trait
        elif part.startswith("第"):
            tariff["steps"] = read_steps(part)
        elif part.startswith("最多"):
            tariff["cap_total"] = amount_of(part.removeprefix("最多").strip())
        elif part.startswith("上限"):
            tariff["cap_amount"] = amount_of(part.removeprefix("上限").strip())
        elif part.startswith("地区"):
            tariff["regions"], wrong = read_places(part.removeprefix("地区").strip())
            if wrong:
                raise ValueError(f"没有“{wrong[0]}”这个地区")
        elif part.startswith("自"):
            tariff["valid_from"] = date_of(part.removeprefix("自").strip())
        elif part.startswith("至"):
            tariff["valid_to"] = date_of(part.removeprefix("至").strip())
    return tariff


def _basis(text: str) -> str | None:
    short = squeezed(text)
    for marks, code in ((("用款天数", "实际天数"), "per_day_used"), (("/天", "/日", "每天", "每日"), "per_day"), (("天", "日"), "per_day_used"), (("月",), "per_month"), (("年",), "per_year"), (("一次",), "one_off"), (("补贴",), "share")):  # fmt: skip
        if any(mark in short for mark in marks):
            return code
    return None


def _lines(value: Any) -> list[str]:
    return [line for line in map(str.strip, text_of(value).splitlines()) if line]


def _too_long(row: dict[str, Any], line: str) -> list[str]:
    parts = [part.strip() for part in _head_folded(line).split("｜")[1:3]] or [line]
    return [f"“{shortened(part)}”有 {len(part)} 个字，最多 200 个" for part in parts if len(part) > 200]


def _read_rules(value: Any) -> tuple[list[dict[str, Any]], list[str]]:
    found, wrong = [], []
    for line in _lines(value):
        try:
            rule, unknown = read_rule(line)
        except ValueError as error:
            wrong.append(f"“{shortened(line)}”：{error}")
            continue
        found.append(rule)
        wrong += [f"不认识“{shortened(word)}”" for word in unknown] + _too_long(rule, line)
        low, high = rule["minimum"], rule["maximum"]
        if low is not None and high is not None and high < low:
            wrong.append(f"“{shortened(line)}”：不高于的数比不低于的小")
    return found, wrong


def _read_tariffs(value: Any) -> tuple[list[dict[str, Any]], list[str]]:
    found, wrong = [], []
    for line in _lines(value):
        try:
            found.append(read_tariff(line))
        except ValueError as error:
            wrong.append(str(error))
        else:
            wrong += _too_long(found[-1], line)
    return found, wrong


def _joined(write: Any) -> Any:
    return lambda items: escaped("\n".join(map(write, items)))


def write_policy(link: Mapping[str, Any]) -> str:
    note = _one_line(link.get("note") or "")
    return _one_line(link["policy"]) + (f"｜{note}" if note else "")


def read_policy(line: str) -> dict[str, Any]:
    policy, _mark, note = line.partition("｜")
    return {"policy": policy.strip(), "note": note.strip()}


def _read_policies(value: Any) -> tuple[list[dict[str, Any]], list[str]]:
    found = [read_policy(line) for line in _lines(value)]
    long = [each["note"] for each in found if len(each["note"]) > 120]
    return found, [f"“{shortened(note)}”有 {len(note)} 个字，最多 120 个" for note in long]


RULES_CELL = Cell(
    _read_rules,
    _joined(write_rule),
    list,
    "每行一条，如“须具备其一的特征：首贷户、个体工商户｜原文”；后面可以再写“｜来源｜依据的政策”",
)
TARIFFS_CELL = Cell(
    _read_tariffs,
    _joined(write_tariff),
    list,
    "每行一项，如“担保费：0.5 % / 年，按实际用款天数｜原文”；后面可以再写“｜来源｜依据的政策”",
)
POLICIES_CELL = Cell(
    _read_policies, _joined(write_policy), list, "每行一个本站已有的政策，写名称或文号；依据哪一条写在“｜”后面"
)
