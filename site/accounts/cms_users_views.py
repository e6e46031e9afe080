"""Views of `cms_users`, apart from it: apps are named before models can be imported."""

from wagtail.users.views.users import IndexView, UserViewSet


class UsersIndexView(IndexView):
    search_fields = {"name", "phone", "username", "email"}


class UsersViewSet(UserViewSet):
    index_view_class = UsersIndexView
