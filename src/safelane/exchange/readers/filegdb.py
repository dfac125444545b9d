"""Open a File Geodatabase, as a folder or zipped."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from safelane.exchange.files.archive import file_names, open_archive, unpack
from safelane.exchange.files.errors import ArchiveRefused, BrokenFile
from safelane.exchange.files.job import ReadJob
from safelane.exchange.files.tables import SourceInfo
from safelane.exchange.readers.ogr import OgrReader, choose_layer, layer_names

_PLAIN = re.compile(r"[A-Za-z0-9_.\-]{1,80}")


def open_filegdb(job: ReadJob) -> OgrReader:
    """Return a reader for the chosen feature class.

    Raises:
        BrokenFile, ArchiveRefused: It is damaged, or the zip is not one geodatabase.
    """
    source = job.path if job.path.is_dir() else _unpacked(job)
    names = layer_names(source, job)
    layer = choose_layer(names, job)
    info = SourceInfo(format="filegdb", layer=layer, layers=names)
    if len(names) > 1:
        info.notes.append(("other-layers", {"count": len(names) - 1}))
    return OgrReader(job, source, info, layer=layer)


def _unpacked(job: ReadJob) -> Path:
    target = job.workdir / "data.gdb"
    with open_archive(job.path, job.limits) as archive:
        names = [PurePosixPath(n.replace("\\", "/")) for n in file_names(archive)]
        folders = {n.parent for n in names if n.suffix.lower() == ".gdbtable"}
        if len(folders) != 1:
            reason = f"it holds {len(folders)} geodatabases, one is needed"
            raise ArchiveRefused(file=job.name, reason=reason)
        folder = folders.pop()
        for original, name in zip(file_names(archive), names, strict=True):
            if name.parent != folder:
                continue
            if not _PLAIN.fullmatch(name.name):
                raise BrokenFile(file=job.name, reason=f"{name.name!r} is out of place")
            unpack(archive, original, target / name.name)
    return target
