"""A city's own sign-in by OpenID Connect: whose account it opens.

A city account opens the account it was connected to. Met for the first time, it is connected to an account only when the
city says that phone or e-mail are verified and ours of the same account is verified too. Where one of the two is not,
the person signs in here first and connects it in 登录与安全. The second factor is asked as after any other sign-in.
"""

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.forms import SignupForm
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import phones
from ..models import User
from . import contacts


class VerifyingAdapter(OpenIDConnectOAuth2Adapter):
    """Checks the identity token's signature against the provider's keys always, also over TLS."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict:
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )


def _view(kind, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return kind.adapter_view(VerifyingAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _view(OAuth2LoginView, request, provider_id)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _view(OAuth2CallbackView, request, provider_id)


def is_on() -> bool:
    return bool(settings.SOCIALACCOUNT_PROVIDERS)


def claims_of(sociallogin: SocialLogin) -> dict:
    """What the city says of the person. Empty when its two answers are about different people."""
    data = sociallogin.account.extra_data
    told, token = data.get("userinfo") or {}, data.get("id_token") or {}
    if told and token and told.get("sub") != token.get("sub"):
        return {}
    return token | told


def verified_phone(claims: dict) -> str | None:
    """E.164 of the phone, if the city vouches for it."""
    if claims.get("phone_number_verified") is not True:
        return None
    return phones.normalise(str(claims.get("phone_number") or ""))


def verified_email(claims: dict) -> str | None:
    email = str(claims.get("email") or "").strip().lower()
    return email if email and claims.get("email_verified") is True else None


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = claims_of(sociallogin)
        if not claims:
            self._stop(request, _("统一身份认证返回的信息不一致，没有登录。请重试，或改用手机号登录。"))
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        phone, email = verified_phone(claims), verified_email(claims)
        owner = self._owner(phone, email)
        if owner is not None:
            sociallogin.connect(request, owner)
            contacts.tell(
                owner,
                _("您的账号已绑定%(name)s。如果不是您本人操作，请马上解除绑定并修改密码。")
                % {"name": settings.OIDC_NAME},
            )
            return
        if self._is_known(claims):
            self._stop(
                request,
                _("您的手机号或邮箱已有账号。请先用原来的方式登录，再到“登录与安全”里绑定%(name)s。")
                % {"name": settings.OIDC_NAME},
            )
        sociallogin.phone, sociallogin.phone_verified = phone, phone is not None
        sociallogin.email_addresses = [EmailAddress(email=email, verified=True, primary=True)] if email else []
        if sociallogin.user is not None:
            sociallogin.user.email = email or ""

    def _owner(self, phone: str | None, email: str | None) -> User | None:
        """The account that both sides have verified. Phone and e-mail that belong to two people belong to neither."""
        found = set()
        if phone:
            found |= set(User.objects.filter(phone=phone, phone_verified=True))
        if email:
            found |= {
                each.user
                for each in EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user")
            }
        return found.pop() if len(found) == 1 else None

    def _is_known(self, claims: dict) -> bool:
        phone = phones.normalise(str(claims.get("phone_number") or ""))
        email = str(claims.get("email") or "").strip()
        return bool(
            (phone and User.objects.filter(phone=phone).exists())
            or (email and User.objects.filter(email__iexact=email).exists())
            or (email and EmailAddress.objects.filter(email__iexact=email).exists())
        )

    def _stop(self, request: HttpRequest, text: str) -> None:
        messages.warning(request, text)
        raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None) -> None:
        self._stop(request, _("%(name)s没有完成登录，请重试，或改用手机号登录。") % {"name": settings.OIDC_NAME})

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict) -> User:
        user = super().populate_user(request, sociallogin, data | {"username": ""})
        user.name, user.first_name, user.last_name = (data.get("name") or "")[:60], "", ""
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict:
        initial = super().get_signup_form_initial_data(sociallogin)
        return initial | {"name": sociallogin.user.name if sociallogin.user else ""}

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount) -> str:
        return reverse("mfa_index")  # leads to the person's own page


class SocialSignupForm(SignupForm):
    """Asked only of whom the city knows no verified phone: it is verified here, by a code."""

    name = forms.CharField(label=gettext_lazy("怎么称呼您"), max_length=60)
    field_order = ["name", "phone", "email"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = gettext_lazy("手机号")
        self.fields["phone"].help_text = gettext_lazy("用来登录和接收验证码")
        self.fields.pop("email", None)

    def clean(self):
        from ..forms_sign_in import allow_code

        cleaned = super().clean()
        if not self.errors:
            try:
                allow_code(cleaned["phone"])
            except forms.ValidationError as error:
                self.add_error("phone", error)
        return cleaned
