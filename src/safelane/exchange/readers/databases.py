"""Open a GeoPackage, SpatiaLite file or File Geodatabase (a folder or zipped)."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path, PurePosixPath

from safelane.exchange.files.archive import file_names, open_archive, unpack
from safelane.exchange.files.errors import ArchiveRefused, BrokenFile
from safelane.exchange.files.job import ReadJob
from safelane.exchange.readers.ogr import OgrReader, open_layers

_PLAIN = re.compile(r"[A-Za-z0-9_.\-]{1,80}")


def open_geopackage(job: ReadJob) -> OgrReader:
    """Return a reader for the chosen layer of a GeoPackage or SpatiaLite file."""
    if job.path.suffix.lower() == ".gpkg":
        return open_layers(job, job.path)
    # GDAL wants the ending; the stored file may have none, and is never written to.
    source = job.workdir / "data.gpkg"
    source.unlink(missing_ok=True)
    try:
        os.link(job.path, source)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(job.path, source)
    return open_layers(job, source)


def open_filegdb(job: ReadJob) -> OgrReader:
    """Return a reader for the chosen feature class.

    Raises:
        BrokenFile, ArchiveRefused: It is damaged, or the zip is not one geodatabase.
    """
    return open_layers(job, job.path if job.path.is_dir() else _unpacked(job))


def _unpacked(job: ReadJob) -> Path:
    target = job.workdir / "data.gdb"
    with open_archive(job.path, job.limits) as archive:
        names = [PurePosixPath(n.replace("\\", "/")) for n in file_names(archive)]
        folders = {n.parent for n in names if n.suffix.lower() == ".gdbtable"}
        if len(folders) != 1:
            reason = f"it holds {len(folders)} geodatabases, one is needed"
            raise ArchiveRefused(reason=reason)
        folder = folders.pop()
        for original, name in zip(file_names(archive), names, strict=True):
            if name.parent != folder:
                continue
            if not _PLAIN.fullmatch(name.name):
                raise BrokenFile(reason=f"{name.name!r} is out of place")
            unpack(archive, original, target / name.name)
    return target
