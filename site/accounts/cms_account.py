"""The CMS's page of one's own account: people here have one name, and their e-mail and password under 登录与安全."""

from django import forms
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView, BaseSettingsPanel, ChangePasswordPanel, NameEmailSettingsPanel

from .models import User


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class NamePanel(BaseSettingsPanel):
    name = "name"
    title = User._meta.get_field("name").verbose_name
    order = 100
    form_class = NameForm


class OwnAccountView(AccountView):
    def get_panels(self):
        kept = [
            each for each in super().get_panels() if not isinstance(each, NameEmailSettingsPanel | ChangePasswordPanel)
        ]
        return [NamePanel(self.request, self.request.user, self.request.user.wagtail_userprofile), *kept]


account = require_admin_access(OwnAccountView.as_view())
