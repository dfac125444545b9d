"""Runs know whether their ranks follow from exact outlines of hazardous areas."""

from django.db import migrations, models


def take_over(apps, schema_editor):
    prior = apps.get_model("risk", "SurveyPrior")
    for row in prior.objects.only("missing_layers"):
        row.surveyed = "surveyed" not in row.missing_layers
        row.save(update_fields=["surveyed"])


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="surveyprior",
            name="surveyed",
            field=models.BooleanField(
                default=False, verbose_name="takes surveyed ground off"
            ),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
