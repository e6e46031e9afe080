"""Wishes of people and enterprises to be erased."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_policies")]

    operations = [
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="申请时间")),
                ("due_at", models.DateTimeField(verbose_name="执行时间")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("done_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                (
                    "enterprise",
                    models.ForeignKey(
                        help_text="空：删除的是申请人自己的资料",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure_requests",
                        to="accounts.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure_requests",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
            ],
            options={
                "verbose_name": "删除申请",
                "verbose_name_plural": "删除申请",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("undone_at", None)),
                        fields=["due_at"],
                        name="erasure_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at", None), ("enterprise", None), ("undone_at", None)),
                        fields=("user",),
                        name="one_open_erasure_per_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("done_at", None), ("enterprise__isnull", False), ("undone_at", None)),
                        fields=("enterprise",),
                        name="one_open_erasure_per_enterprise",
                    ),
                ],
            },
        ),
    ]
