import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_people")]

    operations = [
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page_key", models.PositiveIntegerField(editable=False, unique=True, verbose_name="页面")),
                ("title", models.CharField(max_length=255, verbose_name="名称")),
                ("url", models.CharField(max_length=255, verbose_name="网址")),
                ("number", models.CharField(blank=True, max_length=80, verbose_name="文号")),
                ("issuer", models.CharField(blank=True, max_length=120, verbose_name="发布单位")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="发布日期")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="施行日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("is_published", models.BooleanField(default=True, verbose_name="已发布")),
                ("lapse_told", models.BooleanField(default=False, editable=False, verbose_name="失效已通知")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.region",
                        verbose_name="适用地区",
                    ),
                ),
            ],
            options={"verbose_name": "政策", "verbose_name_plural": "政策", "ordering": ["title", "pk"]},
        ),
    ]
