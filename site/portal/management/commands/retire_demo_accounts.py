"""`manage.py retire_demo_accounts`: nobody signs in with a public password any more; what the accounts wrote stays."""

from django.core.management import BaseCommand
from django.db import transaction

from accounts.models import User


class Command(BaseCommand):
    help = "Closes the demo accounts, so that production starts."

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        users = list(User.objects.filter(is_demo=True, is_active=True))
        for user in users:
            user.is_active = False
            user.set_unusable_password()
            user.save(update_fields=["is_active", "password"])
        self.stderr.write(f"{len(users)} demo accounts closed")
