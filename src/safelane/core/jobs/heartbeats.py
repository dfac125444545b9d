"""Signs of life as small files in the data folder, which all processes share.

They are files, not rows: on SQLite a job's long transaction would keep every other
writer, its own progress included, waiting. A lost file costs nothing but a late answer.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from safelane.core.jobs.models import JobRun

log = logging.getLogger(__name__)
SILENT_SECONDS = 60


def run_dir() -> Path:
    """Return the folder of beats, made when missing."""
    folder = Path(settings.DATA_DIR) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def beat_job(job: JobRun, **state: Any) -> None:
    """Say that this process works on ``job`` and how far it is."""
    facts = {"attempt": job.attempt, **state}
    _write(_job_path(job.uid), facts)


def beat_worker(name: str) -> None:
    """Say that the worker ``name`` is awake."""
    _write(run_dir() / f"worker-{name}.json", {})


def read_job(uid: UUID) -> dict[str, Any] | None:
    """Return what the worker of a job said last, with its age in ``seconds``."""
    return _read(_job_path(uid))


def request_cancel(uid: UUID) -> None:
    """Ask the worker of a running job to stop at the next step."""
    _cancel_path(uid).touch()


def cancel_requested(uid: UUID) -> bool:
    return _cancel_path(uid).exists()


def forget_job(uid: UUID) -> None:
    """Remove the files of a job that ended."""
    for path in (_job_path(uid), _cancel_path(uid)):
        try:
            path.unlink(missing_ok=True)
        except OSError:
            log.warning("cannot remove %s", path.name)


def forget_worker(name: str) -> None:
    (run_dir() / f"worker-{name}.json").unlink(missing_ok=True)


def is_alive(job: JobRun, age: float) -> bool:
    """Say whether some process works on ``job``.

    Args:
        age: Seconds since the attempt started, for a job that has not spoken yet.
    """
    beat = read_job(job.uid)
    if beat is None or beat.get("attempt") != job.attempt:
        return age < SILENT_SECONDS
    if beat["host"] == socket.gethostname() and not _process_runs(beat["pid"]):
        return False
    return bool(beat["seconds"] < SILENT_SECONDS)


def seconds_since_last_beat() -> float | None:
    """Return the age of the youngest worker's beat; None if none ever beat."""
    folder = Path(settings.DATA_DIR) / "run"
    beats = [_read(path) for path in folder.glob("worker-*.json")]
    return min((beat["seconds"] for beat in beats if beat), default=None)


def _process_runs(pid: int) -> bool:
    if os.name != "posix":  # there, signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _job_path(uid: UUID) -> Path:
    return run_dir() / f"job-{uid}.json"


def _cancel_path(uid: UUID) -> Path:
    return run_dir() / f"job-{uid}.cancel"


def _write(path: Path, facts: dict[str, Any]) -> None:
    facts |= {"host": socket.gethostname(), "pid": os.getpid()}
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_text(json.dumps(facts), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        log.warning("cannot write %s: %s", path.name, error.strerror)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {**facts, "seconds": max(0.0, time.time() - path.stat().st_mtime)}
    except (OSError, ValueError):
        return None
