from django.urls import URLPattern, URLResolver

app_name = "advisors"
urlpatterns: list[URLPattern | URLResolver] = []
