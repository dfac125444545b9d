"""One file to read: where it lies, what the person chose, how much is allowed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safelane.exchange.files.limits import Limits


@dataclass(frozen=True)
class ReadJob:
    """What the reading process is asked for; it unpacks in ``workdir``."""

    path: Path
    name: str
    workdir: Path
    limits: Limits
    layer: str = ""
    encoding: str = ""
    crs: str = ""

    def as_wire(self) -> dict[str, Any]:
        """Return the job as JSON values."""
        return asdict(self) | {"path": str(self.path), "workdir": str(self.workdir)}

    @staticmethod
    def from_wire(wire: dict[str, Any]) -> ReadJob:
        """Rebuild the job that ``as_wire`` described."""
        places = {name: Path(wire[name]) for name in ("path", "workdir")}
        return ReadJob(**wire | places | {"limits": Limits(**wire["limits"])})
