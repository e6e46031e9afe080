from search.registry import DocumentType, Facet, Range, Sort, register

from .models import Book

register(
    DocumentType(
        kind="book",
        label="图书",
        model=Book,
        queryset=Book.objects.all,
        title=lambda book: book.title,
        url=lambda book: f"/books/{book.pk}/",
        body=lambda book: [book.text],
        facets={"shelf": Facet("书架", lambda book: [book.shelf])},
        ranges={"pages": Range("页数", lambda book: book.pages, unit="页", steps=(100, 300))},
        sorts={"pages": Sort("页数从少到多", by="pages")},
        visibility=lambda book: ["public"] if book.is_public else ["signed_in"],
        suggest=True,
    )
)
