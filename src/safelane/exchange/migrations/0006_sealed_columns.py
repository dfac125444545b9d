import json

from django.db import migrations

import safelane.core.protect.fields
from safelane.core.protect.fields import as_sealed

NAMES = ("info", "mapping")


def seal_what_lies_open(apps, schema_editor):
    """Seal names of columns that files without headings may take from their rows."""
    runs = apps.get_model("exchange", "ImportRun").objects.order_by("pk")
    as_it_lies = {f"open_{name}": as_sealed(name) for name in NAMES}
    rows = runs.annotate(**as_it_lies).values_list("pk", *as_it_lies)
    for pk, *texts in list(rows):
        read = (json.loads(text) if text else {} for text in texts)
        runs.filter(pk=pk).update(**dict(zip(NAMES, read, strict=True)))


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0005_judged_with'),
        ('protect', '0002_subject'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importrun',
            name='info',
            field=safelane.core.protect.fields.EncryptedJSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='mapping',
            field=safelane.core.protect.fields.EncryptedJSONField(default=dict),
        ),
        migrations.RunPython(seal_what_lies_open, elidable=False),
    ]
