"""审计: who wrote what, and who was shown whose personal data.

Writes to our models record themselves (`signals`), with the person, address and path that the middleware knows; bulk
writes call `record`; a page that shows personal data to staff calls `viewed`. Entries are appended in the caller's
transaction and chained by hash right after its commit (`chain`). What is not recorded, and which values are kept only
masked, is said in `policy`.
"""

from .context import acting
from .policy import exclude, register
from .recording import record, viewed
from .verbs import name_verb

__all__ = ["acting", "exclude", "name_verb", "record", "register", "viewed"]
