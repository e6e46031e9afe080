from django.urls import path

from .views import calendars, desk, me, public, requests

app_name = "advisors"
urlpatterns = [
    path("advisors/", public.advisor_list, name="list"),
    path("advisors/feed/<str:token>.ics", calendars.feed, name="feed"),
    path("advisors/<slug:slug>/", public.detail, name="detail"),
    path("advisors/<slug:slug>/book/", public.book, name="book"),
    path("desk/visits/", desk.week, name="week"),
    path("desk/visits/plan/", desk.plan, name="plan"),
    path("desk/visits/feed/", calendars.manage_feed, name="manage_feed"),
    path("desk/visits/options/<str:table>/", desk.options, name="options"),
    path("desk/visits/<int:pk>/", desk.visit, name="visit"),
    path("desk/visits/<int:pk>/log/", desk.log, name="log"),
    path("desk/visits/<int:pk>/visit.ics", calendars.visit, name="visit_ics"),
    path("desk/visits/<int:pk>/<str:step>/", desk.visit_step, name="visit_step"),
    path("desk/requests/", requests.queue, name="requests"),
    path("desk/requests/<int:pk>/", requests.request_page, name="request"),
    path("desk/requests/<int:pk>/attachment/", requests.attachment, name="request_attachment"),
    path("desk/requests/<int:pk>/<str:step>/", requests.request_step, name="request_step"),
    path("visits/<int:pk>/", me.open_visit, name="open_visit"),
    path("requests/<int:pk>/", me.open_request, name="open_request"),
    path("me/visits/", me.visits, name="my_visits"),
    path("me/visits/<int:pk>/", me.visit, name="my_visit"),
    path("me/visits/<int:pk>/visit.ics", calendars.my_visit, name="my_visit_ics"),
    path("me/visits/<int:pk>/<str:step>/", me.visit_step, name="my_visit_step"),
    path("me/requests/", me.requests, name="my_requests"),
    path("me/requests/new/", me.request_new, name="my_request_new"),
    path("me/requests/<int:pk>/", me.request_page, name="my_request"),
    path("me/requests/<int:pk>/attachment/", me.attachment, name="my_request_attachment"),
    path("me/requests/<int:pk>/<str:step>/", me.request_step, name="my_request_step"),
]
