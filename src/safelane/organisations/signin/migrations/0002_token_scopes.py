"""Tokens say what they open. Those made before may read on, but never victims.

They no longer write: whoever needs that makes a new token and says so.
"""

from typing import Any

from django.db import migrations, models

IN_PERSON = {
    "organisation", "person", "membership", "agreement", "admin", "history", "job",
    "file", "victim", "*",
}  # fmt: skip


def limit_old_tokens(apps: Any, schema_editor: Any) -> None:
    for token in apps.get_model("signin", "ApiToken").objects.select_related(
        "membership__role"
    ):
        named = {verb.partition(".")[0] for verb in token.membership.role.verbs}
        token.data_classes = sorted(named - IN_PERSON)
        token.save(update_fields=["data_classes"])


class Migration(migrations.Migration):
    dependencies = [
        ("signin", "0001_initial"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="writes",
            field=models.BooleanField(default=False, verbose_name="may change data"),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="data_classes",
            field=models.JSONField(default=list, verbose_name="data opened"),
        ),
        migrations.RunPython(limit_old_tokens, migrations.RunPython.noop),
    ]
