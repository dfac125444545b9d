"""Count the features of an OGC API collection with QGIS (run with QGIS's Python).

read_with_qgis.py ADDRESS COLLECTION TOKEN
"""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import QgsApplication, QgsVectorLayer

address, collection, token = sys.argv[1:4]
application = QgsApplication([], False)
application.initQgis()
source = (
    f"url='{address}' typename='{collection}' pageSize='2' "
    f"http-header:Authorization='Bearer {token}'"
)
layer = QgsVectorLayer(source, "collection", "OAPIF")
count = len(list(layer.getFeatures())) if layer.isValid() else -1
print("valid", layer.isValid(), "features", count, "crs", layer.crs().authid())
valid = layer.isValid()
del layer
application.exitQgis()
sys.exit(0 if valid and count >= 0 else 1)
