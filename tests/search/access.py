"""Who may search: everybody, each finding what they may open."""

from tests.access import AccessCase, public

CASES = [
    public("search:search", query="?q=贷款"),
    public("search:search_api", query="?q=贷款"),
    public("search:suggest_api", query="?q=贷"),
    AccessCase("search:seen_api", method="post", default=400),  # without a note of ours
]
