import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models


def policy(related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        help_text="它失效时，产品会标为待复核",
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="accounts.policy",
        verbose_name="依据的政策",
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_policies"), ("catalogue", "0005_rate_basis_and_steps")]

    operations = [
        migrations.AddField(model_name="eligibilityrule", name="policy", field=policy("rules")),
        migrations.AddField(model_name="tariff", name="policy", field=policy("tariffs")),
        migrations.CreateModel(
            name="ProductPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="依据哪一条")),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="product_links",
                        to="accounts.policy",
                        verbose_name="政策",
                    ),
                ),
                (
                    "product",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy_links",
                        to="catalogue.product",
                    ),
                ),
            ],
            options={"verbose_name": "依据的政策", "verbose_name_plural": "依据的政策", "ordering": ["pk"]},
        ),
        migrations.AddConstraint(
            model_name="productpolicy",
            constraint=models.UniqueConstraint(fields=("product", "policy"), name="product_policy_once"),
        ),
    ]
