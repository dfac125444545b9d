"""Waiting jobs are the queue themselves: the table of their numbers goes."""

from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder

APP, TABLE = "django_tasks_database", "django_tasks_database_dbtaskresult"


def drop_old_queue(apps, schema_editor):
    connection = schema_editor.connection
    if TABLE in connection.introspection.table_names():
        schema_editor.execute(f"DROP TABLE {TABLE}")
    MigrationRecorder(connection).migration_qs.filter(app=APP).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0003_basis'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='jobrun',
            name='cancel_requested',
        ),
        migrations.RunPython(drop_old_queue, migrations.RunPython.noop),
    ]
