"""The audit trail, and the triggers that let nobody change it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.audit import database


def install(apps, schema_editor) -> None:
    database.install(schema_editor.connection)


def uninstall(apps, schema_editor) -> None:
    database.uninstall(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_holiday_override"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("previous_day", models.DateField(null=True)),
                ("opening_hash", models.CharField(max_length=64)),
                ("first_sequence", models.BigIntegerField()),
                ("entries", models.PositiveIntegerField(default=0)),
                ("last_hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "审计日",
                "verbose_name_plural": "审计日",
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "actor_roles",
                    models.CharField(blank=True, help_text="当时的角色和机构", max_length=200, verbose_name="身份"),
                ),
                ("verb", models.CharField(max_length=40, verbose_name="做了什么")),
                ("model", models.CharField(blank=True, max_length=80, verbose_name="表")),
                ("object_id", models.CharField(blank=True, max_length=64, verbose_name="编号")),
                (
                    "label",
                    models.CharField(
                        blank=True, help_text="公开的名称；个人和企业只记编号", max_length=200, verbose_name="名称"
                    ),
                ),
                (
                    "changes",
                    models.JSONField(
                        default=dict, help_text="{字段: [原值, 新值]}；个人信息已隐去", verbose_name="改动"
                    ),
                ),
                ("detail", models.JSONField(default=dict, verbose_name="说明")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="网络地址")),
                ("path", models.CharField(blank=True, max_length=200, verbose_name="页面")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("sequence", models.BigIntegerField(null=True, unique=True, verbose_name="序号")),
                ("day", models.DateField(null=True, verbose_name="入链日期")),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(blank=True, max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="谁",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.enterprise",
                        verbose_name="涉及企业",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.institution",
                        verbose_name="涉及机构",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="涉及的人",
                    ),
                ),
            ],
            options={
                "verbose_name": "审计记录",
                "verbose_name_plural": "审计记录",
                "ordering": ["-pk"],
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(condition=models.Q(("sequence__isnull", True)), fields=["id"], name="audit_unchained"),
                    models.Index(fields=["at"], name="audit_at"),
                    models.Index(fields=["actor", "id"], name="audit_actor"),
                    models.Index(fields=["enterprise", "id"], name="audit_enterprise"),
                    models.Index(fields=["person", "id"], name="audit_person"),
                    models.Index(fields=["model", "object_id"], name="audit_object"),
                ],
            },
        ),
        migrations.RunPython(install, uninstall, elidable=False),
    ]
