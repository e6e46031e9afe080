from django.urls import path

from .views import desk, door, public

app_name = "events"
urlpatterns = [
    path("events/", public.event_list, name="events"),
    path("events/calendar.ics", public.calendar_feed, name="calendar"),
    path("events/<slug:slug>/", public.event, name="event"),
    path("events/<slug:slug>/event.ics", public.event_feed, name="event_feed"),
    path("events/<slug:slug>/register/", public.register, name="register"),
    path("tickets/<str:token>/", public.ticket, name="ticket"),
    path("tickets/<str:token>/event.ics", public.ticket_feed, name="ticket_feed"),
    path("tickets/<str:token>/edit/", public.ticket_edit, name="ticket_edit"),
    path("tickets/<str:token>/cancel/", public.ticket_cancel, name="ticket_cancel"),
    path("tickets/<str:token>/restore/", public.ticket_restore, name="ticket_restore"),
    path("me/events/", public.my_events, name="my_events"),
    path("door/<slug:slug>/", door.door, name="door"),
    path("desk/events/", desk.event_list, name="desk_events"),
    path("desk/events/new/", desk.event_new, name="desk_new"),
    path("desk/events/<slug:slug>/", desk.event, name="desk_event"),
    path("desk/events/<slug:slug>/edit/", desk.event_edit, name="desk_edit"),
    path("desk/events/<slug:slug>/move/<str:name>/", desk.event_move, name="desk_move"),
    path("desk/events/<slug:slug>/copy/", desk.event_copy, name="desk_copy"),
    path("desk/events/<slug:slug>/door-staff/", desk.door_staff, name="desk_door_staff"),
    path("desk/events/<slug:slug>/attendance.xlsx", desk.attendance, name="desk_attendance"),
]
