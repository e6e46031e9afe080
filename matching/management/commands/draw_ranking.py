"""`manage.py draw_ranking FILE.md`: the rules and terms of the ranking as tables, from what the code runs on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from matching import explained
from matching.ranking import Weights
from matching.ranking.comparing import FEWEST, TOP
from matching.ranking.scan import CLOSE, VARIANTS_AT_TOP
from matching.ranking.scoring import BROAD, LIKELY, TERMS, UNLIKELY
from matching.weights.actions import LARGEST
from matching.weights.preview import DAYS, MOST
from matching.weights.queries import Since


def document() -> str:
    """The page; the weights in it are those of the file, which a site may have replaced by its own."""
    with translation.override(settings.LANGUAGE_CODE):
        return "\n".join([*_head(), *_rules(), *_terms(), *_score(), *_changing()]) + "\n"


def _head() -> list[str]:
    return [
        "# 匹配和排序",
        "",
        "由 `make states` 从代码里的规则、各项和权重生成，请勿手改；测试保证它与代码一致。代码在 `matching/ranking/`，不依赖 Django。",
        "",
    ]


def _rules() -> list[str]:
    lines = [
        "## 硬条件",
        "",
        "`rules.RULES`，按这个顺序。每条有三种结果：符合、不符合、还不知道；产品没有限制就是符合。",
        "",
        "| 名称 | 条件 | 怎样算符合 | 还不知道时 | 不符合时 |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{row.name}` | {row.label} | {row.means} | {row.unknown} | {row.fail} |" for row in explained.rules({})
    ]
    return [*lines, ""]


def _terms() -> list[str]:
    weights = Weights.default()
    lines = [
        "## 各项和权重",
        "",
        f"`scoring.TERMS`，权重取自 `weights.toml`（{weights.version}）；主管部门保存过自己的一版后以表 `WeightSet` 为准。",
        "",
        "| 名称 | 看什么 | 怎么算 | 权重 | 占比（%） |",
        "|---|---|---|---:|---:|",
    ]
    rows = explained.terms(weights.terms, dict.fromkeys(TERMS, Since(None, "")), {})
    lines += [f"| `{row.name}` | {row.label} | {row.means} | {row.weight:g} | {row.share:.1f} |" for row in rows]
    return [*lines, ""]


def _score() -> list[str]:
    return [
        "## 得分",
        "",
        "得分是各项的加权平均，每项在 0 到 1 之间，不看别的候选产品，四舍五入后相同的按产品自己的内容定先后。",
        f"同一家机构同一类做法的产品最多 {VARIANTS_AT_TOP} 款排在前面；能顶上来的得分至少是它的 {CLOSE:.0%}。",
        "",
        "企业是否具备某个特征还不知道时，按常见程度估计：",
        "",
        "| 特征 | 具备时算多少 | 不知道时算多少 |",
        "|---|---:|---:|",
        *(
            f"| `{code}` | {BROAD.get(code, 1.0):g} | {LIKELY.get(code, UNLIKELY):g} |"
            for code in sorted(BROAD.keys() | LIKELY.keys())
        ),
        f"| 其他 | 1 | {UNLIKELY:g} |",
        "",
    ]


def _changing() -> list[str]:
    return [
        "## 改权重",
        "",
        f"- 页面 `/desk/weights/`：每项 0–{LARGEST}，至少一项大于 0；先算影响再保存，每一版只增不改，恢复旧版也是新的一版。",
        "- 两人同时改：锁住最新一版再读一次版本号，后到的会得到说明，填的内容留着。",
        f"- 影响由队列计算：评判句（`JudgedNeed`），和最近 {DAYS} 天的需求，最多最新的 {MOST} 个；看前 {TOP} 名。少于 {FEWEST} 家企业的组不列出。",
        "- 每次匹配记下所用的版本：`MatchRun.weights_version`、`Referral.match`。",
        "- `manage.py judged load FILE.tsv` 导入评判句（列 `text`、`best`、`acceptable`），`manage.py judged score` 按现在的权重打分。",
        "- 新增一项：写进 `scoring.TERMS` 和计算它的表，在 `weights.toml` 给出权重；已有自己权重的站点要由主管部门保存新的一版，这一项才算数。",
    ]


class Command(BaseCommand):
    help = "Writes docs/developers/ranking.md from the ranking's own tables."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document(), encoding="utf-8")
        self.stderr.write(f"{len(TERMS)} terms → {file}")
