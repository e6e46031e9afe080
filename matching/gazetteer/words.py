"""Which words may not be names of places: those that the parser reads otherwise."""

from ..needs.parser.lexicon import Lexicon


def everyday(name: str) -> bool:
    """周转, 厂房, 设备: a word of what firms need."""
    return any(hit.start == 0 and hit.end == len(name) for hit in Lexicon.built_in().find(name))
