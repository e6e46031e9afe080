"""People who sign in."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from ..roles import Role
from ..wording import masked_phone


class User(AbstractUser):
    """One person. Signs in by mainland phone (stored as E.164, +8613800000000), user name or e-mail."""

    phone = models.CharField(_("手机号"), max_length=16, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(_("手机号已验证"), default=False)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    sign_outs = models.PositiveIntegerField(default=0, editable=False)  # each one more ends every session there is
    is_demo = models.BooleanField(_("演示账号"), default=False, help_text=_("生产环境有演示账号时拒绝启动。"))

    lacks_factor = False  # of a request: staff who must set up a second factor first (`accounts.security.staff`)

    class Meta(AbstractUser.Meta):
        verbose_name = verbose_name_plural = _("用户")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name or (masked_phone(self.phone) if self.phone else self.username)

    def get_full_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must match at each request: the password, and how often all sessions were ended."""
        said = f"{self.password}#{self.sign_outs}" if self.sign_outs else self.password
        return salted_hmac("accounts.User.session", said, secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Roles held now, over all institutions. One query a request."""
        if self.is_superuser:
            held = {Role.ADMINISTRATOR}
        else:
            held = set()
        return frozenset(held | {Role(each.role) for each in self._assignments})

    @cached_property
    def _assignments(self) -> list:
        return list(self.role_assignments.select_related("institution"))

    def institutions_as(self, *roles: Role) -> list:
        """The institutions for which this person holds one of `roles` (any institution role when none is named); none in a
        request whose person holds no role yet (`lacks_factor`)."""
        return list(
            {
                each.institution_id: each.institution
                for each in self._assignments
                if each.institution_id and each.role in self.roles and (not roles or each.role in roles)
            }.values()
        )

    @cached_property
    def memberships(self) -> list:
        """Active memberships of enterprises, oldest first."""
        return list(self.enterprise_memberships.filter(is_active=True).select_related("enterprise").order_by("pk"))

    @property
    def enterprise(self):
        """The enterprise this person acts for, or None."""
        return self.memberships[0].enterprise if self.memberships else None
