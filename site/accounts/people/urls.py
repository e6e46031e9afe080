"""Addresses of people, in the namespace of accounts."""

from django.urls import path

from . import views_desk, views_me, views_staff

urlpatterns = [
    path("join/<str:token>/", views_me.invitation, name="invitation"),
    path("me/enterprise/join/", views_me.join, name="join"),
    path("me/enterprise/join/<int:pk>/withdraw/", views_me.join_withdraw, name="join_withdraw"),
    path("me/enterprise/claim/", views_me.claim_new, name="claim_new"),
    path("me/enterprise/claims/<int:pk>/", views_me.my_claim, name="my_claim"),
    path("me/enterprise/claims/<int:pk>/withdraw/", views_me.claim_withdraw, name="claim_withdraw"),
    path("me/enterprise/claims/<int:pk>/<str:which>/", views_me.claim_file, name="claim_file"),
    path("me/members/", views_me.members_page, name="members"),
    path("me/members/invite/", views_me.member_invite, name="member_invite"),
    path("me/members/leave/", views_me.member_leave, name="member_leave"),
    path("me/members/<int:pk>/kind/", views_me.member_kind, name="member_kind"),
    path("me/members/<int:pk>/remove/", views_me.member_remove, name="member_remove"),
    path("me/members/requests/<int:pk>/<str:step>/", views_me.member_request, name="member_request"),
    path("me/members/invitations/<int:pk>/<str:step>/", views_me.member_invitation, name="member_invitation"),
    path("desk/claims/", views_desk.claims_page, name="claims"),
    path("desk/claims/<int:pk>/", views_desk.claim, name="claim"),
    path("desk/enterprises/merge/", views_desk.merge, name="merge"),
    path("desk/enterprises/merge/<int:pk>/undo/", views_desk.merge_undo, name="merge_undo"),
    path("desk/staff/", views_staff.staff_page, name="staff"),
    path("desk/staff/stranded/", views_staff.stranded_page, name="stranded"),
    path("desk/staff/stranded/<int:place>/<int:pk>/", views_staff.stranded_person, name="stranded_person"),
    path("desk/staff/<int:place>/invite/", views_staff.staff_invite, name="staff_invite"),
    path("desk/staff/<int:place>/<int:pk>/", views_staff.staff_person, name="staff_person"),
    path("desk/staff/<int:place>/<int:pk>/hand-over/", views_staff.staff_hand_over, name="staff_hand_over"),
    path("desk/staff/invitations/<int:pk>/<str:step>/", views_staff.staff_invitation, name="staff_invitation"),
]
