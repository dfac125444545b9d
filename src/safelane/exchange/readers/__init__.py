"""Readers: one per format, run inside the reading process only."""

from __future__ import annotations

from dataclasses import replace

from django.utils.module_loading import import_string

from safelane.exchange.files import formats
from safelane.exchange.files.tables import ReadJob
from safelane.exchange.readers.records import Reader

# By name: each format loads only its own libraries in the child.
_READERS = {
    formats.CSV: "safelane.exchange.readers.delimited.DelimitedReader",
    formats.XLSX: "safelane.exchange.readers.xlsx.XlsxReader",
    formats.GEOJSON: "safelane.exchange.readers.geojson.GeoJsonReader",
    formats.KML: "safelane.exchange.readers.kml.KmlReader",
    formats.KMZ: "safelane.exchange.readers.kml.open_kmz",
    formats.SHAPEFILE: "safelane.exchange.readers.shapefile.open_shapefile",
    formats.FILEGDB: "safelane.exchange.readers.ogr.open_filegdb",
    formats.GPKG: "safelane.exchange.readers.ogr.open_geopackage",
}


def open_reader(job: ReadJob) -> Reader:
    """Return the reader for the format of the job's file.

    Raises:
        ExchangeError: The file is missing, unsafe, damaged or of no known format.
    """
    found, path = formats.detect(job.path, job.workdir, job.limits, job.name)
    reader: Reader = import_string(_READERS[found])(replace(job, path=path))
    info = reader.info
    info.format = found
    if len(info.layers) > 1:
        info.notes.append(("other-layers", {"count": len(info.layers) - 1}))
    return reader
