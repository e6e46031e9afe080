"""Who works where, for an institution's administrator (own institution), supervisors and administrators."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..http import Request
from ..models import Institution, User
from ..roles import Role, role_required
from . import handover, invitations, queries, staff, stranded
from .errors import NothingLeft, PeopleError
from .forms import InviteStaffForm
from .views_me import invitation_step

PER_PAGE = 30
NOBODY = "nobody"


def _place(request: Request, number: int) -> tuple[Institution | None, list[Role]]:
    """The place of an address (0: the whole place) and what may be granted there. Others' places are 404."""
    institution = get_object_or_404(Institution, pk=number) if number else None
    roles = queries.grantable(request.user, institution)
    if not roles:
        raise Http404
    return institution, roles


def _places(user: User) -> list[tuple[int, str]]:
    """(number, name) of where this person keeps the staff."""
    everywhere = [(0, _("全平台"))] if queries.grantable(user, None) else []
    found = (
        Institution.objects.all()
        if queries.keeps_everywhere(user)
        else user.institutions_as(Role.INSTITUTION_ADMINISTRATOR)
    )
    return everywhere + [(each.pk, each.name) for each in found]


@role_required(*queries.KEEPERS)
def staff_page(request: Request) -> HttpResponse:
    places = _places(request.user)
    chosen = request.GET.get("at", "")
    number = next((pk for pk, _name in places if str(pk) == chosen), places[0][0] if len(places) == 1 else None)
    found = queries.assignments_kept_by(request.user)
    pending = queries.staff_invitations_kept_by(request.user)
    if number is not None:
        found, pending = found.filter(institution=number or None), pending.filter(institution=number or None)
    text = request.GET.get("q", "").strip()[:40]
    if text:
        found = found.filter(Q(user__name__contains=text) | Q(user__phone__endswith=text))
    page = Paginator(_people(found), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "places": places,
        "chosen": number,
        "q": text,
        "stranded": len(stranded.seen_by(request.user)),
        "invitations": [
            each
            for each in pending[:PER_PAGE]
            if set(each.roles) <= set(queries.grantable(request.user, each.institution))
        ],
    }
    return render(request, "accounts/people/staff.html", context)


def _people(assignments) -> list[dict]:
    """[{user, place, institution, roles}], one for each person and place, by place and name."""
    rows: dict[tuple[int, int], dict] = {}
    for each in assignments.order_by("institution__name", "user__name", "pk"):
        key = (each.institution_id or 0, each.user_id)
        row = rows.setdefault(key, {"user": each.user, "place": key[0], "institution": each.institution, "roles": []})
        row["roles"].append(each.get_role_display())
    return list(rows.values())


@role_required(*queries.KEEPERS)
def staff_invite(request: Request, place: int) -> HttpResponse:
    institution, roles = _place(request, place)
    form = InviteStaffForm(request.POST or request.kept_draft, roles=roles)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = invitations.invite_staff(
            by=request.user,
            institution=institution,
            roles=data["roles"],
            name=data["name"],
            client_key=data["client_key"],
            **form.where,
        )
        messages.success(request, _("邀请已发到 %s。") % made.to)
        return redirect(f"{reverse('accounts:staff')}?at={place}")
    context = {"form": form, "institution": institution, "place": place}
    return render(request, "accounts/people/staff_invite.html", context)


def _person(request: Request, place: int, pk: int) -> tuple[User, Institution | None, list[Role], frozenset[Role]]:
    """Somebody who works there and whom this person keeps; else 404."""
    institution, roles = _place(request, place)
    person = get_object_or_404(User, pk=pk)
    held = staff.roles_at(person, institution)
    if not queries.assignments_kept_by(request.user).filter(user=person, institution=institution).exists():
        raise Http404
    return person, institution, roles, held


@role_required(*queries.KEEPERS)
def staff_person(request: Request, place: int, pk: int) -> HttpResponse:
    """One person's roles there."""
    person, institution, roles, held = _person(request, place, pk)
    error = ""
    chosen = [role.value for role in roles if role in held]
    if request.method == "POST":
        chosen = [role.value for role in roles if role.value in request.POST.getlist("roles")]
        wanted = frozenset(Role(each) for each in chosen) | (held - frozenset(roles))
        if not wanted or handover.due(person, institution, held, held - wanted):
            keep = "".join(f"&keep={each}" for each in chosen)
            return redirect(f"{_hand_over_url(place, pk)}?{keep[1:]}")
        try:
            staff.set_roles(person=person, institution=institution, roles=wanted, by=request.user, heirs={})
        except PeopleError as refused:
            error = str(refused)
        else:
            messages.success(request, _("%s 的角色已更新。") % person)
            return redirect(f"{reverse('accounts:staff')}?at={place}")
    context = {
        "person": person,
        "institution": institution,
        "place": place,
        "choices": [(role.value, role.label, role.value in chosen) for role in roles],
        "fixed": [role.label for role in Role if role in held and role not in roles],
        "error": error,
    }
    return render(request, "accounts/people/staff_person.html", context)


def _hand_over_url(place: int, pk: int) -> str:
    return reverse("accounts:staff_hand_over", args=[place, pk])


@role_required(*queries.KEEPERS)
def staff_hand_over(request: Request, place: int, pk: int) -> HttpResponse:
    """What goes with the roles that end, and to whom: shown, then done by one press."""
    person, institution, roles, held = _person(request, place, pk)
    said = (request.POST if request.method == "POST" else request.GET).getlist("keep")
    keep = [role for role in roles if role.value in said and role in held]
    wanted = frozenset(keep) | (held - frozenset(roles))
    lost = held - wanted
    if not lost:
        return redirect("accounts:staff_person", place=place, pk=pk)
    due = handover.due(person, institution, held, lost)
    error = ""
    if request.method == "POST":
        try:
            heirs = _heirs(request, due)
            left = staff.set_roles(person=person, institution=institution, roles=wanted, by=request.user, heirs=heirs)
        except PeopleError as refused:
            error = str(refused)
        else:
            text = _("%s 已移出，工作已交接。") if not wanted else _("%s 的角色已更新，工作已交接。")
            messages.success(request, text % person)
            for each in left:
                messages.warning(request, each)
            return redirect("/" if person.pk == request.user.pk else f"{reverse('accounts:staff')}?at={place}")
    context = {
        "person": person,
        "institution": institution,
        "place": place,
        "keep": keep,
        "lost": [role.label for role in Role if role in lost],
        "is_leaving": not wanted,
        "error": error,
    }
    return render(request, "accounts/people/staff_hand_over.html", context | _choices(request, due))


def _choices(request: Request, due: list[handover.Due]) -> dict:
    """What the template of `due` asks for."""
    return {
        "due": [(each, request.POST.get(f"heir_{each.key}", "")) for each in due],
        "is_stuck": any(not each.heirs and not each.holding.nobody for each in due),
    }


@role_required(*stranded.WATCHERS)
def stranded_page(request: Request) -> HttpResponse:
    """Whose account is closed while work is open."""
    return render(request, "accounts/people/stranded.html", {"rows": stranded.seen_by(request.user)})


@role_required(*stranded.WATCHERS)
def stranded_person(request: Request, place: int, pk: int) -> HttpResponse:
    """What one of them left behind, and to whom it goes: shown, then done by one press."""
    institution = get_object_or_404(Institution, pk=place) if place else None
    row = stranded.of(request.user, pk, institution)
    if row is None:
        raise Http404
    due = stranded.due(row)
    error = ""
    if request.method == "POST":
        try:
            left = stranded.hand_over(
                person=row.user, institution=institution, by=request.user, heirs=_heirs(request, due)
            )
        except NothingLeft as refused:
            messages.warning(request, str(refused))
            return redirect("accounts:stranded")
        except PeopleError as refused:
            error = str(refused)
        else:
            messages.success(request, _("%s 的工作已移交。") % row.user)
            for each in left:
                messages.warning(request, each)
            return redirect("accounts:stranded")
    context = {"row": row, "error": error} | _choices(request, due)
    return render(request, "accounts/people/stranded_person.html", context)


def _heirs(request: Request, due: list[handover.Due]) -> dict[str, User | None]:
    """By holding, whom the form names. What names nobody is left out: the action asks for it."""
    found: dict[str, User | None] = {}
    for each in due:
        said = request.POST.get(f"heir_{each.key}", "")
        if said == NOBODY:
            found[each.key] = None
        elif heir := next((heir for heir in each.heirs if str(heir.pk) == said), None):
            found[each.key] = heir
    return found


@require_POST
@role_required(*queries.KEEPERS)
def staff_invitation(request: Request, pk: int, step: str) -> HttpResponse:
    found = get_object_or_404(queries.staff_invitations_kept_by(request.user), pk=pk)
    try:
        invitation_step(request, found, step)
    except PermissionDenied:
        raise Http404 from None  # of a place that this person sees but does not invite to
    return redirect(f"{reverse('accounts:staff')}?at={found.institution_id or 0}")
