"""Why something was refused. The texts are for people."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.wording import clock

from ..models import Visit


class AdvisorsError(Exception):
    """What was asked for cannot be done as it stands; the text says what to do instead."""


class VisitOverlaps(AdvisorsError):
    """The advisor has another visit in that time. `other` is it, None when only the database saw it."""

    def __init__(self, advisor: object, other: Visit | None = None) -> None:
        self.other = other
        if other is None:
            text = _("%(advisor)s 在这段时间已有走访，请换个时间。") % {"advisor": advisor}
        else:
            text = _(
                "%(advisor)s 在 %(start)s–%(end)s 已有走访（%(enterprise)s），与这个时间重叠。请换个时间或换位顾问。"
            ) % {
                "advisor": advisor,
                "start": clock(other.starts_at),
                "end": timezone.localtime(other.ends_at).strftime("%H:%M"),
                "enterprise": other.enterprise,
            }
        super().__init__(text)


class SlotTaken(AdvisorsError):
    """The time was free when the page was shown and is not any more."""

    def __init__(self) -> None:
        super().__init__(_("这个时间刚刚被约走了，请另选一个；您填写的内容已为您保留。"))
