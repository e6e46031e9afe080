"""Who may search: everybody, each finding what they may open."""

from tests.access import public

CASES = [
    public("search:search", query="?q=贷款"),
    public("search:search_api", query="?q=贷款"),
    public("search:suggest_api", query="?q=贷"),
]
