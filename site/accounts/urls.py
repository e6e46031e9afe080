from django.urls import path

from . import views
from . import views_desk as desk
from .audit.urls import urlpatterns as audit_urls
from .people.urls import urlpatterns as people_urls
from .privacy.urls import urlpatterns as privacy_urls
from .security import views as security
from .security import views_sign_in as sign_in

app_name = "accounts"
urlpatterns = [
    path("accounts/options/<str:table>/", views.options, name="options"),
    path("me/enterprise/", views.enterprise, name="enterprise"),
    path("me/enterprise/new/", views.enterprise_new, name="enterprise_new"),
    path("me/enterprise/<int:pk>/licence/", views.licence, name="licence"),
    path("enterprises/<int:pk>/", desk.open_enterprise, name="open_enterprise"),
    path("desk/enterprises/<int:pk>/", desk.enterprise, name="desk_enterprise"),
    path("me/consents/", views.consents, name="consents"),
    path("me/consents/<int:pk>/withdraw/", views.consent_withdraw, name="consent_withdraw"),
    path("me/consents/<int:pk>/restore/", views.consent_restore, name="consent_restore"),
    path("me/notices/", views.notices, {"area": "me"}, name="notices"),
    path("desk/notices/", views.notices, {"area": "desk"}, name="desk_notices"),
    path("me/security/", security.security, {"area": "me"}, name="security"),
    path("desk/security/", security.security, {"area": "desk"}, name="desk_security"),
    path("desk/sign-in-help/", sign_in.help_list, name="sign_in_help"),
    path("desk/sign-in-help/<int:pk>/", sign_in.help_person, name="sign_in_help_person"),
    *audit_urls,
    *people_urls,
    *privacy_urls,
]
