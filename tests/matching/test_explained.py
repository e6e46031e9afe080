"""The rules and weights in words: nothing is missing, and the developers' page is what the code says."""

import pytest
from django.conf import settings

from matching import explained
from matching.management.commands import draw_ranking
from matching.ranking import Weights
from matching.ranking.rules import RULES
from matching.ranking.scoring import TERMS
from matching.weights.queries import Since, explanation, label, shares


def test_every_rule_has_words_and_a_count():
    names = {rule.name for rule in RULES}
    assert (set(explained.RULE_LABELS), set(explained.RULE_STATED)) == (names, names)


def test_every_term_has_a_label_and_an_explanation():
    assert [name for name in TERMS if not label(name) or not explanation(name)] == []
    assert set(explained.TERM_STATED) < set(TERMS)


def test_shares_add_up():
    assert sum(shares(Weights.default().terms).values()) == pytest.approx(100, abs=0.5)


def test_terms_come_heaviest_first():
    rows = explained.terms({"cost": 1.0, "speed": 3.0}, dict.fromkeys(TERMS, Since(None, "")), {})
    assert [(row.name, row.share) for row in rows[:2]] == [("speed", 75.0), ("cost", 25.0)]


def test_developers_page_is_current():
    page = settings.ROOT / "docs/developers/ranking.md"
    assert page.read_text(encoding="utf-8") == draw_ranking.document(), "run make states"
