import uuid
from datetime import timedelta
import pytest
from django.utils import timezone
from accounts.models import *
from accounts.people import members, claims, merging, invitations
from accounts.roles import Role
from matching.referrals import actions as referrals
from tests.accounts.people.test_claims import make_claim
from tests.e2e.test_people_story import enter
from tests.factories import *
from tests.matching.conftest import make_scene

def test_shots(browse, transactional_db):
    scene = make_scene(); owner = scene.owner
    referral = referrals.accept(scene.start()[0], by=scene.manager)
    for n in range(2):
        members.ask_to_join(user=UserFactory(name=f"李{n}财务"), uscc=owner.enterprise.uscc, message="我是财务小李，负责贷款事宜", client_key=uuid.uuid4())
        EnterpriseMember.objects.create(enterprise=owner.enterprise, user=UserFactory())
    invitations.invite_member(by=owner, enterprise=owner.enterprise, phone="+8613700001111", kind="member", client_key=uuid.uuid4())
    admin = user_with(Role.INSTITUTION_ADMINISTRATOR, scene.bank); user_with(Role.RELATIONSHIP_MANAGER, scene.bank)
    invitations.invite_staff(by=admin, institution=scene.bank, roles=["product_editor","product_reviewer"], phone="+8613700002222", name="钱新人", client_key=uuid.uuid4())
    sup = user_with(Role.SUPERVISOR)
    claimant = UserFactory(name="赵法人"); c = make_claim(claimant, owner.enterprise)
    c2 = claims.ask(make_claim(UserFactory(name="孙某"), EnterpriseFactory()), by=sup, note="请补盖章的授权书")
    other = EnterpriseFactory(name=owner.enterprise.name, employees=8, address="解放路 8 号", traits={"exporter": True})
    EnterpriseMember.objects.create(enterprise=other, user=UserFactory(), kind="owner")
    a, b = EnterpriseFactory(), EnterpriseFactory(); merging.merge(target=a, source=b, by=sup, reason="换了代码", take=frozenset(), client_key=uuid.uuid4())
    new = UserFactory(name="新人")
    pages = [(owner, "/me/members/", "members"), (owner, "/me/members/leave/", "leave"), (new, f"/me/enterprise/join/?uscc={owner.enterprise.uscc}", "join"), (new, "/me/enterprise/claim/", "claim-new"),
      (c2.claimant, c2.get_absolute_url(), "my-claim"), (c2.claimant, "/me/enterprise/join/", "join-state"), (sup, "/desk/claims/", "claims"), (sup, c.desk_url, "claim"), (sup, "/desk/enterprises/merge/", "merge"), (sup, f"/desk/enterprises/merge/?keep={owner.enterprise.uscc}&merge={other.uscc}", "merge-two"),
      (admin, "/desk/staff/", "staff"), (sup, "/desk/staff/", "staff-sup"), (admin, f"/desk/staff/{scene.bank.pk}/invite/", "staff-invite"), (admin, f"/desk/staff/{scene.bank.pk}/{scene.manager.pk}/", "staff-person"), (admin, f"/desk/staff/{scene.bank.pk}/{scene.manager.pk}/hand-over/", "hand-over"),
      (UserFactory(phone="+8613700001111"), "/join/" + invitations.token(Invitation.objects.filter(enterprise__isnull=False).get()) + "/", "invitation")]
    for size in ((390, 844), (1440, 900)):
        for user, url, name in pages:
            p = enter(browse(size), user); p.goto(url); p.wait_for_timeout(150)
            w = p.evaluate("document.documentElement.scrollWidth"); print(name, size[0], w)
            p.screenshot(path=f"/tmp/h-people/shots/{name}-{size[0]}.png", full_page=True); p.context.close()
