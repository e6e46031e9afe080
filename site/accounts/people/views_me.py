"""An enterprise's people, for themselves: joining, claiming, members, invitations."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import audit
from ..http import Request
from ..models import Claim, EnterpriseMember
from ..roles import member_required, signed_in
from ..transitions import TransitionRefused
from . import claims, invitations, members, queries
from .errors import InvitationOver, LastOwner, PeopleError
from .forms import ClaimForm, InviteMemberForm, JoinForm, SupplyForm

Kind = EnterpriseMember.Kind


# Joining


@signed_in
def join(request: Request) -> HttpResponse:
    """To ask for a place in an enterprise that is registered, and to see what became of it."""
    form = JoinForm(request.POST or request.kept_draft, initial={"uscc": request.GET.get("uscc", "")[:40]})
    if request.method == "POST" and form.is_valid():
        try:
            asked = members.ask_to_join(user=request.user, **form.cleaned_data)
        except PeopleError as error:
            form.add_error("uscc", str(error))
        else:
            if queries.owners_of(asked.enterprise).exists():
                messages.success(request, _("申请已送到负责人，同意后会短信通知您。"))
            else:
                messages.warning(request, _("申请已收到，但这家企业现在没有负责人，建议您凭营业执照认领。"))
            return redirect("accounts:join")
    context = {
        "form": form,
        "requests": queries.requests_of(request.user)[:10],
        "claims": queries.claims_visible_to(request.user).filter(claimant=request.user)[:10],
    }
    return render(request, "accounts/people/join.html", context)


@require_POST
@signed_in
def join_withdraw(request: Request, pk: int) -> HttpResponse:
    asked = get_object_or_404(queries.requests_of(request.user), pk=pk)
    try:
        members.withdraw(asked, by=request.user)
    except TransitionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤回申请。"))
    return redirect("accounts:join")


@signed_in
def invitation(request: Request, token: str) -> HttpResponse:
    """Where an invitation's link leads: says what it is for, and takes the person in."""
    try:
        found = invitations.read(token)
        if reason := invitations.refusal(found, request.user):
            raise InvitationOver(reason)
        if request.method == "POST":
            invitations.accept(token, user=request.user)
            messages.success(request, _("您已加入“%s”。") % found.party)
            return redirect("/me/" if found.enterprise_id else "/desk/")
    except PeopleError as error:
        status = 410 if isinstance(error, InvitationOver) else 409
        return render(request, "accounts/people/invitation_over.html", {"reason": str(error)}, status=status)
    return render(request, "accounts/people/invitation.html", {"invitation": found})


# Claims


@signed_in
def claim_new(request: Request) -> HttpResponse:
    form = ClaimForm(
        request.POST or request.kept_draft, request.FILES or None, initial={"uscc": request.GET.get("uscc", "")[:40]}
    )
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        try:
            made = claims.submit(by=request.user, **fields)
        except PeopleError as error:
            form.add_error("uscc", str(error))
        else:
            messages.success(request, _("已提交，主管部门审核后会短信通知您。"))
            return redirect(made)
    return render(request, "accounts/people/claim_new.html", {"form": form})


def _own_claim(request: Request, pk: int) -> Claim:
    return get_object_or_404(queries.claims_visible_to(request.user).filter(claimant=request.user), pk=pk)


@signed_in
def my_claim(request: Request, pk: int) -> HttpResponse:
    """One's own claim: what was said, and what is wanted."""
    found = _own_claim(request, pk)
    form = SupplyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            claims.supply(found, by=request.user, **form.cleaned_data)
        except TransitionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已补充，重新排队审核。"))
            return redirect(found)
    return render(
        request, "accounts/people/my_claim.html", {"claim": found, "form": form, "events": found.events.all()}
    )


@require_POST
@signed_in
def claim_withdraw(request: Request, pk: int) -> HttpResponse:
    found = _own_claim(request, pk)
    try:
        claims.withdraw(found, by=request.user)
    except TransitionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤回认领。"))
    return redirect(found)


@signed_in
def claim_file(request: Request, pk: int, which: str) -> FileResponse:
    """A proof, for the claimant and the reviewers; each showing to staff is recorded."""
    found = get_object_or_404(queries.claims_visible_to(request.user), pk=pk)
    file = {"licence": found.licence, "letter": found.letter}.get(which)
    if not file:
        raise Http404
    label = {"licence": "营业执照", "letter": "授权书或介绍信"}[which]
    audit.viewed(found, [label], enterprise=found.enterprise_id, purpose="claim")
    return FileResponse(file.open(), as_attachment=True)


# Members


@member_required
def members_page(request: Request) -> HttpResponse:
    enterprise = request.user.enterprise
    is_owner = queries.is_owner(request.user, enterprise)
    people = list(queries.members_of(enterprise))
    context = {
        "enterprise": enterprise,
        "is_owner": is_owner,
        "members": people,
        "owners": sum(each.kind == Kind.OWNER for each in people),
        "requests": queries.waiting_requests(request.user) if is_owner else [],
        "invitations": queries.invitations_of(enterprise) if is_owner else [],
        "form": InviteMemberForm(),
    }
    return render(request, "accounts/people/members.html", context)


def _owned(request: Request):
    """The enterprise that this person decides for; 403 for its other members."""
    enterprise = request.user.enterprise
    if not queries.is_owner(request.user, enterprise):
        raise PermissionDenied
    return enterprise


@require_POST
@member_required
def member_request(request: Request, pk: int, step: str) -> HttpResponse:
    _owned(request)
    asked = get_object_or_404(request.user.enterprise.join_requests.select_related("user"), pk=pk)
    try:
        if step == "accept":
            members.accept(asked, by=request.user)
            messages.success(request, _("%s 已加入，成为经办人。") % asked.user)
        elif step == "refuse":
            members.refuse(asked, by=request.user, reason=request.POST.get("reason", "")[:200])
            messages.success(request, _("已告诉 %s。") % asked.user)
        else:
            raise Http404
    except (TransitionRefused, PeopleError) as error:
        messages.error(request, str(error))
    return redirect("accounts:members")


@require_POST
@member_required
def member_kind(request: Request, pk: int) -> HttpResponse:
    membership = get_object_or_404(queries.members_of(_owned(request)), pk=pk)
    kind = request.POST.get("kind", "")
    if kind not in Kind.values:
        raise Http404
    try:
        members.change_kind(membership, by=request.user, kind=kind)
    except PeopleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s 现在是%(kind)s。") % {"name": membership.user, "kind": Kind(kind).label})
    return redirect("accounts:members")


@require_POST
@member_required
def member_remove(request: Request, pk: int) -> HttpResponse:
    membership = get_object_or_404(queries.members_of(_owned(request)), pk=pk)
    if membership.user_id == request.user.pk:
        return redirect("accounts:member_leave")
    try:
        members.remove(membership, by=request.user)
    except PeopleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%s 已移出，不能再查看本企业资料。") % membership.user)
    return redirect("accounts:members")


@member_required
def member_leave(request: Request) -> HttpResponse:
    """To leave; the last owner names who comes next."""
    people = list(queries.members_of(request.user.enterprise))
    mine = next(each for each in people if each.user_id == request.user.pk)
    others = [each for each in people if each.pk != mine.pk]
    is_last = mine.kind == Kind.OWNER and not any(each.kind == Kind.OWNER for each in others)
    error = ""
    if request.method == "POST":
        named = next((each for each in others if str(each.pk) == request.POST.get("successor")), None)
        try:
            members.remove(mine, by=request.user, successor=named)
        except LastOwner as refused:
            error = str(refused)
        except PeopleError:
            return redirect("accounts:join")
        else:
            messages.success(request, _("您已退出“%s”。") % mine.enterprise.name)
            return redirect("accounts:join")
    context = {"enterprise": request.user.enterprise, "others": others, "is_last": is_last, "error": error}
    return render(request, "accounts/people/leave.html", context)


@require_POST
@member_required
def member_invite(request: Request) -> HttpResponse:
    enterprise = _owned(request)
    form = InviteMemberForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return redirect("accounts:members")
    try:
        made = invitations.invite_member(by=request.user, enterprise=enterprise, **form.cleaned_data)
    except PeopleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("邀请已发到 %s。") % made.to)
    return redirect("accounts:members")


@require_POST
@member_required
def member_invitation(request: Request, pk: int, step: str) -> HttpResponse:
    found = get_object_or_404(queries.invitations_of(_owned(request)), pk=pk)
    invitation_step(request, found, step)
    return redirect("accounts:members")


def invitation_step(request: Request, found, step: str) -> None:
    """Sends again or takes back, and says so; also on the desk."""
    try:
        if step == "resend":
            messages.success(
                request, _("邀请已重新发到 %s，旧链接作废。") % invitations.resend(found, by=request.user).to
            )
        elif step == "revoke":
            invitations.revoke(found, by=request.user)
            messages.success(request, _("邀请已撤回，链接作废。"))
        else:
            raise Http404
    except PeopleError as error:
        messages.error(request, str(error))
