"""What the CMS shows of people is recorded as elsewhere."""

from django.http import HttpRequest
from wagtail import hooks

from . import audit
from .models import User


@hooks.register("before_edit_user")
def record_view(request: HttpRequest, user: User) -> None:
    if request.method == "GET":
        audit.viewed(user, ["用户名", "姓名", "电子邮箱"], purpose="administration")
