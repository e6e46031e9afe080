"""Who may enter which part of the site. What they see there is decided by each model's scope in `queries`."""

from functools import wraps
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.db import models
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Roles of staff. An enterprise's people are `EnterpriseMember` rows; a team's lead is a row of its team."""

    PRODUCT_EDITOR = "product_editor", _("产品编辑")  # of an institution: drafts products
    RELATIONSHIP_MANAGER = "relationship_manager", _("客户经理")  # of an institution: takes up referrals
    PRODUCT_REVIEWER = "product_reviewer", _("产品审核")  # of an institution: publishes its products
    INSTITUTION_ADMINISTRATOR = "institution_administrator", _("机构管理员")  # of an institution: its people and roles
    ADVISOR = "advisor", _("金融顾问")  # visits enterprises, follows requests
    TEAM_LEAD = "team_lead", _("首席专员")  # plans the visits of the teams that they lead
    ORGANISER = "organiser", _("活动组织者")  # opens events, sees their registrations
    DOOR_STAFF = "door_staff", _("签到人员")  # checks people in at the events they are assigned to
    SUPERVISOR = "supervisor", _("主管部门")  # sees response times and figures, of the whole place
    EDITOR = "editor", _("内容编辑")  # writes articles, policies, cases
    ADMINISTRATOR = "administrator", _("系统管理员")  # accounts, settings, the Django admin


# Those who deal with single products and enterprises; an institution's administrator deals with its people, and takes
# its tables in and out (`catalogue.exchange`).
SERVING_ROLES = frozenset({Role.PRODUCT_EDITOR, Role.RELATIONSHIP_MANAGER, Role.PRODUCT_REVIEWER})
INSTITUTION_ROLES = SERVING_ROLES | {Role.INSTITUTION_ADMINISTRATOR}
CMS_ROLES = frozenset({Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER, Role.EDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR})


def signed_in(view):
    """View decorator: signs visitors in first; what they posted comes back with them (`accounts.drafts`)."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        if not request.user.is_authenticated:
            from .drafts import sign_in_first

            return sign_in_first(request)
        return view(request, *args, **kwargs)

    return inner


def role_required(*roles: Role):
    """View decorator: signs visitors in first, then lets in whoever holds one of `roles`, else 403."""

    def decorate(view):
        @wraps(view)
        @signed_in
        def inner(request, *args, **kwargs):
            if not request.user.roles & set(roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return inner

    return decorate


def member_required(view):
    """View decorator: signs visitors in first, then lets in people who belong to an enterprise; others go and join."""

    @wraps(view)
    @signed_in
    def inner(request, *args, **kwargs):
        if request.user.enterprise is None:
            return redirect(f"{reverse('accounts:enterprise_new')}?next={quote(request.get_full_path())}")
        return view(request, *args, **kwargs)

    return inner
