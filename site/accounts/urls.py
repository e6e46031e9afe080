from django.urls import path

from . import views
from .audit.urls import urlpatterns as audit_urls
from .people.urls import urlpatterns as people_urls
from .privacy.urls import urlpatterns as privacy_urls

app_name = "accounts"
urlpatterns = [
    path("accounts/options/<str:table>/", views.options, name="options"),
    path("me/enterprise/", views.enterprise, name="enterprise"),
    path("me/enterprise/new/", views.enterprise_new, name="enterprise_new"),
    path("me/enterprise/<int:pk>/licence/", views.licence, name="licence"),
    path("me/consents/", views.consents, name="consents"),
    path("me/consents/<int:pk>/withdraw/", views.consent_withdraw, name="consent_withdraw"),
    path("me/consents/<int:pk>/restore/", views.consent_restore, name="consent_restore"),
    path("me/notices/", views.notices, {"area": "me"}, name="notices"),
    path("desk/notices/", views.notices, {"area": "desk"}, name="desk_notices"),
    *audit_urls,
    *people_urls,
    *privacy_urls,
]
