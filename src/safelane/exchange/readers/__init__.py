"""Readers: one per format, run inside the reading process only."""

from __future__ import annotations

from dataclasses import replace

from safelane.exchange.files import formats
from safelane.exchange.files.job import ReadJob
from safelane.exchange.readers.records import Reader


def open_reader(job: ReadJob) -> Reader:
    """Return the reader for the format of the job's file.

    Raises:
        ExchangeError: The file is missing, unsafe, damaged or of no known format.
    """
    found = formats.detect(job.path, job.workdir, job.limits, job.name)
    job = replace(job, path=found.path)
    # Imported here: each format loads only its own libraries in the child.
    if found.format == formats.CSV:
        from safelane.exchange.readers.delimited import DelimitedReader

        return DelimitedReader(job)
    if found.format == formats.XLSX:
        from safelane.exchange.readers.xlsx import XlsxReader

        return XlsxReader(job)
    if found.format == formats.GEOJSON:
        from safelane.exchange.readers.geojson import GeoJsonReader

        return GeoJsonReader(job)
    if found.format in (formats.KML, formats.KMZ):
        from safelane.exchange.readers.kml import KmlReader

        return KmlReader(job, is_zipped=found.format == formats.KMZ)
    return _open_with_gdal(job, found.format)


def _open_with_gdal(job: ReadJob, kind: str) -> Reader:
    if kind == formats.SHAPEFILE:
        from safelane.exchange.readers.shapefile import open_shapefile

        return open_shapefile(job)
    if kind == formats.FILEGDB:
        from safelane.exchange.readers.filegdb import open_filegdb

        return open_filegdb(job)
    from safelane.exchange.readers.geopackage import open_geopackage

    return open_geopackage(job)
