"""The one analysis chain of both engines. Imports no Django.

    analyser = Analyser()                       # built-in lexicon; Analyser(vocabulary) takes a site's own terms
    analyser.document(title, keywords, body)    # tokens per field, to be indexed as they are
    analyser.query("舟山 转贷", names)          # groups of alternatives that an engine turns into its own language
    highlight(text, terms)                      # marks on the original text

Rooms: `normalise` (one form of writing, with the way back), `segment` (words), `pinyin`, `vocabulary` (terms and synonyms as
data), `query` (what was asked), `names` (repair of typos), `highlight`.
"""

from .analyser import Analyser, DocumentTokens
from .highlight import Mark, highlight, snippet
from .names import Names, Repair
from .normalise import Normalised, normalise
from .query import Alternative, Group, Query, Term
from .vocabulary import Vocabulary

__all__ = [
    "Alternative",
    "Analyser",
    "DocumentTokens",
    "Group",
    "Mark",
    "Names",
    "Normalised",
    "Query",
    "Repair",
    "Term",
    "Vocabulary",
    "highlight",
    "normalise",
    "snippet",
]
