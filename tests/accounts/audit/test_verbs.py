"""Whatever is recorded has a name that people read: found in the source, so that a new verb cannot be forgotten."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts import audit
from accounts.audit import sentences
from accounts.audit.verbs import VERBS
from accounts.roles import Role
from tests.factories import enterprise_user, user_with

ROOT = Path(__file__).parents[3]
SOURCES = ("site", "search", "matching", "advisors", "events")


def sources() -> Iterator[Path]:
    for each in SOURCES:
        yield from (path for path in (ROOT / each).rglob("*.py") if "migrations" not in path.parts)


def records(call: ast.Call, is_imported: bool) -> bool:
    """Whether this call is `audit.record(…)`, or `record(…)` where that name is the trail's."""
    to = call.func
    if isinstance(to, ast.Attribute):
        return to.attr == "record" and isinstance(to.value, ast.Name) and to.value.id == "audit"
    return isinstance(to, ast.Name) and to.id == "record" and is_imported


def said(tree: ast.Module, verb: ast.expr) -> set[str]:
    """The texts that the first argument may be: itself, or what is given to the name that stands there."""
    if isinstance(verb, ast.Name):
        given = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == verb.id
        ]
        return {text for value in given for text in said(tree, value)}
    if isinstance(verb, ast.IfExp):
        return said(tree, verb.body) | said(tree, verb.orelse)
    return {verb.value} if isinstance(verb, ast.Constant) and isinstance(verb.value, str) else set()


def recorded_verbs() -> dict[str, set[str]]:
    """{place in the source: the verbs recorded there}."""
    found = {}
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        is_imported = path.name == "recording.py" or any(
            isinstance(node, ast.ImportFrom) and (node.module or "").endswith("recording") for node in ast.walk(tree)
        )
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and records(node, is_imported):
                found[f"{path.relative_to(ROOT)}:{node.lineno}"] = said(tree, node.args[0])
    return found


def test_verbs_are_read_from_the_source():
    found = recorded_verbs()
    assert [place for place, verbs in found.items() if not verbs] == []
    assert {"created", "changed", "deleted", "suspended", "reinstated", "handed_over"} <= set().union(*found.values())


def test_every_recorded_verb_has_a_label():
    nameless = {place: verbs - set(VERBS) for place, verbs in recorded_verbs().items()}
    assert {place: verbs for place, verbs in nameless.items() if verbs} == {}


def test_every_label_is_of_a_verb_that_is_recorded():
    assert set(VERBS) - set().union(*recorded_verbs().values()) == set()


@pytest.mark.django_db
def test_verbs_read_as_sentences():
    admin, owner = user_with(Role.ADMINISTRATOR, name="褚管理"), enterprise_user(name="茶小满")
    with audit.acting(admin):
        read = [
            sentences.sentence(audit.record(verb, who))
            for verb, who in (("suspended", owner), ("factors_reset", owner), ("factor_added", admin))
        ]
        read.append(sentences.sentence(audit.record("changed", admin, changes={"name": ["张**", "李**"]})))
        read.append(sentences.sentence(audit.record("revealed", owner, detail={"fields": ["手机号"]})))
    assert read == [
        "褚管理 停用账号：茶**",
        "褚管理 重置验证方式：茶**",
        "褚管理 添加验证方式",
        "褚管理 修改了 自己的账号：姓名",
        "褚管理 显示完整信息：茶** 的手机号",
    ]
