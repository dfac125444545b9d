"""Heads of the history, signed and kept where whoever alters the database cannot reach.

One line of JSON per time::

    {"heads": {"0": [42, "a940…"], "3": …}, "installation": "…", "made": "…",
     "key": "…", "signature": "…"}

``heads`` is number and hash of the last change of each chain. Whoever keeps a line can
prove later that nothing before it was changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.errors import InvalidInput
from safelane.core.files.durable import storage_fault
from safelane.core.history.models import ChainHead
from safelane.core.protect import keyring
from safelane.core.protect.installation import installation
from safelane.core.scope import Actor, system_actor

PURPOSE = "heads"
OWN_FILE = "heads.jsonl"
Heads = dict[int, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The heads of all chains at one moment.

    Args:
        source: File from which they were read.
        is_own: They lie in the data folder, not outside.
    """

    made: datetime
    heads: Heads
    source: str
    is_own: bool = False


def anchor_heads(now: datetime) -> str:
    """Sign the heads of now and put them wherever the settings say; return the line.

    Nothing is written while nothing has changed since the last line.
    """
    line = signed_heads(now, by=system_actor("Safelane"))
    own = Path(settings.DATA_DIR) / OWN_FILE
    for place in (own, *(Path(name) for name in (settings.HEADS_FILE,) if name)):
        if _last_heads(place) != json.loads(line)["heads"]:
            _append(place, line)
    if settings.HEADS_EMAIL:
        _send(line, now)
    return line


def signed_heads(now: datetime | None = None, *, by: Actor) -> str:
    """Return the heads of all chains as one signed line."""
    # A first key is written into the history before the heads are read.
    keyring.sign(PURPOSE, b"", by=by)
    moment = now or timezone.now()
    said = {
        "heads": {
            str(head.organisation_id): [head.seq, head.hash]
            for head in ChainHead.objects.order_by("organisation_id")
        },
        "installation": str(installation().uid),
        "made": moment.isoformat(timespec="seconds"),
    }
    signature = keyring.sign(PURPOSE, _content(said), by=by)
    said |= {"key": signature.key_id, "signature": signature.text}
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def _content(said: dict[str, Any]) -> bytes:
    bare = {k: said[k] for k in ("heads", "installation", "made")}
    return json.dumps(bare, sort_keys=True, separators=(",", ":")).encode()


def _last_heads(path: Path) -> Any:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        return json.loads(lines[-1])["heads"]
    except (OSError, ValueError, LookupError):
        return None


def _append(path: Path, line: str) -> None:
    """Add a line and see it onto the disk.

    Raises:
        StorageUnavailable: The place cannot be written.
    """
    size = path.stat().st_size if path.exists() else 0
    try:
        with open(path, "ab") as file:
            if size and path.read_bytes()[-1:] != b"\n":  # cut off by a lost machine
                file.write(b"\n")
            file.write(line.encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if path.exists():  # half a line is no head, and would spoil the next one
            with suppress(OSError):
                os.truncate(path, size)
        raise storage_fault(error, path) from error


def _send(line: str, now: datetime) -> None:
    mail = EmailMessage(
        subject=_("Heads of the history, %(day)s") % {"day": f"{now:%Y-%m-%d}"},
        body=_(
            "Keep the attached file where nobody who runs the installation can change"
            " it. “safelane audit verify --heads FILE” compares it with the history."
        ),
        to=[settings.HEADS_EMAIL],
    )
    mail.attach(f"heads-{now:%Y%m%d-%H%M}.json", line + "\n", "application/json")
    mail.send()


def set_aside_heads(before: str) -> Path | None:
    """Put the heads of another installation aside; return where they are then.

    Args:
        before: The installation whose heads are in the data folder; "" for none.
    """
    path = Path(settings.DATA_DIR) / OWN_FILE
    if not before or not path.is_file() or before == str(installation().uid):
        return None
    moment = timezone.now().strftime("%Y%m%d-%H%M%S")
    return path.rename(path.with_name(f"heads-before-{moment}.jsonl"))


def own_anchors(torn: list[str]) -> Iterator[Anchor]:
    """Yield the anchors in the data folder, oldest first; ``torn`` as below."""
    path = Path(settings.DATA_DIR) / OWN_FILE
    if path.is_file():
        yield from read_anchors(path, torn, is_own=True)


def read_anchors(
    path: Path, torn: list[str] | None = None, *, is_own: bool = False
) -> Iterator[Anchor]:
    """Yield the anchors of a file after checking each signature.

    Args:
        torn: Takes a sentence for each line that was cut off while it was written: it
            proves nothing, and hides nothing that others prove. Without it, a fault.

    Raises:
        InvalidInput: A line is no anchor, or of another installation, or its signature
            does not fit: the file was altered.
        UnknownKey: A key signed it that was never made here.
    """
    here = str(installation().uid)
    try:
        with path.open(encoding="utf-8") as file:
            lines = [(n, text) for n, text in enumerate(file, 1) if text.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            _("The heads in %(path)s cannot be read: %(why)s.")
            % {"path": path, "why": error}
        ) from error
    for number, text in lines:
        try:
            json.loads(text)
        except ValueError as error:
            said = _("Line %(line)s of %(path)s was cut off while it was written.")
            message = said % {"path": path, "line": number}
            if torn is None:
                raise InvalidInput(message) from error
            torn.append(message)
        else:
            yield _anchor(text, here, path, number, is_own)


def _anchor(text: str, here: str, path: Path, number: int, is_own: bool) -> Anchor:
    where = {"path": path, "line": number}
    try:
        said = json.loads(text)
        heads = {int(k): (int(seq), str(h)) for k, (seq, h) in said["heads"].items()}
        made, key = datetime.fromisoformat(said["made"]), str(said["key"])
        content, signature = _content(said), str(said["signature"])
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise InvalidInput(
            _("Line %(line)s of %(path)s holds no heads.") % where
        ) from error
    if said["installation"] != here:
        raise InvalidInput(
            _("Line %(line)s of %(path)s is of another installation.") % where
        )
    if not keyring.verify(key, content, signature):
        message = _(
            "The signature in line %(line)s of %(path)s does not fit: somebody"
            " altered the file."
        )
        raise InvalidInput(message % where)
    return Anchor(made, heads, str(path), is_own)
