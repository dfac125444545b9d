"""The file of an import: kept, opened for reading, let go when the import ends.

Files that may hold identities are sealed while an import needs them, then destroyed.
They lie in a folder of their own, in no backup, and no address leads to them. Each has
a key of its own, kept sealed with its import; with the key gone nobody can read what
may be left on the disk. Every piece is bound to its import and its place in the file.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from safelane.core.files.durable import written_whole
from safelane.core.files.kinds import KINDS, FileContentMissing, FileTooLarge
from safelane.core.files.store import max_bytes, path_of, store_file
from safelane.core.jobs.models import JobRun
from safelane.core.scope import Actor
from safelane.exchange.files.errors import HIDDEN
from safelane.exchange.files.source import Source
from safelane.exchange.mapping.model import READING, Mapping
from safelane.exchange.mapping.own_export import reason_columns
from safelane.exchange.models import ImportRun

PIECE = 1 << 20
NONCE = 12
PREFIX = "safelane-sealed-"
# What a killed worker leaves: opened uploads, exports half written, files being read.
LEFT_BEHIND = (
    *(f"{PREFIX}*", "safelane-export-*", "safelane-read-*"),
    *("safelane-outline-*", "safelane-document-*"),
)
_MEMORY = Path("/dev/shm")  # noqa: S108 - each folder made in it is private
_STALE_SECONDS = 24 * 3600


def seal_file(fileobj: IO[bytes], uid: UUID) -> str:
    """Seal a file for an import and return its key.

    Raises:
        FileTooLarge, StorageUnavailable: It cannot be kept.
    """
    key, limit, size = AESGCM.generate_key(256), max_bytes(KINDS["import"]), 0
    with written_whole(_sealed_path(uid), mode=0o600) as file:
        # An empty last piece tells the end: a file cut off would lack it.
        pieces = chain(iter(partial(fileobj.read, PIECE), b""), [b""])
        for number, piece in enumerate(pieces):
            size += len(piece)
            if size > limit:
                message = _("The file is larger than %(limit)s, the limit for this.")
                raise FileTooLarge(message % {"limit": filesizeformat(limit)})
            nonce = os.urandom(NONCE)
            context = _bound(uid, number, piece)
            body = nonce + AESGCM(key).encrypt(nonce, piece, context)
            file.write(len(body).to_bytes(4, "big") + body)
    return base64.b64encode(key).decode()


@contextmanager
def unsealed(uid: UUID, key: str, name: str) -> Iterator[Path]:
    """Open a sealed file for reading, in a private folder that is gone afterwards.

    Raises:
        FileContentMissing: It was removed, altered, or is not in this data folder.
    """
    lost = FileContentMissing(
        _("The file “%(name)s” is no longer kept. Upload it again.") % {"name": name}
    )
    sealed = _sealed_path(uid)
    if not key or not sealed.is_file():
        raise lost
    with _private_folder(sealed.stat().st_size) as folder:
        path = folder / "file"
        try:
            with path.open("wb") as plain, sealed.open("rb") as file:
                for piece in _opened(file, base64.b64decode(key), uid):
                    plain.write(piece)
        except (InvalidTag, ValueError) as error:  # altered, or cut off
            raise lost from error
        yield path


def sweep(known: Iterable[UUID]) -> None:
    """Remove sealed files of no known import, and what a killed process left opened."""
    old = time.time() - _STALE_SECONDS
    kept = {uid.hex for uid in known}
    for sealed in _sealed_path(UUID(int=0)).parent.glob("*"):
        if sealed.name not in kept and sealed.stat().st_mtime < old:
            sealed.unlink(missing_ok=True)
    for place in {_MEMORY, Path(tempfile.gettempdir())}:
        for folder in chain.from_iterable(map(place.glob, LEFT_BEHIND)):
            if folder.is_dir() and folder.stat().st_mtime < old:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def on_disk(fileobj: IO[bytes]) -> Iterator[Path]:
    """Give an upload a path for the reading process; at its beginning afterwards."""
    with _private_folder(0) as folder:
        path = folder / "file"
        with path.open("wb") as file:
            shutil.copyfileobj(fileobj, file, PIECE)
        fileobj.seek(0)
        yield path


def _sealed_path(uid: UUID) -> Path:
    return Path(settings.DATA_DIR) / "sealed" / uid.hex


def _opened(file: IO[bytes], key: bytes, uid: UUID) -> Iterator[bytes]:
    number, piece = 0, b"-"
    while piece:
        body = file.read(int.from_bytes(file.read(4), "big"))
        is_last = len(body) == NONCE + 16
        context = _bound(uid, number, b"" if is_last else b"-")
        piece = AESGCM(key).decrypt(body[:NONCE], body[NONCE:], context)
        number += 1
        yield piece


def _bound(uid: UUID, number: int, piece: bytes) -> bytes:
    return f"import:{uid.hex}:{number}:{'more' if piece else 'end'}".encode()


@contextmanager
def _private_folder(size: int) -> Iterator[Path]:
    """Make a folder for this process only: in memory where there is room."""
    is_open = size and os.access(_MEMORY, os.W_OK)
    has_room = is_open and shutil.disk_usage(_MEMORY).free > 4 * size
    place = _MEMORY if has_room else None
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=place) as folder:
        yield Path(folder)


@contextmanager
def opened(run: ImportRun, mapping: Mapping | None = None) -> Generator[Source]:
    """Open the file of a run as its mapping says.

    Raises:
        FileContentMissing: The import has ended and the file held identities.
    """
    said = mapping or Mapping.from_json(run.mapping)
    chosen = {name: getattr(said, name) for name in READING}
    stored = run.file and nullcontext(path_of(run.file.sha256))
    with stored or unsealed(run.uid, run.key, run.name) as path:
        folder = path.parent if run.holds_identities else None
        with Source(path, name=run.name, folder=folder, **chosen) as source:
            yield source


def keep_file(run: ImportRun, fileobj: IO[bytes], name: str, *, by: Actor) -> None:
    """Keep a file with its run, sealed where it may hold identities; not yet the run.

    Raises:
        FileTooLarge, FileTypeRefused, StorageUnavailable: It cannot be kept.
    """
    if run.holds_identities:
        run.key = seal_file(fileobj, run.uid)
    else:
        verb = run.kind.verb
        run.file = store_file(fileobj, name, kind="import", verb=verb, by=by)


def seal_now(run: ImportRun) -> None:
    """Seal a file that was stored openly and turns out to hold identities."""
    if run.file is not None:
        with path_of(run.file.sha256).open("rb") as file:
            run.key = seal_file(file, run.uid)
        drop_open_file(run)


@transaction.atomic
def drop_open_file(run: ImportRun) -> None:
    """Remove the stored file of a run, and its content unless another file has it."""
    stored = run.file
    if stored is None:
        return
    run.file, run.holds_identities = None, True
    run.file_name = run.file_name or stored.name
    run.forget_name()
    run.message = ""  # this, the faults and its jobs quote or name the file
    run.save()
    run.faults.all().delete()
    jobs = JobRun.objects.filter(params__run=str(run.uid))
    jobs.update(title=job_title(run), error="")
    stored.delete()
    if not type(stored).objects.filter(sha256=stored.sha256).exists():
        path = path_of(stored.sha256)
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def job_title(run: ImportRun) -> str:
    """Return what the jobs of an import are called."""
    return _("%(what)s: %(file)s") % {"what": run.kind.label, "file": run.name}


def let_go(run: ImportRun) -> None:
    """Destroy the file of an import that has ended, if it held identities.

    What people typed about its words goes with it; the run is to be saved.
    """
    if run.holds_identities:
        run.key, run.mapping = "", kept_of(run)
        if run.info:  # of a file without headings, its first row stands for their names
            run.info = run.info | {"columns": [], "notes": []}
        sealed = _sealed_path(run.uid)
        transaction.on_commit(partial(sealed.unlink, missing_ok=True))


def notes_of(run: ImportRun) -> list[tuple[str, dict[str, Any]]]:
    """Return what is said of a file, also which of its columns are not kept."""
    notes = [(code, said) for code, said in run.info.get("notes", ())]
    if not run.holds_identities:
        return notes
    mapping = Mapping.from_json(run.mapping) if run.mapping else Mapping(run.target)
    ours = reason_columns(mapping.not_kept)  # which a note of their own names
    left = [column for column in mapping.not_kept if column not in ours]
    said = {"columns": ", ".join(left) or run.kind.label}
    codes = ("identities", "withheld") if left else ("identities",)
    return [*notes, *((code, said) for code in codes)]


def kept_of(run: ImportRun) -> Any:
    """Return a run's mapping; without words of a file that may hold identities."""
    if not (run.holds_identities and run.mapping):
        return run.mapping
    plain = Mapping.from_json(run.mapping)
    for field in plain.fields.values():
        field.values, field.constant = {}, ""
        field.unit_column = field.unit_column and HIDDEN
        if field.column and field.reason not in ("name", "synonym"):
            field.column = HIDDEN
    plain.withheld, plain.geometry.columns = [HIDDEN] * len(plain.withheld), {}
    plain.geometry.again = []
    return plain.as_json()
