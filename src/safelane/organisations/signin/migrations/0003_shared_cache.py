"""What several serving processes must share for a short time lies in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signin", "0002_token_scopes")]

    operations = [
        migrations.CreateModel(
            name="SharedValue",
            fields=[
                (
                    "cache_key",
                    models.CharField(max_length=255, primary_key=True, serialize=False),
                ),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "shared value",
                "verbose_name_plural": "shared values",
                "db_table": "signin_sharedvalue",
            },
        ),
        migrations.CreateModel(
            name="AccessVersion",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "version of access",
                "verbose_name_plural": "versions of access",
            },
        ),
    ]
