"""Editorial pages, and what the weekly look at their links found."""

from .links import Link, LinkState, LinkUse
from .pages import (
    AddressMixin,
    ArticleIndexPage,
    ArticlePage,
    CaseIndexPage,
    CasePage,
    EditorialPage,
    HomePage,
    PolicyIndexPage,
    PolicyPage,
)

__all__ = [
    "AddressMixin",
    "ArticleIndexPage",
    "ArticlePage",
    "CaseIndexPage",
    "CasePage",
    "EditorialPage",
    "HomePage",
    "Link",
    "LinkState",
    "LinkUse",
    "PolicyIndexPage",
    "PolicyPage",
]
