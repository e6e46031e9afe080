"""A person named in an audit entry, for those who read the trail."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..audit.queries import READERS
from ..audit.sentences import person_name
from ..models import User
from ..wording import masked_name, masked_phone
from . import Masked, Reveal, register_reveal


def _find(user: User, pk: int) -> User | None:
    return User.objects.filter(pk=pk).first() if user.roles & set(READERS) else None


def _values(person: User) -> list[Masked]:
    phone = (person.phone or "").removeprefix("+86")
    return [
        Masked(gettext_lazy("姓名"), masked_name(person.name) or "—", person.name or "—"),
        Masked(gettext_lazy("手机号"), masked_phone(phone) if phone else "—", phone or "—"),
    ]


def register() -> None:
    register_reveal(
        Reveal(
            kind="person",
            find=_find,
            values=_values,
            title=lambda person: _("用户 %s") % person_name(person),
            back=lambda person: reverse("accounts:audit"),
            fields=("姓名", "手机号"),
        )
    )
