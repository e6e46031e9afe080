"""What search tells others."""

from django.dispatch import Signal

# Sent when answers have changed: documents that everybody may see were written or taken out, or synonyms were edited.
answers_changed = Signal()
