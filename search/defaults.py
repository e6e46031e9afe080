"""The built-in vocabulary as rows that editors see and change: `manage.py search words`, also with each new version."""

import hashlib

from django.db import transaction

from . import words
from .analysis import Vocabulary
from .models import LexiconTerm, SynonymGroup, VocabularyState


@transaction.atomic
def load() -> dict[str, int]:
    """Adds what this version ships and was never loaded before; what editors changed, switched off or deleted stays so.

    Changes nothing (one query) when these defaults are in already. How many rows were added.
    """
    vocabulary = Vocabulary.built_in()
    mark = _mark(vocabulary)
    if VocabularyState.objects.filter(pk=1, defaults=mark).exists():
        return {"terms": 0, "synonyms": 0}
    loaded = set(VocabularyState.objects.filter(pk=1).values_list("loaded", flat=True).first() or ())
    known = set(LexiconTerm.objects.values_list("term", flat=True))
    terms = {
        f"词 {term}": LexiconTerm(
            term=term, reading=" ".join(vocabulary.readings.get(term, ())), is_word=term in vocabulary.terms
        )
        for term in sorted(vocabulary.terms | set(vocabulary.readings))
        if term not in known
    }
    synonyms = {f"= {group[0]}": SynonymGroup(words="、".join(group)) for group in vocabulary.synonyms}
    synonyms |= {
        f"→ {said}": SynonymGroup(words="、".join((said, *meant)), is_one_way=True)
        for said, meant in vocabulary.related.items()
    }
    new_terms = [row for key, row in terms.items() if key not in loaded]
    new_synonyms = [row for key, row in synonyms.items() if key not in loaded]
    LexiconTerm.objects.bulk_create(new_terms)
    SynonymGroup.objects.bulk_create(new_synonyms)
    words.changed()
    loaded |= {*terms, *synonyms}
    VocabularyState.objects.filter(pk=1).update(defaults=mark, loaded=sorted(loaded))
    return {"terms": len(new_terms), "synonyms": len(new_synonyms)}


def _mark(vocabulary: Vocabulary) -> str:
    content = repr((vocabulary.version, vocabulary.synonyms, sorted(vocabulary.related.items())))
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()
