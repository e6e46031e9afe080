"""Every address of the site. Fixed ones are listed in docs/developers/interfaces.md."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from accounts import cms_account

from . import health, sitemaps, views

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = settings.SITE_NAME

SECTIONS = sitemaps.collect()
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("search.urls")),  # early: addresses are tried one by one
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", index, {"sitemaps": SECTIONS, "sitemap_url_name": "sitemap_section"}, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap, {"sitemaps": SECTIONS}, name="sitemap_section"),
    path("language/<str:code>/", views.language, name="language"),  # link to it with ?next=; no form, no token
    path("display/<str:size>/", views.display, name="display"),
    path("cms/account/", cms_account.account),  # instead of Wagtail's, under the name that Wagtail gives it
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls_sign_in")),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("catalogue.urls")),
    path("", include("matching.urls")),
    path("", include("advisors.urls")),
    path("", include("events.urls")),
    path("", include("dashboard.urls")),
]
if settings.DEMO:
    urlpatterns += [
        path("demo/", include("accounts.urls_demo")),
        path("styleguide/", views.styleguide, name="styleguide"),
    ]
urlpatterns += [re_path(r"^media/(?P<path>(?:images|original_images)/.+)$", views.media, name="media")]
urlpatterns += [path("", include(wagtail_urls))]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
