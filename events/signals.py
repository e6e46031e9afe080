"""What events tell others."""

from django.dispatch import Signal

# Sent inside the transaction in which an event becomes full, or has a place again.
availability_changed = Signal()
