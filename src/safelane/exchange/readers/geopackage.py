"""Open a GeoPackage: a real one, not just any database with that ending."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from safelane.exchange.files.errors import EmptyFile
from safelane.exchange.files.job import ReadJob
from safelane.exchange.files.tables import SourceInfo
from safelane.exchange.readers.ogr import OgrReader, choose_layer, layer_names


def open_geopackage(job: ReadJob) -> OgrReader:
    """Return a reader for the chosen layer of a GeoPackage or SpatiaLite file."""
    # GDAL wants the ending; the stored file may have none, and is never written to.
    source = job.path
    if source.suffix.lower() != ".gpkg":
        source = job.workdir / "data.gpkg"
        _same_file(job.path, source)
    names = layer_names(source, job)
    if not names:
        raise EmptyFile(file=job.name)
    layer = choose_layer(names, job)
    info = SourceInfo(format="gpkg", layer=layer, layers=names)
    if len(names) > 1:
        info.notes.append(("other-layers", {"count": len(names) - 1}))
    return OgrReader(job, source, info, layer=layer)


def _same_file(path: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(path, target)
