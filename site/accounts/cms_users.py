"""Users in the CMS: found by the one name that people here have, by telephone, user name and mail."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "accounts.cms_users_views.UsersViewSet"
