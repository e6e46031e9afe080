"""Under /accounts/, before allauth's: some of its addresses answer with our pages."""

from django.urls import path

from . import oidc, views, views_sign_in

urlpatterns = [
    path("name/", views.name, name="account_name"),
    path("phone/change/", views.change_phone, name="account_change_phone"),
    path("password/new/", views.new_password, name="account_new_password"),
    path("passkey/", views.offer_passkey, name="account_offer_passkey"),
    path("set-up/", views.set_up_factor, name="account_set_up_factor"),
    path("sessions/", views.to_security, name="usersessions_list"),
    path("sessions/<int:pk>/end/", views.end_session, name="account_end_session"),
    path("sessions/end-others/", views.end_other_sessions, name="account_end_other_sessions"),
    path("login/code/confirm/", views_sign_in.confirm_login_code, name="account_confirm_login_code"),
    path("2fa/", views.to_security, name="mfa_index"),
    path("2fa/webauthn/", views.to_security, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("2fa/totp/activate/", views.AddAuthenticatorView.as_view(), name="mfa_activate_totp"),
    path("2fa/recovery-codes/", views.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("2fa/lost/", views_sign_in.lost_factor, name="account_lost_factor"),
    path("2fa/lost/cancel/<str:token>/", views_sign_in.cancel_recovery, name="account_recovery_cancel"),
    path("oidc/<str:provider_id>/login/", oidc.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", oidc.callback, name="openid_connect_callback"),
]
