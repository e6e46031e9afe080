"""`manage.py reset_factors LOGIN --reason …`: the way back in for an only administrator, by whoever runs the machine."""

from django.core.management import BaseCommand, CommandError

from accounts import phones
from accounts.forms_sign_in import account_of
from accounts.security import factors


class Command(BaseCommand):
    help = "Removes a person's passkeys, authenticator app and recovery codes, ends their sessions, and tells them."

    def add_arguments(self, parser) -> None:
        parser.add_argument("login", help="phone, user name or e-mail")
        parser.add_argument("--reason", required=True, help="kept in the audit trail")

    def handle(self, *args, login, reason, **options) -> None:
        user = account_of(phones.normalise(login) or login)
        if user is None:
            raise CommandError(f"nobody signs in as {login}", returncode=2)
        removed = factors.reset(user, by=None, reason=reason)
        self.stdout.write(f"{len(removed)} removed from {user.username}")
