"""What was done to whom in the CMS, kept with the institution it concerns, so that nobody reads another one's log."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models.audit_log import BaseLogEntry, BaseLogEntryManager

from accounts.models import Institution
from accounts.roles import Role


class CatalogueLogEntryManager(BaseLogEntryManager):
    def log_action(self, instance, action, **kwargs):
        owner = instance.pk if isinstance(instance, Institution) else getattr(instance, "institution_id", None)
        return super().log_action(instance, action, **kwargs, object_id=str(instance.pk), institution_id=owner)

    def viewable_by_user(self, user):
        if user.roles & {Role.ADMINISTRATOR, Role.SUPERVISOR}:
            return self.all()
        return self.filter(institution__in=user.institutions_as(Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER))

    def for_instance(self, instance):
        kind = ContentType.objects.get_for_model(instance, for_concrete_model=False)
        return self.filter(content_type=kind, object_id=str(instance.pk))


class CatalogueLogEntry(BaseLogEntry):
    object_id = models.CharField(max_length=255, db_index=True)
    institution = models.ForeignKey(Institution, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CatalogueLogEntryManager()

    class Meta(BaseLogEntry.Meta):
        ordering = ["-timestamp", "-id"]
        verbose_name = verbose_name_plural = _("目录操作记录")
