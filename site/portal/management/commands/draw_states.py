"""`manage.py draw_states FILE.md`: the state machines as pictures and tables, from the tables that the code runs on."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.core.management import BaseCommand

from accounts.transitions import StateMachine

MODULES = (
    "accounts.people.states",
    "catalogue.states", "catalogue.exchange.states", "matching.referrals.states", "matching.corrections.states",
    "advisors.states", "events.states",
)  # fmt: skip


def machines() -> list[StateMachine]:
    """Every machine of the project, in a fixed order."""
    found = []
    for name in MODULES:
        if find_spec(name):
            module = import_module(name)
            found += [value for value in vars(module).values() if isinstance(value, StateMachine)]
    return found


def drawing(machine: StateMachine) -> str:
    lines = [f"## {machine.name}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {value}: {label}" for value, label in machine.states.choices]
    for each in machine.transitions:
        lines += [f"    {source} --> {each.target}: {each.label}" for source in sorted(each.sources)]
    lines += ["```", "", "| 步骤 | 从 | 到 | 谁 | 随之发生 |", "|---|---|---|---|---|"]
    for each in machine.transitions:
        sources = "、".join(
            str(machine.states(source).label) for source in machine.states.values if source in each.sources
        )
        target, actors = machine.states(each.target).label, "、".join(sorted(each.actors))
        lines.append(f"| {each.label} `{each.name}` | {sources} | {target} | {actors} | {each.effect or '—'} |")
    return "\n".join(lines)


def document() -> str:
    head = "# 状态与流转\n\n由 `make states` 从代码里的流转表生成，请勿手改；测试保证它与代码一致。"
    return "\n\n".join([head, *(drawing(machine) for machine in machines())]) + "\n"


class Command(BaseCommand):
    help = "Writes docs/developers/states.md from the code's own tables."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args, file: Path, **options) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document())
        self.stderr.write(f"{len(machines())} machines → {file}")
