"""What a person or an enterprise may ask of us: all that we hold of them, its erasure, and that staff see it masked.

Apps say what they hold in their own `privacy` module and register it here in `AppConfig.ready`: `register_export`,
`register_erasure`, `register_reveal`. Imports run one way, so nothing here knows their tables.
"""

from .registry import (
    Eraser,
    Keeping,
    Masked,
    Reveal,
    Section,
    register_erasure,
    register_export,
    register_reveal,
)

__all__ = [
    "Eraser",
    "Keeping",
    "Masked",
    "Reveal",
    "Section",
    "register_erasure",
    "register_export",
    "register_reveal",
]
