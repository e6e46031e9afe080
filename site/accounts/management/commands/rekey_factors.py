"""`manage.py rekey_factors`: after SECRET_KEY was changed, encrypts the secrets of second factors with the new key."""

from cryptography.fernet import InvalidToken
from django.core.management import BaseCommand, CommandError

from accounts.security import mfa


class Command(BaseCommand):
    help = "Encrypts authenticator secrets and recovery codes with SECRET_KEY, so that SECRET_KEY_FALLBACKS may be emptied."

    def handle(self, *args, **options) -> None:
        try:
            count = mfa.rekey()
        except InvalidToken as error:
            raise CommandError(
                "有验证器用的是别的密钥：请把旧密钥写进 SECRET_KEY_FALLBACKS 再运行，什么都没有改。", returncode=1
            ) from error
        self.stdout.write(f"{count}")
