"""When signing in asks for the second factor: our rule in allauth's place for it."""

from allauth.mfa import stages

from . import factors


class AuthenticateStage(stages.AuthenticateStage):
    def _should_handle(self, request) -> bool:
        user = self.login.user
        return user is not None and factors.is_asked_at_sign_in(user) and super()._should_handle(request)
