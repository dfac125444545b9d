"""Read OGC API Features in QGIS as somebody at a desk does, and write down what came.

    /usr/bin/python3 qgis_reads.py JOB.json RESULT.json

Each connection of the job is saved with an authentication of type Basic, as the dialog
"New connection" saves it, and opened in the browser. The layers that are offered there,
or those that the job names instead, are read whole and within a box. This runs in the
Python that knows QGIS and imports nothing of this project.
"""

import json
import sys
from pathlib import Path

from qgis.core import (
    NULL,
    QgsApplication,
    QgsAuthMethodConfig,
    QgsDataSourceUri,
    QgsFeatureRequest,
    QgsRectangle,
    QgsSettings,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDate, QDateTime, Qt, QVariant

PAGE = 2


def main(job, result):
    application = QgsApplication([], False)
    application.initQgis()
    QgsApplication.authManager().setMasterPassword("of this run only", True)
    asked = json.loads(Path(job).read_text(encoding="utf-8"))
    seen = {each["name"]: connect(each) for each in asked}
    Path(result).write_text(json.dumps(seen), encoding="utf-8")
    application.exitQgis()


def connect(asked):
    """Save one connection, open it, and read its layers: all, or those named."""
    config = save(asked)
    uris = offered = layers_of(asked["name"])
    if asked["only"] is not None:
        typed = f"authcfg={config} typename='%s' url='{asked['url']}'"
        uris = {name: offered.get(name, typed % name) for name in asked["only"]}
    read = {n: read_layer(uri, asked["boxes"].get(n)) for n, uri in uris.items()}
    return {"offered": sorted(offered), "layers": read}


def save(asked):
    """Return the number of the authentication that the saved connection uses."""
    config = QgsAuthMethodConfig()
    config.setName(asked["name"])
    config.setMethod("Basic")
    config.setConfig("username", asked["user"])
    config.setConfig("password", asked["token"])
    assert QgsApplication.authManager().storeAuthenticationConfig(config)[0]
    settings = QgsSettings()
    key = f"qgis/connections-wfs/{asked['name']}"
    settings.setValue(f"{key}/url", asked["url"])
    settings.setValue(f"{key}/version", "OGC_API_FEATURES")
    settings.setValue(f"{key}/pagingenabled", True)
    settings.setValue(f"{key}/pagesize", str(PAGE))
    settings.setValue(f"qgis/WFS/{asked['name']}/authcfg", config.id())
    return config.id()


def layers_of(name):
    """Return the collections that the browser offers below a saved connection."""
    providers = QgsApplication.dataItemProviderRegistry().providers()
    (provider,) = [each for each in providers if each.name() == "WFS"]
    saved = provider.createDataItem("", None).createChildren()
    (item,) = [each for each in saved if each.name() == name]
    found = [each.uri() for each in item.createChildren() if hasattr(each, "uri")]
    return {QgsDataSourceUri(uri).param("typename"): uri for uri in found}


def read_layer(uri, box=None):
    layer = QgsVectorLayer(uri, "x", "OAPIF")
    if not layer.isValid():
        return {"valid": False}
    features = [
        {
            "shape": QgsWkbTypes.displayString(feature.geometry().wkbType()),
            "wkt": feature.geometry().asWkt(9),
            "values": {f.name(): plain(feature[f.name()]) for f in feature.fields()},
        }
        for feature in layer.getFeatures()
    ]
    return {
        "valid": True,
        "drawn": QgsWkbTypes.geometryDisplayString(layer.geometryType()),
        "crs": layer.crs().authid(),
        "fields": {f.name(): QVariant.typeToName(f.type()) for f in layer.fields()},
        "features": features,
        "in_box": within(uri, box),
    }


def within(uri, box):
    """Return how many features a layer that has read nothing yet finds in a box."""
    if box is None:
        return None
    layer = QgsVectorLayer(uri, "x", "OAPIF")
    request = QgsFeatureRequest().setFilterRect(QgsRectangle(*box))
    return len(list(layer.getFeatures(request)))


def plain(value):
    if value == NULL:
        return None
    if isinstance(value, QDate | QDateTime):
        return value.toString(Qt.ISODate)
    return value


if __name__ == "__main__":
    main(*sys.argv[1:])
