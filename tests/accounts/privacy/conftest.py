"""An enterprise with a trace in every app, and its owner."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.actions import notify
from accounts.models import Consent, Enterprise, SmsMessage, User
from accounts.roles import Role
from advisors import actions as advising
from advisors.models import ServiceRequest, Visit
from events.actions import check_in
from events.models import Registration
from matching.models import Need, Referral
from tests.advisors.conftest import coming
from tests.advisors.factories import AdvisorFactory, TeamFactory, lead_user
from tests.factories import (
    EnterpriseFactory,
    EventFactory,
    InstitutionFactory,
    RegistrationFactory,
    enterprise_user,
    uscc,
    user_with,
)
from tests.matching.conftest import Scene, make_need

NAME, PHONE, FIRM, CODE = "钟离小燕", "13712345678", "遂昌云峰茶业有限公司", uscc(43210987)
ADDRESS, MAIL = "云峰街道茶香路 88 号", "xiaoyan@example.cn"


@dataclass
class Traces:
    owner: User
    enterprise: Enterprise
    manager: User
    advisor: User
    lead: User
    organiser: User
    need: Need
    referral: Referral
    visit: Visit
    request: ServiceRequest
    registration: Registration
    upcoming: Registration


@pytest.fixture
def traces(db, settings) -> Traces:
    firm = EnterpriseFactory(name=FIRM, uscc=CODE, address=ADDRESS, employees=12, traits={"first_loan": True})
    firm.licence.save("licence.png", ContentFile(b"\x89PNG"))
    owner = enterprise_user(firm, name=NAME, phone=f"+86{PHONE}", email=MAIL, username=f"u{PHONE}")
    bank = InstitutionFactory(name="海岛银行")
    manager = user_with(Role.RELATIONSHIP_MANAGER, bank)
    from tests.factories import ProductFactory

    product = ProductFactory(institution=bank, purposes=["working_capital"], amount_max=1_000_000)
    need = make_need(owner, text=f"{FIRM}想借 50 万收鲜叶，请打 {PHONE} 找{NAME}")
    referral = Scene(firm, owner, bank, manager, product, need).start()[0]
    team = TeamFactory(regions=["330902"])
    lead = lead_user(team)
    advisor = AdvisorFactory(user=user_with(Role.ADVISOR), team=team, institution=bank)
    visit = advising.plan_visit(
        by=lead,
        advisor=advisor,
        enterprise=firm,
        starts_at=coming(),
        ends_at=coming() + timedelta(hours=1),
        purpose=f"走访{FIRM}",
        place=ADDRESS,
        contact_name=NAME,
        contact_phone=PHONE,
        client_key=uuid.uuid4(),
    )
    Consent.objects.create(
        enterprise=firm, institution=bank, purpose="visit", given_by=owner, wording=f"{FIRM} 同意提供给海岛银行"
    )
    request = advising.raise_request(
        by=owner,
        enterprise=firm,
        category="financing",
        text=f"{FIRM}续贷，联系{NAME} {PHONE}",
        client_key=uuid.uuid4(),
        attachment=ContentFile(b"%PDF", name="x.pdf"),
    )
    past = EventFactory(starts_at=timezone.now() - timedelta(hours=1))
    organiser = user_with(Role.ORGANISER)
    past.organisers.add(organiser)
    registered = {"name": NAME, "phone": f"+86{PHONE}", "email": MAIL, "organisation": FIRM, "uscc": CODE}
    registration = RegistrationFactory(event=past, user=owner, **registered)
    check_in(event=past, registration=registration, scan_id=uuid.uuid4(), by=organiser)
    upcoming = RegistrationFactory(event=EventFactory(), **registered)
    notify(manager, f"{FIRM} 申请对接", "/desk/")
    notify(owner, "海岛银行已受理", "/me/")
    SmsMessage.objects.create(phone=f"+86{PHONE}", text=f"{NAME}您好，报名成功")
    return Traces(
        owner, firm, manager, advisor.user, lead, organiser, need, referral, visit, request, registration, upcoming
    )
