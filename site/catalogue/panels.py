"""Places on a product's page that apps above the catalogue fill (the cost example comes from `matching`)."""

from collections.abc import Callable

_panels: list[Callable] = []


def register(build: Callable) -> None:
    """`build(request, product)` gives HTML that is safe to show, or "" when it has nothing to say. It may ask of the reader
    only whether they have signed in: the page is kept for all (`{% kept %}`)."""
    if build not in _panels:
        _panels.append(build)


def render(request, product) -> list[str]:
    return [html for html in (build(request, product) for build in _panels) if html]


_figures: list[str] = []


def register_figures(url_name: str) -> None:
    """Where the editing form posts itself to learn, while somebody types, what its product would cost and what in it does
    not fit together; answers `{"html", "warnings"}` (see `matching.costs.editing`)."""
    _figures[:] = [url_name]


def figures_url_name() -> str:
    return _figures[0] if _figures else ""
