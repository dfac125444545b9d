"""The archive: a ZIP file whose last member is a manifest with every checksum.

::

    tables/<app>.<model>.jsonl   one row per line, see tables.py
    files/<sha256>               content of the file store
    private/secret               the secret of the installation
    private/keys/<id>.key        a key that signs
    manifest.json                versions, counts, checksums, heads of the audit chains
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from safelane.core.backup.tables import BrokenBackup

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
# Files are written by these names: no other leads out of the data folder.
KNOWN = re.compile(
    r"tables/\w+\.\w+\.jsonl|files/[0-9a-f]{64}"
    r"|private/secret|private/keys/[^/\\:]{1,100}\.key"
)


class ArchiveWriter:
    """Write members one after another and remember their checksums."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = True) -> None:
        """Add one member; ``packed`` False for content that is compressed already."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.members[name] = {"sha256": digest.hexdigest(), "size": size}

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the manifest; the archive is whole after this."""
        manifest = {"format": FORMAT, **facts, "members": self.members}
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        self._zip.writestr(MANIFEST, text)
        self._zip.close()

    def abandon(self) -> None:
        """Let go of an archive that will not be finished."""
        with suppress(OSError, ValueError):
            self._zip.close()


class ArchiveReader:
    """Read an archive, checking every byte before anything of it is used.

    Raises:
        BrokenBackup: It is damaged, cut off, not a backup, or holds what none does.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest: dict[str, Any] = json.loads(self._zip.read(MANIFEST))
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise BrokenBackup(
                _("%(path)s is damaged, cut off or not a backup.") % {"path": path}
            ) from error
        if self.manifest.get("format") != FORMAT:
            raise BrokenBackup(
                _("%(path)s has format %(format)s, which this version cannot read.")
                % {"path": path, "format": self.manifest.get("format")}
            )
        if strange := [name for name in self.members if not KNOWN.fullmatch(name)]:
            message = _(
                "%(path)s holds “%(name)s”, which no backup holds: somebody altered it."
                " Nothing was changed."
            )
            raise BrokenBackup(message % {"path": path, "name": strange[0]})

    @property
    def members(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.manifest["members"]
        return found

    def names(self, folder: str) -> list[str]:
        """Return the members under a folder."""
        return sorted(name for name in self.members if name.startswith(folder))

    def verify(self, name: str) -> None:
        """Compare a member with its checksum.

        Raises:
            BrokenBackup: They differ, or the member is missing.
        """
        digest = hashlib.sha256()
        for chunk in self.chunks(name):
            digest.update(chunk)
        if digest.hexdigest() != self.members[name]["sha256"]:
            raise self._damaged(name)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a member's content."""
        with self._opened(name) as member:
            while chunk := member.read(CHUNK):
                yield chunk

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield a member's lines."""
        with self._opened(name) as member:
            yield from member

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(name) as member:
                yield member
        except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
            raise self._damaged(name) from error

    def close(self) -> None:
        self._zip.close()

    @staticmethod
    def _damaged(name: str) -> BrokenBackup:
        return BrokenBackup(_("%(name)s of the backup is damaged.") % {"name": name})
