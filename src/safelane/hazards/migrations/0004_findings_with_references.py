"""Let findings that were kept as text tell no reader more than the reader may see.

Before, a finding was kept in the words of its first reader, with the reference of the
other area and the number of pieces of evidence. Now it names the records it is about;
where these cannot be told any more, it becomes the sentence on what is recorded nearby.
"""

from django.db import migrations

CHUNK = 2_000
AREA, NOBODY_SEES = "hazards.HazardousArea", 0
SENTENCE = "This may overlap land that is already recorded. Operations will check."


def name_records(apps, schema_editor):
    """Go through the reports with findings, a few thousand at a time."""
    alias = schema_editor.connection.alias
    reports = apps.get_model("hazards", "HazardReport").objects.using(alias)
    areas = apps.get_model("hazards", "HazardousArea").objects.using(alias)
    last = 0
    while True:
        rows = reports.filter(pk__gt=last).exclude(findings=[]).order_by("pk")
        rows = list(rows.values_list("pk", "country_id", "findings")[:CHUNK])
        if not rows:
            return
        last = rows[-1][0]
        for key, country, findings in rows:
            kept = [_with_references(f, areas, country) for f in findings]
            if kept != findings:
                reports.filter(pk=key).update(findings=kept)


def _with_references(finding, areas, country):
    if "message" not in finding:
        return finding
    kept = {name: value for name, value in finding.items() if name != "message"}
    values = kept.get("values", {})
    if kept["rule"] == "overlap-shown":
        return _about_area(kept, areas, country)
    if kept["rule"] == "sha-to-cha-direct-evidence":
        least = values.get("minimum", 1)
        return kept | {"counted": _counted("found", least)}
    if kept["rule"] in ("closing-with-direct-evidence", "box-needs-find"):
        return _sentence(kept)
    return kept


def _about_area(kept, areas, country):
    named = areas.filter(reference=kept["values"].get("reference"), country=country)
    keys = list(named.values_list("pk", flat=True)[:2])
    if len(keys) != 1:
        return _sentence(kept)
    return kept | {"about": [[AREA, keys[0]]]}


def _counted(name, least):
    return {"name": name, "own": 0, "rows": [], "at_least": least}


def _sentence(kept):
    about = [[AREA, NOBODY_SEES]]
    plain = {"msgid": SENTENCE, "values": {}, "where": None, "severity": "warn"}
    return kept | plain | {"rule": "recorded-nearby", "about": about, "doubts": []}


class Migration(migrations.Migration):
    dependencies = [("hazards", "0003_recent")]

    operations = [migrations.RunPython(name_records, migrations.RunPython.noop)]
