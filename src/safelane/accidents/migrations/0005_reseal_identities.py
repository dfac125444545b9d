import base64
import os
from uuid import uuid4

from django.db import migrations

from safelane.core.protect.cipher import KEY_BYTES, unseal
from safelane.core.protect.rowkeys import seal_under

FIELDS = (
    "name",
    "document",
    "birth_date",
    "address",
    "telephone",
    "contact",
    "notes",
)
LABEL = "accidents.victimidentity"


def reseal(apps, schema_editor):
    """Seal each identity under a key of its own; before, the secret sealed them all."""
    identity = apps.get_model("accidents", "VictimIdentity")
    row_key = apps.get_model("protect", "RowKey")
    # The texts are written as they are: the field would seal them once more.
    quote = schema_editor.quote_name
    columns = ", ".join(f"{quote(name)} = %s" for name in (*FIELDS, "key"))
    update = (
        f"UPDATE {quote(identity._meta.db_table)} SET {columns}"  # noqa: S608
        f" WHERE {quote('id')} = %s"
    )
    key_field = identity._meta.get_field("key")
    rows = identity.objects.order_by("pk").values_list("pk", *FIELDS)
    for pk, *texts in list(rows):
        uid, key = uuid4(), os.urandom(KEY_BYTES)
        row_key.objects.create(uid=uid, sealed=base64.b64encode(key).decode())
        sealed = [
            seal_under(key, unseal(text, f"{LABEL}.{name}"), f"{LABEL}.{name}:{uid}")
            if text
            else text
            for name, text in zip(FIELDS, texts, strict=True)
        ]
        stored = key_field.get_db_prep_value(uid, schema_editor.connection)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(update, [*sealed, stored, pk])


class Migration(migrations.Migration):
    dependencies = [
        ("accidents", "0004_identity_keys"),
        ("protect", "0002_subject"),
    ]

    operations = [migrations.RunPython(reseal, elidable=False)]
