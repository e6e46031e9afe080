"""The built-in vocabulary as rows that editors see and change: `manage.py search words`, also with each new version."""

import hashlib

from django.db import transaction

from . import words
from .analysis import Vocabulary
from .models import LexiconTerm, SynonymGroup, VocabularyState


@transaction.atomic
def load() -> dict[str, int]:
    """Adds what this version ships and the tables never had; what editors changed or switched off stays as it is.

    Changes nothing (one query) when these defaults are in already. How many rows were added.
    """
    vocabulary = Vocabulary.built_in()
    mark = _mark(vocabulary)
    if VocabularyState.objects.filter(pk=1, defaults=mark).exists():
        return {"terms": 0, "synonyms": 0}
    known = set(LexiconTerm.objects.values_list("term", flat=True))
    terms = [
        LexiconTerm(
            term=term,
            reading=" ".join(vocabulary.readings.get(term, ())),
            is_word=term in vocabulary.terms,
            default_key=term,
        )
        for term in sorted(vocabulary.terms | set(vocabulary.readings))
        if term not in known
    ]
    have = set(SynonymGroup.objects.exclude(default_key="").values_list("default_key", "is_one_way"))
    groups = [(group, False) for group in vocabulary.synonyms]
    groups += [((said, *meant), True) for said, meant in vocabulary.related.items()]
    synonyms = [
        SynonymGroup(words="、".join(group), is_one_way=one_way, default_key=group[0])
        for group, one_way in groups
        if (group[0], one_way) not in have
    ]
    LexiconTerm.objects.bulk_create(terms)
    SynonymGroup.objects.bulk_create(synonyms)
    words.changed()
    VocabularyState.objects.filter(pk=1).update(defaults=mark)
    return {"terms": len(terms), "synonyms": len(synonyms)}


def _mark(vocabulary: Vocabulary) -> str:
    content = repr((vocabulary.version, vocabulary.synonyms, sorted(vocabulary.related.items())))
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()
