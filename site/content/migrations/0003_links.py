import django.db.models.deletion
from django.db import migrations, models

STATES = [("new", "还没查过"), ("good", "正常"), ("broken", "打不开"), ("unsure", "没能查清"), ("refused", "不查")]


class Migration(migrations.Migration):
    dependencies = [("content", "0002_editorial_pages")]

    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=1000, unique=True, verbose_name="网址")),
                ("state", models.CharField(choices=STATES, default="new", max_length=8, verbose_name="结果")),
                ("detail", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="检查时间")),
                ("broken_since", models.DateTimeField(blank=True, null=True, verbose_name="从何时起")),
            ],
            options={
                "verbose_name": "链接",
                "verbose_name_plural": "链接",
                "ordering": ["-broken_since", "url"],
                "indexes": [models.Index(fields=["state", "checked_at"], name="link_state")],
            },
        ),
        migrations.CreateModel(
            name="LinkUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=255, verbose_name="在哪里")),
                ("edit_url", models.CharField(blank=True, max_length=255, verbose_name="编辑")),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="content.link",
                        verbose_name="链接",
                    ),
                ),
            ],
            options={
                "verbose_name": "链接出现的地方",
                "verbose_name_plural": "链接出现的地方",
                "ordering": ["title", "pk"],
            },
        ),
    ]
